// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One limit for each kind of line, by an enumeration from 0 on: a flood of one kind does not silence the others.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "runtime/log.hpp"

namespace vnf::runtime {

template <typename Kind, std::size_t kinds>
class LogLimits {
  public:
    bool admit(Kind kind, TimePoint now) { return limits_.at(static_cast<std::size_t>(kind)).admit(now); }
    std::uint64_t suppressed(Kind kind) const {
        return limits_.at(static_cast<std::size_t>(kind)).suppressed();
    }

  private:
    std::array<LogLimit, kinds> limits_;
};

}  // namespace vnf::runtime
