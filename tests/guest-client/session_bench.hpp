// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A host session on a virtual clock, with a host that can be played in one line and what was sent sorted by kind.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "guest-client/host_session.hpp"

namespace vnf::guest::test {

using runtime::Milliseconds;
using runtime::TimePoint;

class SessionBench {
  public:
    explicit SessionBench(SessionSettings settings = named("vm1")) : session(std::move(settings), ids()) {}

    static SessionSettings named(std::string name) {
        SessionSettings settings;
        settings.name = std::move(name);
        return settings;
    }

    /// Runs the session's own deadlines up to `by` from now; each is an entry of its own.
    void pass(Milliseconds by) {
        const TimePoint end = now + by;
        while (session.next_deadline() <= end) {
            now = std::max(now, session.next_deadline());
            session.timer(now);
            collect();
        }
        now = end;
    }

    template <typename Call>
    void act(Call call) {
        call(session);
        collect();
    }

    void say(const wire::HostMessage& message) {
        session.received(message, now);
        collect();
    }

    void connect() {
        act([this](HostSession& one) { one.channel_up(now); });
    }
    void acknowledge(wire::Capabilities capabilities = {}) {
        say(wire::InitAck{last<wire::Init>().invocation_id, capabilities});
    }
    /// Released, connected and acknowledged.
    void enable(wire::Capabilities capabilities = {}) {
        act([this](HostSession& one) { one.release(now); });
        connect();
        acknowledge(capabilities);
    }
    void challenge(std::int32_t number) { say(wire::Challenge{number}); }
    void set_health(const Verdict& verdict) {
        act([&](HostSession& one) { one.health(verdict, now); });
    }
    void ask(std::int32_t id, wire::Event event, wire::Notification notification) {
        say(wire::ActionNotify{id, event, notification, Milliseconds(9000)});
    }
    void decide(wire::VoteResult result, const std::string& log) {
        const auto serial = orders.back().serial;
        act([&](HostSession& one) { one.action_decided(serial, result, log, now); });
    }

    template <typename Message>
    std::vector<Message> sent() const {
        std::vector<Message> some;
        for (const auto& one : all_sent) {
            if (const auto* message = std::get_if<Message>(&one.message)) {
                some.push_back(*message);
            }
        }
        return some;
    }
    template <typename Message>
    Message last() const {
        return sent<Message>().back();
    }

    TimePoint now{std::chrono::hours(1)};
    HostSession session;
    std::vector<HostSession::Send> all_sent;
    std::vector<TimePoint> sent_at;
    std::vector<HostSession::StateChanged> changes;
    std::vector<HostSession::StartAction> orders;
    std::vector<HostSession::StopAction> stops;
    std::vector<HostSession::Extended> extensions;
    int finished = 0;

  private:
    static RandomId ids() {
        return [next = 1000]() mutable {
            return ++next;
        };
    }
    void collect() {
        for (auto& effect : session.take_effects()) {
            std::visit([this](auto& one) { keep(std::move(one)); }, effect);
        }
    }
    void keep(HostSession::Send one) {
        all_sent.push_back(std::move(one));
        sent_at.push_back(now);
    }
    void keep(HostSession::StateChanged one) { changes.push_back(one); }
    void keep(HostSession::StartAction one) { orders.push_back(std::move(one)); }
    void keep(HostSession::StopAction one) { stops.push_back(one); }
    void keep(HostSession::Extended one) { extensions.push_back(one); }
    void keep(const HostSession::HostSaid&) {}
    void keep(HostSession::Finished) { ++finished; }
};

inline Verdict unwell(wire::CorrectiveAction action,
                      wire::HealthCause cause = wire::HealthCause::ApplicationUnhealthy,
                      std::string application = "db") {
    return {wire::Health::Unhealthy, action, cause, std::move(application), "reason"};
}

}  // namespace vnf::guest::test
