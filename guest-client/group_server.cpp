// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Between the socket and the broker.
#include "guest-client/group_server.hpp"

#include <system_error>
#include <utility>

#include "runtime/clock.hpp"
#include "runtime/service_notify.hpp"

namespace vnf::guest {
namespace {

constexpr runtime::Milliseconds bind_again{5000};

}  // namespace

GroupServer::GroupServer(boost::asio::io_context& io, const SocketSettings& settings, GroupBroker& broker,
                         Handler& handler)
    : io_(io), settings_(settings), broker_(broker), handler_(handler), timer_(io) {
    bind();
}

GroupServer::~GroupServer() {
    for (const auto& [key, session] : sessions_) {
        session->close();
    }
}

void GroupServer::bind() {
    try {
        server_.emplace(
            io_,
            runtime::server_options(settings_, runtime::inherited_socket("server-group", SOCK_SEQPACKET)),
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
            runtime::log_error("group clients can't be served, trying again every 5 s", {{"error", problem}});
        }
    }
    timer_.expires_after(bind_again);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) {
            bind();
        }
    });
}

void GroupServer::start() {
    started_ = true;
    if (server_) {
        server_->start();
    }
}

void GroupServer::set_allow(const runtime::AllowList& allow) {
    settings_.allow = allow;
    if (server_) {
        server_->set_allow(allow);
    }
}

runtime::LocalServerCounters GroupServer::socket_counters() const {
    return server_ ? server_->counters() : runtime::LocalServerCounters{};
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
