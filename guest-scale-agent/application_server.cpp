// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Between the socket and the desk.
#include "guest-scale-agent/application_server.hpp"

#include <utility>

#include "runtime/clock.hpp"
#include "runtime/log.hpp"

namespace vnf::scale {

ApplicationServer::ApplicationServer(boost::asio::io_context& io, const runtime::SocketSettings& settings,
                                     Handler& handler)
    : io_(io),
      handler_(handler),
      server_(io, settings, {"guest-scale", "applications"},
              [this](runtime::FileDescriptor socket, const runtime::PeerCredentials& peer) {
                  accepted(std::move(socket), peer);
              }) {}

ApplicationServer::~ApplicationServer() {
    for (const auto& [key, session] : sessions_) {
        session->close();
    }
}

void ApplicationServer::accepted(runtime::FileDescriptor socket, const runtime::PeerCredentials& peer) {
    const ApplicationKey key = handler_.application_opened({peer.pid, peer.uid});
    if (key == 0) {
        if (refusal_log_.admit(runtime::Clock::now())) {
            runtime::log_warning("application refused, too many", {{"uid", peer.uid}, {"pid", peer.pid}});
        }
        return;
    }
    ApplicationSession::Owner& owner = *this;
    const auto session = std::make_shared<ApplicationSession>(io_, std::move(socket), key, owner);
    sessions_.emplace(key, session);
    session->start();
    handler_.application_turn_ends();
}

void ApplicationServer::send(ApplicationKey key, const std::string& packet) {
    if (const auto place = sessions_.find(key); place != sessions_.end()) {
        place->second->send(packet);
    }
}

void ApplicationServer::disconnect(ApplicationKey key) {
    if (const auto place = sessions_.find(key); place != sessions_.end()) {
        place->second->close();
        sessions_.erase(place);
    }
}

void ApplicationServer::session_said(ApplicationKey key, const wire::ScaleClientRecord& record) {
    handler_.application_said(key, record);
}

void ApplicationServer::session_rejected(ApplicationKey key, const wire::ParseError& error) {
    ++rejected_.at(static_cast<std::size_t>(error.reason));
    if (rejection_log_.admit(runtime::Clock::now())) {
        runtime::log_warning("record of an application rejected",
                             {{"application", key},
                              {"reason", to_string(error)},
                              {"suppressed", rejection_log_.suppressed()}});
    }
}

void ApplicationServer::session_ended(ApplicationKey key) {
    sessions_.erase(key);
    handler_.application_closed(key);
}

}  // namespace vnf::scale
