// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Sees that this process was not scheduled, by the lateness of the deadline it was sleeping for; no tick of
// its own. What it finds is added to the deadlines of those who could not have been heard meanwhile (design
// decision 6).
//
// Policy. Lateness up to `tolerated` is the machine's ordinary jitter. A wake-up later than that shifts
// others' deadlines by its lateness; one later than `gap` means that we cannot say when the standstill began,
// so that all the time since the last wake-up counts. The deadlines of actions are the host's, and are never
// shifted (defect G-18).
#pragma once

#include <cstdint>

#include "runtime/clock.hpp"

namespace vnf::guest {

class StallWatch {
  public:
    static constexpr runtime::Milliseconds tolerated{10};
    static constexpr runtime::Milliseconds gap{100};

    /// The loop is about to sleep until `deadline`.
    void sleeping(runtime::TimePoint now, runtime::TimePoint deadline) {
        last_awake_ = now;
        deadline_ = deadline;
    }

    /// The loop runs again: by how much others' deadlines have to move.
    runtime::Clock::duration awake(runtime::TimePoint now) {
        const runtime::TimePoint expected = deadline_;
        deadline_ = runtime::never;
        if (expected == runtime::never || now <= expected + tolerated) {
            return {};
        }
        if (now <= expected + gap) {
            return now - expected;
        }
        ++gaps_;
        return now - last_awake_;
    }

    std::uint64_t gaps() const { return gaps_; }

  private:
    runtime::TimePoint last_awake_{}, deadline_ = runtime::never;
    std::uint64_t gaps_ = 0;
};

}  // namespace vnf::guest
