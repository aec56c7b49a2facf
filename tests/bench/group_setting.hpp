// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Who takes part in a broadcast's way: the shipped daemons with their limits raised, and the floor's programs in the same
// places. The driver plays the applications, and where there are many, the members' whole guests.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/bench/packet_channel.hpp"
#include "tests/bench/setting.hpp"

namespace vnf::bench {

using Kind = GuestSide::Kind;

/// guest-client, or the floor's relay, with the sockets that both have.
class GroupGuest {
  public:
    explicit GroupGuest(Kind kind);
    std::string port() const { return scratch_ / "port.sock"; }
    std::string client_socket() const { return scratch_ / "group.sock"; }
    pid_t pid() const { return process_ ? process_->pid() : floor_->pid(); }

  private:
    harness::ScratchDirectory scratch_;
    std::unique_ptr<harness::Process> process_;
    std::unique_ptr<Program> floor_;
};

/// host-agent, or the floor's host, with the ports of one group's members. `engine` are further keys of the settings'
/// section `groups`, in YAML's flow style, with a comma behind each.
class GroupHost {
  public:
    GroupHost(Kind kind, const std::vector<std::string>& ports, const std::string& engine = {});
    pid_t pid() const { return ours_ ? ours_->pid() : floor_->pid(); }

  private:
    std::unique_ptr<HostAgent> ours_;
    std::unique_ptr<Program> floor_;
};

/// Two members, each with a guest-client of its own, on one host or on a host for each; an application in each, joined.
struct GroupPath {
    explicit GroupPath(Kind kind);
    /// On two hosts and the etcd at these endpoints, "http://127.0.0.1:2379, ...".
    explicit GroupPath(const std::string& endpoints);
    /// One broadcast, from application to application.
    void pass(std::string_view packet, std::string_view text);

    GroupGuest from, to;
    std::vector<std::unique_ptr<GroupHost>> hosts;
    PacketChannel sender, receiver;

  private:
    void join(Kind kind);
};

/// Members whose guests the driver plays: their ports, without a guest-client behind them.
class PlayedMembers {
  public:
    explicit PlayedMembers(std::size_t count);
    const std::vector<std::string>& ports() const { return ports_; }
    /// Until the host has connected to each.
    void await_host();
    /// Until each has read that text, which must be one it has not seen yet.
    void await_all(std::string_view text);
    /// Reads and forgets what is there.
    void drain();

  private:
    harness::ScratchDirectory scratch_;
    std::vector<std::string> ports_;
    std::vector<harness::FileDescriptor> listeners_, connections_;
    std::vector<std::string> inputs_;
    harness::FileDescriptor epoll_;
};

}  // namespace vnf::bench
