// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The question that is asked before a loss is declared.
#include "tests/host-agent/monitor_stage.hpp"

using namespace vnf;
using namespace vnf::host;

namespace {

/// A guest with a run-state source, silent until the source is asked.
class SilentGuest : public MonitorStage {
  public:
    SilentGuest() : MonitorStage(true) {
        heartbeat();
        while (effect<AskRunState>() == nullptr)
            next_deadline();
    }
};

}  // namespace

TEST_CASE("A loss is not declared before the run-state source was asked") {
    SilentGuest at;
    CHECK(at.monitor.state() == GuestState::Heartbeating);
    CHECK(at.effect<Corrective>() == nullptr);
}

TEST_CASE("Silent while running, failed, or without an answer is a loss") {
    SilentGuest at;
    SECTION("running") {
        at.run_state(RunState::Running);
    }
    SECTION("failed: the machine reports a panic") {
        at.run_state(RunState::Failed);
    }
    SECTION("unknown") {
        at.run_state(RunState::Unknown);
    }
    SECTION("the source never answers") {
        at.next_deadline();
    }
    CHECK(at.monitor.state() == GuestState::Lost);
    CHECK(at.reported(JournalKind::Lost));
    CHECK(at.effect<Corrective>() != nullptr);
}

TEST_CASE("Not running defers the loss for as long as it lasts, and sends nothing") {
    SilentGuest at;
    at.run_state(RunState::NotRunning);
    CHECK(at.monitor.state() == GuestState::NotRunning);
    CHECK(at.reported(JournalKind::LossDeferred));
    CHECK(at.reported(JournalKind::Stopped));
    for (int i = 0; i < 1000; ++i) {
        at.next_deadline();
        REQUIRE(at.effect<AskRunState>() != nullptr);
        CHECK(at.sent<wire::Challenge>() == 0);
        at.run_state(RunState::NotRunning);
        CHECK_FALSE(at.reported(JournalKind::LossDeferred));
    }
    CHECK(at.monitor.counters().losses == 0);
}

TEST_CASE("A machine that goes on answers the challenge that waited in it, and is heartbeating at once") {
    SilentGuest at;
    at.run_state(RunState::NotRunning);
    CHECK(at.answer(at.challenge()) == AnswerMatch::Outstanding);
    CHECK(at.monitor.state() == GuestState::Heartbeating);
    CHECK(at.monitor.counters().losses == 0);
    at.to_next_challenge();
}

TEST_CASE("Both challenges that waited in a paused machine may be answered, in their order") {
    MonitorStage at(true);
    at.heartbeat();
    at.to_next_challenge();
    const std::int32_t first = at.challenge();
    at.to_next_challenge();
    const std::int32_t second = at.challenge();
    at.next_deadline();
    at.run_state(RunState::NotRunning);
    CHECK(at.answer(first) == AnswerMatch::Late);
    CHECK(at.monitor.state() == GuestState::Heartbeating);
    CHECK(at.answer(second) == AnswerMatch::Outstanding);
}

TEST_CASE("A machine that goes on and stays silent is lost after a full count") {
    SilentGuest at;
    at.run_state(RunState::NotRunning);
    at.next_deadline();
    at.run_state(RunState::Running);
    CHECK(at.sent<wire::Challenge>() == 1);
    CHECK(at.reported(JournalKind::Resumed));
    const TimePoint resumed = at.now;
    while (at.effect<AskRunState>() == nullptr)
        at.next_deadline();
    CHECK(at.now - resumed == 2000ms);
    at.run_state(RunState::Running);
    CHECK(at.monitor.state() == GuestState::Lost);
}

TEST_CASE("An answer that comes while the source is asked makes the question pointless") {
    SilentGuest at;
    SECTION("the open challenge") {
        CHECK(at.answer(at.challenge()) == AnswerMatch::Outstanding);
    }
    SECTION("an init") {
        at.send_init();
    }
    SECTION("exit") {
        at.exit();
    }
    SECTION("the end of the connection") {
        at.disconnect();
    }
    at.run_state(RunState::Running);
    CHECK_FALSE(at.reported(JournalKind::Lost));
    CHECK(at.monitor.counters().losses == 0);
}

TEST_CASE("An answer of the source that nobody waits for changes nothing") {
    MonitorStage at(true);
    at.heartbeat();
    at.run_state(RunState::NotRunning);
    at.run_state(RunState::Failed);
    CHECK(at.monitor.state() == GuestState::Heartbeating);
}
