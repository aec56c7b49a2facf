// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Votes and notifications through host-agent's HTTP interface (specification 1.11, 8.2, design decision 8, defects
// H-15, H-20 to H-22, H-25 to H-28, H-33, H-40, H-41).
#include <catch2/catch.hpp>

#include "tests/daemon/agent_under_test.hpp"

namespace vnf::test {
namespace {

struct Asked {
    explicit Asked(std::vector<std::string> capabilities = {}) {
        guest.capabilities = std::move(capabilities);
        agent.await_state(uuid_1, "heartbeating");
    }
    AgentUnderTest agent{exec_settings};
    ScriptedGuest guest{agent.stage, agent.guest_socket(uuid_1)};

    std::string path(std::string_view what) const {
        return "/v1/instances/" + uuid_1 + "/" + std::string(what);
    }
    std::unique_ptr<HttpCall> call(std::string_view what, const std::string& body) {
        return std::make_unique<HttpCall>(agent.stage, agent.api_socket(), "POST", path(what), body);
    }
    void answer(const Json& question, std::string_view result, std::string_view log = {}) {
        guest.answer(number(question, "invocation_id"), text(question, "event_type"),
                     text(question, "notification_type"), result, log);
    }
};

const std::vector<std::string> ours{"health_push", "action_control", "fast_interval"};

TEST_CASE("A vote is asked as the class's timeout says and answered with the guest's word and reason") {
    Asked at;
    const auto [word, result, allowed] = GENERATE(table<const char*, const char*, bool>({
        {"accept", "accept", true},
        {"complete", "accept", true},
        {"reject", "reject", false},
        {"timeout", "timeout", true},
        {"error", "error", true},
        {"unknown", "unknown", true},
        {"whatever", "unknown", true},
    }));
    INFO(word);
    const auto vote = at.call("vote", R"({"event":"stop"})");
    const Json question = at.guest.expect("action_notify");
    CHECK(text(question, "event_type") == "stop");
    CHECK(text(question, "notification_type") == "revocable");
    CHECK(number(question, "timeout_ms") == 2000);
    CHECK_FALSE(question.contains("origin"));
    at.answer(question, word, "because \"I\" can");
    const HttpAnswer answer = vote->answer();
    CHECK(answer.status == 200);
    const Json body = answer.json();
    CHECK(text(body, "id") == uuid_1);
    CHECK(text(body, "event") == "stop");
    CHECK(text(body, "notification") == "revocable");
    CHECK(number(body, "invocation_id") == number(question, "invocation_id"));
    CHECK(text(body, "result") == result);
    CHECK(body.at("allowed").as_bool() == allowed);
    CHECK_THAT(boost::json::serialize(body.at("reasons")), Catch::Contains("because \\\"I\\\" can"));
}

TEST_CASE("A notification is asked with its class's timeout, and a reject does not stop it") {
    Asked at;
    at.guest.suspend_secs = 4;
    at.guest.init();
    at.guest.beat();
    const auto notify = at.call("notify", R"({"event":"pause"})");
    const Json question = at.guest.expect("action_notify");
    CHECK(text(question, "notification_type") == "irrevocable");
    CHECK(number(question, "timeout_ms") == 4000);
    at.answer(question, "reject", "too late");
    const Json body = notify->answer().json();
    CHECK(text(body, "result") == "reject");
    CHECK(body.at("allowed").as_bool());
}

TEST_CASE("No answer in time: the documented rule decides, at the question's own deadline") {
    const auto [what, allowed] = GENERATE(table<const char*, bool>({{"vote", true}, {"notify", true}}));
    Asked at(ours);
    const auto call = at.call(what, R"({"event":"stop","timeout_ms":200})");
    at.guest.expect("action_notify");
    const Json body = call->answer().json();
    CHECK(text(body, "result") == "timeout");
    CHECK(body.at("allowed").as_bool() == allowed);
}

TEST_CASE("H-15: every action has an id of its own, and an old one's answer is nobody's") {
    Asked at(ours);
    const auto first = at.call("vote", R"({"event":"stop","timeout_ms":100})");
    const Json old_question = at.guest.expect("action_notify");
    CHECK(text(first->answer().json(), "result") == "timeout");
    const auto second = at.call("notify", R"({"event":"stop"})");
    const Json question = at.guest.expect("action_notify");
    CHECK(number(question, "invocation_id") != number(old_question, "invocation_id"));
    at.answer(old_question, "reject", "late");
    at.answer(question, "complete");
    CHECK(text(second->answer().json(), "result") == "complete");
}

TEST_CASE("H-41: event and notification of an answer must be the question's") {
    Asked at(ours);
    const auto vote = at.call("vote", R"({"event":"stop"})");
    const Json question = at.guest.expect("action_notify");
    at.guest.answer(number(question, "invocation_id"), "pause", "revocable", "reject");
    at.guest.answer(number(question, "invocation_id"), "stop", "irrevocable", "reject");
    at.answer(question, "accept");
    CHECK(text(vote->answer().json(), "result") == "accept");
}

TEST_CASE("H-40: an answer that nobody asked for is ignored, told, and switches nothing off") {
    Asked at;
    const auto events = at.agent.events();
    for (const char* event : {"suspend", "pause", "reboot", "live_migrate_begin"})
        at.guest.answer(4001, event, "irrevocable", "complete");
    events->expect("kind", "action_ignored");
    at.guest.answer_challenges = false;
    events->expect("kind", "lost");
}

TEST_CASE("H-26, H-27: a vote alone never switches loss detection off") {
    Asked at;
    const auto events = at.agent.events();
    const auto vote = at.call("vote", R"({"event":"suspend"})");
    at.answer(at.guest.expect("action_notify"), "complete");
    CHECK(text(vote->answer().json(), "result") == "accept");
    at.guest.answer_challenges = false;
    events->expect("kind", "lost");
}

TEST_CASE("A second action while one is open is refused as busy, and the first goes on (G-15)") {
    Asked at(ours);
    const auto vote = at.call("vote", R"({"event":"stop"})");
    const Json question = at.guest.expect("action_notify");
    const HttpAnswer busy = at.agent.api("POST", at.path("notify"), R"({"event":"reboot"})");
    CHECK(busy.status == 409);
    CHECK_FALSE(at.guest.has("action_notify"));
    at.answer(question, "reject");
    CHECK(text(vote->answer().json(), "result") == "reject");
}

TEST_CASE("cancel ends an action; a guest of ours is told, an old one is not") {
    const bool old = GENERATE(true, false);
    Asked at(old ? std::vector<std::string>{} : ours);
    const auto vote = at.call("vote", R"({"event":"stop"})");
    const Json question = at.guest.expect("action_notify");
    CHECK(at.agent.api("POST", at.path("cancel")).status == 200);
    CHECK(text(vote->answer().json(), "result") == "cancelled");
    if (old) {
        at.guest.beat();
        CHECK_FALSE(at.guest.has("action_cancel"));
    } else {
        CHECK(number(at.guest.expect("action_cancel"), "invocation_id") == number(question, "invocation_id"));
    }
}

TEST_CASE("A guest of ours learns who asked, and can have more time up to the host's own limit") {
    Asked at(ours);
    const auto vote = at.call("vote", R"({"event":"stop","timeout_ms":400,"origin":"test \"me\""})");
    const Json question = at.guest.expect("action_notify");
    CHECK_THAT(text(question, "origin"), Catch::Contains("test"));
    const auto id = number(question, "invocation_id");
    at.guest.send("action_extend",
                  ",\"invocation_id\":" + std::to_string(id) + R"(,"extend_ms":3000,"log_msg":"draining")");
    const Json extended = at.guest.expect("action_extended");
    CHECK(text(extended, "result") == "granted");
    CHECK(number(extended, "timeout_ms") > 400);
    at.answer(question, "accept");
    CHECK(text(vote->answer().json(), "result") == "accept");
}

TEST_CASE("A guest that is gone during a vote: error at once, and the rule decides") {
    Asked at(ours);
    const auto vote = at.call("vote", R"({"event":"stop","timeout_ms":60000})");
    at.guest.expect("action_notify");
    at.guest.vanish();
    const Json body = vote->answer().json();
    CHECK(text(body, "result") == "error");
    CHECK(body.at("allowed").as_bool());
}

TEST_CASE("A guest that inits again during a vote has forgotten it: error at once") {
    Asked at(ours);
    const auto vote = at.call("vote", R"({"event":"stop","timeout_ms":60000})");
    at.guest.expect("action_notify");
    at.guest.init();
    CHECK(text(vote->answer().json(), "result") == "error");
}

TEST_CASE("A client that goes away before the answer harms nobody") {
    Asked at(ours);
    const auto vote = at.call("vote", R"({"event":"stop","timeout_ms":60000})");
    const Json question = at.guest.expect("action_notify");
    vote->abandon();
    at.answer(question, "accept");
    at.guest.beat();
    CHECK(at.agent.process().running());
    at.guest.vote_answer = "accept";
    CHECK(text(at.agent.api("POST", at.path("vote"), R"({"event":"stop"})").json(), "result") == "accept");
}

TEST_CASE("Requests that can't be are refused with a status and a reason") {
    Asked at;
    const auto [method, path, body,
                status] = GENERATE(table<const char*, const char*, const char*, unsigned>({
        {"POST", "/v1/instances/nobody/vote", R"({"event":"stop"})", 404},
        {"GET", "/v1/instances/nobody", "", 404},
        {"DELETE", "/v1/instances/nobody", "", 404},
        {"POST", "/v1/instances/11111111-2222-4333-8444-555555555501/vote", R"({"event":"explode"})", 400},
        {"POST", "/v1/instances/11111111-2222-4333-8444-555555555501/vote", R"({"event":1})", 400},
        {"POST", "/v1/instances/11111111-2222-4333-8444-555555555501/vote", R"({})", 400},
        {"POST", "/v1/instances/11111111-2222-4333-8444-555555555501/vote", "no json", 400},
        {"POST", "/v1/instances/11111111-2222-4333-8444-555555555501/vote",
         R"({"event":"stop","timeout_ms":-1})", 400},
        {"POST", "/v1/instances/11111111-2222-4333-8444-555555555501/vote",
         R"({"event":"stop","timeout_ms":"9"})", 400},
        {"GET", "/v1/nothing", "", 404},
        {"PUT", "/v1/instances", "", 405},
        {"POST", "/v1/instances", R"({"id":"../../etc","socket":"/x.sock"})", 400},
        {"POST", "/v1/instances", R"({"id":"11111111-2222-4333-8444-555555555501","socket":"/x.sock"})", 409},
    }));
    INFO(method << " " << path << " " << body);
    const HttpAnswer answer = at.agent.api(method, path, body);
    CHECK(answer.status == status);
    CHECK(answer.json().contains("error"));
    CHECK_FALSE(at.guest.has("action_notify"));
}

}  // namespace
}  // namespace vnf::test
