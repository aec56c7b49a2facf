// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The control interface: HTTP paths on a Unix socket to documents and calls of AvpHost (docs/avp-host.md). A migration
// is answered when the guest has answered, or its time is over; a restart when it is under way or can't be.
#pragma once

#include <boost/asio/io_context.hpp>

#include "avp-host/daemon/avp_host.hpp"
#include "avp-host/daemon/planned_restart.hpp"
#include "runtime/http_server.hpp"

namespace vnf::avp {

class ControlServer {
  public:
    /// `host` and `restart` outlive it. Throws std::system_error if the socket can't be bound.
    ControlServer(boost::asio::io_context& io, AvpHost& host, PlannedRestart& restart);
    void start() { server_.start(); }
    void stop() { server_.stop(); }

  private:
    using Reply = boost::asio::awaitable<runtime::HttpReply>;

    /// "vm1/detach"
    struct Name {
        std::string name, verb;
    };

    static Name split(std::string_view rest);
    Reply answer(runtime::HttpRequest request);
    Reply port(Name of, const runtime::HttpRequest& request);
    static runtime::HttpResponse one_port(HostDevice* device, HostEnd* end);
    Reply migrate(HostDevice& device, bool is_attach, const std::string& body);
    runtime::HttpResponse set_link(HostDevice& device, const std::string& body);
    runtime::HttpResponse send(HostEnd* end, const std::string& body);
    runtime::HttpResponse one_switch(const Name& of);
    runtime::HttpResponse restart(const runtime::HttpRequest& request);

    boost::asio::io_context& io_;
    AvpHost& host_;
    PlannedRestart& restart_;
    runtime::HttpServer server_;
};

}  // namespace vnf::avp
