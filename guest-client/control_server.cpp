// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Paths to documents.
#include "guest-client/control_server.hpp"

#include <boost/json.hpp>
#include <utility>

#include "guest-client/status_document.hpp"
#include "runtime/service_notify.hpp"
#include "runtime/settings.hpp"

namespace vnf::guest {
namespace {

namespace json = boost::json;

runtime::LocalServerOptions socket_options(const SocketSettings& settings) {
    runtime::LocalServerOptions options;
    options.path = settings.path;
    options.mode = settings.mode;
    options.group = settings.group;
    options.allow = settings.allow;
    options.inherited_fd = runtime::inherited_socket("control");
    return options;
}

json::array array_of(const std::vector<std::string>& texts) {
    return json::array(texts.begin(), texts.end());
}

}  // namespace

ControlServer::ControlServer(boost::asio::io_context& io, const SocketSettings& settings,
                             const GuestClient& client, Reload reload)
    : client_(client),
      reload_(std::move(reload)),
      server_(io, socket_options(settings),
              [this](runtime::HttpRequest request) -> boost::asio::awaitable<runtime::HttpReply> {
                  co_return answer(request);
              }) {}

runtime::HttpResponse ControlServer::answer(const runtime::HttpRequest& request) const {
    const bool is_reload = request.path == "/v1/reload";
    if (is_reload && request.method == "POST") {
        return post_reload();
    }
    if (is_reload || request.method != "GET") {
        return runtime::http_error(405, "method_not_allowed", is_reload ? "use POST" : "use GET");
    }
    return get(request.path);
}

runtime::HttpResponse ControlServer::get(const std::string& path) const {
    if (path == "/v1/status") {
        return {200, status_document(client_)};
    }
    if (path == "/v1/apps") {
        return {200, applications_document(client_)};
    }
    if (path == "/v1/link") {
        return {200, link_document(client_)};
    }
    if (path == "/v1/health") {
        return {200, health_document(client_)};
    }
    if (path == "/metrics") {
        return {200, metrics_document(client_), "text/plain; version=0.0.4"};
    }
    return runtime::http_error(404, "not_found",
                               "there are /v1/status, /v1/apps, /v1/link, /v1/health, /metrics");
}

runtime::HttpResponse ControlServer::post_reload() const {
    try {
        const ReloadReport report = reload_();
        return {200, json::serialize(json::object{{"applied", true},
                                                  {"needs_restart", array_of(report.needs_restart)},
                                                  {"warnings", array_of(report.warnings)},
                                                  {"host_informed", report.host_informed}})};
    } catch (const runtime::SettingsError& error) {
        return runtime::http_error(422, "bad_settings", error.what());
    }
}

}  // namespace vnf::guest
