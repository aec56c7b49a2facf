// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// How the time of one request is divided. `timeout_ms` counts from the request's arrival, so that what waited behind
// another one has less. Pure.
//
// Policy. No write of sysfs begins later than 500 ms before the deadline, and the answer goes out 100 ms before it at the
// latest, whatever is under way. A host that gives less than a second gets half of it and a tenth of it instead: an old
// host's own default leaves 500 ms (specification 4.6). One that gives less than 400 ms, or none, is taken to have given
// those: it waits 500 ms longer than it says.
#pragma once

#include <algorithm>

#include "runtime/clock.hpp"

namespace vnf::scale {

struct ScaleTimes {
    static constexpr runtime::Milliseconds shortest{400}, margin{500};

    runtime::TimePoint last_write;  ///< no change begins later
    runtime::TimePoint answer_by;

    static ScaleTimes of(runtime::Milliseconds timeout, runtime::TimePoint arrived) {
        constexpr runtime::Milliseconds longest{std::chrono::hours(24)};
        const auto time = std::clamp(timeout, shortest, longest);
        const auto kept = std::min(margin, time / 2);
        return {arrived + time - kept, arrived + time - kept / 5};
    }

    /// When the questions before the change must be over, so that the change itself still begins in time.
    runtime::TimePoint decide_by(runtime::TimePoint now) const {
        constexpr runtime::Clock::duration most = runtime::Milliseconds(100);
        return last_write - std::clamp((last_write - now) / 10, runtime::Clock::duration::zero(), most);
    }
    /// How long the helper may think while applications have to be asked after it.
    runtime::TimePoint helper_by(runtime::TimePoint now, bool applications) const {
        const auto end = decide_by(now);
        return applications ? now + (end - now) / 3 * 2 : end;
    }
    /// How long applications may take to choose while they have to get ready after it.
    runtime::TimePoint choose_by(runtime::TimePoint now) const { return now + (decide_by(now) - now) / 2; }
};

}  // namespace vnf::scale
