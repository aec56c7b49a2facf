// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The keys that every socket has.
#include "runtime/socket_settings.hpp"

#include <charconv>

namespace vnf::runtime {
namespace {

mode_t octal(SettingsMap& map, std::string_view key, mode_t fallback) {
    const std::string text = map.text(key, "");
    if (text.empty()) {
        return fallback;
    }
    mode_t mode = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), mode, 8);
    if (error != std::errc() || end != text.data() + text.size() || mode > 0777) {
        map.fail(key, "must be an octal mode in quotes, \"0600\" to \"0777\"");
    }
    return mode;
}

}  // namespace

void read_allow(SettingsMap map, AllowList& allow) {
    allow.anyone = map.boolean("anyone", allow.anyone);
    for (const std::string& name : map.texts("users")) {
        const auto id = user_id(name);
        if (!id) {
            map.fail("users", "no user " + name);
        }
        allow.uids.push_back(*id);
    }
    for (const std::string& name : map.texts("groups")) {
        const auto id = group_id(name);
        if (!id) {
            map.fail("groups", "no group " + name);
        }
        allow.gids.push_back(*id);
    }
    map.finish();
}

void read_socket(SettingsMap& map, SocketSettings& socket) {
    constexpr std::size_t longest_path = 107;  // sockaddr_un
    socket.path = map.text("socket", socket.path, longest_path);
    socket.mode = octal(map, "mode", socket.mode);
    if (const std::string group = map.text("group", ""); !group.empty()) {
        socket.group = group_id(group);
        if (!socket.group) {
            map.fail("group", "no group " + group);
        }
    }
    read_allow(map.map("allow"), socket.allow);
}

bool same_binding(const SocketSettings& left, const SocketSettings& right) {
    return left.path == right.path && left.mode == right.mode && left.group == right.group;
}

LocalServerOptions server_options(const SocketSettings& settings, std::optional<int> inherited) {
    LocalServerOptions options;
    options.path = settings.path;
    options.mode = settings.mode;
    options.group = settings.group;
    options.allow = settings.allow;
    options.inherited_fd = inherited;
    return options;
}

}  // namespace vnf::runtime
