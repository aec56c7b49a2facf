// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The packet socket (SOCK_SEQPACKET) of a daemon whose main work must not depend on it: one that can't be bound, since its
// path is taken say, is logged and tried again every 5 s.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <string>

#include "runtime/local_server.hpp"
#include "runtime/socket_settings.hpp"

namespace vnf::runtime {

struct PacketServerNames {
    std::string inherited;  ///< the socket's, if the service manager passes it
    std::string clients;    ///< who can't be served without it, for the log
};

class PacketServer {
  public:
    /// Binds at once, if it can.
    PacketServer(boost::asio::io_context& io, const SocketSettings& settings, PacketServerNames names,
                 LocalServer::OnPacketSocket on_accept);
    PacketServer(const PacketServer&) = delete;
    PacketServer& operator=(const PacketServer&) = delete;

    void start();
    void set_allow(const AllowList& allow);

    bool listening() const { return server_.has_value(); }
    LocalServerCounters counters() const;

  private:
    void bind();

    boost::asio::io_context& io_;
    SocketSettings settings_;
    PacketServerNames names_;
    LocalServer::OnPacketSocket on_accept_;
    boost::asio::steady_timer timer_;
    std::string problem_;
    bool started_ = false;
    std::optional<LocalServer> server_;
};

}  // namespace vnf::runtime
