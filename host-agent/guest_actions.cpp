// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The part of GuestChannel that asks: votes and notifications.
#include <algorithm>
#include <utility>

#include "host-agent/guest_channel.hpp"

namespace vnf::host {

namespace {

using wire::Capability;
using wire::Notification;

JournalFields asked_fields(const ActionTransaction& action) {
    const auto question = action.question(true);
    return {{"event", std::string(word(question.event))},
            {"notification", std::string(word(question.notification))},
            {"invocation_id", std::int64_t{question.invocation_id}},
            {"timeout_ms", std::int64_t{question.timeout.count()}},
            {"origin", question.origin}};
}

JournalFields decided_fields(const ActionOutcome& outcome) {
    JournalFields fields{{"event", std::string(word(outcome.event))},
                         {"notification", std::string(word(outcome.notification))},
                         {"invocation_id", std::int64_t{outcome.invocation_id}},
                         {"result", std::string(word(outcome.result))},
                         {"allowed", outcome.allowed},
                         {"latency_us", std::int64_t{outcome.latency.count()}}};
    std::string reasons;
    for (const std::string& reason : outcome.reasons) {
        reasons += (reasons.empty() ? "" : "; ") + reason;
    }
    fields.emplace_back("reason", std::move(reasons));
    return fields;
}

}  // namespace

bool GuestChannel::can_be_asked(const ActionRequest& request) const {
    if (monitor_.silence_expected()) {
        // A machine that does not run answers nothing; the news that it is back may be its first word.
        return request.notification == Notification::Irrevocable && announces_return(request.event);
    }
    return monitor_.in_session() && monitor_.state() != GuestState::Lost;
}

Milliseconds GuestChannel::timeout_of(const ActionRequest& request) const {
    const GuestParameters& guest = monitor_.parameters();
    const auto wanted = request.timeout.value_or(class_timeout(guest, request.event, request.notification));
    const bool exact = guest.capabilities.has(Capability::ActionControl);
    const Milliseconds lowest = exact ? Milliseconds(1) : old_guest_timeout;
    return std::clamp(wanted, lowest, std::max(lowest, rules_.heartbeat.action_longest));
}

std::int32_t GuestChannel::new_invocation_id() {
    // Never 0, which an old guest may hold for "none" (G-55), and never the last one again.
    std::int32_t id = random_.positive();
    while (id == 0 || id == last_invocation_id_) {
        id = (id + 1) & 0x7fffffff;
    }
    last_invocation_id_ = id;
    return id;
}

GuestChannel::Beginning GuestChannel::begin_action(ActionRequest request, TimePoint now, Effects& out) {
    if (action_) {
        return Busy{"another action is open: " + std::string(word(action_->request().event))};
    }
    if (now < busy_until_) {
        return Busy{"the guest is still working on a cancelled action"};
    }
    if (!can_be_asked(request)) {
        return not_asked(request, "the guest is not heartbeating");
    }
    const Milliseconds timeout = timeout_of(request);
    action_.emplace(new_invocation_id(), std::move(request), timeout, rules_.heartbeat.action_longest, now);
    const ActionRequest& asked = action_->request();
    ++(asked.notification == Notification::Revocable ? totals_.votes : totals_.notifications);
    const bool control = monitor_.parameters().capabilities.has(Capability::ActionControl);
    out.emplace_back(SendMessage{action_->question(control)});
    out.emplace_back(Report{JournalKind::ActionAsked, asked_fields(*action_)});
    if (asked.notification == Notification::Irrevocable) {
        monitor_.announced(asked.event, now, out);
    }
    return Asked{action_->invocation_id()};
}

bool GuestChannel::cancel_action(const std::string& reason, TimePoint now, Effects& out) {
    if (!action_) {
        return false;
    }
    if (monitor_.parameters().capabilities.has(Capability::ActionControl)) {
        out.emplace_back(SendMessage{wire::ActionCancel{action_->invocation_id(), reason}});
    } else {
        abandoned_id_ = action_->invocation_id();
        busy_until_ = action_->deadline();
    }
    if (action_->request().notification == Notification::Irrevocable) {
        monitor_.announcement_withdrawn(now, out);
    }
    decide(action_->cancelled(reason, now), out);
    return true;
}

void GuestChannel::decide(ActionOutcome outcome, Effects& out) {
    totals_.rejects += outcome.result == ActionResult::Reject ? 1 : 0;
    totals_.action_latency.observe(outcome.latency);
    action_.reset();
    out.emplace_back(Report{JournalKind::ActionDecided, decided_fields(outcome)});
    out.emplace_back(Decided{std::move(outcome)});
}

void GuestChannel::interrupt_action(const std::string& why, TimePoint now, Effects& out) {
    if (action_) {
        decide(action_->interrupted(why, now), out);
    }
}

void GuestChannel::take(const wire::ActionResponse& answer, TimePoint now, Effects& out) {
    if (action_ && action_->matches(answer)) {
        decide(action_->answered(answer, now), out);
    } else {
        answer_without_question(answer, now, out);
    }
}

void GuestChannel::answer_without_question(const wire::ActionResponse& answer, TimePoint now, Effects& out) {
    if (abandoned_id_ != 0 && answer.invocation_id == abandoned_id_) {
        abandoned_id_ = 0;
        busy_until_ = {};
        return;
    }
    ignore(IgnoredReason::Unsolicited);
    if (report_budget_.take(now)) {
        out.emplace_back(Report{JournalKind::ActionIgnored,
                                {{"event", std::string(word(answer.event))},
                                 {"notification", std::string(word(answer.notification))},
                                 {"invocation_id", std::int64_t{answer.invocation_id}},
                                 {"result", std::string(word(answer.result))}}});
    }
}

void GuestChannel::take(const wire::ActionExtend& wish, TimePoint now, Effects& out) {
    if (!negotiated(Capability::ActionControl)) {
        return;
    }
    if (!action_ || action_->invocation_id() != wish.invocation_id) {
        ignore(IgnoredReason::Unsolicited);
        out.emplace_back(SendMessage{wire::ActionExtended{wish.invocation_id, Milliseconds(0), false}});
        return;
    }
    const wire::ActionExtended answer = action_->extend(wish, now);
    out.emplace_back(SendMessage{answer});
    out.emplace_back(Report{JournalKind::ActionExtended,
                            {{"invocation_id", std::int64_t{answer.invocation_id}},
                             {"granted", answer.granted},
                             {"remaining_ms", std::int64_t{answer.remaining.count()}},
                             {"reason", wish.log}}});
}

}  // namespace vnf::host
