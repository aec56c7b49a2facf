// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// How long a test waits before it calls something broken. Generous: only a failing test ever waits that long.
#pragma once

#include <algorithm>
#include <chrono>

namespace vnf::harness {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

inline constexpr Milliseconds patience{20000};

class Deadline {
  public:
    explicit Deadline(Milliseconds from_now) : at_(Clock::now() + from_now) {}
    bool passed() const { return Clock::now() >= at_; }
    /// For poll(): what is left, rounded up, never negative.
    int poll_timeout() const {
        const auto left = std::chrono::ceil<Milliseconds>(at_ - Clock::now()).count();
        return static_cast<int>(std::max<decltype(left)>(left, 0));
    }

  private:
    Clock::time_point at_;
};

}  // namespace vnf::harness
