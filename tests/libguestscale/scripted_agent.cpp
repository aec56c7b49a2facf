// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "scripted_agent.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <utility>

namespace vnf::test {

void ScalePeer::poll() {
    std::string buffer(wire::scale_record_limit, '\0');
    while (socket_ && !has_ended_) {
        const ssize_t count = ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (count < 0 && errno == EAGAIN) {
            return;
        }
        // Said once, and before what a client that left packets unread had said itself.
        if (count < 0 && errno == ECONNRESET) {
            continue;
        }
        has_ended_ = count <= 0;
        if (has_ended_) {
            return;
        }
        auto record = wire::parse_scale_client_record({buffer.data(), static_cast<std::size_t>(count)});
        if (!std::holds_alternative<wire::ScaleClientRecord>(record)) {
            throw std::runtime_error("no record came");
        }
        records_.push_back(std::get<wire::ScaleClientRecord>(std::move(record)));
    }
}

void ScalePeer::send(const wire::ScaleAgentRecord& record) {
    send_bytes(wire::encode(record));
}

void ScalePeer::send_bytes(std::string_view packet) {
    const ssize_t count = ::send(socket_.get(), packet.data(), packet.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count != static_cast<ssize_t>(packet.size()) && errno != EPIPE) {
        throw std::runtime_error("send");
    }
}

void ScriptedScaleAgent::start() {
    listener_ = harness::listen_unix(path_, 128, SOCK_SEQPACKET);
}

void ScriptedScaleAgent::stop() {
    listener_ = {};
    ::unlink(path_.c_str());
}

std::unique_ptr<ScalePeer> ScriptedScaleAgent::accept() {
    auto socket = harness::accept_one(listener_);
    return socket ? std::make_unique<ScalePeer>(std::move(socket)) : nullptr;
}

}  // namespace vnf::test
