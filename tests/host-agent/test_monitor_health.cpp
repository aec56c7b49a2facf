// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What a guest says about its health, and what follows.
#include "tests/host-agent/monitor_stage.hpp"

using namespace vnf;
using namespace vnf::host;
using wire::CorrectiveAction;
using wire::Health;

namespace {

/// One more challenge, answered unhealthy with that action.
void answer_unhealthy(MonitorStage& at, CorrectiveAction action) {
    at.next_deadline();
    at.answer(at.challenge(), Health::Unhealthy, action);
}

}  // namespace

TEST_CASE("An unhealthy answer is acted upon with its own action and reason") {
    MonitorStage at;
    at.heartbeat();
    answer_unhealthy(at, CorrectiveAction::Stop);
    REQUIRE(at.effect<Corrective>() != nullptr);
    CHECK(at.effect<Corrective>()->action == CorrectiveAction::Stop);
    CHECK(at.effect<Corrective>()->cause == "unhealthy");
    CHECK(at.effect<Corrective>()->reason == "reason");
    CHECK(at.monitor.health() == GuestHealth::Unhealthy);
    CHECK(at.reported(JournalKind::Unhealthy));
}

TEST_CASE("none and unknown actions are reported and not acted upon") {
    MonitorStage at;
    at.heartbeat();
    answer_unhealthy(at, GENERATE(CorrectiveAction::None, CorrectiveAction::Unknown));
    CHECK(at.effect<Corrective>() == nullptr);
    CHECK(at.reported(JournalKind::Unhealthy));
}

TEST_CASE("An unchanged unhealthy state asks once, and again only after a minute") {
    MonitorStage at;
    at.heartbeat();
    const TimePoint begun = at.now;
    std::vector<Milliseconds> acted;
    while (at.now - begun < 130s) {
        answer_unhealthy(at, CorrectiveAction::Reboot);
        if (at.effect<Corrective>() != nullptr)
            acted.push_back(std::chrono::duration_cast<Milliseconds>(at.now - begun));
    }
    REQUIRE(acted.size() == 3);
    CHECK(acted[1] - acted[0] >= 60s);
    CHECK(acted[2] - acted[1] >= 60s);
}

TEST_CASE("An old guest's own repeat suppression, reboot then none, is no change") {
    MonitorStage at;
    at.heartbeat();
    answer_unhealthy(at, CorrectiveAction::Reboot);
    CHECK(at.effect<Corrective>() != nullptr);
    for (int i = 0; i < 30; ++i) {
        answer_unhealthy(at, CorrectiveAction::None);
        CHECK(at.effect<Corrective>() == nullptr);
        CHECK_FALSE(at.reported(JournalKind::Unhealthy));
    }
}

TEST_CASE("Another action, or a healthy interlude, is a change") {
    MonitorStage at;
    at.heartbeat();
    answer_unhealthy(at, CorrectiveAction::Reboot);
    SECTION("another action") {
        answer_unhealthy(at, CorrectiveAction::Stop);
        CHECK(at.effect<Corrective>() != nullptr);
    }
    SECTION("healthy in between") {
        at.next_deadline();
        at.answer(at.challenge());
        CHECK(at.reported(JournalKind::Healthy));
        CHECK(at.effect<Recovered>() != nullptr);
        answer_unhealthy(at, CorrectiveAction::Reboot);
        CHECK(at.effect<Corrective>() != nullptr);
    }
    SECTION("a new session") {
        at.send_init();
        at.answer(at.challenge(), Health::Unhealthy, CorrectiveAction::Reboot);
        CHECK(at.effect<Corrective>() != nullptr);
    }
}

TEST_CASE("A pushed change is acted upon at once, and the next answer that repeats it is not") {
    MonitorStage at;
    at.heartbeat();
    at.push(Health::Unhealthy);
    REQUIRE(at.effect<Corrective>() != nullptr);
    CHECK(at.effect<Corrective>()->cause == "application_died");
    CHECK(at.effect<Corrective>()->application == "db");
    answer_unhealthy(at, CorrectiveAction::Reboot);
    CHECK(at.effect<Corrective>() == nullptr);
    CHECK(at.monitor.health_application() == "db");
    at.push(Health::Healthy);
    CHECK(at.monitor.health() == GuestHealth::Healthy);
}

TEST_CASE("A push before the init is not believed") {
    MonitorStage at;
    at.connect();
    at.push(Health::Unhealthy);
    CHECK(at.effects().empty());
    CHECK(at.monitor.health() == GuestHealth::Unknown);
}

TEST_CASE("A guest unhealthy from its first answer is acted upon and never heartbeating") {
    MonitorStage at;
    at.connect();
    at.send_init();
    at.answer(at.challenge(), Health::Unhealthy, CorrectiveAction::Reboot);
    CHECK(at.monitor.state() == GuestState::Starting);
    CHECK(at.effect<Corrective>() != nullptr);
}

TEST_CASE("Applications that die while the machine is being stopped ask for nothing") {
    MonitorStage at;
    at.heartbeat();
    at.announce(wire::Event::Stop);
    at.push(Health::Unhealthy);
    CHECK(at.reported(JournalKind::Unhealthy));
    CHECK(at.effect<Corrective>() == nullptr);
    at.monitor.announcement_withdrawn(at.now, at.fresh());
    at.push(Health::Unhealthy);
    CHECK(at.effect<Corrective>() != nullptr);
}
