// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What the old SDK's two daemons said to each other, replayed against ours: the old host's lines against guest-client,
// whose answers are compared with the old guest's; and the old guest's answers against host-agent, whose questions are
// compared with the old host's. Only what varies by nature (sequences, ids, challenges) is adapted.
#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>

#include "tests/daemon/agent_under_test.hpp"
#include "tests/daemon/guest_under_test.hpp"

namespace vnf::test {
namespace {

struct Line {
    bool from_guest = false;
    Json message;
};

/// A question or announcement and the line that answers it, as they follow each other in the vectors.
struct Exchange {
    Line said;
    Line answered;
};

std::vector<Line> old_lines() {
    std::ifstream file("tests/vectors/heartbeat_lines.txt");
    std::vector<Line> lines;
    std::string speaker;
    for (std::string text; std::getline(file, text);) {
        if (text == "guest" || text == "host")
            speaker = text;
        else if (!text.empty() && text.front() == '{')
            lines.push_back({speaker == "guest", boost::json::parse(text).as_object()});
    }
    return lines;
}

std::vector<Exchange> old_exchanges(const std::string& question, const std::string& answer) {
    const std::vector<Line> lines = old_lines();
    std::vector<Exchange> exchanges;
    for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
        if (text(lines[i].message, "msg_type") == question &&
            text(lines[i + 1].message, "msg_type") == answer)
            exchanges.push_back({lines[i], lines[i + 1]});
    }
    REQUIRE_FALSE(exchanges.empty());
    return exchanges;
}

/// Same keys in the same order, same values but for these.
void check_same(Json ours, Json old, const std::vector<std::string>& varying) {
    for (const std::string& key : varying) {
        REQUIRE(ours.contains(key));
        ours[key] = old[key] = nullptr;
    }
    CHECK(boost::json::serialize(ours) == boost::json::serialize(old));
}

constexpr const char* old_guest_settings =
    "name: instance-00000001\ncapabilities: never\n"
    "heartbeat: {interval_ms: 400, vote_s: 8, shutdown_notice_s: 8, suspend_notice_s: 8, resume_notice_s: "
    "13, restart_s: 600}\n";

TEST_CASE("An old host's session, replayed: guest-client says what the old guest said") {
    GuestUnderTest guest({.settings = old_guest_settings, .name = "instance-00000001"});
    ScriptedHost host(guest.stage);
    const Json init = host.attach(guest.host_socket());
    check_same(init, old_exchanges("init", "init_ack").front().said.message, {"invocation_id"});
    ScriptedApplication app(guest.stage, "app-one", RecordVersion::V2);
    app.join(guest.application_socket());

    const Exchange heartbeat = old_exchanges("challenge", "challenge_response").front();
    host.send_line(boost::json::serialize(heartbeat.said.message));
    check_same(host.expect("challenge_response"), heartbeat.answered.message,
               {"sequence", "corrective_action"});

    for (const Exchange& action : old_exchanges("action_notify", "action_response")) {
        host.send_line(boost::json::serialize(action.said.message));
        const auto asked = app.expect<wire::RecordActionNotify>();
        app.answer(asked, *wire::vote_result_of(text(action.answered.message, "vote_result")),
                   text(action.answered.message, "log_msg"));
        check_same(host.expect("action_response"), action.answered.message, {"sequence"});
    }
    guest.process().signal(SIGTERM);
    CHECK(text(host.expect("exit"), "log_msg") == "Exiting...");
}

TEST_CASE(
    "An old guest's session, replayed: host-agent asks what the old host asked, and understands the "
    "answers") {
    AgentUnderTest agent;
    ScriptedGuest guest(agent.stage, agent.guest_socket(uuid_1));
    guest.init_on_connect = false;
    agent.await_state(uuid_1, "waiting_init");
    const Exchange init = old_exchanges("init", "init_ack").front();
    guest.send_line(boost::json::serialize(init.said.message));
    check_same(guest.expect("init_ack"), init.answered.message, {"sequence"});
    const Json challenge = old_exchanges("challenge", "challenge_response").front().said.message;
    check_same(guest.expect("challenge"), challenge, {"sequence", "heartbeat_challenge"});

    for (Exchange& action : old_exchanges("action_notify", "action_response")) {
        const bool vote = text(action.said.message, "notification_type") == "revocable";
        const std::string path = "/v1/instances/" + uuid_1 + (vote ? "/vote" : "/notify");
        HttpCall call(agent.stage, agent.api_socket(), "POST", path,
                      R"({"event":")" + text(action.said.message, "event_type") + "\"}");
        const Json asked = guest.expect("action_notify");
        check_same(asked, action.said.message, {"sequence", "invocation_id"});
        action.answered.message["invocation_id"] = asked.at("invocation_id");
        guest.send_line(boost::json::serialize(action.answered.message));
        const Json body = call.answer().json();
        CHECK(text(body, "result") == text(action.answered.message, "vote_result"));
    }
    guest.send("exit", R"(,"log_msg":"Exiting...")");
    agent.await_state(uuid_1, "waiting_init");
}

}  // namespace
}  // namespace vnf::test
