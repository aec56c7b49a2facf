// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A handle's way to its agent: guest-client's SEQPACKET socket, or the old datagram names where that is absent; and the
// descriptor to wait on, which stays. Nothing here blocks or raises SIGPIPE.
#pragma once

#include <deque>
#include <string>
#include <variant>

#include "libhandle/packet_socket.hpp"
#include "libhandle/wait_set.hpp"
#include "old_socket.hpp"
#include "vnf/servergroup.h"
#include "wire/group_record.hpp"

namespace vnf::libservergroup {

class AgentLink {
  public:
    enum class Peer { None, GuestClient, OldAgent };
    /// Why there is none. VNF_SG_OK: there is.
    struct Outcome {
        vnf_sg_error error = VNF_SG_OK;
        int system_error = 0;
    };
    /// What one read found: a record; nothing (a packet to be ignored, or none at all); or the end.
    struct Skip {};
    struct Drained {};
    using Input = std::variant<wire::GroupDaemonRecord, Skip, Drained, Outcome>;

    AgentLink() = default;
    AgentLink(const AgentLink&) = delete;
    AgentLink& operator=(const AgentLink&) = delete;
    ~AgentLink() { close(); }

    /// False, with errno set, when the system has no descriptor left. Once, before anything else.
    bool create() { return waiting_.create(); }
    int wait_descriptor() const { return waiting_.descriptor(); }

    /// Connects to guest-client; without its socket takes the old names, if an agent has its own.
    Outcome connect(const std::string& path);
    /// With an old agent: connects to guest-client if it is there by now, and gives the old name free.
    Outcome look(const std::string& path);
    Peer peer() const;
    bool is_open() const { return peer() != Peer::None; }
    void close();
    /// In a forked child: closes the copies without a word to the epoll instance, which the parent still uses.
    void abandon();

    Input read();
    /// Sends what the system takes at once and asks to be woken for the rest (of guest-client; an old agent's is left
    /// as it is). An errno if nothing will ever be taken.
    int write(std::deque<wire::GroupClientRecord>& outbox);

    void wake() { waiting_.wake(); }
    void clear_wake() { waiting_.clear_wake(); }

  private:
    Outcome take_old_names(int why);
    Input read_packet();
    Input read_datagram();
    int send(const wire::GroupClientRecord& record) const;

    libhandle::WaitSet waiting_;
    libhandle::PacketSocket socket_{waiting_, wire::group_record_limit};
    OldSocket old_;
};

}  // namespace vnf::libservergroup
