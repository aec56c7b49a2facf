// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The words that scale messages and scale records share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace vnf::wire {

/// The numbers are those of the records.
enum class ScaleDirection : std::uint32_t { Down = 1, Up = 2 };

constexpr std::string_view word(ScaleDirection direction) {
    return direction == ScaleDirection::Down ? "down" : "up";
}

/// Longest reason or err_msg; longer ones are cut.
inline constexpr std::size_t scale_reason_limit = 399;

}  // namespace vnf::wire
