// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See packet_transfer.hpp.
#include "runtime/packet_transfer.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <cstddef>

namespace vnf::runtime {
namespace {

bool would_block(int error) {
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR || error == ENOBUFS;
}

}  // namespace

ReceivedPacket receive_packet(int socket, std::span<char> buffer) {
    using Kind = ReceivedPacket::Kind;
    const ssize_t got = ::recv(socket, buffer.data(), buffer.size(), MSG_DONTWAIT | MSG_TRUNC);
    if (got < 0 && would_block(errno)) {
        return {Kind::None};
    }
    if (got < 0 && errno == ECONNRESET) {
        return {Kind::Reset};
    }
    if (got <= 0) {
        return {Kind::Ended};
    }
    const auto size = static_cast<std::size_t>(got);
    if (size > buffer.size()) {
        return {Kind::TooLong};
    }
    return {Kind::Whole, {buffer.data(), size}};
}

PacketSent send_packet(int socket, std::string_view packet) {
    if (::send(socket, packet.data(), packet.size(), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) {
        return PacketSent::Taken;
    }
    return would_block(errno) ? PacketSent::Later : PacketSent::Never;
}

}  // namespace vnf::runtime
