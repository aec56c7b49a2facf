// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// host-agent and one guest's heartbeat: init in any state, loss, ill health, the end of the socket, and what is done
// about each (specification 1.8 to 1.10, 5.3, 8.2, defects H-04, H-15, H-19, H-20, H-24 to H-29).
#include <catch2/catch.hpp>
#include <csignal>

#include "tests/daemon/agent_under_test.hpp"

namespace vnf::test {
namespace {

struct Watched {
    explicit Watched(const std::string& settings = exec_settings) : agent(settings) {}
    AgentUnderTest agent;
    ScriptedGuest guest{agent.stage, agent.guest_socket(uuid_1)};

    void attach() {
        agent.stage.until([this] { return guest.challenges() > 0; }, "the first challenge");
        agent.await_state(uuid_1, "heartbeating");
    }
    std::string acted() const { return read_file(agent.scratch.path() / "acted"); }
    /// The last challenge that came and was not looked at.
    std::int64_t last_challenge() {
        std::int64_t last = 0;
        while (guest.has("challenge"))
            last = number(guest.expect("challenge"), "heartbeat_challenge");
        return last;
    }
};

TEST_CASE("A guest whose socket appears is connected, acknowledged and challenged without a pause") {
    Watched at;
    const Json ack = at.guest.expect("init_ack");
    CHECK(number(ack, "invocation_id") == 4001);
    CHECK(number(ack, "version") == 3);
    CHECK_FALSE(ack.contains("capabilities"));
    at.guest.expect("challenge");
    at.attach();
    CHECK_THAT(text(at.agent.instance(uuid_1), "name"), Catch::Contains("old-guest"));
}

TEST_CASE("A guest that was there before host-agent is found") {
    AgentUnderTest agent;
    agent.process().signal(SIGKILL);
    agent.process().wait();
    ScriptedGuest guest(agent.stage, agent.guest_socket(uuid_1));
    agent.restart();
    agent.await_state(uuid_1, "heartbeating");
}

TEST_CASE("Nothing is asked of a guest before its init (8.2)") {
    Watched at;
    at.guest.init_on_connect = false;
    at.agent.stage.until([&] { return at.guest.connects() == 1; }, "the connection");
    at.agent.await_state(uuid_1, "waiting_init");
    CHECK_FALSE(at.guest.has("challenge"));
    at.guest.init();
    at.attach();
}

TEST_CASE("H-19: an init in any state is answered at once and starts anew") {
    Watched at;
    at.attach();
    at.guest.expect("init_ack");
    for (int i = 0; i < 5; ++i) {
        at.guest.init();
        CHECK(number(at.guest.expect("init_ack"), "invocation_id") == 4002 + i);
    }
    at.guest.beat();
    CHECK(at.agent.metric("vnf_host_losses_total") == 0);
}

TEST_CASE("The second unanswered challenge is a loss, and its action is the init's") {
    const auto action = GENERATE("reboot", "stop", "log");
    Watched at;
    at.guest.corrective_action = action;
    const auto events = at.agent.events();
    at.attach();
    at.guest.answer_challenges = false;
    const Json lost = events->expect("kind", "lost");
    CHECK(text(lost, "instance") == uuid_1);
    const Json started = events->expect("kind", "corrective_started");
    CHECK(text(started, "action") == action);
    events->expect("kind", "corrective_done");
    CHECK(at.acted() == std::string(action) + " " + uuid_1 + " " + action + " heartbeat_loss \n");
    CHECK(text(at.agent.instance(uuid_1), "state") == "lost");
}

TEST_CASE("One unanswered challenge alone is no loss") {
    Watched at;
    at.attach();
    for (int i = 0; i < 3; ++i) {
        at.guest.answer_challenges = false;
        const auto seen = at.guest.challenges();
        at.agent.stage.until([&] { return at.guest.challenges() > seen; }, "a challenge to leave unanswered");
        at.guest.answer_challenges = true;
        at.guest.beat();
    }
    CHECK(text(at.agent.instance(uuid_1), "state") == "heartbeating");
    CHECK(at.acted().empty());
}

TEST_CASE("A lost guest that answers again, or sends init, is heartbeating again") {
    const bool by_init = GENERATE(false, true);
    Watched at;
    const auto events = at.agent.events();
    at.attach();
    at.guest.answer_challenges = false;
    events->expect("kind", "lost");
    at.guest.answer_challenges = true;
    if (by_init)
        at.guest.init();
    else
        at.guest.respond(at.last_challenge());
    at.agent.await_state(uuid_1, "heartbeating");
}

TEST_CASE("Only the outstanding challenge is answered by a response: replays and guesses are misses (H-43)") {
    Watched at;
    const auto events = at.agent.events();
    at.attach();
    at.guest.answer_challenges = false;
    std::int64_t old = 0;
    while (!events->has("kind", "lost")) {
        at.guest.respond(old);
        old = 12345;
        at.agent.stage.until([&] { return at.guest.has("challenge") || events->has("kind", "lost"); },
                             "loss");
        if (at.guest.has("challenge"))
            at.guest.expect("challenge");
    }
}

TEST_CASE("An unhealthy answer is acted upon once, with the action and reason that it carries") {
    Watched at;
    const auto events = at.agent.events();
    at.attach();
    at.guest.health = "unhealthy";
    at.guest.health_action = "stop";
    at.guest.health_log = "disk \"full\"\n";
    const Json started = events->expect("kind", "corrective_started");
    CHECK(text(started, "action") == "stop");
    events->expect("kind", "corrective_done");
    at.guest.beat();
    at.guest.beat();
    CHECK(at.acted() == "stop " + uuid_1 + " stop unhealthy \n");
    CHECK(text(at.agent.instance(uuid_1), "health") == "unhealthy");
}

TEST_CASE("Unhealthy with none or an unknown action is told and nothing is done") {
    const auto action = GENERATE("none", "unknown", "explode");
    Watched at;
    const auto events = at.agent.events();
    at.attach();
    at.guest.health = "unhealthy";
    at.guest.health_action = action;
    events->expect("kind", "unhealthy");
    at.guest.beat();
    CHECK(at.acted().empty());
}

TEST_CASE("A pushed health change is acted upon within the turn, without a challenge") {
    Watched at;
    at.guest.capabilities = {"health_push", "action_control", "fast_interval"};
    const auto events = at.agent.events();
    at.attach();
    at.guest.send(
        "health",
        R"(,"heartbeat_health":"unhealthy","corrective_action":"reboot","cause":"application_died","application":"db","log_msg":"gone")");
    CHECK(text(events->expect("kind", "corrective_started"), "action") == "reboot");
    events->expect("kind", "corrective_done");
    CHECK(at.acted() == "reboot " + uuid_1 + " reboot application_died db\n");
}

TEST_CASE("A health push of a guest that negotiated nothing is not believed") {
    Watched at;
    at.attach();
    at.guest.send(
        "health",
        R"(,"heartbeat_health":"unhealthy","corrective_action":"reboot","cause":"application_died","application":"db","log_msg":"gone")");
    at.guest.beat();
    CHECK(at.acted().empty());
    CHECK(text(at.agent.instance(uuid_1), "state") == "heartbeating");
}

TEST_CASE("A guest's interval of ours is obeyed, clamped at both ends (H-04)") {
    Watched at;
    at.guest.capabilities = {"health_push", "action_control", "fast_interval"};
    at.attach();
    at.guest.send("interval", R"(,"heartbeat_interval_ms":10)");
    at.agent.stage.until([&] { return at.guest.challenges() > 30; }, "challenges every 10 ms");
    at.guest.send("interval", R"(,"heartbeat_interval_ms":1)");
    at.guest.beat();
    CHECK(text(at.agent.instance(uuid_1), "state") == "heartbeating");
}

TEST_CASE("An init with extreme numbers is bounded, not believed (H-04)") {
    Watched at;
    at.guest.interval_ms = 2147483647;
    at.guest.vote_secs = 2147483647;
    at.guest.shutdown_secs = 0;
    at.guest.expect("init_ack");
    at.guest.expect("challenge");
    const Json declared = at.agent.instance(uuid_1).at("declared").as_object();
    CHECK(number(declared, "interval_ms") == 60000);
    CHECK(number(declared, "vote_ms") == 600000);
    CHECK(number(declared, "shutdown_notice_ms") == 1000);
}

TEST_CASE("An init with a negative time is refused by name, and a good one is taken") {
    Watched at;
    at.guest.restart_secs = -5;
    CHECK_THAT(text(at.guest.expect("nack"), "log_msg"), Catch::Contains("restart_secs"));
    at.guest.restart_secs = 5;
    at.guest.init();
    at.agent.await_state(uuid_1, "heartbeating");
}

TEST_CASE("exit ends the heartbeat without a loss; a later init begins it again") {
    Watched at;
    const auto events = at.agent.events();
    at.attach();
    at.guest.send("exit", R"(,"log_msg":"Exiting...")");
    events->expect("kind", "exit");
    at.agent.await_state(uuid_1, "waiting_init");
    CHECK(at.acted().empty());
    at.guest.init();
    at.agent.await_state(uuid_1, "heartbeating");
}

TEST_CASE("The end of a guest's socket is gone, not lost, and has its own action") {
    const bool configured = GENERATE(false, true);
    Watched at(exec_settings + (configured ? "heartbeat:\n  gone: stop\n" : ""));
    const auto events = at.agent.events();
    at.attach();
    at.guest.vanish();
    const Json gone = events->expect("kind", "gone");
    CHECK(text(gone, "instance") == uuid_1);
    if (configured) {
        events->expect("kind", "corrective_done");
        CHECK(at.acted() == "stop " + uuid_1 + " stop gone \n");
    }
    CHECK_FALSE(events->has("kind", "lost"));
}

TEST_CASE("A connection that is torn while the socket lives is made again") {
    Watched at;
    at.attach();
    for (int i = 0; i < 3; ++i) {
        const auto connects = at.guest.connects();
        at.guest.hang_up();
        at.agent.stage.until([&] { return at.guest.connects() > connects; }, "the next connection");
    }
    at.agent.await_state(uuid_1, "heartbeating");
}

TEST_CASE("host-agent killed and restarted: the guest is attached again, and nothing is done to it") {
    Watched at;
    at.attach();
    at.agent.process().signal(SIGKILL);
    at.agent.restart();
    at.agent.stage.until([&] { return at.guest.connects() >= 2; }, "the second host-agent");
    at.agent.await_state(uuid_1, "heartbeating");
    CHECK(at.acted().empty());
}

TEST_CASE("Half a message of the last connection is not the beginning of the next one's (H-16)") {
    Watched at;
    at.attach();
    at.guest.send_raw("\n{\"version\":3,\"revision\":1,\"msg_type\":\"challenge_resp");
    at.guest.hang_up();
    at.agent.stage.until([&] { return at.guest.connects() == 2; }, "the next connection");
    at.agent.await_state(uuid_1, "heartbeating");
}

TEST_CASE("host-agent stopped for longer than the loss time blames nobody when it goes on") {
    Watched at;
    Watched other;  // its guest's challenges tell that three intervals have passed
    other.attach();
    at.attach();
    at.agent.process().signal(SIGSTOP);
    const auto seen = at.guest.challenges();
    other.guest.beat();
    other.guest.beat();
    at.agent.process().signal(SIGCONT);
    at.agent.stage.until([&] { return at.guest.challenges() > seen + 2; }, "challenges again");
    CHECK(text(at.agent.instance(uuid_1), "state") == "heartbeating");
    CHECK(at.acted().empty());
}

TEST_CASE("After a suspend notification silence is expected, and an init is the return") {
    Watched at;
    const auto events = at.agent.events();
    at.attach();
    at.guest.vote_answer = "complete";
    CHECK(at.agent.api("POST", "/v1/instances/" + uuid_1 + "/notify", R"({"event":"suspend"})")
              .json()
              .at("allowed")
              .as_bool());
    at.guest.answer_challenges = false;
    events->expect("kind", "suspended");
    at.agent.await_state(uuid_1, "suspended");
    ScriptedGuest other(at.agent.stage,
                        at.agent.guest_socket(uuid_2));  // tells that three intervals have passed
    other.beat();
    other.beat();
    CHECK(at.acted().empty());
    at.guest.answer_challenges = true;
    at.guest.init();
    at.agent.await_state(uuid_1, "heartbeating");
}

}  // namespace
}  // namespace vnf::test
