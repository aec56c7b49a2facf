// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The driver's own end of a group client's packet socket, with guest-client or the floor's relay behind it: the same
// calls and the same look at what came for both. Blocking as a rule, with a limit, so that a silent peer ends the run.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/harness/file_descriptor.hpp"

namespace vnf::bench {

/// A broadcast as a client hands it over.
std::string broadcast_packet(std::string_view text);

/// What became of broadcasts, by the packets that say so.
struct Tally {
    std::uint64_t heard = 0, missed = 0, unsent = 0, refused = 0;
    std::uint64_t told() const { return missed + unsent + refused; }
};

class PacketChannel {
  public:
    /// Connects as soon as somebody listens.
    explicit PacketChannel(const std::string& socket);

    void send(std::string_view packet);
    /// False: the daemon does not read at present, as a handle's "queue full".
    bool try_send(std::string_view packet);

    /// The next packet; throws after 20 s.
    std::string_view receive();
    /// Empty if there is none.
    std::string_view try_receive();
    /// Until a broadcast of that text comes; notifications and their like are passed over.
    void await(std::string_view text);
    /// The same for the refusal of a message.
    void await_refusal();
    /// Counts everything that is there.
    void drain(Tally& tally);
    /// The same, having waited for the first packet.
    void receive(Tally& tally);

    /// Says hello, waits for the link, and asks until the group has so many members: from then on all is in place.
    void join(std::size_t members);
    /// The floor has none of that.
    void join_floor() { receive(); }
    /// The members of the host's answer.
    std::size_t ask_status();

    int fd() const { return fd_.get(); }

  private:
    harness::FileDescriptor fd_;
    std::vector<char> buffer_;
    std::uint32_t query_ = 0;
};

}  // namespace vnf::bench
