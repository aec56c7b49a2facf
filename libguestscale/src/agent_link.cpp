// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "agent_link.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <utility>

namespace vnf::guestscale {

using libhandle::Descriptor;

bool AgentLink::create() {
    buffer_.resize(wire::scale_record_limit);
    return waiting_.create();
}

int AgentLink::connect(const std::string& path) {
    close();
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

void AgentLink::close() {
    if (socket_.is_open())
        waiting_.remove(socket_.get());
    socket_.reset();
}

void AgentLink::abandon() {
    socket_.reset();
    waiting_.abandon();
}

AgentLink::Input AgentLink::read() {
    ssize_t count = 0;
    do
        count = ::recv(socket_.get(), buffer_.data(), buffer_.size(), MSG_DONTWAIT | MSG_TRUNC);
    while (count < 0 && errno == EINTR);
    if (count < 0 && errno == EAGAIN)
        return Drained{};
    // Said once, and before what an agent that left packets unread had said itself.
    if (count < 0 && errno == ECONNRESET)
        return Skip{};
    if (count <= 0)
        return End{VNF_GS_ERROR_CONNECTION_LOST, count < 0 ? errno : 0};
    const auto size = static_cast<std::size_t>(count);
    if (size > buffer_.size())
        return End{VNF_GS_ERROR_PROTOCOL, 0};
    auto parsed = wire::parse_scale_agent_record({buffer_.data(), size});
    if (auto* record = std::get_if<wire::ScaleAgentRecord>(&parsed))
        return std::move(*record);
    // A later agent may have more to say than this library understands.
    const bool is_later = std::get<wire::ParseError>(parsed).reason == wire::ParseReason::UnknownMessage;
    return is_later ? Input(Skip{}) : Input(End{VNF_GS_ERROR_PROTOCOL, 0});
}

int AgentLink::send(const wire::ScaleClientRecord& record) const {
    const std::string packet = wire::encode(record);
    ssize_t count = 0;
    do
        count = ::send(socket_.get(), packet.data(), packet.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    while (count < 0 && errno == EINTR);
    return count < 0 ? errno : 0;
}

int AgentLink::write(std::deque<wire::ScaleClientRecord>& outbox) {
    int error = 0;
    while (!outbox.empty() && error == 0) {
        error = send(outbox.front());
        if (error == 0)
            outbox.pop_front();
    }
    const bool is_later = error == EAGAIN || error == ENOBUFS;
    waiting_.watch_output(socket_.get(), is_later);
    return is_later ? 0 : error;
}

}  // namespace vnf::guestscale
