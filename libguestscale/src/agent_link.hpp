// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A handle's way to guest-scale-agent: its SEQPACKET socket, and the descriptor to wait on, which stays. Nothing here
// blocks or raises SIGPIPE.
#pragma once

#include <deque>
#include <string>
#include <variant>

#include "libhandle/packet_socket.hpp"
#include "libhandle/wait_set.hpp"
#include "vnf/guestscale.h"
#include "wire/scale_record.hpp"

namespace vnf::guestscale {

class AgentLink {
  public:
    /// The end: why.
    struct End {
        vnf_gs_error error = VNF_GS_OK;
        int system_error = 0;
    };
    /// What one read found: a record; nothing (a packet to be ignored, or none at all); or the end.
    struct Skip {};
    struct Drained {};
    using Input = std::variant<wire::ScaleAgentRecord, Skip, Drained, End>;

    AgentLink() = default;
    AgentLink(const AgentLink&) = delete;
    AgentLink& operator=(const AgentLink&) = delete;

    /// False, with errno set, when the system has no descriptor left. Once, before anything else.
    bool create() { return waiting_.create(); }
    int wait_descriptor() const { return waiting_.descriptor(); }

    /// 0 or an errno.
    int connect(const std::string& path);
    bool is_open() const { return socket_.is_open(); }
    void close() { socket_.close(); }
    /// In a forked child: closes the copies without a word to the epoll instance, which the parent still uses.
    void abandon();

    Input read();
    /// Sends what the system takes at once and asks to be woken for the rest. An errno if nothing will ever be taken.
    int write(std::deque<wire::ScaleClientRecord>& outbox);

    void wake() { waiting_.wake(); }
    void clear_wake() { waiting_.clear_wake(); }

  private:
    libhandle::WaitSet waiting_;
    libhandle::PacketSocket socket_{waiting_, wire::scale_record_limit};
};

}  // namespace vnf::guestscale
