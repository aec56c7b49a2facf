// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "agent_link.hpp"

#include <cerrno>
#include <string>
#include <utility>

#include "old_messages.hpp"

namespace vnf::libservergroup {

using libhandle::PacketRead;

AgentLink::Peer AgentLink::peer() const {
    if (socket_.is_open())
        return Peer::GuestClient;
    return old_.is_open() ? Peer::OldAgent : Peer::None;
}

AgentLink::Outcome AgentLink::connect(const std::string& path) {
    close();
    const int error = socket_.connect(path);
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
    if (socket_.connect(path) == 0) {
        waiting_.remove(old);
        old_.close();
        return {};
    }
    if (OldSocket::agent_is_there())
        return {};
    return {VNF_SG_ERROR_CONNECTION_LOST, ECONNREFUSED};
}

void AgentLink::close() {
    socket_.close();
    if (old_.is_open())
        waiting_.remove(old_.get());
    old_.close();
}

void AgentLink::abandon() {
    socket_.abandon();
    old_.close();
    waiting_.abandon();
}

// ---- reading ----

AgentLink::Input AgentLink::read() {
    return socket_.is_open() ? read_packet() : read_datagram();
}

AgentLink::Input AgentLink::read_packet() {
    const PacketRead found = socket_.read();
    switch (found.kind) {
        case PacketRead::Kind::Drained:
            return Drained{};
        case PacketRead::Kind::Reset:
            return Skip{};
        case PacketRead::Kind::TooLong:
            return Outcome{VNF_SG_ERROR_PROTOCOL, 0};
        case PacketRead::Kind::Ended:
            return Outcome{VNF_SG_ERROR_CONNECTION_LOST, found.system_error};
        case PacketRead::Kind::Packet:
            break;
    }
    auto parsed = wire::parse_group_daemon_record(found.packet);
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
    if (socket_.is_open())
        return socket_.send(wire::encode(record));
    const auto datagram = old_datagram(record);
    return datagram ? old_.send(*datagram) : 0;
}

int AgentLink::write(std::deque<wire::GroupClientRecord>& outbox) {
    int error = 0;
    while (!outbox.empty() && error == 0) {
        error = send(outbox.front());
        if (error == 0)
            outbox.pop_front();
    }
    const bool is_later = libhandle::is_sent_later(error);
    if (socket_.is_open())
        socket_.watch_output(is_later);
    return is_later ? 0 : error;
}

}  // namespace vnf::libservergroup
