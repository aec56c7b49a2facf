// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Silence that was announced.
#include "tests/host-agent/monitor_stage.hpp"

using namespace vnf;
using namespace vnf::host;
using wire::Event;

namespace {

void fall_silent(MonitorStage& at) {
    while (!at.monitor.silence_expected())
        at.next_deadline();
}

}  // namespace

TEST_CASE("A notification of each event that ends in silence switches loss detection off, and no other") {
    for (const Event event : wire::all_events) {
        MonitorStage at;
        at.heartbeat();
        at.announce(event);
        INFO(word(event));
        CHECK((at.monitor.state() == GuestState::Suspended) == announces_silence(event));
        CHECK(at.reported(JournalKind::Suspended) == announces_silence(event));
    }
    MonitorStage at;
    at.heartbeat();
    at.announce(Event::Unknown);
    CHECK(at.monitor.state() == GuestState::Heartbeating);
    CHECK(announces_silence(Event::ResizeBegin));
    CHECK_FALSE(announces_silence(Event::Unknown));
    CHECK(announces_return(Event::ResizeEnd));
}

TEST_CASE("A paused guest is never lost while nobody can tell whether it runs") {
    MonitorStage at;
    at.heartbeat();
    at.announce(GENERATE(Event::Pause, Event::Suspend));
    fall_silent(at);
    CHECK(at.monitor.deadline() == runtime::never);
    CHECK(at.monitor.counters().losses == 0);
}

TEST_CASE("While a guest is quiet one challenge stays open and no more are sent") {
    MonitorStage at(true);
    at.heartbeat();
    at.announce(Event::Pause);
    at.to_next_challenge();
    at.next_deadline();
    CHECK(at.sent<wire::Challenge>() == 0);
    at.next_deadline();
    CHECK(at.sent<wire::Challenge>() == 0);
    CHECK(at.monitor.silence_expected());
    CHECK(at.reported(JournalKind::Stopped));
}

TEST_CASE("A guest that goes on after a pause answers the open challenge, and losses are detected again") {
    MonitorStage at;
    at.heartbeat();
    at.announce(Event::Pause);
    fall_silent(at);
    at.now += 3600s;
    CHECK(at.answer(at.challenge()) == AnswerMatch::Outstanding);
    CHECK(at.monitor.state() == GuestState::Heartbeating);
    CHECK(at.reported(JournalKind::Resumed));
    at.be_silent_until(JournalKind::Lost);
}

TEST_CASE("A guest that goes on answering stays unwatched until the limit, then is watched again") {
    MonitorStage at;
    at.heartbeat();
    at.announce(Event::Pause);
    const TimePoint announced = at.now;
    while (at.monitor.state() == GuestState::Suspended) {
        at.next_deadline();
        at.answer(at.challenge());
    }
    CHECK(at.now - announced >= at.rules.announced_limit);
    CHECK(at.now - announced <= at.rules.announced_limit + 1000ms);
    at.be_silent_until(JournalKind::Lost);
}

TEST_CASE("A guest that does not come back from a reboot within its restart time is lost") {
    MonitorStage at;
    at.heartbeat();
    at.announce(Event::Reboot);
    const TimePoint announced = at.now;
    at.be_silent_until(JournalKind::Lost);
    CHECK(at.now - announced == 300s);
    CHECK(at.effect<Corrective>() != nullptr);
}

TEST_CASE("A migration has a limit of its own") {
    MonitorStage at;
    at.heartbeat();
    at.announce(GENERATE(Event::LiveMigrateBegin, Event::ColdMigrateBegin));
    const TimePoint announced = at.now;
    at.be_silent_until(JournalKind::Lost);
    CHECK(at.now - announced == at.rules.migration_limit);
}

TEST_CASE("With a run-state source a quiet guest is asked about at the limit") {
    MonitorStage at(true);
    at.heartbeat();
    at.announce(Event::Pause);
    while (at.effect<AskRunState>() == nullptr)
        at.next_deadline();
    SECTION("not running: deferred") {
        at.run_state(RunState::NotRunning);
        CHECK(at.monitor.state() == GuestState::NotRunning);
    }
    SECTION("running: lost") {
        at.run_state(RunState::Running);
        CHECK(at.monitor.state() == GuestState::Lost);
    }
}

TEST_CASE("An init after the announced silence is the return") {
    MonitorStage at;
    at.heartbeat();
    at.announce(Event::Reboot);
    fall_silent(at);
    at.send_init();
    CHECK(at.monitor.state() == GuestState::Starting);
    at.be_silent_until(JournalKind::Lost);
}

TEST_CASE("An init ends the announcement: the next end of the socket is nobody's plan") {
    MonitorStage at;
    at.heartbeat();
    at.announce(Event::Reboot);
    fall_silent(at);
    at.send_init();
    at.disconnect();
    CHECK(at.effect<Corrective>() != nullptr);
}

TEST_CASE("A post-notification expects the guest back: it is challenged and has its limit to answer") {
    MonitorStage at;
    at.heartbeat();
    at.announce(Event::Pause);
    fall_silent(at);
    at.announce(Event::Unpause);
    CHECK(at.sent<wire::Challenge>() == 1);
    const TimePoint back = at.now;
    SECTION("it answers") {
        at.answer(at.challenge());
        CHECK(at.monitor.state() == GuestState::Heartbeating);
    }
    SECTION("it does not") {
        at.be_silent_until(JournalKind::Lost);
        CHECK(at.now - back == at.rules.resume_limit);
    }
}

TEST_CASE("A notification that is called off, or undone before the silence began, is forgotten") {
    MonitorStage at;
    at.heartbeat();
    at.announce(Event::Pause);
    SECTION("called off") {
        at.monitor.announcement_withdrawn(at.now, at.fresh());
    }
    SECTION("undone") {
        at.announce(Event::Unpause);
    }
    CHECK(at.monitor.state() == GuestState::Heartbeating);
    at.be_silent_until(JournalKind::Lost);
}

TEST_CASE("A stall of this agent does not look like the beginning of the silence") {
    MonitorStage at;
    at.heartbeat();
    at.announce(Event::Pause);
    at.to_next_challenge();
    at.next_deadline(5000ms);
    CHECK(at.answer(at.challenge()) == AnswerMatch::Outstanding);
    CHECK(at.monitor.state() == GuestState::Suspended);
}

TEST_CASE("A guest in its first period can be told of a pause") {
    MonitorStage at;
    at.connect();
    at.send_init();
    at.answer(at.challenge());
    at.announce(Event::Pause);
    at.next_deadline();
    CHECK(at.monitor.state() == GuestState::Suspended);
}
