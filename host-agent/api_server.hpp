// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The control interface: HTTP paths to calls of HostAgent (docs/host-agent.md). A vote or notification is
// answered when it is decided; if its client leaves before, it goes on, and the journal has the outcome.
#pragma once

#include <boost/asio/io_context.hpp>

#include "host-agent/host_agent.hpp"
#include "runtime/http_server.hpp"

namespace vnf::host {

class ApiServer {
  public:
    /// `agent` outlives the server. Throws std::system_error if the socket can't be bound.
    ApiServer(boost::asio::io_context& io, HostAgent& agent, std::optional<int> inherited_socket);
    void start() { server_.start(); }
    void stop() { server_.stop(); }

  private:
    boost::asio::awaitable<runtime::HttpReply> handle(runtime::HttpRequest request);
    boost::asio::awaitable<runtime::HttpReply> instance(runtime::HttpRequest request);
    boost::asio::awaitable<runtime::HttpReply> act(std::shared_ptr<GuestSession> session,
                                                   wire::Notification notification,
                                                   const runtime::HttpRequest& request);
    runtime::HttpResponse add(const runtime::HttpRequest& request);
    runtime::HttpResponse patch_instance(GuestSession& session, const runtime::HttpRequest& request);
    runtime::HttpResponse cancel(GuestSession& session, const runtime::HttpRequest& request);
    runtime::HttpReply status(const runtime::HttpRequest& request);
    runtime::HttpReply instances(const runtime::HttpRequest& request);
    runtime::HttpReply events(const runtime::HttpRequest& request);
    // Server groups: api_groups.cpp.
    boost::asio::awaitable<runtime::HttpReply> groups(runtime::HttpRequest request);
    boost::asio::awaitable<runtime::HttpReply> sweep();
    runtime::HttpResponse group_member(const std::string& group, const std::string& id,
                                       const runtime::HttpRequest& request);
    runtime::HttpResponse join(const std::string& group, const std::string& id, const std::string& body);
    runtime::HttpResponse tell_event(const std::string& id, const runtime::HttpRequest& request);
    runtime::HttpResponse without_heartbeat(const std::string& id, std::string_view verb,
                                            const runtime::HttpRequest& request);

    // Scaling: api_scaling.cpp.
    boost::asio::awaitable<runtime::HttpReply> scale(std::string id, std::string_view verb,
                                                     const runtime::HttpRequest& request);
    boost::asio::awaitable<runtime::HttpReply> scale_now(std::string id, ScaleTask task, std::string cause);
    runtime::HttpResponse set_offline(const std::string& id, const runtime::HttpRequest& request);
    runtime::HttpResponse take_metrics(const std::string& id, const runtime::HttpRequest& request);

    boost::asio::io_context& io_;
    HostAgent& agent_;
    runtime::HttpServer server_;
};

}  // namespace vnf::host
