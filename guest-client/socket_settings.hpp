// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What can be set about a local socket: where it is, and who may use it.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "runtime/peer_credentials.hpp"
#include "runtime/settings.hpp"

namespace vnf::guest {

struct SocketSettings {
    std::string path;
    mode_t mode = 0660;
    std::optional<gid_t> group;
    runtime::AllowList allow;
};

/// Keys `socket`, `mode`, `group`, `allow`; `socket` has the defaults.
void read_socket(runtime::SettingsMap& map, SocketSettings& socket);
/// Keys `anyone`, `users`, `groups`.
void read_allow(runtime::SettingsMap map, runtime::AllowList& allow);

}  // namespace vnf::guest
