// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See action_transaction.hpp.
#include "host-agent/action_transaction.hpp"

#include <utility>

namespace vnf::host {

namespace {

using wire::Notification;
using wire::VoteResult;

bool is_vote(const ActionRequest& request) {
    return request.notification == Notification::Revocable;
}

std::string by_rule(const ActionRequest& request) {
    return is_vote(request) ? "a vote counts as accepted" : "a notification counts as completed";
}

/// `accept` and `complete` both mean yes; which of them is reported follows what was asked (1.11).
ActionResult result_of(VoteResult answer, const ActionRequest& request) {
    switch (answer) {
        case VoteResult::Accept:
        case VoteResult::Complete:
            return is_vote(request) ? ActionResult::Accept : ActionResult::Complete;
        case VoteResult::Reject:
            return ActionResult::Reject;
        case VoteResult::Timeout:
            return ActionResult::Timeout;
        case VoteResult::Error:
            return ActionResult::Error;
        case VoteResult::Unknown:
            return ActionResult::Unknown;
    }
    return ActionResult::Unknown;
}

bool allows(ActionResult result, const ActionRequest& request) {
    if (result == ActionResult::Cancelled) {
        return false;
    }
    return result != ActionResult::Reject || !is_vote(request);
}

}  // namespace

ActionTransaction::ActionTransaction(std::int32_t invocation_id, ActionRequest request, Milliseconds timeout,
                                     Milliseconds longest, TimePoint now)
    : invocation_id_(invocation_id),
      request_(std::move(request)),
      timeout_(timeout),
      longest_(longest),
      begun_(now),
      deadline_(now + timeout) {}

wire::ActionNotify ActionTransaction::question(bool with_origin) const {
    return {invocation_id_, request_.event, request_.notification, timeout_,
            with_origin ? request_.origin : std::string()};
}

bool ActionTransaction::matches(const wire::ActionResponse& answer) const {
    return answer.invocation_id == invocation_id_ && answer.event == request_.event &&
           answer.notification == request_.notification;
}

ActionOutcome ActionTransaction::outcome(ActionResult result, std::string reason, TimePoint now) const {
    ActionOutcome decided;
    decided.invocation_id = invocation_id_;
    decided.event = request_.event;
    decided.notification = request_.notification;
    decided.result = result;
    decided.allowed = allows(result, request_);
    decided.latency = std::chrono::duration_cast<std::chrono::microseconds>(now - begun_);
    if (!reason.empty()) {
        decided.reasons.push_back(std::move(reason));
    }
    return decided;
}

ActionOutcome ActionTransaction::answered(const wire::ActionResponse& answer, TimePoint now) const {
    ActionOutcome decided = outcome(result_of(answer.result, request_), answer.log, now);
    if (decided.result == ActionResult::Timeout || decided.result == ActionResult::Error ||
        decided.result == ActionResult::Unknown) {
        decided.reasons.push_back("the guest answered " + std::string(word(answer.result)) + ": " +
                                  by_rule(request_));
    }
    return decided;
}

ActionOutcome ActionTransaction::expired(TimePoint now) const {
    const auto waited = std::chrono::duration_cast<Milliseconds>(deadline_ - begun_);
    ActionOutcome decided =
        outcome(ActionResult::Timeout,
                "no answer within " + std::to_string(waited.count()) + " ms: " + by_rule(request_), now);
    decided.answered_in_time = false;
    return decided;
}

ActionOutcome ActionTransaction::cancelled(const std::string& reason, TimePoint now) const {
    ActionOutcome decided = outcome(ActionResult::Cancelled, reason, now);
    decided.answered_in_time = false;
    return decided;
}

ActionOutcome ActionTransaction::interrupted(const std::string& reason, TimePoint now) const {
    ActionOutcome decided = outcome(ActionResult::Error, reason + ": " + by_rule(request_), now);
    decided.answered_in_time = false;
    return decided;
}

wire::ActionExtended ActionTransaction::extend(const wire::ActionExtend& wish, TimePoint now) {
    const TimePoint wanted = deadline_ + wish.extra;
    const bool granted = wish.extra > Milliseconds(0) && wanted <= begun_ + longest_;
    if (granted) {
        deadline_ = wanted;
    }
    const auto left = std::chrono::duration_cast<Milliseconds>(deadline_ - now);
    return {invocation_id_, std::max(left, Milliseconds(0)), granted};
}

ActionOutcome not_asked(const ActionRequest& request, const std::string& reason) {
    ActionOutcome decided;
    decided.event = request.event;
    decided.notification = request.notification;
    decided.result = ActionResult::Timeout;
    decided.allowed = true;
    decided.answered_in_time = false;
    decided.reasons.push_back(reason + ": " + by_rule(request));
    return decided;
}

std::string_view word(ActionResult result) {
    switch (result) {
        case ActionResult::Accept:
            return "accept";
        case ActionResult::Reject:
            return "reject";
        case ActionResult::Complete:
            return "complete";
        case ActionResult::Timeout:
            return "timeout";
        case ActionResult::Error:
            return "error";
        case ActionResult::Unknown:
            return "unknown";
        case ActionResult::Cancelled:
            return "cancelled";
    }
    return "unknown";
}

}  // namespace vnf::host
