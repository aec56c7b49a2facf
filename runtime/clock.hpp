// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The clock of every decision: monotonic, and passed in as a value so that a state machine can be run on
// a virtual one. CLOCK_MONOTONIC does not count a suspended machine; stall detection covers a paused one.
#pragma once

#include <chrono>

namespace vnf::runtime {

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;
using Milliseconds = std::chrono::milliseconds;

/// "No deadline": compares later than any real one.
inline constexpr TimePoint never = TimePoint::max();

}  // namespace vnf::runtime
