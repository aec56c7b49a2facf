// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The part of ApiServer that is about vCPUs: /v1/instances/ID/scale and what an operator tells of a guest's load. An
// operation is answered when it is decided; if its client leaves before, it goes on, and the journal has the outcome.
#include <utility>

#include "host-agent/api_answers.hpp"
#include "host-agent/api_server.hpp"
#include "host-agent/awaited_outcome.hpp"

namespace vnf::host {

namespace {

namespace asio = boost::asio;
using runtime::http_error;
using runtime::HttpReply;
using runtime::HttpRequest;
using runtime::HttpResponse;

}  // namespace

asio::awaitable<HttpReply> ApiServer::scale(std::string id, std::string_view verb,
                                            const HttpRequest& request) {
    if (!agent_.find(id) && agent_.groups().find(id) == nullptr && agent_.scaling().find(id) == nullptr) {
        co_return unknown_instance();
    }
    if (agent_.scaling().find(id) == nullptr) {
        co_return http_error(409, "not_scalable", "the settings give this instance no scaling");
    }
    if (verb == "metrics") {
        co_return take_metrics(id, request);
    }
    if (verb == "scale" && request.method == "GET") {
        co_return ok(scaling_document(agent_, id));
    }
    if (verb == "scale" && request.method == "PUT") {
        co_return set_offline(id, request);
    }
    if (request.method != "POST") {
        co_return wrong_method();
    }
    if (verb == "scale/reconcile") {
        co_return co_await scale_now(std::move(id), ScaleTask::Reconcile, origin_of(request));
    }
    const auto task = read_scale_request(request.body);
    if (const auto* wrong = std::get_if<BodyError>(&task)) {
        co_return bad_body(*wrong);
    }
    co_return co_await scale_now(std::move(id), std::get<ScaleTask>(task), origin_of(request));
}

asio::awaitable<HttpReply> ApiServer::scale_now(std::string id, ScaleTask task, std::string cause) {
    const TimePoint begun = runtime::Clock::now();
    const auto waiting = std::make_shared<AwaitedOutcome<ScaleOutcome>>(io_);
    switch (agent_.scaling().begin(id, task, std::move(cause),
                                   [waiting](const ScaleOutcome& outcome) { waiting->decided(outcome); })) {
        case GuestScaling::Beginning::Begun:
            break;
        case GuestScaling::Beginning::Busy:
            co_return http_error(409, "busy", "another operation is under way");
        case GuestScaling::Beginning::NotConnected:
            co_return http_error(409, "not_connected", "the guest's messaging port is not connected");
    }
    const auto decided = co_await waiting->outcome();
    if (!decided) {
        co_return http_error(503, "cancelled", "the request was abandoned");
    }
    const ScaleOutcome& outcome = *decided;
    if (outcome.result == ScaleResult::Failed) {
        co_return http_error(409, outcome.code, outcome.reason);
    }
    co_return ok(scaled_document(agent_, id, outcome, runtime::Clock::now() - begun));
}

HttpResponse ApiServer::set_offline(const std::string& id, const HttpRequest& request) {
    const auto offline = read_offline_request(request.body);
    if (const auto* wrong = std::get_if<BodyError>(&offline)) {
        return bad_body(*wrong);
    }
    const std::string error =
        agent_.scaling().set_offline(id, std::get<wire::CpuSet>(offline), origin_of(request));
    return error.empty() ? ok(scaling_document(agent_, id)) : http_error(409, "not_possible", error);
}

HttpResponse ApiServer::take_metrics(const std::string& id, const HttpRequest& request) {
    if (request.method != "PUT") {
        return wrong_method();
    }
    const auto values = read_metrics_request(request.body);
    if (const auto* wrong = std::get_if<BodyError>(&values)) {
        return bad_body(*wrong);
    }
    agent_.scaling().metrics(id, std::get<wire::MetricValues>(values));
    return ok(scaling_document(agent_, id));
}

}  // namespace vnf::host
