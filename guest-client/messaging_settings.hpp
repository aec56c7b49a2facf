// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What can be set about the channel `cgcs.messaging`, its local services and the clients of the server group.
#pragma once

#include <string>
#include <vector>

#include "guest-client/group_broker.hpp"
#include "guest-client/service_socket.hpp"
#include "runtime/settings.hpp"
#include "runtime/socket_settings.hpp"

namespace vnf::guest {

using runtime::SocketSettings;

struct MessagingSettings {
    static constexpr std::string_view off = "off";

    std::string device;  ///< empty: see docs/guest-client.md, "Which port"; or "off"
    std::string address = std::string(wire::messaging_agent_address);
    ServiceAllow allow;
    /// Whether the host is told that this guest scales: if a scale agent listens, always, never.
    enum class Scale : std::uint8_t { Auto, On, Off };
    Scale scale = Scale::Auto;
};

struct GroupSettings {
    SocketSettings socket;
    GroupLimits limits;
};

MessagingSettings read_messaging(runtime::SettingsMap map);
/// `settings` has the defaults.
void read_groups(runtime::SettingsMap map, GroupSettings& settings);

/// Appends the keys that differ and can't be changed in a running daemon.
void compare_messaging(const MessagingSettings& running, const MessagingSettings& wanted,
                       std::vector<std::string>& keys);

}  // namespace vnf::guest
