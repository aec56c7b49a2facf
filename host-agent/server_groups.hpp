// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// All members of server groups that this agent serves, and their ports. A member is a guest of the settings with a port or a
// group, one half of a pair that was found, a discovered `cgcs.messaging` socket, or a guest that an operator let join.
// It goes with the last of what made it: its entry in the settings, its heartbeat, its port's socket and connection.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "host-agent/group_member.hpp"
#include "host-agent/group_settings.hpp"

namespace vnf::host {

/// What the groups ask of the guests' heartbeats.
class HeartbeatView {
  public:
    virtual ~HeartbeatView() = default;
    virtual bool has_heartbeat(const std::string& id) const = 0;
    virtual bool understands_gap(const std::string& id) const = 0;
};

class ServerGroups final : private MemberOwner {
  public:
    using Members = std::map<std::string, std::unique_ptr<GroupMember>, std::less<>>;
    enum class Joining : std::uint8_t { Joined, UnknownInstance, NoName };
    enum class Finding : std::uint8_t { Taken, OtherSocket, Full };

    ServerGroups(boost::asio::io_context& io, EventRecorder& recorder, DeadlineTimer& deadlines,
                 const GroupSettings& settings, const HeartbeatView& heartbeats);
    ~ServerGroups() override;
    ServerGroups(const ServerGroups&) = delete;
    ServerGroups& operator=(const ServerGroups&) = delete;

    /// Takes over what differs; members of pairs that changed are gone until their sockets are found anew.
    void reload(const GroupSettings& settings);
    void set_most(std::size_t members) { most_ = members; }

    /// A guest of the settings; false if there is one with this id.
    bool add(const GuestSpec& spec);
    bool remove(std::string_view id, std::string_view reason);

    void heartbeat_found(const std::string& id);
    void heartbeat_removed(const std::string& id) { look_at_later(id); }
    Finding socket_found(const std::string& instance, const std::string& path);
    void socket_lost(const std::string& instance, const std::string& path);
    /// Instance and path of every port that was found in a directory.
    std::vector<std::pair<std::string, std::string>> discovered_ports() const;

    void guest_event(const std::string& id, JournalKind kind, const JournalFields& fields);
    /// `name` may be empty: the guest's own.
    Joining join(const std::string& id, const std::string& group, const std::string& name);
    /// False if it is no member of that group.
    bool leave(const std::string& id, const std::string& group);
    /// False: no such guest.
    bool tell(const std::string& id, const MemberChange& change);

    GroupMember* find(std::string_view id) const;
    const Members& members() const { return members_; }
    const GroupContext& context() const { return context_; }
    GroupService& service() { return *context_.service; }
    /// Before the first port is opened; outlives the groups.
    void set_scaling(ScaleChannel* scaling) { context_.scaling = scaling; }

  private:
    bool has_heartbeat(const std::string& id) const override { return heartbeats_.has_heartbeat(id); }
    bool understands_gap(const std::string& id) const override { return heartbeats_.understands_gap(id); }
    void port_ended(const std::string& id) override;

    GroupMember& make(const GuestSpec& spec);
    GuestSpec spec_of_socket(const std::string& instance) const;
    void look_at_later(const std::string& id);
    void remove_if_unused(const std::string& id);

    GroupContext context_;
    const HeartbeatView& heartbeats_;
    std::vector<GuestPair> pairs_;
    std::size_t most_ = 20000;
    Members members_;
    std::set<std::string> configured_;              ///< ids that the settings name
    std::map<std::string, std::string> instances_;  ///< of the ports that were found: id to instance
    std::set<std::string> orphans_;                 ///< the file of the port's socket is gone
    std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace vnf::host
