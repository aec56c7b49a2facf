// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// JSON's \uXXXX, which stands for a character or for half of one. Private to wire/.
#pragma once

#include <charconv>
#include <cstdint>
#include <string_view>

namespace vnf::wire {

constexpr bool is_high_surrogate(std::uint32_t unit) {
    return unit >= 0xD800 && unit < 0xDC00;
}

constexpr bool is_low_surrogate(std::uint32_t unit) {
    return unit >= 0xDC00 && unit < 0xE000;
}

/// `digits` begins with four hexadecimal digits.
inline std::uint32_t hex_unit(std::string_view digits) {
    std::uint32_t unit = 0;
    std::from_chars(digits.data(), digits.data() + 4, unit, 16);
    return unit;
}

}  // namespace vnf::wire
