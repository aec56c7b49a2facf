// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Datagrams of the old interface: requests as the old library wrote them, what the agent delivers read strictly
// (server-group specification, hops A and F), and both in the terms of guest-client's records.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "wire/group_record.hpp"
#include "wire/server_group_message.hpp"

namespace vnf::libservergroup {

/// A datagram for the agent.
std::string request_datagram(const wire::GroupRequest& request);

/// What the agent delivered, or why it is no message of a server group, for people.
std::variant<wire::GroupEvent, std::string> read_datagram(std::string_view datagram);

/// Nothing for a GroupHello, which an old agent has no use for. The text is within the limits.
std::optional<std::string> old_datagram(const wire::GroupClientRecord& record);

/// What a handle is told instead.
wire::GroupDaemonRecord as_record(wire::GroupEvent event);

}  // namespace vnf::libservergroup
