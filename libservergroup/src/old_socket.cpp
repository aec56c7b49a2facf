// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "old_socket.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstddef>
#include <utility>

#include "wire/messaging_envelope.hpp"

namespace vnf::libservergroup {
namespace {

using libhandle::Descriptor;

/// An abstract address is as long as its name; one padded with NULs is another (section 2.1).
struct AbstractAddress {
    explicit AbstractAddress(std::string_view name)
        : length(static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size())) {
        address.sun_family = AF_UNIX;
        name.copy(address.sun_path + 1, sizeof address.sun_path - 1);
    }
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address); }

    sockaddr_un address{};
    socklen_t length;
};

std::string_view bytes_of(const sockaddr_un& address, std::size_t length) {
    return {reinterpret_cast<const char*>(&address), length};
}

bool is_agent(const sockaddr_un& sender, std::size_t length) {
    const AbstractAddress agent(wire::messaging_agent_address);
    return length <= sizeof sender && bytes_of(sender, length) == bytes_of(agent.address, agent.length);
}

Descriptor open_socket() {
    return Descriptor(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

}  // namespace

int OldSocket::bind() {
    const AbstractAddress own(wire::server_group_address);
    Descriptor fresh = open_socket();
    if (!fresh.is_open() || ::bind(fresh.get(), own.get(), own.length) != 0)
        return errno;
    buffer_.resize(wire::messaging_line_limit);
    socket_ = std::move(fresh);
    return 0;
}

void OldSocket::close() {
    socket_.reset();
}

Datagram OldSocket::receive() {
    sockaddr_un sender{};
    iovec into{buffer_.data(), buffer_.size()};
    msghdr message{};
    message.msg_name = &sender;
    message.msg_namelen = sizeof sender;
    message.msg_iov = &into;
    message.msg_iovlen = 1;
    ssize_t count = 0;
    do
        count = ::recvmsg(socket_.get(), &message, MSG_DONTWAIT);
    while (count < 0 && errno == EINTR);
    if (count < 0)
        return errno == EAGAIN ? Datagram{Datagram::Kind::Nothing}
                               : Datagram{Datagram::Kind::Broken, {}, errno};
    if (!is_agent(sender, message.msg_namelen))
        return {Datagram::Kind::Foreign};
    if ((message.msg_flags & MSG_TRUNC) != 0)
        return {Datagram::Kind::Truncated};
    if (count == 0)
        return {Datagram::Kind::Empty};
    return {Datagram::Kind::Message, {buffer_.data(), static_cast<std::size_t>(count)}};
}

int OldSocket::send(std::string_view datagram) const {
    const AbstractAddress agent(wire::messaging_agent_address);
    ssize_t count = 0;
    do
        count = ::sendto(socket_.get(), datagram.data(), datagram.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                         agent.get(), agent.length);
    while (count < 0 && errno == EINTR);
    return count < 0 ? errno : 0;
}

bool OldSocket::agent_is_there() {
    const AbstractAddress agent(wire::messaging_agent_address);
    const Descriptor probe = open_socket();
    return probe.is_open() && ::connect(probe.get(), agent.get(), agent.length) == 0;
}

}  // namespace vnf::libservergroup
