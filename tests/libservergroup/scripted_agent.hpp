// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// guest-client, and the old agent, as a test wants them: both say what the test says and keep what they are told.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "libhandle/descriptor.hpp"
#include "tests/libhandle/packet_peer.hpp"
#include "wire/group_record.hpp"

namespace vnf::test {

struct GroupWire {
    using AgentRecord = wire::GroupDaemonRecord;
    using ClientRecord = wire::GroupClientRecord;
    static constexpr std::size_t limit = wire::group_record_limit;
    static constexpr auto parse = wire::parse_group_client_record;
};
using Peer = PacketPeer<GroupWire>;
using ScriptedAgent = PacketListener<GroupWire>;

/// Any abstract datagram socket: the old agent's, an application's, an impostor's.
class AbstractSocket {
  public:
    explicit AbstractSocket(std::string_view name);  ///< empty: not bound
    bool is_bound() const { return is_bound_; }
    int fd() const { return socket_.get(); }
    /// True if it was taken; false if nobody has the address or its queue is full.
    bool send_to(std::string_view name, std::string_view datagram) const;
    /// Nothing if none is there.
    std::optional<std::string> receive() const;

  private:
    libhandle::Descriptor socket_;
    bool is_bound_ = false;
};

/// `data` for a service, as the old agent delivers it.
std::string delivery(std::string_view data);

}  // namespace vnf::test
