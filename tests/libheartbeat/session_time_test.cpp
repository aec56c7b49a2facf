// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The session's timers, on a clock that the test turns.

#include <catch2/catch.hpp>

#include "libheartbeat/src/session.hpp"

using namespace vnf;
using namespace vnf::libheartbeat;
using namespace std::chrono_literals;

namespace {

struct Machine {
    Settings settings{.name = "app1", .socket_path = "/s"};
    TimePoint now = TimePoint(1h);
    Session session{settings, 1};

    void daemon_says(const wire::DaemonRecord& record, wire::RecordVersion version) {
        session.receive(wire::encode(record, 1, version), now);
    }
    void daemon_takes_all() { session.outbox().clear(); }
    void register_v2() {
        session.connected(now);
        daemon_says(wire::RecordInitAck{1, true}, wire::RecordVersion::V2);
        daemon_takes_all();
    }
    void register_v3() {
        session.connected(now);
        daemon_says(wire::RecordInitAck{2, true}, wire::RecordVersion::V2);
        daemon_says(wire::RecordRegisterAck{true, 1000, ""}, wire::RecordVersion::V3);
        daemon_takes_all();
    }
    std::vector<Event> events() {
        std::vector<Event> all;
        while (auto event = session.next_event())
            all.push_back(*event);
        return all;
    }
    std::chrono::milliseconds wait() {
        return std::chrono::round<std::chrono::milliseconds>(*session.deadline() - now);
    }
};

wire::RecordActionNotify vote(std::uint32_t id, std::uint32_t timeout_ms = 0) {
    return {id, wire::Event::Stop, wire::Notification::Revocable, timeout_ms, ""};
}

bool within_a_quarter(std::chrono::milliseconds wait, std::chrono::milliseconds of) {
    return wait >= of * 3 / 4 && wait <= of * 5 / 4;
}

}  // namespace

TEST_CASE("a new session connects at once") {
    Machine machine;
    CHECK(machine.session.wants_connection(machine.now));
}

TEST_CASE("the wait doubles from the shortest to the longest back-off and starts anew after a registration") {
    Machine machine;
    for (const auto expected : {100ms, 200ms, 400ms, 800ms, 1600ms, 2000ms, 2000ms}) {
        machine.session.connect_failed(ENOENT, machine.now);
        CHECK(within_a_quarter(machine.wait(), expected));
        CHECK_FALSE(machine.session.wants_connection(machine.now));
        machine.now += machine.wait() + 1ms;
        CHECK(machine.session.wants_connection(machine.now));
    }
    machine.register_v2();
    machine.session.connection_lost(0, machine.now);
    CHECK(within_a_quarter(machine.wait(), 100ms));
}

TEST_CASE("back-offs of two applications differ") {
    Machine one;
    Machine other;
    other.session = Session(other.settings, 2);
    one.session.connect_failed(ENOENT, one.now);
    other.session.connect_failed(ENOENT, other.now);
    CHECK(one.session.deadline() != other.session.deadline());
}

TEST_CASE("the same failure again is not told again") {
    Machine machine;
    machine.session.connect_failed(ENOENT, machine.now);
    CHECK(machine.events().size() == 1);
    machine.session.connect_failed(ENOENT, machine.now);
    CHECK(machine.events().empty());
    machine.session.connect_failed(ECONNREFUSED, machine.now);
    CHECK(machine.events().size() == 1);
}

TEST_CASE("a daemon that does not answer INIT or REGISTER within 5 s is left") {
    Machine machine;
    machine.session.connected(machine.now);
    const bool answers_init = GENERATE(false, true);
    if (answers_init)
        machine.daemon_says(wire::RecordInitAck{2, true}, wire::RecordVersion::V2);
    CHECK(machine.wait() == 5s);
    machine.now += 4999ms;
    machine.session.tick(machine.now);
    CHECK(machine.session.has_connection());
    machine.now += 1ms;
    machine.session.tick(machine.now);
    CHECK_FALSE(machine.session.has_connection());
    CHECK(machine.session.state().error == VNF_HEARTBEAT_ERROR_NO_ANSWER);
}

TEST_CASE("after a refusal the longest back-off is waited") {
    Machine machine;
    machine.session.connected(machine.now);
    machine.daemon_says(wire::RecordInitAck{1, false}, wire::RecordVersion::V2);
    CHECK_FALSE(machine.session.has_connection());
    CHECK(within_a_quarter(machine.wait(), 2000ms));
}

TEST_CASE("a registered session without open actions wants nothing of the clock") {
    Machine machine;
    machine.register_v3();
    CHECK_FALSE(machine.session.deadline().has_value());
}

TEST_CASE("an old daemon's vote ends with the handle's own timeout of its class") {
    Machine machine;
    machine.register_v2();
    machine.daemon_says(vote(7), wire::RecordVersion::V2);
    machine.events();
    CHECK(machine.wait() == 8s);
    machine.now += 8s;
    machine.session.tick(machine.now);
    const auto events = machine.events();
    REQUIRE(events.size() == 1);
    const auto& cancelled = std::get<ActionCancelled>(events[0]);
    CHECK(cancelled.reason == VNF_HEARTBEAT_CANCEL_DEADLINE_PASSED);
    CHECK(machine.session.respond(cancelled.id, VNF_HEARTBEAT_VOTE_ACCEPT, "") ==
          VNF_HEARTBEAT_ERROR_STALE_ACTION);
}

TEST_CASE("each class of an old daemon's notification has its own timeout") {
    Machine machine;
    machine.settings.shutdown_notice_ms = 1000;
    machine.settings.suspend_notice_ms = 2000;
    machine.settings.resume_notice_ms = 3000;
    machine.session = Session(machine.settings, 1);
    machine.register_v2();
    const auto timeout = [&machine](wire::Event event) {
        machine.session.connection_lost(0, machine.now);
        machine.register_v2();
        machine.daemon_says(wire::RecordActionNotify{1, event, wire::Notification::Irrevocable, 0, ""},
                            wire::RecordVersion::V2);
        return machine.wait();
    };
    CHECK(timeout(wire::Event::Reboot) == 1s);
    CHECK(timeout(wire::Event::Pause) == 2s);
    CHECK(timeout(wire::Event::LiveMigrateEnd) == 3s);
}

TEST_CASE("a version-3 daemon's deadline counts, and the daemon has a second to say that it passed") {
    Machine machine;
    machine.register_v3();
    machine.daemon_says(vote(7, 3000), wire::RecordVersion::V3);
    const auto id = std::get<ActionOpened>(machine.events().back()).action.id;
    CHECK(machine.session.remaining(id, machine.now) == 3000);
    machine.now += 3500ms;
    machine.session.tick(machine.now);
    CHECK(machine.session.remaining(id, machine.now) == 0);
    machine.now += 500ms;
    machine.session.tick(machine.now);
    CHECK_FALSE(machine.session.remaining(id, machine.now).has_value());
    CHECK(std::get<ActionCancelled>(machine.events().back()).reason == VNF_HEARTBEAT_CANCEL_DEADLINE_PASSED);
}

TEST_CASE("an extension moves the deadline") {
    Machine machine;
    machine.register_v3();
    machine.daemon_says(vote(7, 3000), wire::RecordVersion::V3);
    const auto id = std::get<ActionOpened>(machine.events().back()).action.id;
    machine.now += 1s;
    machine.daemon_says(wire::RecordActionExtended{7, true, 9000}, wire::RecordVersion::V3);
    CHECK(machine.session.remaining(id, machine.now) == 9000);
    CHECK(machine.wait() == 10s);
}

TEST_CASE("leaving waits at most a second for a daemon that takes nothing") {
    Machine machine;
    machine.register_v3();
    CHECK(machine.session.leave("", machine.now) == VNF_HEARTBEAT_OK);
    CHECK(machine.session.has_connection());
    machine.now += 1s;
    machine.session.tick(machine.now);
    CHECK_FALSE(machine.session.has_connection());
    CHECK_FALSE(machine.session.deadline().has_value());
}

TEST_CASE("registering while the deregistration is on its way comes after it") {
    Machine machine;
    machine.register_v3();
    machine.session.leave("", machine.now);
    machine.session.enter();
    CHECK_FALSE(machine.session.wants_connection(machine.now));
    machine.daemon_takes_all();
    machine.session.tick(machine.now);
    CHECK(machine.session.wants_connection(machine.now));
}

TEST_CASE("deregistering right after registering again is no error and rests in the end") {
    Machine machine;
    machine.register_v3();
    machine.session.leave("", machine.now);
    machine.session.enter();
    CHECK(machine.session.leave("", machine.now) == VNF_HEARTBEAT_OK);
    machine.daemon_takes_all();
    machine.session.tick(machine.now);
    CHECK_FALSE(machine.session.wants_connection(machine.now));
}

TEST_CASE("a flood of actions displaces the oldest and stays bounded") {
    Machine machine;
    machine.register_v3();
    for (std::uint32_t id = 0; id < 70; ++id)
        machine.daemon_says(vote(id, 3000), wire::RecordVersion::V3);
    std::size_t displaced = 0;
    for (const Event& event : machine.events())
        if (const auto* cancelled = std::get_if<ActionCancelled>(&event))
            displaced += cancelled->reason == VNF_HEARTBEAT_CANCEL_SUPERSEDED ? 1 : 0;
    CHECK(displaced == 70 - OpenActions::limit);
}

TEST_CASE("a challenge of an earlier connection is not answered on this one") {
    Machine machine;
    machine.register_v3();
    machine.daemon_says(wire::RecordChallenge{1}, wire::RecordVersion::V3);
    const auto asked = std::get<HealthAsked>(machine.events().back());
    machine.session.connection_lost(0, machine.now);
    machine.register_v3();
    machine.session.answer_challenge(asked, std::nullopt);
    CHECK(machine.session.outbox().empty());
}

TEST_CASE("ten thousand reconnects leave nothing behind") {
    Machine machine;
    for (int round = 0; round < 10000; ++round) {
        machine.register_v3();
        machine.daemon_says(vote(1, 3000), wire::RecordVersion::V3);
        machine.session.connection_lost(0, machine.now);
        machine.now += machine.wait() + 1ms;
        REQUIRE(machine.session.wants_connection(machine.now));
        REQUIRE(machine.events().size() == 5);
    }
    CHECK(machine.session.outbox().empty());
}
