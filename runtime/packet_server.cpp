// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See packet_server.hpp.
#include "runtime/packet_server.hpp"

#include <system_error>
#include <utility>

#include "runtime/clock.hpp"
#include "runtime/log.hpp"
#include "runtime/service_notify.hpp"

namespace vnf::runtime {
namespace {

constexpr Milliseconds bind_again{5000};

}  // namespace

PacketServer::PacketServer(boost::asio::io_context& io, const SocketSettings& settings,
                           PacketServerNames names, LocalServer::OnPacketSocket on_accept)
    : io_(io), settings_(settings), names_(std::move(names)), on_accept_(std::move(on_accept)), timer_(io) {
    bind();
}

void PacketServer::bind() {
    try {
        server_.emplace(io_, server_options(settings_, inherited_socket(names_.inherited, SOCK_SEQPACKET)),
                        on_accept_);
        problem_.clear();
        if (started_) {
            server_->start();
        }
        return;
    } catch (const std::system_error& error) {
        const std::string problem = error.what();
        if (problem != std::exchange(problem_, problem)) {
            log_error(names_.clients + " can't be served, trying again every 5 s", {{"error", problem}});
        }
    }
    timer_.expires_after(bind_again);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) {
            bind();
        }
    });
}

void PacketServer::start() {
    started_ = true;
    if (server_) {
        server_->start();
    }
}

void PacketServer::set_allow(const AllowList& allow) {
    settings_.allow = allow;
    if (server_) {
        server_->set_allow(allow);
    }
}

LocalServerCounters PacketServer::counters() const {
    return server_ ? server_->counters() : LocalServerCounters{};
}

}  // namespace vnf::runtime
