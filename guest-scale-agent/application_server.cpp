// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Between the socket and the desk.
#include "guest-scale-agent/application_server.hpp"

#include <system_error>
#include <utility>

#include "runtime/clock.hpp"
#include "runtime/service_notify.hpp"

namespace vnf::scale {
namespace {

constexpr runtime::Milliseconds bind_again{5000};

}  // namespace

ApplicationServer::ApplicationServer(boost::asio::io_context& io, const runtime::SocketSettings& settings,
                                     Handler& handler)
    : io_(io), settings_(settings), handler_(handler), timer_(io) {
    bind();
}

ApplicationServer::~ApplicationServer() {
    for (const auto& [key, session] : sessions_) {
        session->close();
    }
}

void ApplicationServer::bind() {
    try {
        server_.emplace(
            io_, runtime::server_options(settings_, runtime::inherited_socket("guest-scale", SOCK_SEQPACKET)),
            [this](runtime::FileDescriptor socket, const runtime::PeerCredentials& peer) {
                accepted(std::move(socket), peer);
            });
        problem_.clear();
        if (started_) {
            server_->start();
        }
        return;
    } catch (const std::system_error& error) {
        const std::string problem = error.what();
        if (problem != std::exchange(problem_, problem)) {
            runtime::log_error("applications can't be served, trying again every 5 s", {{"error", problem}});
        }
    }
    timer_.expires_after(bind_again);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) {
            bind();
        }
    });
}

void ApplicationServer::start() {
    started_ = true;
    if (server_) {
        server_->start();
    }
}

void ApplicationServer::set_allow(const runtime::AllowList& allow) {
    settings_.allow = allow;
    if (server_) {
        server_->set_allow(allow);
    }
}

runtime::LocalServerCounters ApplicationServer::socket_counters() const {
    return server_ ? server_->counters() : runtime::LocalServerCounters{};
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
