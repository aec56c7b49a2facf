// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "scripted_agent.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>

namespace vnf::test {
namespace {

socklen_t abstract_address(std::string_view name, sockaddr_un& address) {
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path + 1, sizeof address.sun_path - 1);
    return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
}

const sockaddr* generic(const sockaddr_un& address) {
    return reinterpret_cast<const sockaddr*>(&address);
}

}  // namespace

AbstractSocket::AbstractSocket(std::string_view name)
    : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    const socklen_t length = abstract_address(name, address);
    is_bound_ = !name.empty() && ::bind(socket_.get(), generic(address), length) == 0;
}

bool AbstractSocket::send_to(std::string_view name, std::string_view datagram) const {
    sockaddr_un address{};
    const socklen_t length = abstract_address(name, address);
    return ::sendto(socket_.get(), datagram.data(), datagram.size(), 0, generic(address), length) >= 0;
}

std::optional<std::string> AbstractSocket::receive() const {
    std::string buffer(128 * 1024, '\0');
    const ssize_t count = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (count < 0)
        return std::nullopt;
    buffer.resize(static_cast<std::size_t>(count));
    return buffer;
}

std::string delivery(std::string_view data) {
    return R"({"data":)" + std::string(data) + R"(,"version":2,"source_addr":"cgcs.server_grp"})";
}

}  // namespace vnf::test
