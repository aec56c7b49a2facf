// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A HeartbeatMonitor on a virtual clock, and words for what a guest does to it.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "host-agent/heartbeat_monitor.hpp"
#include "tests/host-agent/scripted_random.hpp"

namespace vnf::host {

using namespace std::chrono_literals;

class MonitorStage {
  public:
    explicit MonitorStage(bool with_source = false) { monitor.has_run_state_source(with_source); }

    static wire::Init init(Milliseconds interval = 1000ms) {
        wire::Init message;
        message.invocation_id = 7;
        message.name = "vm1";
        message.interval = interval;
        message.corrective_action = wire::CorrectiveAction::Reboot;
        message.restart = 300s;
        return message;
    }

    void connect() { monitor.connected(now, fresh()); }
    void disconnect(ClosedBy by = ClosedBy::Guest) { monitor.disconnected(by, "test", now, fresh()); }
    void send_init(Milliseconds interval = 1000ms) { monitor.received(init(interval), now, fresh()); }
    void exit() { monitor.received(wire::Exit{"bye"}, now, fresh()); }

    AnswerMatch answer(std::int32_t challenge, wire::Health health = wire::Health::Healthy,
                       wire::CorrectiveAction action = wire::CorrectiveAction::None) {
        return monitor.received(wire::ChallengeResponse{challenge, health, action, "reason"}, now, fresh());
    }
    void push(wire::Health health, wire::CorrectiveAction action = wire::CorrectiveAction::Reboot) {
        const bool well = health == wire::Health::Healthy;
        const auto cause = well ? wire::HealthCause::Recovered : wire::HealthCause::ApplicationDied;
        monitor.received(wire::HealthPush{health, action, cause, well ? "" : "db", "died"}, now, fresh());
    }
    void announce(wire::Event event) { monitor.announced(event, now, fresh()); }
    void run_state(RunState state) { monitor.run_state(state, word(state), now, fresh()); }

    /// Advances to the next deadline, and `late` beyond it.
    void next_deadline(Milliseconds late = 0ms) {
        REQUIRE(monitor.deadline() != runtime::never);
        now = std::max(now, monitor.deadline()) + late;
        monitor.due(now, fresh());
    }

    /// Connected, initialised and answered once.
    void heartbeat(Milliseconds interval = 1000ms) {
        connect();
        send_init(interval);
        answer(challenge());
        REQUIRE(monitor.state() == GuestState::Heartbeating);
    }
    /// Until the next challenge is out.
    void to_next_challenge() {
        next_deadline();
        REQUIRE(sent<wire::Challenge>() == 1);
    }
    /// Lets the guest be silent until something other than a challenge or a wait happens.
    void be_silent_until(JournalKind kind) {
        for (int i = 0; i < 20; ++i) {
            next_deadline();
            if (reported(kind))
                return;
        }
        FAIL("never reported: " << word(kind));
    }
    /// The outstanding challenge, remembered from the last one sent.
    std::int32_t challenge() {
        for (const Effect& effect : effects_)
            if (const auto* send = std::get_if<SendMessage>(&effect))
                if (const auto* message = std::get_if<wire::Challenge>(&send->message))
                    challenge_ = message->challenge;
        return challenge_;
    }

    template <typename Message>
    int sent() {
        int count = 0;
        for (const Effect& effect : effects_)
            if (const auto* send = std::get_if<SendMessage>(&effect))
                count += std::holds_alternative<Message>(send->message) ? 1 : 0;
        return count;
    }
    template <typename Kind>
    const Kind* effect() const {
        for (const Effect& one : effects_)
            if (const auto* found = std::get_if<Kind>(&one))
                return found;
        return nullptr;
    }
    bool reported(JournalKind kind) const { return report(kind) != nullptr; }
    const Report* report(JournalKind kind) const {
        for (const Effect& one : effects_)
            if (const auto* found = std::get_if<Report>(&one); found != nullptr && found->kind == kind)
                return found;
        return nullptr;
    }
    const Effects& effects() const { return effects_; }
    /// For the effects of the next step only.
    Effects& fresh() {
        challenge();
        effects_.clear();
        return effects_;
    }

    HeartbeatRules rules;
    ScriptedRandom random;
    HeartbeatMonitor monitor{rules, random};
    TimePoint now{1000s};

  private:
    Effects effects_;
    std::int32_t challenge_ = -1;
};

}  // namespace vnf::host
