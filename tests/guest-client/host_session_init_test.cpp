// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// init, its acknowledgement, the watchdog, and reconnects that nobody sees.
#include <catch2/catch.hpp>
#include <set>

#include "tests/guest-client/session_bench.hpp"

namespace vnf::guest::test {

using std::chrono::seconds;

TEST_CASE("init goes out the moment there is a host, with a second added to every time") {
    SessionBench bench;
    bench.act([&](HostSession& one) { one.release(bench.now); });
    bench.connect();
    REQUIRE(bench.all_sent.size() == 1);
    const auto init = bench.last<wire::Init>();
    CHECK(init.name == "vm1");
    CHECK(init.interval == Milliseconds(1000));
    CHECK(init.vote == seconds(11));
    CHECK(init.restart == seconds(121));
    CHECK(init.corrective_action == wire::CorrectiveAction::Reboot);
    CHECK(init.capabilities == wire::Capabilities::all()
                                   .without(wire::Capability::GroupGap)
                                   .without(wire::Capability::Scale));
    CHECK(bench.all_sent[0].sequence == 1);
    CHECK(bench.all_sent[0].rules == wire::PeerRules::OldPeer);
}

TEST_CASE("capabilities: never leaves the key out") {
    SessionSettings settings = SessionBench::named("vm1");
    settings.offered = {};
    SessionBench bench(settings);
    bench.connect();
    CHECK(bench.last<wire::Init>().capabilities.empty());
}

TEST_CASE("init is repeated every five seconds, each time with another id") {
    SessionBench bench;
    bench.connect();
    bench.pass(seconds(20));
    const auto inits = bench.sent<wire::Init>();
    REQUIRE(inits.size() == 5);
    std::set<std::int32_t> ids;
    for (const auto& one : inits) {
        ids.insert(one.invocation_id);
    }
    CHECK(ids.size() == 5);
    CHECK(bench.sent_at[1] - bench.sent_at[0] == seconds(5));
}

TEST_CASE("an acknowledgement counts for the last id and the one before, not for an older one") {
    for (const std::size_t back : {0U, 1U, 2U}) {
        SessionBench bench;
        bench.connect();
        bench.pass(seconds(10));
        const auto inits = bench.sent<wire::Init>();
        REQUIRE(inits.size() == 3);
        bench.say(wire::InitAck{inits[2 - back].invocation_id});
        CHECK((bench.session.state() == SessionState::Enabled) == (back < 2));
        CHECK(bench.session.counters().stale_acks == (back < 2 ? 0 : 1));
    }
}

TEST_CASE("G-55: an acknowledgement of id 0 is not one of the id that was never sent") {
    SessionBench bench;
    bench.connect();
    bench.say(wire::InitAck{0});
    CHECK(bench.session.state() == SessionState::Enabling);
}

TEST_CASE("G-46: an acknowledgement left over from the connection before does not count") {
    SessionBench bench;
    bench.connect();
    const auto old_id = bench.last<wire::Init>().invocation_id;
    bench.act([&](HostSession& one) { one.channel_down(bench.now); });
    bench.connect();
    bench.say(wire::InitAck{old_id});
    CHECK(bench.session.state() == SessionState::Enabling);
}

TEST_CASE(
    "the watchdog sends a new init after five seconds of silence, or after two intervals if that is more") {
    for (const auto& [interval, expected] : {std::pair(Milliseconds(1000), Milliseconds(5000)),
                                             std::pair(Milliseconds(4000), Milliseconds(8000))}) {
        SessionSettings settings = SessionBench::named("vm1");
        settings.interval = interval;
        SessionBench bench(settings);
        bench.enable();
        bench.challenge(1);
        bench.pass(expected - Milliseconds(1));
        CHECK(bench.session.state() == SessionState::Enabled);
        bench.pass(Milliseconds(1));
        CHECK(bench.session.state() == SessionState::Enabling);
        CHECK(bench.sent<wire::Init>().size() == 2);
    }
}

TEST_CASE("each challenge puts the watchdog off, and silence of our own making does not count") {
    SessionBench bench;
    bench.enable();
    for (int i = 1; i <= 20; ++i) {
        bench.pass(seconds(1));
        bench.challenge(i);
    }
    CHECK(bench.session.counters().watchdog_expiries == 0);
    bench.now += seconds(60);
    bench.act([&](HostSession& one) { one.stalled(seconds(60)); });
    bench.act([&](HostSession& one) { one.timer(bench.now); });
    CHECK(bench.session.state() == SessionState::Enabled);
    bench.pass(seconds(5));
    CHECK(bench.session.state() == SessionState::Enabling);
}

TEST_CASE("a possible reconnect is confirmed by a challenge that does not come") {
    const bool old_host = GENERATE(true, false);
    SessionBench bench;
    bench.enable(old_host ? wire::Capabilities() : wire::Capabilities::all());
    bench.challenge(1);
    bench.act([&](HostSession& one) { one.maybe_new_session(bench.now); });
    bench.pass(seconds(old_host ? 2 : 1));
    CHECK(bench.session.state() == SessionState::Enabled);
    bench.pass(Milliseconds(500));
    CHECK(bench.session.state() == SessionState::Enabling);
    CHECK(bench.session.counters().suspicions_confirmed == 1);
    CHECK(bench.sent<wire::Init>().size() == 2);
}

TEST_CASE("a possible reconnect is forgotten when the next challenge comes") {
    SessionBench bench;
    bench.enable(wire::Capabilities::all());
    bench.act([&](HostSession& one) { one.maybe_new_session(bench.now); });
    bench.pass(Milliseconds(900));
    bench.challenge(1);
    bench.pass(seconds(3));
    CHECK(bench.session.state() == SessionState::Enabled);
}

TEST_CASE("a possible reconnect while the init is under way repeats it within a second") {
    SessionBench bench;
    bench.connect();
    bench.act([&](HostSession& one) { one.maybe_new_session(bench.now); });
    bench.pass(seconds(1));
    CHECK(bench.sent<wire::Init>().size() == 2);
}

TEST_CASE("an interval below 400 ms is put in force by a host that can, and never in an init") {
    SessionSettings settings = SessionBench::named("vm1");
    settings.interval = Milliseconds(50);
    SessionBench bench(settings);
    bench.enable(wire::Capabilities::all());
    CHECK(bench.last<wire::Init>().interval == Milliseconds(400));
    REQUIRE(bench.sent<wire::IntervalChange>().size() == 1);
    CHECK(bench.last<wire::IntervalChange>().interval == Milliseconds(50));
    SessionBench with_old_host(settings);
    with_old_host.enable();
    CHECK(with_old_host.sent<wire::IntervalChange>().empty());
    CHECK(with_old_host.session.interval_in_force() == Milliseconds(400));
}

TEST_CASE("a capability that was not offered is not in force, whatever the host names") {
    SessionSettings settings = SessionBench::named("vm1");
    settings.offered = wire::Capabilities(static_cast<std::uint32_t>(wire::Capability::HealthPush));
    SessionBench bench(settings);
    bench.enable(wire::Capabilities::all());
    CHECK(bench.session.capabilities() == settings.offered);
}

TEST_CASE("new settings reach our host at once and an old one with the next init") {
    SessionSettings wanted = SessionBench::named("vm1");
    wanted.vote = seconds(30);
    SessionBench old_host;
    old_host.enable();
    old_host.act([&](HostSession& one) { CHECK_FALSE(one.apply(wanted, old_host.now)); });
    CHECK(old_host.sent<wire::Init>().size() == 1);

    SessionBench ours;
    ours.enable(wire::Capabilities::all());
    ours.act([&](HostSession& one) { CHECK(one.apply(wanted, ours.now)); });
    REQUIRE(ours.sent<wire::Init>().size() == 2);
    CHECK(ours.last<wire::Init>().vote == seconds(31));
    CHECK(ours.session.state() == SessionState::Enabled);
    CHECK(ours.session.old_host());
    ours.acknowledge(wire::Capabilities::all());
    CHECK_FALSE(ours.session.old_host());
}

TEST_CASE("a new interval alone needs no init from a host that can change it") {
    SessionSettings wanted = SessionBench::named("vm1");
    wanted.interval = Milliseconds(200);
    SessionBench bench;
    bench.enable(wire::Capabilities::all());
    bench.act([&](HostSession& one) { CHECK(one.apply(wanted, bench.now)); });
    CHECK(bench.sent<wire::Init>().size() == 1);
    CHECK(bench.last<wire::IntervalChange>().interval == Milliseconds(200));
}

}  // namespace vnf::guest::test
