// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// How often a peer may do what costs us something: `burst` at once, then one per `period`.
#pragma once

#include <algorithm>

#include "runtime/clock.hpp"

namespace vnf::guest {

class TokenBucket {
  public:
    constexpr TokenBucket(unsigned burst, runtime::Milliseconds period)
        : span_(period * burst), period_(period) {}

    /// Takes a token if there is one.
    bool take(runtime::TimePoint now) {
        if (now < next()) {
            return false;
        }
        full_at_ = std::max(full_at_, now) + period_;
        return true;
    }

    /// From when on a token can be had.
    runtime::TimePoint next() const { return full_at_ + period_ - span_; }

  private:
    runtime::Milliseconds span_, period_;
    runtime::TimePoint full_at_{};
};

}  // namespace vnf::guest
