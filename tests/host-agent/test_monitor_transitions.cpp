// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Every state of the monitor met by every event: the table is the specification.
#include <functional>
#include <map>

#include "tests/host-agent/monitor_stage.hpp"

using namespace vnf;
using namespace vnf::host;
using S = GuestState;

namespace {

void silent_until_asked(MonitorStage& at) {
    while (at.effect<AskRunState>() == nullptr)
        at.next_deadline();
}

void bring_to(MonitorStage& at, GuestState state) {
    switch (state) {
        case S::WaitingConnection:
            break;
        case S::WaitingInit:
            at.connect();
            break;
        case S::Starting:
            at.connect();
            at.send_init();
            break;
        case S::Heartbeating:
            at.heartbeat();
            break;
        case S::Suspended:
            at.heartbeat();
            at.announce(wire::Event::Pause);
            break;
        case S::NotRunning:
            at.heartbeat();
            silent_until_asked(at);
            at.run_state(RunState::NotRunning);
            break;
        case S::Lost:
            at.heartbeat();
            silent_until_asked(at);
            at.run_state(RunState::Running);
            break;
    }
    REQUIRE(at.monitor.state() == state);
}

struct Stimulus {
    const char* name;
    std::function<void(MonitorStage&)> apply;
    std::map<GuestState, GuestState> leads_to;
};

/// Expected state for each state in the order of GuestState.
std::map<GuestState, GuestState> row(S connection, S init, S starting, S heartbeating, S suspended,
                                     S not_running, S lost) {
    return {{S::WaitingConnection, connection},
            {S::WaitingInit, init},
            {S::Starting, starting},
            {S::Heartbeating, heartbeating},
            {S::Suspended, suspended},
            {S::NotRunning, not_running},
            {S::Lost, lost}};
}

const std::vector<Stimulus>& table() {
    static const std::vector<Stimulus> all{
        {"connected", [](MonitorStage& at) { at.connect(); },
         row(S::WaitingInit, S::WaitingInit, S::WaitingInit, S::WaitingInit, S::WaitingInit, S::WaitingInit,
             S::WaitingInit)},
        {"disconnected", [](MonitorStage& at) { at.disconnect(); },
         row(S::WaitingConnection, S::WaitingConnection, S::WaitingConnection, S::WaitingConnection,
             S::WaitingConnection, S::WaitingConnection, S::WaitingConnection)},
        {"init", [](MonitorStage& at) { at.send_init(); },
         row(S::WaitingConnection, S::Starting, S::Starting, S::Starting, S::Starting, S::Starting,
             S::Starting)},
        {"exit", [](MonitorStage& at) { at.exit(); },
         row(S::WaitingConnection, S::WaitingInit, S::WaitingInit, S::WaitingInit, S::WaitingInit,
             S::WaitingInit, S::WaitingInit)},
        {"healthy answer", [](MonitorStage& at) { at.answer(at.challenge()); },
         row(S::WaitingConnection, S::WaitingInit, S::Heartbeating, S::Heartbeating, S::Suspended,
             S::Heartbeating, S::Heartbeating)},
        {"wrong answer", [](MonitorStage& at) { at.answer(at.challenge() ^ 2); },
         row(S::WaitingConnection, S::WaitingInit, S::Starting, S::Heartbeating, S::Suspended, S::NotRunning,
             S::Lost)},
        {"unhealthy answer",
         [](MonitorStage& at) {
             at.answer(at.challenge(), wire::Health::Unhealthy, wire::CorrectiveAction::Reboot);
         },
         row(S::WaitingConnection, S::WaitingInit, S::Starting, S::Heartbeating, S::Suspended, S::Starting,
             S::Starting)},
        {"health push", [](MonitorStage& at) { at.push(wire::Health::Unhealthy); },
         row(S::WaitingConnection, S::WaitingInit, S::Starting, S::Heartbeating, S::Suspended, S::NotRunning,
             S::Lost)},
        {"interval", [](MonitorStage& at) { at.monitor.received(wire::IntervalChange{500ms}); },
         row(S::WaitingConnection, S::WaitingInit, S::Starting, S::Heartbeating, S::Suspended, S::NotRunning,
             S::Lost)},
        {"pause announced", [](MonitorStage& at) { at.announce(wire::Event::Pause); },
         row(S::WaitingConnection, S::WaitingInit, S::Suspended, S::Suspended, S::Suspended, S::NotRunning,
             S::Lost)},
        {"unpause announced", [](MonitorStage& at) { at.announce(wire::Event::Unpause); },
         row(S::WaitingConnection, S::WaitingInit, S::Starting, S::Heartbeating, S::Heartbeating,
             S::NotRunning, S::Lost)},
        {"announcement withdrawn",
         [](MonitorStage& at) { at.monitor.announcement_withdrawn(at.now, at.fresh()); },
         row(S::WaitingConnection, S::WaitingInit, S::Starting, S::Heartbeating, S::Heartbeating,
             S::NotRunning, S::Lost)},
        {"unasked run state", [](MonitorStage& at) { at.run_state(RunState::Failed); },
         row(S::WaitingConnection, S::WaitingInit, S::Starting, S::Heartbeating, S::Suspended, S::NotRunning,
             S::Lost)},
        {"an early timer", [](MonitorStage& at) { at.monitor.due(at.now - 1ms, at.fresh()); },
         row(S::WaitingConnection, S::WaitingInit, S::Starting, S::Heartbeating, S::Suspended, S::NotRunning,
             S::Lost)},
    };
    return all;
}

}  // namespace

TEST_CASE("Every state meets every event as the table says") {
    for (const Stimulus& stimulus : table()) {
        for (const auto& [from, to] : stimulus.leads_to) {
            MonitorStage at(true);
            bring_to(at, from);
            stimulus.apply(at);
            INFO(stimulus.name << " in " << word(from) << " led to " << word(at.monitor.state()));
            CHECK(at.monitor.state() == to);
            const bool waits_for_others = to == S::WaitingConnection;
            CHECK((at.monitor.deadline() == runtime::never) == waits_for_others);
        }
    }
}

TEST_CASE("Silence in every state leads nowhere but where it should, for hours") {
    for (const auto state :
         {S::WaitingInit, S::Starting, S::Heartbeating, S::Suspended, S::NotRunning, S::Lost}) {
        MonitorStage at(true);
        bring_to(at, state);
        for (int i = 0; i < 500; ++i) {
            const TimePoint before = at.now;
            at.next_deadline();
            if (at.effect<AskRunState>() != nullptr)
                at.run_state(RunState::NotRunning);
            CHECK(at.now >= before);
        }
        CHECK(at.monitor.counters().losses == (state == S::Lost ? 1 : 0));
    }
}
