// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "agent_link.hpp"

#include <string>
#include <utility>

namespace vnf::guestscale {

using libhandle::PacketRead;

int AgentLink::connect(const std::string& path) {
    socket_.close();
    return socket_.connect(path);
}

void AgentLink::abandon() {
    socket_.abandon();
    waiting_.abandon();
}

AgentLink::Input AgentLink::read() {
    const PacketRead found = socket_.read();
    switch (found.kind) {
        case PacketRead::Kind::Drained:
            return Drained{};
        case PacketRead::Kind::Reset:
            return Skip{};
        case PacketRead::Kind::TooLong:
            return End{VNF_GS_ERROR_PROTOCOL, 0};
        case PacketRead::Kind::Ended:
            return End{VNF_GS_ERROR_CONNECTION_LOST, found.system_error};
        case PacketRead::Kind::Packet:
            break;
    }
    auto parsed = wire::parse_scale_agent_record(found.packet);
    if (auto* record = std::get_if<wire::ScaleAgentRecord>(&parsed))
        return std::move(*record);
    // A later agent may have more to say than this library understands.
    const bool is_later = std::get<wire::ParseError>(parsed).reason == wire::ParseReason::UnknownMessage;
    return is_later ? Input(Skip{}) : Input(End{VNF_GS_ERROR_PROTOCOL, 0});
}

int AgentLink::write(std::deque<wire::ScaleClientRecord>& outbox) {
    int error = 0;
    while (!outbox.empty() && error == 0) {
        error = socket_.send(wire::encode(outbox.front()));
        if (error == 0)
            outbox.pop_front();
    }
    const bool is_later = libhandle::is_sent_later(error);
    socket_.watch_output(is_later);
    return is_later ? 0 : error;
}

}  // namespace vnf::guestscale
