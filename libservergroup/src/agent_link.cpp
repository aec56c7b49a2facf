// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "agent_link.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "old_messages.hpp"

namespace vnf::libservergroup {

using libhandle::Descriptor;

bool AgentLink::create() {
    buffer_.resize(wire::group_record_limit);
    return waiting_.create();
}

AgentLink::Peer AgentLink::peer() const {
    if (socket_.is_open())
        return Peer::GuestClient;
    return old_.is_open() ? Peer::OldAgent : Peer::None;
}

int AgentLink::connect_seqpacket(const std::string& path) {
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

AgentLink::Outcome AgentLink::connect(const std::string& path) {
    close();
    const int error = connect_seqpacket(path);
    if (error == ENOENT || error == ECONNREFUSED)
        return take_old_names(error);
    return {error == 0 ? VNF_SG_OK : VNF_SG_ERROR_CONNECT_FAILED, error};
}

/// Not without an agent that has its name: a guest-client that is only restarting must find ours free.
AgentLink::Outcome AgentLink::take_old_names(int why) {
    if (!OldSocket::agent_is_there())
        return {VNF_SG_ERROR_CONNECT_FAILED, why};
    const int error = old_.bind();
    if (error == EADDRINUSE)
        return {VNF_SG_ERROR_BUSY, error};
    if (error != 0)
        return {VNF_SG_ERROR_CONNECT_FAILED, error};
    if (!waiting_.add(old_.get())) {
        const int system_error = errno;
        old_.close();
        return {VNF_SG_ERROR_CONNECT_FAILED, system_error};
    }
    return {};
}

AgentLink::Outcome AgentLink::look(const std::string& path) {
    const int old = old_.get();
    if (connect_seqpacket(path) == 0) {
        waiting_.remove(old);
        old_.close();
        return {};
    }
    if (OldSocket::agent_is_there())
        return {};
    return {VNF_SG_ERROR_CONNECTION_LOST, ECONNREFUSED};
}

void AgentLink::close() {
    if (socket_.is_open())
        waiting_.remove(socket_.get());
    socket_.reset();
    if (old_.is_open())
        waiting_.remove(old_.get());
    old_.close();
}

void AgentLink::abandon() {
    socket_.reset();
    old_.close();
    waiting_.abandon();
}

// ---- reading ----

AgentLink::Input AgentLink::read() {
    return socket_.is_open() ? read_packet() : read_datagram();
}

AgentLink::Input AgentLink::read_packet() {
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
        return Outcome{VNF_SG_ERROR_CONNECTION_LOST, count < 0 ? errno : 0};
    const auto size = static_cast<std::size_t>(count);
    if (size > buffer_.size())
        return Outcome{VNF_SG_ERROR_PROTOCOL, 0};
    auto parsed = wire::parse_group_daemon_record({buffer_.data(), size});
    if (auto* record = std::get_if<wire::GroupDaemonRecord>(&parsed))
        return std::move(*record);
    // A later daemon may have more to say than this library understands.
    const bool is_later = std::get<wire::ParseError>(parsed).reason == wire::ParseReason::UnknownMessage;
    return is_later ? Input(Skip{}) : Input(Outcome{VNF_SG_ERROR_PROTOCOL, 0});
}

AgentLink::Input AgentLink::read_datagram() {
    const Datagram datagram = old_.receive();
    switch (datagram.kind) {
        case Datagram::Kind::Nothing:
            return Drained{};
        case Datagram::Kind::Broken:
            return Outcome{VNF_SG_ERROR_CONNECTION_LOST, datagram.system_error};
        case Datagram::Kind::Empty:
        case Datagram::Kind::Truncated:
        case Datagram::Kind::Foreign:
            return Skip{};
        case Datagram::Kind::Message:
            break;
    }
    auto event = libservergroup::read_datagram(datagram.bytes);
    if (auto* known = std::get_if<wire::GroupEvent>(&event))
        return as_record(std::move(*known));
    return Skip{};
}

// ---- writing ----

int AgentLink::send(const wire::GroupClientRecord& record) const {
    if (!socket_.is_open()) {
        const auto datagram = old_datagram(record);
        return datagram ? old_.send(*datagram) : 0;
    }
    const std::string packet = wire::encode(record);
    ssize_t count = 0;
    do
        count = ::send(socket_.get(), packet.data(), packet.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    while (count < 0 && errno == EINTR);
    return count < 0 ? errno : 0;
}

int AgentLink::write(std::deque<wire::GroupClientRecord>& outbox) {
    int error = 0;
    while (!outbox.empty() && error == 0) {
        error = send(outbox.front());
        if (error == 0)
            outbox.pop_front();
    }
    const bool is_later = error == EAGAIN || error == ENOBUFS;
    if (socket_.is_open())
        waiting_.watch_output(socket_.get(), is_later);
    return is_later ? 0 : error;
}

}  // namespace vnf::libservergroup
