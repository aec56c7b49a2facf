// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See api_server.hpp.
#include "host-agent/api_server.hpp"

#include <charconv>
#include <utility>

#include "host-agent/api_answers.hpp"
#include "host-agent/api_documents.hpp"
#include "host-agent/awaited_outcome.hpp"
#include "host-agent/metrics_page.hpp"

namespace vnf::host {

namespace {

namespace asio = boost::asio;
using runtime::http_error;
using runtime::HttpReply;
using runtime::HttpRequest;
using runtime::HttpResponse;
using wire::Notification;

constexpr std::string_view instances_path = "/v1/instances/";

/// One reader of the event stream; its subscription ends with it.
class EventReader {
  public:
    explicit EventReader(Journal& journal) : journal_(journal) {}
    EventReader(const EventReader&) = delete;
    EventReader& operator=(const EventReader&) = delete;
    ~EventReader() { stop(); }

    void begin(std::shared_ptr<runtime::HttpStream> stream, std::uint64_t since) {
        stream_ = std::move(stream);
        const auto write = [this](std::string_view line) {
            if (stream_) {
                stream_->write(line);
            }
        };
        journal_.read_since(since, write);
        subscription_ = journal_.subscribe(write);
    }

    void stop() {
        if (const auto subscription = std::exchange(subscription_, 0)) {
            journal_.unsubscribe(subscription);
        }
        stream_.reset();
    }

  private:
    Journal& journal_;
    std::shared_ptr<runtime::HttpStream> stream_;
    std::uint64_t subscription_ = 0;
};

runtime::LocalServerOptions socket_options(const AgentSettings& settings, std::optional<int> inherited) {
    runtime::LocalServerOptions options;
    options.path = settings.api_socket;
    options.mode = settings.api_mode;
    options.group = settings.api_group;
    options.allow = settings.api_allow;
    if (settings.api_group) {
        options.allow.gids.push_back(*settings.api_group);
    }
    options.inherited_fd = inherited;
    return options;
}

}  // namespace

ApiServer::ApiServer(asio::io_context& io, HostAgent& agent, std::optional<int> inherited_socket)
    : io_(io),
      agent_(agent),
      server_(io, socket_options(agent.settings(), inherited_socket),
              [this](HttpRequest request) { return handle(std::move(request)); }) {}

asio::awaitable<HttpReply> ApiServer::handle(HttpRequest request) {
    if (request.path == "/v1/status") {
        co_return status(request);
    }
    if (request.path == "/v1/instances") {
        co_return instances(request);
    }
    if (request.path == "/v1/events") {
        co_return events(request);
    }
    if (request.path == "/metrics") {
        co_return request.method == "GET"
            ? HttpResponse{200, metrics_page(agent_), "text/plain; version=0.0.4"}
            : wrong_method();
    }
    if (request.path == "/v1/groups" || request.path.starts_with("/v1/groups/")) {
        co_return co_await groups(std::move(request));
    }
    if (request.path.starts_with(instances_path)) {
        co_return co_await instance(std::move(request));
    }
    co_return no_path();
}

HttpReply ApiServer::status(const HttpRequest& request) {
    if (request.method == "GET") {
        return ok(status_document(agent_));
    }
    if (request.method != "PATCH") {
        return wrong_method();
    }
    const auto wanted = read_reporting_request(request.body);
    if (const auto* wrong = std::get_if<BodyError>(&wanted)) {
        return bad_body(*wrong);
    }
    agent_.set_reporting(std::get<bool>(wanted));
    return ok(reporting_document(std::get<bool>(wanted)));
}

HttpReply ApiServer::instances(const HttpRequest& request) {
    if (request.method == "GET") {
        return ok(instances_document(agent_));
    }
    return request.method == "POST" ? add(request) : wrong_method();
}

HttpResponse ApiServer::add(const HttpRequest& request) {
    auto spec = read_guest_request(request.body);
    if (const auto* wrong = std::get_if<BodyError>(&spec)) {
        return bad_body(*wrong);
    }
    const std::string id = std::get<GuestSpec>(spec).id;
    switch (agent_.add(std::get<GuestSpec>(std::move(spec)))) {
        case HostAgent::Adding::Added:
            return ok(instance_document(agent_.find(id).get(), nullptr), 201);
        case HostAgent::Adding::Exists:
            return http_error(409, "exists", "there is an instance with this id");
        case HostAgent::Adding::Full:
            return http_error(409, "full", "there are as many instances as the settings allow");
    }
    return no_path();
}

asio::awaitable<HttpReply> ApiServer::instance(HttpRequest request) {
    std::string_view rest = std::string_view(request.path).substr(instances_path.size());
    const std::size_t slash = rest.find('/');
    const std::string_view id = rest.substr(0, slash);
    const std::string_view verb =
        slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
    const auto session = agent_.find(id);
    if (verb == "event") {
        co_return tell_event(std::string(id), request);
    }
    if (verb == "scale" || verb == "scale/reconcile" || verb == "metrics") {
        co_return co_await scale(std::string(id), verb, request);
    }
    if (!session) {
        co_return without_heartbeat(std::string(id), verb, request);
    }
    if (slash == std::string_view::npos) {
        if (request.method == "GET") {
            co_return ok(instance_document(session.get(), agent_.groups().find(id)));
        }
        if (request.method == "PATCH") {
            co_return patch_instance(*session, request);
        }
        if (request.method == "DELETE") {
            const std::string removed(id);
            agent_.remove(removed);
            co_return ok(removed_document(removed));
        }
        co_return wrong_method();
    }
    if (verb != "vote" && verb != "notify" && verb != "cancel") {
        co_return no_path();
    }
    if (request.method != "POST") {
        co_return wrong_method();
    }
    if (verb == "cancel") {
        co_return cancel(*session, request);
    }
    co_return co_await act(session, verb == "vote" ? Notification::Revocable : Notification::Irrevocable,
                           request);
}

HttpResponse ApiServer::patch_instance(GuestSession& session, const HttpRequest& request) {
    const auto wanted = read_reporting_request(request.body);
    if (const auto* wrong = std::get_if<BodyError>(&wanted)) {
        return bad_body(*wrong);
    }
    session.set_reporting(std::get<bool>(wanted));
    return ok(instance_document(&session, agent_.groups().find(session.spec().id)));
}

HttpResponse ApiServer::cancel(GuestSession& session, const HttpRequest& request) {
    const auto wanted = read_cancel_request(request.body, origin_of(request));
    if (const auto* wrong = std::get_if<BodyError>(&wanted)) {
        return bad_body(*wrong);
    }
    if (!session.cancel_action(std::get<CancelRequest>(wanted).reason)) {
        return http_error(409, "no_action", "no action is open");
    }
    return ok(instance_document(&session, agent_.groups().find(session.spec().id)));
}

asio::awaitable<HttpReply> ApiServer::act(std::shared_ptr<GuestSession> session, Notification notification,
                                          const HttpRequest& request) {
    auto wanted = read_action_request(request.body, notification, origin_of(request));
    if (const auto* wrong = std::get_if<BodyError>(&wanted)) {
        co_return bad_body(*wrong);
    }
    const std::string id = session->spec().id;
    const auto waiting = std::make_shared<AwaitedOutcome<ActionOutcome>>(io_);
    auto beginning =
        session->begin_action(std::get<ActionRequest>(std::move(wanted)),
                              [waiting](const ActionOutcome& outcome) { waiting->decided(outcome); });
    if (const auto* busy = std::get_if<GuestChannel::Busy>(&beginning)) {
        co_return http_error(409, "busy", busy->reason);
    }
    if (const auto* outcome = std::get_if<ActionOutcome>(&beginning)) {
        co_return ok(outcome_document(id, *outcome));
    }
    // Not held while waiting: an instance that is removed meanwhile decides its action.
    session.reset();
    const auto decided = co_await waiting->outcome();
    if (!decided) {
        co_return http_error(503, "cancelled", "the request was abandoned");
    }
    co_return ok(outcome_document(id, *decided));
}

HttpReply ApiServer::events(const HttpRequest& request) {
    if (request.method != "GET") {
        return wrong_method();
    }
    std::uint64_t since = agent_.journal().last();
    for (const auto& [key, value] : request.query) {
        const auto parsed = std::from_chars(value.data(), value.data() + value.size(), since);
        if (key != "since" || parsed.ec != std::errc() || parsed.ptr != value.data() + value.size()) {
            return http_error(400, "bad_request", "the only query key is since, a whole number");
        }
    }
    const auto reader = std::make_shared<EventReader>(agent_.journal());
    runtime::HttpStreamResponse response;
    response.begin = [reader, since](std::shared_ptr<runtime::HttpStream> stream) {
        reader->begin(std::move(stream), since);
    };
    response.on_gone = [reader] {
        reader->stop();
    };
    return response;
}

}  // namespace vnf::host
