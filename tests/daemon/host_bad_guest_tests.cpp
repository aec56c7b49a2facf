// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What a guest can send to host-agent, and what must not come of it (the issue's "Bad input", defects H-01 to H-04,
// H-12, H-16 to H-18).
#include <catch2/catch.hpp>

#include "tests/daemon/agent_under_test.hpp"

namespace vnf::test {
namespace {

struct Watched {
    Watched() { agent.await_state(uuid_1, "heartbeating"); }
    AgentUnderTest agent{exec_settings};
    ScriptedGuest guest{agent.stage, agent.guest_socket(uuid_1)};

    void await_flushed() {
        agent.stage.until([this] { return guest.connection().flushed() || !guest.connected(); },
                          "host-agent to read all");
    }
    /// Alive, serving this guest (perhaps on a new connection) and the next one.
    void check_still_served() {
        agent.await_state(uuid_1, "heartbeating");
        ScriptedGuest other(agent.stage, agent.guest_socket(uuid_2));
        agent.await_state(uuid_2, "heartbeating");
        CHECK(agent.process().running());
    }
};

TEST_CASE(
    "Bad lines are refused, counted by reason and answered as the old host did; the next good one works") {
    const std::string head = R"({"version":3,"revision":1,"msg_type":"challenge_response","sequence":1,)";
    const auto [what, line, reason,
                nack] = GENERATE_COPY(table<const char*, std::string, const char*, const char*>({
        {"not JSON", "hello world, this is a line of text", "not_json", ""},
        {"nested beyond reason", std::string(3000, '['), "not_json", ""},
        {"an unknown message", R"({"version":3,"revision":1,"msg_type":"bogus_type","sequence":99})",
         "unknown_message", "unsupported message type: bogus_type"},
        {"version 2", R"({"version":2,"revision":1,"msg_type":"init","sequence":1,"invocation_id":5})",
         "bad_version", "Bad version: 2, expect version: 3"},
        {"an init without a name",
         R"({"version":3,"revision":1,"msg_type":"init","sequence":2,"invocation_id":6})", "missing_field",
         "failed to parse name"},
        {"no version", R"({"revision":1,"msg_type":"init","sequence":3,"x":1})", "missing_field",
         "failed to parse version"},
        {"H-03: a double as sequence",
         R"({"version":3,"revision":1,"msg_type":"challenge_response","sequence":1.5,"heartbeat_response":1,"heartbeat_health":"healthy"})",
         "wrong_type", "*"},
        {"a response as text", head + R"("heartbeat_response":"7","heartbeat_health":"healthy"})",
         "wrong_type", "*"},
        {"a response of 2^31", head + R"("heartbeat_response":2147483648,"heartbeat_health":"healthy"})",
         "out_of_range", "*"},
        {"H-01: a health word of 3,500 bytes",
         head + R"("heartbeat_response":1,"heartbeat_health":")" + std::string(3500, 'h') + R"("})", "", "*"},
        {"H-01: 5 KB of text",
         head + R"("heartbeat_response":1,"heartbeat_health":"healthy","log_msg":")" +
             std::string(5000, 'l') + R"("})",
         "overlong", "*"},
    }));
    INFO(what);
    Watched at;
    const double before = at.agent.metric("vnf_host_rejected_messages_total", reason);
    at.guest.send_line(line);
    at.guest.beat();
    if (reason != std::string())
        CHECK(at.agent.metric("vnf_host_rejected_messages_total", reason) == before + 1);
    if (nack == std::string())
        CHECK_FALSE(at.guest.has("nack"));
    else if (nack != std::string("*"))
        CHECK(text(at.guest.expect("nack"), "log_msg") == nack);
    CHECK(text(at.agent.instance(uuid_1), "state") == "heartbeating");
}

TEST_CASE("H-02: nothing in a guest's text can become a key, another instance or a line of its own") {
    Watched at;
    at.guest.health = "unhealthy";
    at.guest.health_action = "log";
    at.guest.health_log = "x\",\"instance\":\"" + uuid_2 + "\",\"kind\":\"lost\"}\n{\"kind\":\"forged\"}\r\n";
    const auto events = at.agent.events();
    const Json unhealthy = events->expect("kind", "unhealthy");
    CHECK(text(unhealthy, "instance") == uuid_1);
    at.guest.beat();
    CHECK_FALSE(events->has("kind", "forged"));
    CHECK_FALSE(events->has("instance", uuid_2));
}

TEST_CASE("A guest's name is a word in a log, never an identity") {
    Watched at;
    at.guest.name = uuid_2;
    at.guest.init();
    at.guest.beat();
    CHECK(at.agent.api("GET", "/v1/instances/" + uuid_2).status == 404);
    CHECK(text(at.agent.instance(uuid_1), "id") == uuid_1);
}

TEST_CASE("A line split at every offset is one line") {
    Watched at;
    const std::string init =
        "\n{\"version\":3,\"revision\":1,\"msg_type\":\"init\",\"sequence\":1,\"invocation_id\":77,\"name\":"
        "\"cut\",\"heartbeat_interval_ms\":400,"
        "\"vote_secs\":2,\"shutdown_notice_secs\":2,\"suspend_notice_secs\":2,\"resume_notice_secs\":2,"
        "\"restart_secs\":2,"
        "\"corrective_action\":\"log\"}\n";
    at.guest.expect("init_ack");
    at.guest.answer_challenges = false;  // an answer between the halves would be no guest's doing
    for (std::size_t cut = 1; cut < init.size(); cut += 3) {
        at.guest.send_raw(std::string_view(init).substr(0, cut));
        at.agent.stage.settle();
        at.guest.send_raw(std::string_view(init).substr(cut));
        CHECK(number(at.guest.expect("init_ack"), "invocation_id") == 77);
    }
}

TEST_CASE("H-17: a raw newline inside an old guest's text loses neither this message nor the next") {
    Watched at;
    HttpCall vote(at.agent.stage, at.agent.api_socket(), "POST", "/v1/instances/" + uuid_1 + "/vote",
                  R"({"event":"stop"})");
    const Json question = at.guest.expect("action_notify");
    at.guest.send_raw(
        "\n{\"version\":3,\"revision\":1,\"msg_type\":\"action_response\",\"sequence\":8,\"invocation_id\":" +
        std::to_string(number(question, "invocation_id")) +
        ",\"event_type\":\"stop\",\"notification_type\":\"revocable\",\"vote_result\":\"reject\",\"log_msg\":"
        "\"first\nsecond\"}\n");
    CHECK(text(vote.answer().json(), "result") == "reject");
    at.guest.beat();
    CHECK(text(at.agent.instance(uuid_1), "state") == "heartbeating");
}

TEST_CASE("A flood of good messages is bounded: others are served, memory and log stay small") {
    Watched at;
    std::string flood;
    for (int i = 0; i < 1000; ++i)
        flood +=
            "\n{\"version\":3,\"revision\":1,\"msg_type\":\"challenge_response\",\"sequence\":1,\"heartbeat_"
            "response\":1,"
            "\"heartbeat_health\":\"healthy\",\"corrective_action\":\"none\",\"log_msg\":\"\"}\n";
    for (int i = 0; i < 40 && at.guest.connected(); ++i) {
        at.guest.send_raw(flood);
        at.agent.stage.settle();
    }
    ScriptedGuest other(at.agent.stage, at.agent.guest_socket(uuid_2));
    at.agent.await_state(uuid_2, "heartbeating");
    CHECK(at.agent.process().running());
    CHECK(at.agent.process().output().size() < 500000);
}

TEST_CASE("A flood of inits, of garbage, of exits and of answers is survived") {
    const auto line = GENERATE(
        R"({"version":3,"revision":1,"msg_type":"init","sequence":1,"invocation_id":5,"name":"x","heartbeat_interval_ms":400,"vote_secs":2,"shutdown_notice_secs":2,"suspend_notice_secs":2,"resume_notice_secs":2,"restart_secs":2,"corrective_action":"log"})",
        R"({"version":3,"revision":1,"msg_type":"exit","sequence":1,"log_msg":"x"})",
        "{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{",
        R"({"version":3,"revision":1,"msg_type":"action_response","sequence":1,"invocation_id":5,"event_type":"reboot","notification_type":"irrevocable","vote_result":"complete","log_msg":""})");
    Watched at;
    std::string flood;
    for (int i = 0; i < 3000; ++i)
        flood += "\n" + std::string(line) + "\n";
    at.guest.send_raw(flood);
    ScriptedGuest other(at.agent.stage, at.agent.guest_socket(uuid_2));
    at.agent.await_state(uuid_2, "heartbeating");
    CHECK(at.agent.process().running());
}

TEST_CASE("A guest that never reads costs the others nothing") {
    Watched at;
    at.guest.connection().hold_reading(true);
    for (int i = 0; i < 3000; ++i)
        at.guest.send_line(
            R"({"version":3,"revision":1,"msg_type":"bogus_type","sequence":99})");  // each wants a nack
    ScriptedGuest other(at.agent.stage, at.agent.guest_socket(uuid_2));
    at.agent.await_state(uuid_2, "heartbeating");
}

TEST_CASE("A line without end is dropped in bounded memory") {
    Watched at;
    at.guest.send_raw("\n{\"version\":3,\"x\":\"");
    for (int i = 0; i < 100; ++i)
        at.guest.send_raw(std::string(10000, 'x'));
    at.guest.send_raw("\"}\n");
    at.await_flushed();
    at.check_still_served();
}

}  // namespace
}  // namespace vnf::test
