// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Between names and sockaddr_un; recvmsg.
#include "runtime/local_datagram.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <cstddef>
#include <cstring>

namespace vnf::runtime {
namespace {

constexpr std::size_t name_begins = offsetof(sockaddr_un, sun_path) + 1;

std::optional<PeerCredentials> credentials_of(msghdr& message) {
    for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_CREDENTIALS) {
            ucred sender{};
            std::memcpy(&sender, CMSG_DATA(part), sizeof sender);
            return PeerCredentials{sender.pid, sender.uid, sender.gid, {}};
        }
    }
    return std::nullopt;
}

}  // namespace

AbstractAddress::AbstractAddress(std::string_view name) {
    assert(!name.empty() && name.size() < sizeof address.sun_path);
    address.sun_family = AF_UNIX;
    std::memcpy(&address.sun_path[1], name.data(), std::min(name.size(), sizeof address.sun_path - 1));
    size = static_cast<socklen_t>(name_begins + name.size());
}

std::optional<std::string> abstract_name(const sockaddr_un& address, socklen_t size) {
    if (size < name_begins) {
        return std::string();
    }
    if (address.sun_path[0] != '\0') {
        return std::nullopt;
    }
    return std::string(&address.sun_path[1], std::min<std::size_t>(size, sizeof address) - name_begins);
}

FileDescriptor bind_datagram_socket(std::string_view name, std::error_code& error) {
    FileDescriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const AbstractAddress address(name);
    const int yes = 1;
    if (!socket || ::setsockopt(socket.get(), SOL_SOCKET, SO_PASSCRED, &yes, sizeof yes) != 0 ||
        ::bind(socket.get(), address.get(), address.size) != 0) {
        error = last_error();
        return {};
    }
    error.clear();
    return socket;
}

std::optional<LocalDatagram> receive_datagram(int socket, std::span<char> buffer, std::error_code& error) {
    LocalDatagram datagram;
    iovec data{buffer.data(), buffer.size()};
    // Room for the credentials and nothing else: descriptors that somebody passes are closed by the kernel.
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(ucred))> control{};
    msghdr message{};
    message.msg_name = &datagram.from;
    message.msg_namelen = sizeof datagram.from;
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t got = ::recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (got < 0) {
        error = last_error();
        return std::nullopt;
    }
    error.clear();
    datagram.bytes = {buffer.data(), static_cast<std::size_t>(got)};
    datagram.from_size = message.msg_namelen;
    datagram.who = credentials_of(message);
    datagram.truncated = (message.msg_flags & MSG_TRUNC) != 0;
    return datagram;
}

}  // namespace vnf::runtime
