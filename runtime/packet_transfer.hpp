// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One packet in, one packet out of a connected SEQPACKET socket, without blocking and without SIGPIPE.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace vnf::runtime {

struct ReceivedPacket {
    enum class Kind : std::uint8_t {
        Whole,
        None,     ///< none is there now
        Reset,    ///< the peer left packets unread; said once, and before what it had said itself
        TooLong,  ///< for the buffer, and lost
        Ended,    ///< the connection
    } kind;
    std::string_view bytes{};  ///< in the caller's buffer
};
ReceivedPacket receive_packet(int socket, std::span<char> buffer);

enum class PacketSent : std::uint8_t {
    Taken,
    Later,  ///< when the socket can be written
    Never,  ///< the peer reads no more
};
PacketSent send_packet(int socket, std::string_view packet);

}  // namespace vnf::runtime
