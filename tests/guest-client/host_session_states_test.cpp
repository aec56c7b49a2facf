// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Every state with every event (specification 3.1), first in the table, then in the machine.
#include <catch2/catch.hpp>

#include "tests/guest-client/session_bench.hpp"

namespace vnf::guest::test {
namespace {

using S = SessionState;
using E = SessionEvent;

constexpr SessionEvent all_events[] = {E::Release,   E::ChannelUp,        E::ChannelDown, E::InitAck,
                                       E::Challenge, E::ChallengeTimeout, E::Action,      E::Shutdown};

struct TableRow {
    SessionState from;
    SessionState to[8];
};
constexpr TableRow table[] = {
    {S::Initial,
     {S::Enabling, S::Enabling, S::Disabled, S::Initial, S::Initial, S::Initial, S::Initial, S::Initial}},
    {S::Enabling,
     {S::Enabling, S::Enabling, S::Disabled, S::Enabled, S::Enabling, S::Enabling, S::Enabling, S::Initial}},
    {S::Enabled,
     {S::Enabled, S::Enabling, S::Disabled, S::Enabled, S::Enabled, S::Enabling, S::Enabled, S::Initial}},
    {S::Disabled,
     {S::Disabled, S::Enabling, S::Disabled, S::Disabled, S::Disabled, S::Disabled, S::Disabled, S::Initial}},
};

/// A session brought to a state as a host would bring it.
SessionBench in(SessionState state) {
    SessionBench bench;
    switch (state) {
        case S::Initial:
            break;
        case S::Enabling:
            bench.act([&](HostSession& one) { one.release(bench.now); });
            bench.connect();
            break;
        case S::Enabled:
            bench.enable();
            break;
        case S::Disabled:
            bench.enable();
            bench.act([&](HostSession& one) { one.channel_down(bench.now); });
            break;
    }
    REQUIRE(bench.session.state() == state);
    return bench;
}

void apply(SessionBench& bench, SessionEvent event) {
    switch (event) {
        case E::Release:
            bench.act([&](HostSession& one) { one.release(bench.now); });
            break;
        case E::ChannelUp:
            bench.connect();
            break;
        case E::ChannelDown:
            bench.act([&](HostSession& one) { one.channel_down(bench.now); });
            break;
        case E::InitAck:
            bench.say(
                wire::InitAck{bench.sent<wire::Init>().empty() ? 0 : bench.last<wire::Init>().invocation_id});
            break;
        case E::Challenge:
            bench.challenge(7);
            break;
        case E::ChallengeTimeout:
            bench.pass(Milliseconds(5000));
            break;
        case E::Action:
            bench.ask(9, wire::Event::Stop, wire::Notification::Revocable);
            break;
        case E::Shutdown:
            bench.act([&](HostSession& one) { one.shut_down(bench.now); });
            break;
    }
}

}  // namespace

TEST_CASE("the transition table is that of the specification, and a new host in enabled") {
    for (const TableRow& row : table) {
        for (std::size_t i = 0; i < std::size(all_events); ++i) {
            INFO(word(row.from) << " x " << word(all_events[i]));
            CHECK(next_state(row.from, all_events[i]) == row.to[i]);
        }
    }
}

TEST_CASE("the machine goes where the table says from every state on every event") {
    for (const TableRow& row : table) {
        for (std::size_t i = 0; i < std::size(all_events); ++i) {
            INFO(word(row.from) << " x " << word(all_events[i]));
            SessionBench bench = in(row.from);
            bench.changes.clear();
            apply(bench, all_events[i]);
            CHECK(bench.session.state() == row.to[i]);
            const bool changed = row.from != row.to[i];
            REQUIRE(bench.changes.size() == (changed ? 1 : 0));
            if (changed) {
                CHECK(bench.changes[0].from == row.from);
                CHECK(bench.changes[0].to == row.to[i]);
                CHECK(bench.changes[0].event == all_events[i]);
            }
        }
    }
}

TEST_CASE("a challenge is answered in enabled only") {
    for (const TableRow& row : table) {
        SessionBench bench = in(row.from);
        bench.challenge(7);
        bench.pass(Milliseconds(200));
        CHECK(bench.sent<wire::ChallengeResponse>().size() == (row.from == S::Enabled ? 1 : 0));
    }
}

TEST_CASE("shutdown says exit to a host that counts on us, and ends in every state") {
    for (const TableRow& row : table) {
        INFO(word(row.from));
        SessionBench bench = in(row.from);
        apply(bench, E::Shutdown);
        bench.pass(Milliseconds(500));
        CHECK(bench.sent<wire::Exit>().size() == (row.from == S::Enabled || row.from == S::Enabling ? 1 : 0));
        CHECK(bench.finished == 1);
        CHECK(bench.session.next_deadline() == runtime::never);
    }
}

TEST_CASE("nothing wakes a session that waits for a host") {
    CHECK(in(S::Initial).session.next_deadline() == runtime::never);
    CHECK(in(S::Disabled).session.next_deadline() == runtime::never);
    SessionBench bench;
    bench.act([&](HostSession& one) { one.release(bench.now); });
    CHECK(bench.session.state() == S::Enabling);
    CHECK(bench.session.next_deadline() == runtime::never);
    CHECK(bench.all_sent.empty());
}

}  // namespace vnf::guest::test
