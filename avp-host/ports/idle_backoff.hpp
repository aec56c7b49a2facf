// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What a worker does after a round in which nothing came: look again at once, then let others run, then sleep, twice
// as long each time up to a bound. The first frame begins it anew.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace vnf::avp {

enum class IdleMode : std::uint8_t {
    Poll,   ///< never sleeps: the lowest delay, for a processor of its own
    Sleep,  ///< a frame may wait for the longest sleep
};

class IdleBackoff {
  public:
    static constexpr unsigned kSpins = 64;
    static constexpr unsigned kYields = 64;
    static constexpr std::chrono::microseconds kShortestSleep{5};

    struct Rest {
        enum class Kind { None, Spin, Yield, Sleep } kind = Kind::None;
        std::chrono::microseconds time{0};
    };

    IdleBackoff(IdleMode mode, std::chrono::microseconds longest_sleep)
        : mode_(mode), longest_(longest_sleep) {}

    Rest after_round(bool was_busy) {
        if (was_busy) {
            idle_rounds_ = 0;
            next_sleep_ = std::min(kShortestSleep, longest_);
            return {};
        }
        if (mode_ == IdleMode::Poll || idle_rounds_ < kSpins) {
            ++idle_rounds_;
            return {Rest::Kind::Spin};
        }
        if (idle_rounds_ < kSpins + kYields) {
            ++idle_rounds_;
            return {Rest::Kind::Yield};
        }
        const auto time = next_sleep_;
        next_sleep_ = std::min(2 * next_sleep_, longest_);
        return {Rest::Kind::Sleep, time};
    }

  private:
    IdleMode mode_;
    std::chrono::microseconds longest_;
    std::chrono::microseconds next_sleep_ = std::min(kShortestSleep, longest_);
    unsigned idle_rounds_ = 0;
};

}  // namespace vnf::avp
