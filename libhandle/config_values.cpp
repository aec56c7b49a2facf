// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "config_values.hpp"

#include <sys/un.h>

#include <string_view>

#include "wire/text.hpp"

namespace vnf::libhandle {
namespace {

bool is_control(char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    return byte < 0x20 || byte == 0x7f;
}

}  // namespace

std::optional<std::string> program_name(const char* text) {
    constexpr std::size_t longest = 63;
    if (text == nullptr)
        return std::nullopt;
    const std::string_view name(text, ::strnlen(text, longest + 1));
    if (name.empty() || name.size() > longest || !wire::is_utf8(name) ||
        std::any_of(name.begin(), name.end(), is_control))
        return std::nullopt;
    return std::string(name);
}

std::optional<std::string> socket_path(const char* path) {
    constexpr std::size_t room = sizeof(sockaddr_un::sun_path);
    if (path[0] != '/' || ::strnlen(path, room) == room)
        return std::nullopt;
    return std::string(path);
}

bool parse_number(std::uint32_t given, std::uint32_t lowest, std::uint32_t highest, std::uint32_t& number) {
    if (given == 0)
        return true;
    number = given;
    return given >= lowest && given <= highest;
}

}  // namespace vnf::libhandle
