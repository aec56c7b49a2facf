// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See control_server.hpp.
#include "avp-host/daemon/control_server.hpp"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>

#include "avp-host/daemon/host_documents.hpp"
#include "avp-host/daemon/metrics_page.hpp"
#include "runtime/service_notify.hpp"

namespace vnf::avp {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using runtime::http_error;
using runtime::HttpReply;
using runtime::HttpRequest;
using runtime::HttpResponse;

constexpr std::chrono::milliseconds kMigrationUsual{5000};
constexpr std::chrono::milliseconds kMigrationLongest{60000};
constexpr std::chrono::milliseconds kMigrationLook{5};  ///< the guest answers through its worker

HttpResponse ok(const json::object& document) {
    return {200, json::serialize(document)};
}
HttpResponse wrong_method(const char* use) {
    return http_error(405, "method_not_allowed", std::string("use ") + use);
}
HttpResponse bad_body(std::string_view text) {
    return http_error(400, "bad_request", text);
}

/// An object with these keys alone; an empty body is an empty object.
std::optional<json::object> body_of(const std::string& text, std::initializer_list<std::string_view> keys) {
    if (text.empty())
        return json::object();
    boost::system::error_code error;
    const json::value value = json::parse(text, error);
    if (error || !value.is_object())
        return std::nullopt;
    for (const auto& member : value.get_object()) {
        if (std::find(keys.begin(), keys.end(), std::string_view(member.key())) == keys.end())
            return std::nullopt;
    }
    return value.get_object();
}

struct MigrationRequest {
    std::chrono::milliseconds timeout = kMigrationUsual;
    bool by_force = false;
};

std::optional<MigrationRequest> migration_request(const std::string& text) {
    const auto body = body_of(text, {"timeout_ms", "force"});
    if (!body)
        return std::nullopt;
    MigrationRequest request;
    if (const json::value* timeout = body->if_contains("timeout_ms")) {
        const auto* number = timeout->if_int64();
        if (number == nullptr || *number < 0 || *number > kMigrationLongest.count())
            return std::nullopt;
        request.timeout = std::chrono::milliseconds(*number);
    }
    if (const json::value* force = body->if_contains("force")) {
        if (!force->is_bool())
            return std::nullopt;
        request.by_force = force->get_bool();
    }
    return request;
}

}  // namespace

ControlServer::Name ControlServer::split(std::string_view rest) {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    return {std::string(rest.substr(0, slash)), std::string(rest.substr(std::min(slash + 1, rest.size())))};
}

ControlServer::ControlServer(asio::io_context& io, AvpHost& host, PlannedRestart& restart)
    : io_(io),
      host_(host),
      restart_(restart),
      server_(io, runtime::server_options(host.settings().control, runtime::inherited_socket("control")),
              [this](HttpRequest request) { return answer(std::move(request)); }) {}

ControlServer::Reply ControlServer::answer(HttpRequest request) {
    constexpr std::string_view port_path = "/v1/ports/";
    constexpr std::string_view switch_path = "/v1/switches/";
    const std::string_view path = request.path;
    if (path.starts_with(port_path)) {
        // A local, since GCC 12 destroys a temporary twice that is part of an awaited call.
        Name name = split(path.substr(port_path.size()));
        co_return co_await port(std::move(name), request);
    }
    if (path == "/v1/restart")
        co_return this->restart(request);
    if (request.method != "GET")
        co_return wrong_method("GET");
    if (path == "/v1/ports")
        co_return ok(ports_document(host_));
    if (path == "/v1/switches")
        co_return ok(switches_document(host_));
    if (path == "/v1/status")
        co_return ok(status_document(host_));
    if (path == "/metrics")
        co_return HttpResponse{200, metrics_page(host_), "text/plain; version=0.0.4"};
    if (path.starts_with(switch_path))
        co_return one_switch(split(path.substr(switch_path.size())));
    co_return http_error(404, "not_found",
                         "there are /v1/ports, /v1/switches, /v1/status, /v1/restart, /metrics, and below "
                         "the first two the names");
}

HttpResponse ControlServer::one_switch(const Name& of) {
    LearningSwitch* found = host_.find_switch(of.name);
    if (found == nullptr)
        return http_error(404, "unknown_switch", "no switch with this name");
    if (of.verb.empty())
        return ok(switch_document(*found));
    if (of.verb == "macs")
        return ok(macs_document(*found, Clock::now()));
    return http_error(404, "not_found", "a switch has macs");
}

HttpResponse ControlServer::one_port(HostDevice* device, HostEnd* end) {
    return ok(device != nullptr ? device_document(*device) : end_document(*end));
}

ControlServer::Reply ControlServer::port(Name of, const HttpRequest& request) {
    HostDevice* device = host_.find_device(of.name);
    HostEnd* end = host_.find_end(of.name);
    if (device == nullptr && end == nullptr)
        co_return http_error(404, "unknown_port", "no port with this name");
    const bool is_migration = of.verb == "detach" || of.verb == "attach";
    if (!is_migration && !of.verb.empty() && of.verb != "link" && of.verb != "send")
        co_return http_error(404, "not_found", "a device has detach, attach and link, a generator has send");
    if (request.method != (of.verb.empty() ? "GET" : "POST"))
        co_return wrong_method(of.verb.empty() ? "GET" : "POST");
    if (of.verb.empty())
        co_return one_port(device, end);
    if (of.verb == "send")
        co_return send(end, request.body);
    if (device == nullptr)
        co_return http_error(409, "no_device", "this port is no device");
    if (of.verb == "link")
        co_return set_link(*device, request.body);
    co_return co_await migrate(*device, of.verb == "attach", request.body);
}

ControlServer::Reply ControlServer::migrate(HostDevice& device, bool is_attach, const std::string& body) {
    const auto request = migration_request(body);
    if (!request)
        co_return bad_body(R"(the body may have "timeout_ms", 0 to 60000, and "force", true or false)");
    try {
        if (!is_attach)
            device.port.detach();
        else if (!device.port.attach(request->by_force))
            co_return http_error(409, "not_detached", "the guest has not let go: detach first, or force it");
    } catch (const std::invalid_argument& error) {
        co_return http_error(409, "bad_settings", error.what());
    }
    const TimePoint deadline = Clock::now() + request->timeout;
    asio::steady_timer pause(io_);
    boost::system::error_code cancelled;
    while (device.port.migration_answer() == MigrationAnswer::Awaited && Clock::now() < deadline) {
        pause.expires_after(kMigrationLook);
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
        if (cancelled)
            break;
    }
    co_return ok(device_document(device));
}

HttpResponse ControlServer::restart(const HttpRequest& request) {
    if (request.method != "GET" && request.method != "POST")
        return wrong_method("GET or POST");
    if (request.method == "GET")
        return ok(restart_document(restart_));
    if (!body_of(request.body, {}))
        return bad_body("a restart has no settings: the body must be empty, or {}");
    restart_.ask();
    if (restart_.state() == RestartState::GivenUp)
        return http_error(409, name_of(restart_.fault()), restart_.why());
    return ok(restart_document(restart_));
}

HttpResponse ControlServer::set_link(HostDevice& device, const std::string& body) {
    const auto wanted = body_of(body, {"up"});
    const json::value* is_up = wanted ? wanted->if_contains("up") : nullptr;
    if (is_up == nullptr || !is_up->is_bool())
        return bad_body(R"(the body must be {"up": true} or {"up": false})");
    device.port.set_link(is_up->get_bool());
    return ok(device_document(device));
}

HttpResponse ControlServer::send(HostEnd* end, const std::string& body) {
    auto* generator = end != nullptr ? dynamic_cast<GeneratorPort*>(end->end.get()) : nullptr;
    if (generator == nullptr)
        return http_error(409, "no_generator", "this port is no generator");
    const auto wanted = body_of(body, {"frames"});
    const json::value* frames = wanted ? wanted->if_contains("frames") : nullptr;
    if (frames == nullptr || !(frames->is_null() || (frames->is_int64() && frames->get_int64() >= 0)))
        return bad_body(R"(the body must be {"frames": N}, more of them; 0: rest; null: without end)");
    if (frames->is_null())
        generator->make_more(GeneratorSettings::kForever);
    else if (frames->get_int64() == 0)
        generator->rest();
    else
        generator->make_more(static_cast<std::uint64_t>(frames->get_int64()));
    return ok(end_document(*end));
}

}  // namespace vnf::avp
