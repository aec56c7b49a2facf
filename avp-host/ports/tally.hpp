// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A number that one thread counts and others look at, without a lock and without a locked instruction.
#pragma once

#include <atomic>
#include <cstdint>

namespace vnf::avp {

class Tally {
  public:
    /// The counting thread only.
    void add(std::uint64_t amount = 1) {
        value_.store(value_.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
    }
    std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

  private:
    std::atomic<std::uint64_t> value_{0};
};

}  // namespace vnf::avp
