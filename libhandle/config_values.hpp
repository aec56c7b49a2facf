// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What the configuration structs of the client libraries may hold.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>

namespace vnf::libhandle {

/// No struct of ours grows to this; a size that was never set mostly is above.
inline constexpr std::uint32_t largest_struct = 4096;

/// Copies a struct that says its own size. False if it is too small, or if fields that this library does not know are
/// set.
template <typename Struct>
bool copy_sized(const Struct& from, Struct& to) {
    if (from.size < sizeof(Struct) || from.size > largest_struct)
        return false;
    const auto* bytes = reinterpret_cast<const unsigned char*>(&from);
    if (!std::all_of(bytes + sizeof(Struct), bytes + from.size, [](unsigned char byte) { return byte == 0; }))
        return false;
    std::memcpy(&to, &from, sizeof(Struct));
    return true;
}

/// 1 to 63 bytes of UTF-8 without control characters; null is nothing.
std::optional<std::string> program_name(const char* text);

/// Absolute, and short enough for a Unix socket's address.
std::optional<std::string> socket_path(const char* path);

/// Zero keeps the default.
bool parse_number(std::uint32_t given, std::uint32_t lowest, std::uint32_t highest, std::uint32_t& number);

}  // namespace vnf::libhandle
