// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See commands.hpp.
#include "host-agent/vnfctl/commands.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>

#include "host-agent/vnfctl/answers.hpp"
#include "host-agent/vnfctl/rendering.hpp"
#include "runtime/http_client.hpp"

namespace vnf::vnfctl {

namespace json = boost::json;

namespace {

using runtime::HttpClient;
using runtime::HttpResult;

/// An action lasts as long as its guest's timeout and extensions; host-agent bounds them at one hour.
constexpr std::chrono::seconds longest_action{3700};

void print(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

bool succeeded(const HttpResult& result) {
    return result.status >= 200 && result.status < 300;
}

std::string path_of(const std::string& id, std::string_view verb = {}) {
    std::string path = "/v1/instances/" + HttpClient::encode(id);
    return verb.empty() ? path : path.append("/").append(verb);
}

Exit exit_of(const json::value& answer) {
    const json::object* outcome = answer.if_object();
    const json::value* allowed = outcome != nullptr ? outcome->if_contains("allowed") : nullptr;
    const json::value* result = outcome != nullptr ? outcome->if_contains("result") : nullptr;
    if (allowed == nullptr || result == nullptr || !allowed->is_bool() || !result->is_string()) {
        return Exit::Error;
    }
    const std::string_view word = result->get_string();
    if (!allowed->get_bool()) {
        return word == "reject" ? Exit::Rejected : Exit::Error;
    }
    return word == "timeout" || word == "error" || word == "unknown" ? Exit::NoAnswer : Exit::Done;
}

Exit act(const Connection& to, const ActionArguments& arguments, std::string_view verb) {
    std::string event = arguments.event;
    std::replace(event.begin(), event.end(), '-', '_');
    json::object body{{"event", event}};
    if (arguments.timeout_ms) {
        body.emplace("timeout_ms", *arguments.timeout_ms);
    }
    if (!arguments.origin.empty()) {
        body.emplace("origin", arguments.origin);
    }
    const HttpResult result = HttpClient(to.socket).request("POST", path_of(arguments.id, verb),
                                                            json::serialize(body), longest_action);
    const Exit shown = show_answer(to, result, outcome_text);
    if (shown != Exit::Done) {
        return shown;
    }
    boost::system::error_code error;
    const json::value answer = json::parse(result.body, error);
    return error ? Exit::Error : exit_of(answer);
}

}  // namespace

Exit failed(const HttpResult& result) {
    if (result.status == 0) {
        std::fprintf(stderr, "vnfctl: %s\n", result.error.c_str());
        return Exit::NotReachable;
    }
    const std::string text = error_text(result.body);
    std::fprintf(stderr, "vnfctl: %s\n", text.c_str());
    return text.starts_with("unknown_instance") ? Exit::UnknownInstance : Exit::Error;
}

Exit show_answer(const Connection& to, const HttpResult& result, Render render) {
    if (!succeeded(result)) {
        return failed(result);
    }
    boost::system::error_code error;
    const json::value answer = json::parse(result.body, error);
    print(to.json || error ? result.body : render(answer));
    return Exit::Done;
}

Exit list(const Connection& to) {
    return show_answer(to, HttpClient(to.socket).request("GET", "/v1/instances", {}, usual), instances_table);
}

Exit show(const Connection& to, const std::string& id) {
    return show_answer(to, HttpClient(to.socket).request("GET", path_of(id), {}, usual), value_list);
}

Exit status(const Connection& to) {
    return show_answer(to, HttpClient(to.socket).request("GET", "/v1/status", {}, usual), value_list);
}

Exit metrics(const Connection& to) {
    const HttpResult result = HttpClient(to.socket).request("GET", "/metrics", {}, usual);
    if (!succeeded(result)) {
        return failed(result);
    }
    print(result.body);
    return Exit::Done;
}

Exit vote(const Connection& to, const ActionArguments& arguments) {
    return act(to, arguments, "vote");
}

Exit notify(const Connection& to, const ActionArguments& arguments) {
    return act(to, arguments, "notify");
}

Exit cancel(const Connection& to, const std::string& id, const std::string& reason) {
    json::object body;
    if (!reason.empty()) {
        body.emplace("reason", reason);
    }
    return show_answer(
        to, HttpClient(to.socket).request("POST", path_of(id, "cancel"), json::serialize(body), usual),
        value_list);
}

Exit add(const Connection& to, const std::string& id, const std::string& socket, const std::string& qmp) {
    json::object body{{"id", id}, {"socket", socket}};
    if (!qmp.empty()) {
        body.emplace("qmp", qmp);
    }
    return show_answer(
        to, HttpClient(to.socket).request("POST", "/v1/instances", json::serialize(body), usual), value_list);
}

Exit remove(const Connection& to, const std::string& id) {
    return show_answer(to, HttpClient(to.socket).request("DELETE", path_of(id), {}, usual), value_list);
}

Exit reporting(const Connection& to, const std::string& id, const std::string& wanted) {
    const std::string path = id.empty() ? "/v1/status" : path_of(id);
    const json::object body{{"reporting", wanted}};
    return show_answer(to, HttpClient(to.socket).request("PATCH", path, json::serialize(body), usual),
                       value_list);
}

Exit watch(const Connection& to, std::optional<std::uint64_t> since) {
    const std::string path = "/v1/events" + (since ? "?since=" + std::to_string(*since) : std::string());
    const HttpResult result = HttpClient(to.socket).stream(path, [&to](std::string_view line) {
        print(to.json ? std::string(line) + '\n' : event_text(line));
        return std::ferror(stdout) == 0;
    });
    return succeeded(result) && result.error.empty() ? Exit::Done : failed(result);
}

}  // namespace vnf::vnfctl
