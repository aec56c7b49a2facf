// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// How long a handle waits before it connects again: doubled from the shortest to the longest, each wait varied by up
// to a quarter, so that the applications of a machine don't come back in step.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>

namespace vnf::libhandle {

struct BackOffRange {
    std::chrono::milliseconds shortest{100}, longest{2000};
};
/// As a config has it: 0 is the default, else 1..60000 ms; nothing if one is out of range or the shortest is above the
/// longest.
std::optional<BackOffRange> back_off_range(std::uint32_t shortest_ms, std::uint32_t longest_ms);

class BackOff {
  public:
    BackOff(BackOffRange range, std::uint32_t seed) : range_(range), random_(seed) {}

    std::chrono::microseconds next();
    std::chrono::microseconds longest() { return varied(range_.longest); }
    /// After a success: the next wait is the shortest again.
    void reset() { failures_ = 0; }

  private:
    std::chrono::microseconds varied(std::chrono::milliseconds wait);

    BackOffRange range_;
    std::minstd_rand random_;
    unsigned failures_ = 0;
};

/// Different for each handle and process, which is all that spreading reconnects needs.
std::uint32_t back_off_seed(const void* handle);

}  // namespace vnf::libhandle
