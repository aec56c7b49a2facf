// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What can be set about a local socket: where it is, and who may use it.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "runtime/local_server.hpp"
#include "runtime/peer_credentials.hpp"
#include "runtime/settings.hpp"

namespace vnf::runtime {

struct SocketSettings {
    std::string path;
    mode_t mode = 0660;
    std::optional<gid_t> group;
    AllowList allow;
};

/// All but who may use it, which a running server can change.
bool same_binding(const SocketSettings& left, const SocketSettings& right);

/// Keys `socket`, `mode`, `group`, `allow`; `socket` has the defaults.
void read_socket(SettingsMap& map, SocketSettings& socket);
/// Keys `anyone`, `users`, `groups`.
void read_allow(SettingsMap map, AllowList& allow);

/// A server's options; `inherited` is the socket that the service manager passed, if it did.
LocalServerOptions server_options(const SocketSettings& settings, std::optional<int> inherited);

}  // namespace vnf::runtime
