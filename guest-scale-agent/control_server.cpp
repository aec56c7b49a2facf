// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Paths to documents.
#include "guest-scale-agent/control_server.hpp"

#include <boost/json.hpp>
#include <utility>

#include "guest-scale-agent/status_document.hpp"
#include "runtime/service_notify.hpp"
#include "runtime/settings.hpp"

namespace vnf::scale {

namespace json = boost::json;

ControlServer::ControlServer(boost::asio::io_context& io, const ScaleAgent& agent, Reload reload)
    : agent_(agent),
      reload_(std::move(reload)),
      server_(io,
              runtime::server_options(agent.settings().control_socket,
                                      runtime::inherited_socket("guest-scale-control")),
              [this](runtime::HttpRequest request) -> boost::asio::awaitable<runtime::HttpReply> {
                  co_return answer(request);
              }) {}

runtime::HttpResponse ControlServer::answer(const runtime::HttpRequest& request) const {
    const bool is_order = request.path == "/v1/reload";
    if (request.method != (is_order ? "POST" : "GET")) {
        return runtime::http_error(405, "method_not_allowed", is_order ? "use POST" : "use GET");
    }
    if (is_order) {
        return post_reload();
    }
    if (request.path == "/v1/status") {
        return {200, status_document(agent_)};
    }
    if (request.path == "/metrics") {
        return {200, metrics_document(agent_), "text/plain; version=0.0.4"};
    }
    return runtime::http_error(404, "not_found", "there are /v1/status, /v1/reload, /metrics");
}

runtime::HttpResponse ControlServer::post_reload() const {
    try {
        const std::vector<std::string> keys = reload_();
        return {200, json::serialize(json::object{{"applied", true},
                                                  {"needs_restart", json::array(keys.begin(), keys.end())}})};
    } catch (const runtime::SettingsError& error) {
        return runtime::http_error(422, "bad_settings", error.what());
    }
}

}  // namespace vnf::scale
