// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A guest as the operator or the directory named it. Its id is the host's: nothing that a guest says changes
// it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "host-agent/member_status.hpp"
#include "host-agent/scaling/scaling_spec.hpp"
#include "runtime/port_address.hpp"

namespace vnf::host {

enum class GuestOrigin : std::uint8_t { Discovered, Settings, Api };
std::string_view word(GuestOrigin origin);

struct GuestSpec {
    std::string id;
    runtime::PortAddress socket;  ///< of its heartbeat
    std::string qmp;              ///< path of its QMP socket; empty: no run-state source
    std::optional<runtime::PortAddress> messaging;
    std::string name, group;                     ///< in its server group; empty: the id, none
    std::shared_ptr<const MemberStatus> status;  ///< what the settings say of it; may be null
    std::shared_ptr<const ScalingSpec> scaling;  ///< likewise, of its vCPUs
    bool heartbeat = true;                       ///< false: it has no such port
    bool reporting = true;
    GuestOrigin origin = GuestOrigin::Settings;

    /// Its name in a group: the given one, or the id if it is short enough, or none.
    std::string member_name() const;
    bool has_group_part() const { return messaging || !group.empty() || !name.empty() || status != nullptr; }
    friend bool operator==(const GuestSpec& a, const GuestSpec& b);
};

/// 1 to 64 of [A-Za-z0-9._-]; the name of a server group likewise.
bool is_instance_id(std::string_view text);

enum class GuestPort : std::uint8_t { Heartbeat, Messaging };

/// What a socket's file name says: "cgcs.heartbeat.", exactly one UUID in its 36-character form, ".sock"; or
/// "cgcs.messaging.", the instance's name without a dot, ".sock".
struct SocketName {
    GuestPort port;
    std::string instance;
    friend auto operator<=>(const SocketName&, const SocketName&) = default;
};
std::optional<SocketName> parse_socket_name(std::string_view file_name);

/// The QMP socket of an instance by the settings' pattern, in which "{id}" stands for it; empty for an empty
/// pattern.
std::string qmp_path(std::string_view pattern, std::string_view id);

}  // namespace vnf::host
