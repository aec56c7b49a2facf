// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What the host says: challenges, actions and what belongs to them. Each action has one answer.
#include <algorithm>
#include <utility>

#include "guest-client/host_session.hpp"

namespace vnf::guest {
namespace {

using runtime::Milliseconds;
using runtime::TimePoint;

bool same_action(const wire::ActionNotify& left, const wire::ActionNotify& right) {
    return left.invocation_id == right.invocation_id && left.event == right.event &&
           left.notification == right.notification;
}

/// What "go ahead" is called for this kind of request.
wire::VoteResult consent(wire::Notification notification) {
    return notification == wire::Notification::Revocable ? wire::VoteResult::Accept
                                                         : wire::VoteResult::Complete;
}

}  // namespace

void HostSession::received(const wire::HostMessage& message, TimePoint now) {
    if (!up_ || shutting_down_) {
        ++counters_.unexpected;
        return;
    }
    std::visit([&](const auto& one) { take(one, now); }, message);
    flush(now);
}

void HostSession::take(const wire::Challenge& challenge, TimePoint now) {
    if (state_ != SessionState::Enabled) {
        ++counters_.ignored_challenges;
        return;
    }
    ++counters_.challenges;
    suspicion_ = runtime::never;
    last_challenge_ = now;
    challenge_waiting_ = challenge.challenge;
    restart_watchdog(now);
}

void HostSession::take(const wire::ActionNotify& request, TimePoint) {
    ++counters_.actions;
    if (request.event == wire::Event::Unknown || request.notification == wire::Notification::Unknown) {
        ++counters_.unknown_actions;
        queue_answer(request, wire::VoteResult::Complete, "Unknown event or notification: nobody was asked.");
    } else if (state_ != SessionState::Enabled) {
        ++counters_.actions_while_away;
        queue_answer(request, consent(request.notification),
                     "Guest is not attached (" + std::string(word(state_)) + "): nobody was asked.");
    } else if (open_ && same_action(open_->request, request)) {
        ++counters_.duplicate_actions;
    } else {
        start(request);
    }
}

void HostSession::start(const wire::ActionNotify& request) {
    if (open_) {
        ++counters_.superseded_actions;
        queue_answer(open_->request, wire::VoteResult::Error,
                     "Superseded by " + std::string(word(request.notification)) + " " +
                         std::string(word(request.event)) + ".");
        stop_open(StopReason::Superseded);
    }
    open_ = Open{++last_serial_, request};
    effects_.emplace_back(
        StartAction{open_->serial, request, capabilities_.has(wire::Capability::ActionControl)});
}

void HostSession::stop_open(StopReason reason) {
    effects_.emplace_back(StopAction{open_->serial, reason});
    open_.reset();
}

void HostSession::take(const wire::ActionCancel& cancel, TimePoint) {
    const bool known = capabilities_.has(wire::Capability::ActionControl) && open_ &&
                       open_->request.invocation_id == cancel.invocation_id;
    if (!known) {
        ++counters_.unexpected;
        return;
    }
    ++counters_.cancelled_actions;
    stop_open(StopReason::HostCancelled);
}

void HostSession::take(const wire::ActionExtended& extended, TimePoint) {
    if (!open_ || open_->request.invocation_id != extended.invocation_id) {
        ++counters_.unexpected;
        return;
    }
    effects_.emplace_back(Extended{open_->serial, extended.granted, extended.remaining});
}

void HostSession::take(const wire::Nack& nack, TimePoint) {
    ++counters_.nacks;
    effects_.emplace_back(HostSaid{"nack", nack.log});
}

/// A host that leaves closes the channel; until then its word changes nothing (specification 1.6).
void HostSession::take(const wire::Exit& exit, TimePoint) {
    effects_.emplace_back(HostSaid{"exit", exit.log});
}

void HostSession::action_decided(ActionSerial serial, wire::VoteResult result, const std::string& log,
                                 TimePoint now) {
    if (!open_ || open_->serial != serial) {
        return;
    }
    queue_answer(open_->request, result, log);
    open_.reset();
    flush(now);
}

bool HostSession::ask_extension(ActionSerial serial, Milliseconds extra, const std::string& log) {
    if (!open_ || open_->serial != serial || !capabilities_.has(wire::Capability::ActionControl)) {
        return false;
    }
    send(wire::ActionExtend{open_->request.invocation_id, extra, log});
    return true;
}

/// An old host turns anything but accept, complete and reject into nothing; the documented rule decides
/// instead, and the text says why (design decision 8, specification 8.1).
void HostSession::queue_answer(const wire::ActionNotify& request, wire::VoteResult result, std::string log) {
    constexpr std::size_t most_waiting = 16;
    const bool undecided = result == wire::VoteResult::Timeout || result == wire::VoteResult::Error ||
                           result == wire::VoteResult::Unknown;
    if (undecided && !capabilities_.has(wire::Capability::ActionControl)) {
        log = std::string(word(result)) + ": " + log;
        result = consent(request.notification);
    }
    if (answers_.size() == most_waiting) {
        answers_.pop_front();
        ++counters_.answers_dropped;
    }
    answers_.push_back({request.invocation_id, request.event, request.notification, result, std::move(log)});
}

void HostSession::health(const Verdict& verdict, TimePoint now) {
    verdict_ = verdict;
    if (verdict.cause == wire::HealthCause::ApplicationDied && state_ == SessionState::Enabled) {
        unreported_death_ = verdict;
    }
    push_health(now);
    flush(now);
}

/// A death that was over before the host could be told comes first.
const Verdict& HostSession::to_report() const {
    return verdict_.health == wire::Health::Healthy && unreported_death_ ? *unreported_death_ : verdict_;
}

void HostSession::reported(const Verdict& verdict) {
    if (verdict.health == wire::Health::Unhealthy) {
        unreported_death_.reset();
    }
}

void HostSession::push_health(TimePoint now) {
    push_due_ = runtime::never;
    if (state_ != SessionState::Enabled || !capabilities_.has(wire::Capability::HealthPush)) {
        return;
    }
    while (!same_state(to_report(), pushed_)) {
        if (!pushes_.take(now)) {
            push_due_ = pushes_.next();
            return;
        }
        const Verdict verdict = to_report();
        ++counters_.pushes;
        send(wire::HealthPush{verdict.health, verdict.action, verdict.cause, verdict.application,
                              verdict.log});
        pushed_ = verdict;
        reported(verdict);
    }
    // The host knows it already, whatever became of it since.
    reported(pushed_);
}

HostSession::MetricsOutcome HostSession::report(const wire::MetricValues& values, TimePoint now) {
    if (state_ != SessionState::Enabled || !capabilities_.has(wire::Capability::Metrics)) {
        return MetricsOutcome::NoTaker;
    }
    for (const auto& [name, number] : values) {
        if (metrics_.set(name, number)) {
            return MetricsOutcome::TooMany;
        }
    }
    send_metrics(now);
    return MetricsOutcome::Taken;
}

void HostSession::send_metrics(TimePoint now) {
    metrics_due_ = runtime::never;
    if (state_ != SessionState::Enabled || !capabilities_.has(wire::Capability::Metrics)) {
        metrics_ = {};  // of a time that the next host would take for its own
    } else if (!metrics_budget_.take(now)) {
        metrics_due_ = metrics_budget_.next();
    } else {
        ++counters_.metrics;
        send(wire::MetricsReport{std::exchange(metrics_, {})});
    }
}

}  // namespace vnf::guest
