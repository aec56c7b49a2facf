// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The control socket: GET /v1/status, GET /metrics, POST /v1/reload. Root and the daemon's own user always may; others as
// `control.allow` says.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <string>
#include <vector>

#include "guest-scale-agent/scale_agent.hpp"
#include "runtime/http_server.hpp"

namespace vnf::scale {

class ControlServer {
  public:
    /// The keys that need a restart; throws runtime::SettingsError and then has changed nothing.
    using Reload = std::function<std::vector<std::string>()>;

    /// Binds at once; throws std::system_error naming the path. `agent` outlives it.
    ControlServer(boost::asio::io_context& io, const ScaleAgent& agent, Reload reload);
    void start() { server_.start(); }
    void stop() { server_.stop(); }

  private:
    runtime::HttpResponse answer(const runtime::HttpRequest& request) const;
    runtime::HttpResponse post_reload() const;

    const ScaleAgent& agent_;
    Reload reload_;
    runtime::HttpServer server_;
};

}  // namespace vnf::scale
