// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "packet_socket.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <utility>

namespace vnf::libhandle {

int PacketSocket::connect(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    Descriptor fresh(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fresh.is_open() ||
        ::connect(fresh.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return errno;
    if (!waiting_.add(fresh.get()))
        return errno;
    socket_ = std::move(fresh);
    return 0;
}

void PacketSocket::close() {
    if (socket_.is_open())
        waiting_.remove(socket_.get());
    socket_.reset();
}

PacketRead PacketSocket::read() {
    ssize_t count = 0;
    do
        count = ::recv(socket_.get(), buffer_.data(), buffer_.size(), MSG_DONTWAIT | MSG_TRUNC);
    while (count < 0 && errno == EINTR);
    if (count < 0 && errno == EAGAIN)
        return {PacketRead::Kind::Drained};
    // Said once, and before what an agent that left packets unread had said itself.
    if (count < 0 && errno == ECONNRESET)
        return {PacketRead::Kind::Reset};
    if (count <= 0)
        return {PacketRead::Kind::Ended, {}, count < 0 ? errno : 0};
    const auto size = static_cast<std::size_t>(count);
    if (size > buffer_.size())
        return {PacketRead::Kind::TooLong};
    return {PacketRead::Kind::Packet, {buffer_.data(), size}};
}

int PacketSocket::send(std::string_view packet) const {
    ssize_t count = 0;
    do
        count = ::send(socket_.get(), packet.data(), packet.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    while (count < 0 && errno == EINTR);
    return count < 0 ? errno : 0;
}

bool is_sent_later(int error) {
    return error == EAGAIN || error == ENOBUFS;
}

}  // namespace vnf::libhandle
