// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Both shipped daemons on one channel, an application behind them and an operator before them.
#include <catch2/catch.hpp>
#include <csignal>

#include "tests/daemon/chain_under_test.hpp"

namespace vnf::test {
namespace {

TEST_CASE("Our two daemons agree on all capabilities and on a fast interval") {
    Chain chain(10);
    chain.stage.until([&] { return chain.agent.metric("vnf_host_challenges_total") > 20; },
                      "twenty challenges");
    const Json instance = chain.agent.instance(uuid_1);
    CHECK(boost::json::serialize(instance.at("declared").at("capabilities")) ==
          R"(["health_push","action_control","fast_interval","metrics"])");
    CHECK(text(instance, "health") == "healthy");
}

TEST_CASE("An application's death is an action of the host before the next challenge is due") {
    Chain chain(60000);
    const auto events = chain.agent.events();
    ScriptedApplication app(chain.stage, "db", RecordVersion::V3);
    app.corrective_action = CorrectiveAction::Reboot;
    app.join(chain.guest.application_socket());
    app.close();
    const Json started = events->expect("kind", "corrective_started", Milliseconds(10000));
    CHECK(text(started, "cause") == "application_died");
    CHECK(text(started, "application") == "db");
    events->expect("kind", "corrective_done");
    CHECK(chain.acted() == "reboot " + uuid_1 + " reboot application_died db\n");
}

TEST_CASE("A veto travels with its reason to HTTP") {
    Chain chain;
    ScriptedApplication app(chain.stage, "db", RecordVersion::V3);
    app.vote = VoteResult::Reject;
    app.vote_log = "in a call";
    app.join(chain.guest.application_socket());
    const Json body = chain.agent.api("POST", chain.path("vote"), R"({"event":"live_migrate_begin"})").json();
    CHECK(text(body, "result") == "reject");
    CHECK_FALSE(body.at("allowed").as_bool());
    CHECK_THAT(boost::json::serialize(body.at("reasons")), Catch::Contains("in a call"));
}

TEST_CASE("A silent application: the vote times out at the deadline asked for, and the rule allows") {
    Chain chain;
    ScriptedApplication app(chain.stage, "db", RecordVersion::V3);
    app.join(chain.guest.application_socket());
    const Json body =
        chain.agent.api("POST", chain.path("vote"), R"({"event":"stop","timeout_ms":300})").json();
    CHECK(text(body, "result") == "timeout");
    CHECK(body.at("allowed").as_bool());
    CHECK(app.take<wire::RecordActionCancel>().has_value());
}

TEST_CASE("An application killed in the middle of a vote ends it with an error that names it") {
    Chain chain;
    ScriptedApplication app(chain.stage, "db", RecordVersion::V3);
    app.corrective_action = CorrectiveAction::Log;
    app.join(chain.guest.application_socket());
    HttpCall vote(chain.stage, chain.agent.api_socket(), "POST", chain.path("vote"),
                  R"({"event":"stop","timeout_ms":60000})");
    app.expect<wire::RecordActionNotify>();
    app.close();
    const Json body = vote.answer().json();
    CHECK(text(body, "result") == "error");
    CHECK_THAT(boost::json::serialize(body.at("reasons")), Catch::Contains("db"));
}

TEST_CASE("cancel reaches the application") {
    Chain chain;
    ScriptedApplication app(chain.stage, "db", RecordVersion::V3);
    app.join(chain.guest.application_socket());
    HttpCall vote(chain.stage, chain.agent.api_socket(), "POST", chain.path("vote"), R"({"event":"stop"})");
    app.expect<wire::RecordActionNotify>();
    CHECK(chain.agent.api("POST", chain.path("cancel")).status == 200);
    CHECK(app.expect<wire::RecordActionCancel>().reason == wire::CancelReason::HostCancelled);
    CHECK(text(vote.answer().json(), "result") == "cancelled");
}

TEST_CASE("guest-client stopped for longer than the loss time is a loss; when it goes on the guest is back") {
    Chain chain;
    const auto events = chain.agent.events();
    chain.guest.process().signal(SIGSTOP);
    events->expect("kind", "lost");
    events->expect("kind", "corrective_done");
    CHECK_THAT(chain.acted(), Catch::Contains("heartbeat_loss"));
    chain.guest.process().signal(SIGCONT);
    chain.agent.await_state(uuid_1, "heartbeating");
}

TEST_CASE("host-agent stopped for longer than the loss time: no false alarm on either side") {
    Chain chain;
    ScriptedApplication app(chain.stage, "db", RecordVersion::V3);
    app.interval_ms = 50;
    app.join(chain.guest.application_socket());
    chain.agent.process().signal(SIGSTOP);
    const auto seen = app.challenges();  // the application's heartbeat is the clock meanwhile
    chain.stage.until([&] { return app.challenges() >= seen + 12; }, "twelve intervals");
    chain.agent.process().signal(SIGCONT);
    chain.agent.await_state(uuid_1, "heartbeating");
    CHECK(chain.acted().empty());
    CHECK(chain.agent.metric("vnf_host_losses_total") == 0);
}

TEST_CASE("guest-client stopped for longer than an application's timeout does not blame the application") {
    Chain chain;
    ScriptedApplication app(chain.stage, "db", RecordVersion::V3);
    app.interval_ms = 50;
    app.corrective_action = CorrectiveAction::Stop;
    app.join(chain.guest.application_socket());
    const auto events = chain.agent.events();
    chain.guest.process().signal(SIGSTOP);
    events->expect("kind", "lost");
    chain.guest.process().signal(SIGCONT);
    const auto seen = app.challenges();
    chain.stage.until([&] { return app.challenges() >= seen + 5; }, "the application's heartbeat");
    CHECK_FALSE(events->has("kind", "unhealthy"));
    CHECK_THAT(chain.acted(), !Catch::Contains("stop"));
}

TEST_CASE("guest-client killed and started again is the same guest, without an operator's hand") {
    Chain chain;
    chain.guest.process().signal(SIGKILL);
    chain.guest.restart();
    chain.agent.await_state(uuid_1, "heartbeating");
    CHECK(text(chain.agent.api("POST", chain.path("vote"), R"({"event":"stop"})").json(), "result") ==
          "accept");
}

TEST_CASE("host-agent killed and started again finds its guest healthy and votes") {
    Chain chain;
    ScriptedApplication app(chain.stage, "db", RecordVersion::V3);
    app.vote = VoteResult::Accept;
    app.join(chain.guest.application_socket());
    for (int i = 0; i < 5; ++i) {
        chain.agent.process().signal(SIGKILL);
        chain.agent.restart();
        chain.agent.await_state(uuid_1, "heartbeating");
        CHECK(text(chain.agent.api("POST", chain.path("vote"), R"({"event":"stop"})").json(), "result") ==
              "accept");
    }
    CHECK(app.connected());
}

TEST_CASE("A guest that leaves orderly is neither lost nor gone") {
    Chain chain;
    const auto events = chain.agent.events();
    chain.guest.process().signal(SIGTERM);
    events->expect("kind", "exit");
    CHECK(chain.guest.process().wait() == ExitStatus{false, 0});
    events->expect("kind", "instance_removed");
    CHECK_FALSE(events->has("kind", "lost"));
    CHECK_FALSE(events->has("kind", "gone"));
    CHECK(chain.acted().empty());
}

}  // namespace
}  // namespace vnf::test
