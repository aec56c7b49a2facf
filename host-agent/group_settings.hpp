// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The part of host-agent's settings that is about server groups: the section `groups`, and what a guest's entry says of
// its membership (docs/host-agent.md describes every key).
#pragma once

#include <string>
#include <vector>

#include "host-agent/etcd/etcd_settings.hpp"
#include "host-agent/guest_spec.hpp"
#include "host-agent/messaging_channel.hpp"
#include "runtime/settings.hpp"

namespace vnf::host {

enum class GroupEngineKind : std::uint8_t { Memory, Etcd };

/// Two discovered sockets of one guest: the UUID in the one's name, the instance's name in the other's.
struct GuestPair {
    std::string heartbeat;  ///< may be empty: such a guest has no heartbeat
    std::string messaging;
    /// The guest's id and membership; its sockets are found.
    GuestSpec guest;
    friend bool operator==(const GuestPair&, const GuestPair&) = default;
};

struct GroupSettings {
    GroupEngineKind engine = GroupEngineKind::Memory;
    EtcdSettings etcd;  ///< of engine Etcd
    std::size_t queue_bytes = 256 * 1024;
    MessagingRules rules;
    std::vector<GuestPair> pairs;
};

/// The section. `channel` is what the section `limits` says of every port.
GroupSettings read_groups(runtime::SettingsMap map, const ChannelRules& channel);

/// The keys `messaging`, `name`, `group` and `status` of a guest's entry.
void read_membership(runtime::SettingsMap& map, GuestSpec& guest);

}  // namespace vnf::host
