// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "scripted_agent.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <stdexcept>
#include <utility>

namespace vnf::test {
namespace {

void require(bool condition, const char* what) {
    if (!condition)
        throw std::runtime_error(what);
}

socklen_t abstract_address(std::string_view name, sockaddr_un& address) {
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path + 1, sizeof address.sun_path - 1);
    return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
}

const sockaddr* generic(const sockaddr_un& address) {
    return reinterpret_cast<const sockaddr*>(&address);
}

}  // namespace

void Peer::poll() {
    std::string buffer(wire::group_record_limit, '\0');
    while (!is_deaf_ && socket_.is_open() && !has_ended_) {
        const ssize_t count = ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (count < 0 && errno == EAGAIN)
            return;
        // Said once, and before what a client that left packets unread had said itself.
        if (count < 0 && errno == ECONNRESET)
            continue;
        has_ended_ = count <= 0;
        if (has_ended_)
            return;
        auto record = wire::parse_group_client_record({buffer.data(), static_cast<std::size_t>(count)});
        require(std::holds_alternative<wire::GroupClientRecord>(record), "no record came");
        records_.push_back(std::get<wire::GroupClientRecord>(std::move(record)));
    }
}

void Peer::send(const wire::GroupDaemonRecord& record) {
    send_bytes(wire::encode(record));
}

void Peer::send_bytes(std::string_view packet) {
    const ssize_t count = ::send(socket_.get(), packet.data(), packet.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    require(count == static_cast<ssize_t>(packet.size()) || errno == EPIPE, "send");
}

void ScriptedAgent::start() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    listener_ = libhandle::Descriptor(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    require(::bind(listener_.get(), generic(address), sizeof address) == 0, "bind");
    require(::listen(listener_.get(), 128) == 0, "listen");
}

void ScriptedAgent::stop() {
    listener_.reset();
    ::unlink(path_.c_str());
}

std::unique_ptr<Peer> ScriptedAgent::accept() {
    const int fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
    return fd < 0 ? nullptr : std::make_unique<Peer>(fd);
}

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
