// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Random numbers that a test knows: 1000, 1001, ...
#pragma once

#include "runtime/random_source.hpp"

namespace vnf::host {

class ScriptedRandom final : public runtime::RandomSource {
  public:
    std::uint32_t next() override { return next_++; }

  private:
    std::uint32_t next_ = 1000;
};

}  // namespace vnf::host
