// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See commands.hpp.
#include "avp-host/avpctl/commands.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <thread>

#include "avp-host/avpctl/rendering.hpp"
#include "runtime/http_client.hpp"

namespace vnf::avpctl {
namespace {

namespace json = boost::json;
using runtime::HttpClient;
using runtime::HttpResult;
using Render = std::string (*)(const json::value&);

constexpr std::chrono::milliseconds usual{10000};

void print(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

Exit failed(const HttpResult& result) {
    if (result.status == 0) {
        std::fprintf(stderr, "avpctl: %s\n", result.error.c_str());
        return Exit::NotReachable;
    }
    const std::string text = error_text(result.body);
    std::fprintf(stderr, "avpctl: %s\n", text.c_str());
    if (text.starts_with("unknown_"))
        return Exit::Unknown;
    return result.status == 409 ? Exit::Refused : Exit::Error;
}

Exit show_answer(const Connection& to, const HttpResult& result, Render render) {
    if (result.status != 200)
        return failed(result);
    boost::system::error_code error;
    const json::value answer = json::parse(result.body, error);
    print(to.json || error ? result.body + '\n' : render(answer));
    return Exit::Done;
}

Exit get(const Connection& to, const std::string& path, Render render) {
    return show_answer(to, HttpClient(to.socket).request("GET", path, {}, usual), render);
}

std::string port_path(const std::string& port, std::string_view verb = {}) {
    return "/v1/ports/" + HttpClient::encode(port) + (verb.empty() ? "" : "/" + std::string(verb));
}

Exit exit_of_migration(const std::string& body) {
    boost::system::error_code error;
    const json::value answer = json::parse(body, error);
    const json::value* found = error ? nullptr : answer.find_pointer("/migration", error);
    const std::string_view word =
        found != nullptr && found->is_string() ? std::string_view(found->get_string()) : "";
    if (word == "refused")
        return Exit::Refused;
    return word == "awaited" ? Exit::NoAnswer : Exit::Done;
}

// --- Restart --------------------------------------------------------------------------------------------------------

using Clock = std::chrono::steady_clock;
constexpr const char* restart_path = "/v1/restart";
constexpr std::chrono::milliseconds look_every{20};
constexpr std::chrono::milliseconds least{500};

/// What avp-host said of its restart.
struct RestartLook {
    std::string instance, pid, state, fault, why;
};

RestartLook look_at_restart(const HttpResult& result) {
    boost::system::error_code error;
    const json::value answer = json::parse(result.body, error);
    if (error)
        return {};
    return {field_text(answer, "/instance"), field_text(answer, "/pid"), field_text(answer, "/state"),
            field_text(answer, "/fault"), field_text(answer, "/why")};
}

/// What is known after an answer; nothing: it goes on.
std::optional<Exit> judge_restart(const Connection& to, const RestartLook& before, const HttpResult& result) {
    const RestartLook now = look_at_restart(result);
    if (now.instance != before.instance && now.pid != before.pid) {
        std::fprintf(stderr,
                     "avpctl: avp-host ended, and another one was started: guests have lost their devices\n");
        return Exit::Error;
    }
    if (now.instance != before.instance)
        return show_answer(to, result, restarted_text);
    if (now.state != "given_up")
        return std::nullopt;
    if (to.json)
        print(result.body + '\n');
    std::fprintf(stderr, "avpctl: %s: %s\n", now.fault.c_str(), now.why.c_str());
    return now.fault == "no_answer" ? Exit::NoAnswer : Exit::Refused;
}

/// For one request: never 0, which would be for ever.
std::chrono::milliseconds time_left(Clock::time_point deadline) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    return std::clamp(left, least, usual);
}

Exit give_up_restart(const HttpResult& last) {
    if (last.status == 0) {
        std::fprintf(stderr, "avpctl: the successor does not answer: %s\n", last.error.c_str());
        return Exit::NotReachable;
    }
    std::fprintf(stderr, "avpctl: the time is over, avp-host still waits: %s\n",
                 look_at_restart(last).why.c_str());
    return Exit::NoAnswer;
}

Exit follow_restart(const Connection& to, const RestartLook& before, Clock::time_point deadline) {
    const HttpClient client(to.socket);
    std::string told;
    for (;;) {
        // Between the two nobody listens.
        const auto result = client.request("GET", restart_path, {}, time_left(deadline));
        if (result.status != 0 && result.status != 200)
            return failed(result);
        if (result.status == 200) {
            if (const auto known = judge_restart(to, before, result))
                return *known;
            const std::string why = look_at_restart(result).why;
            if (!to.json && why != "-" && why != told)
                print("waiting: " + why + '\n');
            told = why;
        }
        if (Clock::now() >= deadline)
            return give_up_restart(result);
        std::this_thread::sleep_for(look_every);
    }
}

}  // namespace

Exit ports(const Connection& to) {
    return get(to, "/v1/ports", ports_table);
}

Exit show(const Connection& to, const std::string& port) {
    return get(to, port_path(port), value_list);
}

Exit counters(const Connection& to, const std::string& port) {
    return port.empty() ? get(to, "/v1/ports", counters_list) : get(to, port_path(port), counters_list);
}

Exit switches(const Connection& to) {
    return get(to, "/v1/switches", switches_table);
}

Exit macs(const Connection& to, const std::string& name) {
    return get(to, "/v1/switches/" + HttpClient::encode(name) + "/macs", macs_table);
}

Exit migrate(const Connection& to, const Migration& migration) {
    json::object body{{"timeout_ms", migration.timeout_ms}};
    if (migration.by_force)
        body.emplace("force", true);
    const auto result = HttpClient(to.socket).request(
        "POST", port_path(migration.port, migration.is_attach ? "attach" : "detach"), json::serialize(body),
        usual + std::chrono::milliseconds(migration.timeout_ms));
    const Exit shown = show_answer(to, result, migration_text);
    return shown == Exit::Done ? exit_of_migration(result.body) : shown;
}

Exit link(const Connection& to, const std::string& port, bool is_up) {
    const std::string body = json::serialize(json::object{{"up", is_up}});
    return show_answer(to, HttpClient(to.socket).request("POST", port_path(port, "link"), body, usual),
                       port_line);
}

Exit send(const Connection& to, const std::string& port, std::optional<std::int64_t> frames) {
    json::object body;
    body.emplace("frames", frames ? json::value(*frames) : json::value(nullptr));
    return show_answer(
        to, HttpClient(to.socket).request("POST", port_path(port, "send"), json::serialize(body), usual),
        port_line);
}

Exit status(const Connection& to) {
    return get(to, "/v1/status", value_list);
}

Exit restart(const Connection& to, std::chrono::milliseconds patience) {
    const auto deadline = Clock::now() + patience;
    const HttpClient client(to.socket);
    const auto before = client.request("GET", restart_path, {}, time_left(deadline));
    if (before.status != 200)
        return failed(before);
    const auto asked = client.request("POST", restart_path, "{}", time_left(deadline));
    // One that goes at once may not get round to an answer.
    if (asked.status != 200 && asked.status != 0)
        return failed(asked);
    return follow_restart(to, look_at_restart(before), deadline);
}

Exit metrics(const Connection& to) {
    const auto result = HttpClient(to.socket).request("GET", "/metrics", {}, usual);
    if (result.status != 200)
        return failed(result);
    print(result.body);
    return Exit::Done;
}

}  // namespace vnf::avpctl
