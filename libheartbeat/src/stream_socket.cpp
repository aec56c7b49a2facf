// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "stream_socket.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

namespace vnf::libheartbeat {

const char* default_socket_path() {
    const char* const path = ::secure_getenv("VNF_HEARTBEAT_SOCKET");
    return path != nullptr ? path : "/var/run/.guest_heartbeat_api";
}

int connect_stream(const std::string& path, Descriptor& socket) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    Descriptor fresh(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fresh.is_open() ||
        ::connect(fresh.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return errno;
    socket = std::move(fresh);
    return 0;
}

Input read_stream(int fd, std::span<char> buffer) {
    ssize_t count = 0;
    do
        count = ::recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
    while (count < 0 && errno == EINTR);
    if (count > 0)
        return {Input::Kind::Data, static_cast<std::size_t>(count)};
    if (count < 0 && errno == EAGAIN)
        return {Input::Kind::Nothing};
    return {Input::Kind::Ended, 0, count < 0 ? errno : 0};
}

int write_stream(int fd, Outbox& outbox) {
    while (!outbox.empty()) {
        const std::string_view pending = outbox.pending();
        const ssize_t count = ::send(fd, pending.data(), pending.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count >= 0)
            outbox.sent(static_cast<std::size_t>(count));
        else if (errno == EAGAIN)
            return 0;
        else if (errno != EINTR)
            return errno;
    }
    return 0;
}

}  // namespace vnf::libheartbeat
