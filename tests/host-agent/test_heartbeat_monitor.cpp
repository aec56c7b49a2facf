// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Init, challenges, answers and losses of one guest.
#include <set>

#include "tests/host-agent/monitor_stage.hpp"

using namespace vnf;
using namespace vnf::host;

TEST_CASE("Nothing is asked of a guest before its init") {
    MonitorStage at;
    at.connect();
    CHECK(at.sent<wire::Challenge>() == 0);
    CHECK(at.answer(0) == AnswerMatch::Unexpected);
    CHECK_FALSE(at.monitor.in_session());
}

TEST_CASE(
    "An init is acknowledged and challenged back to back, and the first healthy answer is heartbeating") {
    MonitorStage at;
    at.connect();
    at.send_init();
    REQUIRE(at.sent<wire::InitAck>() == 1);
    REQUIRE(at.sent<wire::Challenge>() == 1);
    CHECK(at.monitor.state() == GuestState::Starting);
    CHECK(at.answer(at.challenge()) == AnswerMatch::Outstanding);
    CHECK(at.monitor.state() == GuestState::Heartbeating);
    CHECK(at.reported(JournalKind::Heartbeating));
}

TEST_CASE("H-19: an init is accepted in every connected state, at once") {
    MonitorStage at(true);
    SECTION("while heartbeating") {
        at.heartbeat();
    }
    SECTION("while starting") {
        at.connect();
        at.send_init();
    }
    SECTION("while suspended") {
        at.heartbeat();
        at.announce(wire::Event::Pause);
        REQUIRE(at.monitor.state() == GuestState::Suspended);
    }
    SECTION("when lost") {
        at.heartbeat();
        while (at.monitor.state() != GuestState::Lost) {
            at.next_deadline();
            if (at.effect<AskRunState>() != nullptr)
                at.run_state(RunState::Running);
        }
    }
    SECTION("when not running") {
        at.heartbeat();
        while (at.effect<AskRunState>() == nullptr)
            at.next_deadline();
        at.run_state(RunState::NotRunning);
        REQUIRE(at.monitor.state() == GuestState::NotRunning);
    }
    at.send_init();
    CHECK(at.monitor.state() == GuestState::Starting);
    CHECK(at.sent<wire::InitAck>() == 1);
    CHECK(at.sent<wire::Challenge>() == 1);
    CHECK(at.effect<Corrective>() == nullptr);
}

TEST_CASE("H-04: what a guest declares is clamped") {
    MonitorStage at;
    at.connect();
    wire::Init init = MonitorStage::init();
    SECTION("from below") {
        init.interval = 1ms;
        init.vote = init.shutdown_notice = init.suspend_notice = init.resume_notice = init.restart = 0s;
        at.monitor.received(init, at.now, at.fresh());
        const GuestParameters& guest = at.monitor.parameters();
        CHECK(guest.interval == 400ms);
        CHECK(guest.vote == 1s);
        CHECK(guest.resume_notice == 1s);
        CHECK(guest.restart == 1s);
    }
    SECTION("from above") {
        init.interval = Milliseconds(INT32_MAX);
        init.vote = init.shutdown_notice = init.suspend_notice = init.resume_notice = init.restart =
            std::chrono::seconds(INT32_MAX);
        at.monitor.received(init, at.now, at.fresh());
        const GuestParameters& guest = at.monitor.parameters();
        CHECK(guest.interval == 60000ms);
        CHECK(guest.vote == 600s);
        CHECK(guest.shutdown_notice == 600s);
        CHECK(guest.suspend_notice == 600s);
        CHECK(guest.restart == 3600s);
    }
}

TEST_CASE("An interval message is clamped to 10 ms and counts from the next challenge on") {
    MonitorStage at;
    at.heartbeat();
    const TimePoint before = at.monitor.deadline();
    CHECK(at.monitor.received(wire::IntervalChange{1ms}));
    CHECK(at.monitor.parameters().interval == 10ms);
    CHECK(at.monitor.deadline() == before);
    at.to_next_challenge();
    CHECK(at.monitor.deadline() == at.now + 10ms);
}

TEST_CASE("Two consecutive unanswered challenges are a loss, acted upon in the same step") {
    MonitorStage at;
    at.heartbeat();
    at.to_next_challenge();
    const TimePoint silent_since = at.now;
    at.to_next_challenge();
    CHECK(at.monitor.state() == GuestState::Heartbeating);
    at.next_deadline();
    CHECK(at.now - silent_since == 2000ms);
    CHECK(at.monitor.state() == GuestState::Lost);
    REQUIRE(at.effect<Corrective>() != nullptr);
    CHECK(at.effect<Corrective>()->action == wire::CorrectiveAction::Reboot);
    CHECK(at.effect<Corrective>()->cause == "heartbeat_loss");
    CHECK(at.reported(JournalKind::Stopped));
    CHECK(at.reported(JournalKind::Lost));
}

TEST_CASE("An init that is never answered by health is a loss too") {
    MonitorStage at;
    at.connect();
    at.send_init();
    at.be_silent_until(JournalKind::Lost);
    CHECK(at.monitor.state() == GuestState::Lost);
}

TEST_CASE("One miss followed by an answer starts the count anew") {
    MonitorStage at;
    at.heartbeat();
    for (int i = 0; i < 5; ++i) {
        at.to_next_challenge();
        at.to_next_challenge();
        CHECK(at.monitor.misses() == 1);
        CHECK(at.answer(at.challenge()) == AnswerMatch::Outstanding);
        CHECK(at.monitor.misses() == 0);
    }
    CHECK(at.monitor.state() == GuestState::Heartbeating);
}

TEST_CASE("A guest that always answers one interval late is never lost, and never counts twice") {
    MonitorStage at;
    at.heartbeat();
    at.to_next_challenge();
    for (int i = 0; i < 10; ++i) {
        const std::int32_t late = at.challenge();
        at.to_next_challenge();
        CHECK(at.answer(late) == AnswerMatch::Late);
        CHECK(at.answer(late) == AnswerMatch::Mismatch);
    }
    CHECK(at.monitor.state() == GuestState::Heartbeating);
    CHECK(at.monitor.counters().losses == 0);
}

TEST_CASE("H-43: challenges are unpredictable 31-bit numbers, and only the outstanding one counts, once") {
    MonitorStage at;
    at.heartbeat();
    at.to_next_challenge();
    const std::int32_t challenge = at.challenge();
    CHECK(at.answer(challenge ^ 1) == AnswerMatch::Mismatch);
    CHECK(at.answer(challenge) == AnswerMatch::Outstanding);
    CHECK(at.answer(challenge) == AnswerMatch::Mismatch);

    runtime::KernelRandom random;
    std::set<std::int32_t> seen;
    for (int i = 0; i < 1000; ++i) {
        const std::int32_t number = random.positive();
        CHECK(number >= 0);
        seen.insert(number);
    }
    CHECK(seen.size() > 990);
}

TEST_CASE("H-06: an answer before any challenge matches nothing") {
    MonitorStage at;
    at.connect();
    CHECK(at.answer(0) == AnswerMatch::Unexpected);
    at.send_init();
    CHECK(at.answer(0) == AnswerMatch::Mismatch);
}

TEST_CASE("A lost guest that answers the open challenge is back, and what had not begun is dropped") {
    MonitorStage at;
    at.heartbeat();
    at.be_silent_until(JournalKind::Lost);
    CHECK(at.answer(at.challenge()) == AnswerMatch::Outstanding);
    CHECK(at.monitor.state() == GuestState::Heartbeating);
    CHECK(at.effect<Recovered>() != nullptr);
    at.to_next_challenge();
}

TEST_CASE("A lost guest is not challenged on, so that nothing piles up in it") {
    MonitorStage at;
    at.heartbeat();
    at.be_silent_until(JournalKind::Lost);
    CHECK(at.sent<wire::Challenge>() == 0);
    at.next_deadline();
    CHECK(at.sent<wire::Challenge>() == 0);
    CHECK(at.effect<Reconnect>() != nullptr);
}

TEST_CASE("exit ends the heartbeat without a loss") {
    MonitorStage at;
    at.heartbeat();
    at.exit();
    CHECK(at.monitor.state() == GuestState::WaitingInit);
    CHECK(at.reported(JournalKind::Exit));
    CHECK(at.reported(JournalKind::Stopped));
    at.next_deadline();
    CHECK(at.monitor.counters().losses == 0);
    CHECK(at.effect<Corrective>() == nullptr);
}

TEST_CASE("Without an init for 15 s the connection is made anew, with doubling waits up to 120 s (8.2, 9)") {
    MonitorStage at;
    at.connect();
    const std::vector<Milliseconds> waits{15000ms, 30000ms, 60000ms, 120000ms, 120000ms};
    for (const Milliseconds wait : waits) {
        const TimePoint connected = at.now;
        at.next_deadline();
        CHECK(at.now - connected == wait);
        REQUIRE(at.effect<Reconnect>() != nullptr);
        CHECK(at.effect<Reconnect>()->pause >= 100ms);
        at.disconnect(ClosedBy::Us);
        CHECK_FALSE(at.reported(JournalKind::Gone));
        at.connect();
    }
}

TEST_CASE("A guest that never sends init is reported once, after the establish limit") {
    MonitorStage at;
    at.connect();
    int reports = 0;
    for (int i = 0; i < 20; ++i) {
        at.next_deadline();
        reports += at.reported(JournalKind::NotEstablished) ? 1 : 0;
        at.disconnect(ClosedBy::Us);
        at.connect();
    }
    CHECK(reports == 1);
}

TEST_CASE("H-29: the end of the socket is gone, says that the heartbeat stopped, and has its own action") {
    MonitorStage at;
    at.rules.gone_action = wire::CorrectiveAction::Stop;
    at.heartbeat();
    at.disconnect();
    CHECK(at.monitor.state() == GuestState::WaitingConnection);
    CHECK(at.monitor.deadline() == runtime::never);
    CHECK(at.reported(JournalKind::Stopped));
    CHECK(at.reported(JournalKind::Gone));
    CHECK_FALSE(at.reported(JournalKind::Lost));
    REQUIRE(at.effect<Corrective>() != nullptr);
    CHECK(at.effect<Corrective>()->action == wire::CorrectiveAction::Stop);
    CHECK(at.effect<Corrective>()->cause == "gone");
}

TEST_CASE("The end of a socket is nobody's failure before an init, when announced, or after our own action") {
    MonitorStage at;
    SECTION("before an init") {
        at.connect();
    }
    SECTION("announced") {
        at.heartbeat();
        at.announce(wire::Event::Stop);
    }
    SECTION("lost before") {
        at.heartbeat();
        at.be_silent_until(JournalKind::Lost);
    }
    SECTION("a reboot was asked for before") {
        at.heartbeat();
        at.push(wire::Health::Unhealthy);
        REQUIRE(at.effect<Corrective>() != nullptr);
    }
    at.disconnect();
    CHECK(at.effect<Corrective>() == nullptr);
}

TEST_CASE("A stall of this agent is no miss, at most five times in a row") {
    MonitorStage at;
    at.heartbeat();
    at.to_next_challenge();
    for (unsigned i = 0; i < HeartbeatMonitor::stalls_in_a_row; ++i) {
        at.next_deadline(5000ms);
        CHECK(at.monitor.misses() == 0);
    }
    CHECK(at.monitor.counters().stalls_excused == HeartbeatMonitor::stalls_in_a_row);
    at.next_deadline(5000ms);
    CHECK(at.monitor.misses() == 1);
}

TEST_CASE("The guests' phases are spread in the first period, and a slow first answer is no miss") {
    MonitorStage at;
    at.connect();
    at.send_init();
    const TimePoint sent = at.now;
    CHECK(at.monitor.deadline() >= sent + 500ms);
    CHECK(at.monitor.deadline() <= sent + 1000ms);
    at.next_deadline();
    CHECK(at.monitor.misses() == 0);
    CHECK(at.sent<wire::Challenge>() == 0);
    CHECK(at.monitor.deadline() == sent + 1000ms);
}

TEST_CASE("Capabilities in force are those that both sides name") {
    MonitorStage at;
    at.connect();
    wire::Init init = MonitorStage::init();
    init.capabilities.add(wire::Capability::HealthPush);
    SECTION("offered") {
        at.monitor.received(init, at.now, at.fresh());
        CHECK(at.monitor.parameters().capabilities.has(wire::Capability::HealthPush));
        CHECK_FALSE(at.monitor.parameters().capabilities.has(wire::Capability::ActionControl));
    }
    SECTION("left out by the settings") {
        at.rules.capabilities = wire::Capabilities();
        at.monitor.received(init, at.now, at.fresh());
        CHECK(at.monitor.parameters().capabilities.empty());
    }
}
