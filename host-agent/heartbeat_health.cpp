// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The part of HeartbeatMonitor that listens to what a guest says about its health. Policy: a change is acted
// upon at once, whether it was pushed or came with an answer; the same request again only after
// `repeat_unhealthy`; a healthy interlude or an init starts anew. While silence is announced nothing is acted
// upon: applications die when a machine stops. `none` and unknown actions are only reported.
#include "host-agent/heartbeat_monitor.hpp"

namespace vnf::host {

namespace {

using wire::CorrectiveAction;

bool wants_something(CorrectiveAction action) {
    return action == CorrectiveAction::Reboot || action == CorrectiveAction::Stop ||
           action == CorrectiveAction::Log;
}

}  // namespace

bool HeartbeatMonitor::received(const wire::HealthPush& push, TimePoint now, Effects& out) {
    if (!in_session()) {
        return false;
    }
    take_health(push.health, push.corrective_action, word(push.cause), push.application, push.log, now, out);
    return true;
}

void HeartbeatMonitor::take_health(wire::Health health, CorrectiveAction action, std::string_view cause,
                                   const std::string& application, const std::string& reason, TimePoint now,
                                   Effects& out) {
    if (health != wire::Health::Healthy) {
        take_unhealthy(action, cause, application, reason, now, out);
        return;
    }
    if (health_ == GuestHealth::Unhealthy) {
        out.emplace_back(Recovered{});
        out.emplace_back(Report{JournalKind::Healthy, {}});
    }
    health_ = GuestHealth::Healthy;
    health_cause_ = {};
    health_reason_.clear();
    health_application_.clear();
    asked_action_ = acted_action_ = CorrectiveAction::None;
}

void HeartbeatMonitor::take_unhealthy(CorrectiveAction action, std::string_view cause,
                                      const std::string& application, const std::string& reason,
                                      TimePoint now, Effects& out) {
    // A challenge_response names neither cause nor application: it repeats what a push has said before.
    const bool more_is_known = !application.empty() && application != health_application_;
    const bool asks_anew = wants_something(action) && action != asked_action_;
    if (health_ != GuestHealth::Unhealthy || more_is_known || asks_anew) {
        health_ = GuestHealth::Unhealthy;
        health_cause_ = cause;
        health_reason_ = reason;
        health_application_ = application;
        asked_action_ = wants_something(action) ? action : asked_action_;
        out.emplace_back(Report{JournalKind::Unhealthy,
                                {{"cause", std::string(cause)},
                                 {"application", application},
                                 {"corrective_action", std::string(word(action))},
                                 {"reason", reason}}});
    }
    const bool again = action == acted_action_ && now - acted_at_ < rules_.repeat_unhealthy;
    if (wants_something(action) && !again && state_ != GuestState::Suspended) {
        acted_action_ = action;
        acted_at_ = now;
        out.emplace_back(Corrective{action, cause, reason, application});
    }
}

std::string_view word(GuestHealth health) {
    switch (health) {
        case GuestHealth::Unknown:
            return "unknown";
        case GuestHealth::Healthy:
            return "healthy";
        case GuestHealth::Unhealthy:
            return "unhealthy";
    }
    return "unknown";
}

}  // namespace vnf::host
