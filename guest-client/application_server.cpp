// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Between sockets and the table.
#include "guest-client/application_server.hpp"

#include <utility>

#include "runtime/service_notify.hpp"

namespace vnf::guest {
namespace {

runtime::LocalServerOptions socket_options(const SocketSettings& settings) {
    auto options = runtime::server_options(settings, runtime::inherited_socket("application"));
    options.backlog = 1024;
    return options;
}

}  // namespace

ApplicationServer::ApplicationServer(boost::asio::io_context& io, const SocketSettings& settings,
                                     Handler& handler)
    : handler_(handler),
      server_(io, socket_options(settings),
              [this](runtime::LocalServer::Socket socket, const runtime::PeerCredentials& peer) {
                  accepted(std::move(socket), peer);
              }) {}

ApplicationServer::~ApplicationServer() {
    for (const auto& [key, session] : sessions_) {
        session->close();
    }
}

void ApplicationServer::start() {
    server_.start();
}

void ApplicationServer::set_allow(const runtime::AllowList& allow) {
    server_.set_allow(allow);
}

void ApplicationServer::accepted(runtime::LocalServer::Socket socket, const runtime::PeerCredentials& peer) {
    handler_.turn_begins();
    const ApplicationKey key = handler_.application_opened({peer.pid, peer.uid});
    if (key == 0) {
        if (refusal_log_.admit(runtime::Clock::now())) {
            runtime::log_warning("application refused, too many", {{"uid", peer.uid}, {"pid", peer.pid}});
        }
    } else {
        ApplicationSession::Owner& owner = *this;
        const auto session = std::make_shared<ApplicationSession>(key, std::move(socket), owner);
        sessions_.emplace(key, session);
        session->start();
    }
    handler_.turn_ends();
}

std::shared_ptr<ApplicationSession> ApplicationServer::find(ApplicationKey key) const {
    const auto place = sessions_.find(key);
    return place == sessions_.end() ? nullptr : place->second;
}

bool ApplicationServer::send(ApplicationKey key, const wire::DaemonRecord& record,
                             wire::RecordVersion version) {
    const auto session = find(key);
    return session && session->send(wire::encode(record, ++sequence_, version));
}

void ApplicationServer::switch_to_version_3(ApplicationKey key, std::int32_t pid) {
    if (const auto session = find(key)) {
        session->switch_to_version_3(pid);
    }
}

void ApplicationServer::disconnect(ApplicationKey key) {
    if (const auto session = find(key)) {
        sessions_.erase(key);
        session->close();
    }
}

void ApplicationServer::drain(ApplicationKey key) {
    if (const auto session = find(key)) {
        session->drain();
    }
}

void ApplicationServer::session_record(ApplicationKey key, const wire::ApplicationRecord& record) {
    handler_.application_record(key, record);
}

void ApplicationServer::session_rejected(ApplicationKey key, const wire::ParseError& error) {
    ++rejected_.at(static_cast<std::size_t>(error.reason));
    if (rejection_log_.admit(runtime::Clock::now())) {
        runtime::log_warning("application record rejected", {{"application", key},
                                                             {"reason", to_string(error)},
                                                             {"suppressed", rejection_log_.suppressed()}});
    }
}

void ApplicationServer::session_ended(ApplicationKey key, Departure departure) {
    sessions_.erase(key);
    handler_.application_closed(key, departure);
}

}  // namespace vnf::guest
