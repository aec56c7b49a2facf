// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A token bucket on the injected clock: `burst` at once, then one for each `period`. Pure; 24 bytes, because
// every guest has several.
#pragma once

#include <algorithm>
#include <cstdint>

#include "runtime/clock.hpp"

namespace vnf::runtime {

class RateBudget {
  public:
    RateBudget(std::uint64_t burst, std::chrono::nanoseconds period) : burst_(burst), period_(period) {}

    /// Takes `amount` tokens if there are as many.
    bool take(TimePoint now, std::uint64_t amount = 1) {
        const TimePoint start = std::max(full_at_, now);
        const auto cost = period_ * static_cast<std::int64_t>(amount);
        if (start + cost > now + period_ * static_cast<std::int64_t>(burst_)) {
            return false;
        }
        full_at_ = start + cost;
        return true;
    }

    /// When take() of one token will succeed; `now` or earlier if it would at once.
    TimePoint next() const { return full_at_ + period_ - period_ * static_cast<std::int64_t>(burst_); }

    void change(std::uint64_t burst, std::chrono::nanoseconds period) {
        burst_ = burst;
        period_ = period;
    }

  private:
    std::uint64_t burst_;
    std::chrono::nanoseconds period_;
    /// The bucket is full again at this time; everything else follows from it.
    TimePoint full_at_{};
};

}  // namespace vnf::runtime
