// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The control socket: reads for people and collectors, and a reload. Root and the daemon's own user always may;
// others as `control.allow` says.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>

#include "guest-client/guest_client.hpp"
#include "runtime/http_server.hpp"

namespace vnf::guest {

class ControlServer {
  public:
    /// Rereads the settings and applies them; throws runtime::SettingsError and then has changed nothing.
    using Reload = std::function<ReloadReport()>;

    /// Binds at once; throws std::system_error naming the path. `client` outlives it.
    ControlServer(boost::asio::io_context& io, const SocketSettings& settings, GuestClient& client,
                  Reload reload);
    void start() { server_.start(); }
    void stop() { server_.stop(); }

  private:
    boost::asio::awaitable<runtime::HttpReply> answer(runtime::HttpRequest request) const;
    runtime::HttpResponse get(const std::string& path) const;
    runtime::HttpResponse post_reload() const;
    boost::asio::awaitable<runtime::HttpReply> get_members() const;
    runtime::HttpResponse post_broadcast(const std::string& body) const;
    runtime::HttpResponse put_metrics(const std::string& body) const;

    GuestClient& client_;
    Reload reload_;
    runtime::HttpServer server_;
};

}  // namespace vnf::guest
