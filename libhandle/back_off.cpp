// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "back_off.hpp"

#include <algorithm>

namespace vnf::libhandle {

std::optional<BackOffRange> back_off_range(std::uint32_t shortest_ms, std::uint32_t longest_ms) {
    constexpr std::uint32_t limit_ms = 60000;
    if (shortest_ms > limit_ms || longest_ms > limit_ms)
        return std::nullopt;
    BackOffRange range;
    if (shortest_ms != 0)
        range.shortest = std::chrono::milliseconds(shortest_ms);
    range.longest =
        longest_ms != 0 ? std::chrono::milliseconds(longest_ms) : std::max(range.longest, range.shortest);
    if (shortest_ms == 0)
        range.shortest = std::min(range.longest, range.shortest);
    return range.shortest > range.longest ? std::nullopt : std::optional(range);
}

std::chrono::microseconds BackOff::next() {
    constexpr unsigned most_doublings = 16;
    const auto wait = range_.shortest * (1U << std::min(failures_, most_doublings));
    ++failures_;
    return varied(std::min<std::chrono::milliseconds>(wait, range_.longest));
}

std::chrono::microseconds BackOff::varied(std::chrono::milliseconds wait) {
    const std::chrono::microseconds quarter = std::chrono::microseconds(wait) / 4;
    std::uniform_int_distribution<std::int64_t> variation(-quarter.count(), quarter.count());
    return wait + std::chrono::microseconds(variation(random_));
}

std::uint32_t back_off_seed(const void* handle) {
    const auto time = static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
    return static_cast<std::uint32_t>(time ^ (time >> 32U) ^ reinterpret_cast<std::uintptr_t>(handle));
}

}  // namespace vnf::libhandle
