// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/bench/channel.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <stdexcept>

#include "tests/harness/unix_socket.hpp"

namespace vnf::bench {

Channel::Channel(const std::string& socket) : fd_(harness::connect_unix(socket)) {
    ::fcntl(fd_.get(), F_SETFL, ::fcntl(fd_.get(), F_GETFL) & ~O_NONBLOCK);
    const timeval limit{20, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
}

void Channel::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0)
            throw std::runtime_error("the daemon does not take bytes");
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

std::string Channel::await(std::string_view marker, std::string_view end) {
    std::array<char, 65536> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): recv() fills it
    while (true) {
        const std::size_t at = input_.find(marker);
        if (at != std::string::npos && input_.find(end, at + marker.size()) != std::string::npos)
            return std::exchange(input_, {});
        const ssize_t got = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
        if (got <= 0)
            throw std::runtime_error("no " + std::string(marker) + " from the daemon; it said: " + input_);
        input_.append(buffer.data(), static_cast<std::size_t>(got));
    }
}

}  // namespace vnf::bench
