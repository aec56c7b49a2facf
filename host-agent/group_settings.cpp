// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See group_settings.hpp.
#include "host-agent/group_settings.hpp"

#include <algorithm>
#include <limits>
#include <set>

#include "host-agent/group_event.hpp"
#include "host-agent/scaling/scale_settings.hpp"
#include "wire/server_group_message.hpp"

namespace vnf::host {

namespace {

using runtime::SettingsMap;

/// A broadcast at its limit in its envelope, and the query that may come with each.
constexpr std::int64_t bytes_of_broadcast = 4352;

MemberStatus::Texts read_texts(SettingsMap map) {
    MemberStatus::Texts texts;
    for (const std::string& key : map.keys()) {
        texts.emplace_back(key, map.text(key, ""));
    }
    map.finish();
    return texts;
}

void read_status_key(SettingsMap& map, const StatusKey& key, MemberStatus& status) {
    switch (key.kind) {
        case StatusKind::Text:
        case StatusKind::TextOrNull:
            return status.set_text(key.name, map.text(key.name, ""));
        case StatusKind::Number:
        case StatusKind::Progress:
            return status.set_number(key.name,
                                     map.integer(key.name, 0, 0, std::numeric_limits<std::int32_t>::max()));
        case StatusKind::Texts:
            return status.set_texts(key.name, read_texts(map.map(key.name)));
    }
}

std::shared_ptr<const MemberStatus> read_status(SettingsMap map) {
    const auto status = std::make_shared<MemberStatus>();
    for (const StatusKey& key : status_keys) {
        if (map.has(key.name)) {
            read_status_key(map, key, *status);
        }
    }
    map.finish();
    return status;
}

/// With what the guest adds to it later, and with an event that has a reason.
bool is_too_long(MemberStatus status) {
    for (const std::string_view key : {"instance_id", "display_name", "hostname", "host", "node"}) {
        status.offer_text(key, std::string(64, 'x'));
    }
    const MemberChange change{MemberEvent::HeartbeatLost, std::string(255, 'x')};
    return !status.entry() || !notification_body(change, {}, *status.entry(), {});
}

GuestPair read_pair(SettingsMap map) {
    GuestPair pair;
    pair.messaging = map.text("messaging", "");
    if (!is_instance_id(pair.messaging) || pair.messaging.find('.') != std::string::npos) {
        map.fail("messaging", "must be 1 to 64 of A-Z, a-z, 0-9, '_', '-'");
    }
    pair.heartbeat = map.text("heartbeat", "");
    if (!pair.heartbeat.empty() && !is_instance_id(pair.heartbeat)) {
        map.fail("heartbeat", "must be an instance's id, as in its socket's name");
    }
    pair.guest.id = pair.heartbeat.empty() ? pair.messaging : pair.heartbeat;
    pair.guest.origin = GuestOrigin::Discovered;
    read_membership(map, pair.guest);
    if (pair.guest.name.empty() && wire::SourceInstance::of(pair.messaging)) {
        pair.guest.name = pair.messaging;
    }
    pair.guest.scaling = read_guest_scaling(map, pair.messaging);
    map.finish();
    return pair;
}

void read_pairs(SettingsMap& map, std::vector<GuestPair>& pairs) {
    std::set<std::string> heartbeats, messagings;
    for (SettingsMap& entry : map.maps("pairs")) {
        pairs.push_back(read_pair(entry));
        const GuestPair& pair = pairs.back();
        if (!messagings.insert(pair.messaging).second) {
            entry.fail("messaging", "is used twice");
        }
        if (!heartbeats.insert(pair.guest.id).second) {
            entry.fail("heartbeat", "is used twice");
        }
    }
}

}  // namespace

void read_membership(SettingsMap& map, GuestSpec& guest) {
    guest.name = map.text("name", "");
    if (!guest.name.empty() && !wire::SourceInstance::of(guest.name)) {
        map.fail("name", "must be 1 to 25 bytes of printable text, as JSON escapes it");
    }
    guest.group = map.text("group", "");
    if (!guest.group.empty() && !is_instance_id(guest.group)) {
        map.fail("group", "must be 1 to 64 of A-Z, a-z, 0-9, '.', '_', '-'");
    }
    if (map.has("status")) {
        guest.status = read_status(map.map("status"));
        if (is_too_long(*guest.status)) {
            map.fail(
                "status",
                "is too long: with an event it must fit 4096 bytes, even without image_meta and metadata");
        }
    }
}

GroupSettings read_groups(SettingsMap map, const ChannelRules& channel) {
    GroupSettings groups;
    groups.engine = static_cast<GroupEngineKind>(map.choice("engine", 0, {"memory", "etcd"}));
    if (groups.engine == GroupEngineKind::Etcd) {
        groups.etcd = read_etcd_settings(map.map("etcd"));
    } else if (map.has("etcd")) {
        map.fail("etcd", "needs engine: etcd");
    }
    groups.queue_bytes =
        static_cast<std::size_t>(map.integer("queue_bytes", 256 * 1024, 16 * 1024, 64 << 20));
    const auto rate = map.integer("broadcasts_per_s", 50, 1, 1000000);
    const auto burst = map.integer("burst", std::max<std::int64_t>(2 * rate, 20), 1, 2000000);
    groups.rules.broadcast_period = std::chrono::nanoseconds(1000000000 / rate);
    groups.rules.broadcast_burst = static_cast<std::uint64_t>(burst);
    // Who may send that many broadcasts may send their lines and bytes, too.
    groups.rules.channel = channel;
    ChannelRules& rules = groups.rules.channel;
    rules.message_period =
        std::min(rules.message_period, std::chrono::microseconds(std::max<std::int64_t>(1, 500000 / rate)));
    rules.message_burst = std::max(rules.message_burst, static_cast<std::uint64_t>(2 * burst));
    rules.byte_period = std::min(rules.byte_period, std::chrono::nanoseconds(std::max<std::int64_t>(
                                                        1, 1000000000 / (rate * bytes_of_broadcast))));
    rules.byte_burst = std::max(rules.byte_burst, static_cast<std::uint64_t>(burst * bytes_of_broadcast));
    read_pairs(map, groups.pairs);
    map.finish();
    return groups;
}

}  // namespace vnf::host
