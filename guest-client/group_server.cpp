// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Between the socket and the broker.
#include "guest-client/group_server.hpp"

#include <utility>

#include "runtime/clock.hpp"
#include "runtime/log.hpp"

namespace vnf::guest {

GroupServer::GroupServer(boost::asio::io_context& io, const SocketSettings& settings, GroupBroker& broker,
                         Handler& handler)
    : io_(io),
      broker_(broker),
      handler_(handler),
      server_(io, settings, {"server-group", "group clients"},
              [this](runtime::FileDescriptor socket, const runtime::PeerCredentials& peer) {
                  accepted(std::move(socket), peer);
              }) {}

GroupServer::~GroupServer() {
    for (const auto& [key, session] : sessions_) {
        session->close();
    }
}

void GroupServer::accepted(runtime::FileDescriptor socket, const runtime::PeerCredentials& peer) {
    const GroupClientKey key = broker_.opened({peer.pid, peer.uid}, runtime::Clock::now());
    if (key == 0) {
        if (refusal_log_.admit(runtime::Clock::now())) {
            runtime::log_warning("group client refused, too many", {{"uid", peer.uid}, {"pid", peer.pid}});
        }
        return;
    }
    GroupSession::Owner& owner = *this;
    const auto session = std::make_shared<GroupSession>(io_, std::move(socket), key, broker_, owner);
    sessions_.emplace(key, session);
    session->start();
    handler_.group_clients_said();
}

void GroupServer::progress(GroupClientKey key) {
    const auto place = sessions_.find(key);
    if (place != sessions_.end()) {
        place->second->progress();
    }
}

void GroupServer::disconnect(GroupClientKey key) {
    const auto place = sessions_.find(key);
    if (place != sessions_.end()) {
        place->second->close();
        sessions_.erase(place);
        broker_.closed(key);
    }
}

void GroupServer::session_rejected(GroupClientKey key, const wire::ParseError& error) {
    ++rejected_.at(static_cast<std::size_t>(error.reason));
    if (rejection_log_.admit(error.reason, runtime::Clock::now())) {
        runtime::log_warning("record of a group client rejected",
                             {{"client", key},
                              {"reason", to_string(error)},
                              {"suppressed", rejection_log_.suppressed(error.reason)}});
    }
}

void GroupServer::session_ended(GroupClientKey key) {
    sessions_.erase(key);
    broker_.closed(key);
}

}  // namespace vnf::guest
