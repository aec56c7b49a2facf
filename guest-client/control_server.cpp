// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Paths to documents.
#include "guest-client/control_server.hpp"

#include <boost/json.hpp>
#include <utility>

#include "guest-client/group_inquiry.hpp"
#include "guest-client/scale_document.hpp"
#include "guest-client/status_document.hpp"
#include "runtime/service_notify.hpp"
#include "runtime/settings.hpp"

namespace vnf::guest {
namespace {

namespace json = boost::json;

runtime::HttpResponse messaging_is_off() {
    return runtime::http_error(409, "messaging_off", "this guest has no messaging port");
}

json::array array_of(const std::vector<std::string>& texts) {
    return json::array(texts.begin(), texts.end());
}

}  // namespace

ControlServer::ControlServer(boost::asio::io_context& io, const SocketSettings& settings, GuestClient& client,
                             Reload reload)
    : client_(client),
      reload_(std::move(reload)),
      server_(io, runtime::server_options(settings, runtime::inherited_socket("control")),
              [this](runtime::HttpRequest request) { return answer(std::move(request)); }) {}

boost::asio::awaitable<runtime::HttpReply> ControlServer::answer(runtime::HttpRequest request) const {
    if (request.path == "/v1/metrics") {
        co_return request.method == "PUT" ? put_metrics(request.body)
                                          : runtime::http_error(405, "method_not_allowed", "use PUT");
    }
    const bool is_order = request.path == "/v1/reload" || request.path == "/v1/group/send";
    if (request.method != (is_order ? "POST" : "GET")) {
        co_return runtime::http_error(405, "method_not_allowed", is_order ? "use POST" : "use GET");
    }
    if (is_order) {
        co_return request.path == "/v1/reload" ? post_reload() : post_broadcast(request.body);
    }
    if (request.path == "/v1/group/members") {
        co_return co_await get_members();
    }
    co_return get(request.path);
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
    if (path == "/v1/group") {
        return {200, group_document(client_)};
    }
    if (path == "/v1/scale") {
        return {200, scale_document(client_)};
    }
    if (path == "/metrics") {
        return {200, metrics_document(client_), "text/plain; version=0.0.4"};
    }
    return runtime::http_error(404, "not_found",
                               "there are /v1/status, /v1/apps, /v1/link, /v1/health, /v1/group, "
                               "/v1/group/members, /v1/scale, /v1/metrics, /metrics");
}

boost::asio::awaitable<runtime::HttpReply> ControlServer::get_members() const {
    if (!client_.messaging()) {
        co_return messaging_is_off();
    }
    const GroupMembers answer = co_await ask_members(client_.messaging());
    if (!answer.problem.empty()) {
        co_return runtime::http_error(503, "no_answer", answer.problem);
    }
    json::array members;
    for (const std::string& entry : answer.entries) {
        // Deep or odd entries are another's text, not our error.
        boost::system::error_code bad;
        const json::value value = json::parse(entry, bad);
        members.push_back(bad ? json::value(entry) : value);
    }
    co_return runtime::HttpResponse{200, json::serialize(json::object{{"members", std::move(members)}})};
}

runtime::HttpResponse ControlServer::post_broadcast(const std::string& body) const {
    if (!client_.messaging()) {
        return messaging_is_off();
    }
    boost::system::error_code bad;
    const json::value document = json::parse(body, bad);
    const json::value* text = bad ? nullptr : document.find_pointer("/text", bad);
    if (text == nullptr || !text->is_string()) {
        return runtime::http_error(400, "bad_request", R"(the body must be {"text":"..."})");
    }
    const std::string problem = send_broadcast(*client_.messaging(), json::value_to<std::string>(*text));
    return problem.empty() ? runtime::HttpResponse{200, R"({"accepted":true})"}
                           : runtime::http_error(503, "not_sent", problem);
}

runtime::HttpResponse ControlServer::put_metrics(const std::string& body) const {
    const auto values = metrics_of(body);
    if (const auto* problem = std::get_if<std::string>(&values)) {
        return runtime::http_error(400, "bad_request", *problem);
    }
    switch (client_.report(std::get<wire::MetricValues>(values))) {
        case HostSession::MetricsOutcome::Taken:
            return {200, R"({"accepted":true})"};
        case HostSession::MetricsOutcome::NoTaker:
            return runtime::http_error(503, "no_taker", "no host is there that takes metrics");
        case HostSession::MetricsOutcome::TooMany:
            break;
    }
    return runtime::http_error(429, "too_many", "more names than one message holds wait for the host");
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
