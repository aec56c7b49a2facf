// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What every fuzzer needs: its input as text, and a way to say that a promise was broken.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace vnf::fuzz {

/// libFuzzer keeps the input of a run that aborts.
inline void promise(bool kept, const char* what) {
    if (!kept) {
        std::fprintf(stderr, "broken promise: %s\n", what);
        std::abort();
    }
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    // libFuzzer's bytes are read as characters.
    return {reinterpret_cast<const char*>(data), size};
}

/// Takes one byte off the front of the input; 0 when there is none.
inline std::uint8_t take_byte(std::string_view& input) {
    if (input.empty()) {
        return 0;
    }
    const auto byte = static_cast<std::uint8_t>(input.front());
    input.remove_prefix(1);
    return byte;
}

// The same for more, the lowest byte first.
inline std::uint16_t take_16(std::string_view& input) {
    const auto low = take_byte(input);
    return static_cast<std::uint16_t>(low | take_byte(input) << 8U);
}

inline std::uint32_t take_32(std::string_view& input) {
    const std::uint32_t low = take_16(input);
    return low | std::uint32_t{take_16(input)} << 16U;
}

inline std::uint64_t take_64(std::string_view& input) {
    const std::uint64_t low = take_32(input);
    return low | std::uint64_t{take_32(input)} << 32U;
}

/// Calls `use` with `input` in pieces whose lengths follow from `seed`.
template <typename Use>
void in_pieces(std::string_view input, std::uint8_t seed, Use&& use) {
    std::uint32_t state = seed;
    while (!input.empty()) {
        state = state * 1664525U + 1013904223U;
        const auto piece = input.substr(0, 1 + (state >> 24U) % (1U + seed));
        use(piece);
        input.remove_prefix(piece.size());
    }
}

}  // namespace vnf::fuzz
