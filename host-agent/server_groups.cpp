// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See server_groups.hpp.
#include "host-agent/server_groups.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <utility>

#include "host-agent/group_engine.hpp"

namespace vnf::host {

namespace {

std::string host_name() {
    std::array<char, 65> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : std::string();
}

}  // namespace

ServerGroups::ServerGroups(boost::asio::io_context& io, EventRecorder& recorder, DeadlineTimer& deadlines,
                           const GroupSettings& settings, const HeartbeatView& heartbeats)
    : context_{io,
               recorder,
               deadlines,
               settings.rules,
               settings.queue_bytes,
               host_name(),
               make_group_engine(io, settings),
               {},
               {},
               nullptr},
      heartbeats_(heartbeats),
      pairs_(settings.pairs) {}

ServerGroups::~ServerGroups() {
    // First, so that nobody is told: a restart of this agent must be no event.
    context_.service.reset();
    members_.clear();
}

void ServerGroups::reload(const GroupSettings& settings) {
    context_.rules = settings.rules;
    context_.queue_limit = settings.queue_bytes;
    const auto before = std::exchange(pairs_, settings.pairs);
    for (const GuestPair& pair : before) {
        if (std::find(pairs_.begin(), pairs_.end(), pair) == pairs_.end()) {
            remove(pair.guest.id, "the settings changed");
        }
    }
    // A socket that was a guest of its own may now be half of a pair.
    for (const GuestPair& pair : pairs_) {
        if (pair.guest.id != pair.messaging &&
            std::find(before.begin(), before.end(), pair) == before.end()) {
            remove(pair.messaging, "the settings changed");
        }
    }
}

// ---- who there is --------------------------------------------------------------------------------------

GroupMember& ServerGroups::make(const GuestSpec& spec) {
    auto& member = members_[spec.id];
    if (!member) {
        MemberOwner& owner = *this;
        member = std::make_unique<GroupMember>(context_, owner, spec);
        if (spec.messaging) {
            member->open_port(*spec.messaging, spec.origin);
        }
        if (!spec.group.empty()) {
            member->move(spec.group, spec.member_name());
        }
    }
    return *member;
}

bool ServerGroups::add(const GuestSpec& spec) {
    if (members_.contains(spec.id) || members_.size() >= most_) {
        return false;
    }
    configured_.insert(spec.id);
    make(spec);
    return true;
}

bool ServerGroups::remove(std::string_view id, std::string_view reason) {
    const auto found = members_.find(id);
    if (found == members_.end()) {
        return false;
    }
    configured_.erase(found->first);
    orphans_.erase(found->first);
    instances_.erase(found->first);
    found->second->leave(reason);
    members_.erase(found);
    return true;
}

GroupMember* ServerGroups::find(std::string_view id) const {
    const auto found = members_.find(id);
    return found == members_.end() ? nullptr : found->second.get();
}

void ServerGroups::heartbeat_found(const std::string& id) {
    for (const GuestPair& pair : pairs_) {
        if (pair.heartbeat == id && members_.size() < most_) {
            make(pair.guest);
        }
    }
}

GuestSpec ServerGroups::spec_of_socket(const std::string& instance) const {
    for (const GuestPair& pair : pairs_) {
        if (pair.messaging == instance) {
            return pair.guest;
        }
    }
    GuestSpec spec;
    spec.id = instance;
    spec.origin = GuestOrigin::Discovered;
    return spec;
}

ServerGroups::Finding ServerGroups::socket_found(const std::string& instance, const std::string& path) {
    const GuestSpec spec = spec_of_socket(instance);
    orphans_.erase(spec.id);
    if (!members_.contains(spec.id) && members_.size() >= most_) {
        return Finding::Full;
    }
    GroupMember& member = make(spec);
    if (member.port() == nullptr) {
        instances_[spec.id] = instance;
        member.open_port({runtime::PortAddress::Kind::Path, path}, GuestOrigin::Discovered);
        return Finding::Taken;
    }
    return member.port()->address().text == path ? Finding::Taken : Finding::OtherSocket;
}

void ServerGroups::socket_lost(const std::string& instance, const std::string& path) {
    const std::string id = spec_of_socket(instance).id;
    const GroupMember* member = find(id);
    if (member != nullptr && member->port() != nullptr && member->port()->address().text == path &&
        instances_.contains(id)) {
        orphans_.insert(id);
        look_at_later(id);
    }
}

std::vector<std::pair<std::string, std::string>> ServerGroups::discovered_ports() const {
    std::vector<std::pair<std::string, std::string>> ports;
    for (const auto& [id, instance] : instances_) {
        ports.emplace_back(instance, find(id)->port()->address().text);
    }
    return ports;
}

void ServerGroups::port_ended(const std::string& id) {
    if (orphans_.contains(id)) {
        look_at_later(id);
    }
}

/// What asks for this may be the member itself, or its port.
void ServerGroups::look_at_later(const std::string& id) {
    boost::asio::post(context_.io, [this, weak = std::weak_ptr(alive_), id] {
        if (!weak.expired()) {
            remove_if_unused(id);
        }
    });
}

void ServerGroups::remove_if_unused(const std::string& id) {
    GroupMember* member = find(id);
    if (member == nullptr) {
        return;
    }
    if (orphans_.contains(id) && !member->port()->up()) {
        orphans_.erase(id);
        instances_.erase(id);
        member->close_port();
    }
    if (member->port() == nullptr && !configured_.contains(id) && !heartbeats_.has_heartbeat(id)) {
        remove(id, "the machine is gone");
    }
}

// ---- what happens to them ------------------------------------------------------------------------------

void ServerGroups::guest_event(const std::string& id, JournalKind kind, const JournalFields& fields) {
    if (GroupMember* member = find(id)) {
        member->guest_event(kind, fields);
    }
}

ServerGroups::Joining ServerGroups::join(const std::string& id, const std::string& group,
                                         const std::string& name) {
    if (find(id) == nullptr && !heartbeats_.has_heartbeat(id)) {
        return Joining::UnknownInstance;
    }
    GuestSpec spec;
    spec.id = id;
    GroupMember& member = make(spec);
    const std::string& wanted = name.empty() ? member.name() : name;
    if (wanted.empty()) {
        return Joining::NoName;
    }
    member.move(group, std::string(wanted));
    return Joining::Joined;
}

bool ServerGroups::leave(const std::string& id, const std::string& group) {
    GroupMember* member = find(id);
    if (member == nullptr || member->group() != group) {
        return false;
    }
    member->leave("an operator's request");
    return true;
}

bool ServerGroups::tell(const std::string& id, const MemberChange& change) {
    GroupMember* member = find(id);
    if (member != nullptr) {
        member->tell(change);
    }
    return member != nullptr || heartbeats_.has_heartbeat(id);
}

}  // namespace vnf::host
