// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The half of Session that the application drives: health, answers, extensions, entering and leaving.

#include <algorithm>
#include <utility>

#include "session.hpp"

namespace vnf::libheartbeat {
namespace {

/// The answer as the daemon expects it for this kind of action; nothing if there is none (a rejected
/// notification).
std::optional<wire::VoteResult> fitting_vote(wire::Notification notification, vnf_heartbeat_vote vote) {
    const bool is_vote = notification != wire::Notification::Irrevocable;
    if (vote != VNF_HEARTBEAT_VOTE_REJECT)
        return is_vote ? wire::VoteResult::Accept : wire::VoteResult::Complete;
    return is_vote ? std::optional(wire::VoteResult::Reject) : std::nullopt;
}

}  // namespace

// ---- health ----

void Session::report_health(HealthState state) {
    if (state == pushed_)
        return;
    pushed_ = std::move(state);
    push_is_due_ = true;
    push_health();
}

/// Stays due while the outbox is full; tick() tries again, so that the daemon hears the newest state only.
void Session::push_health() {
    if (!push_is_due_ || phase_ != Phase::Registered)
        return;
    if (speaks_v3() &&
        !send(wire::RecordHealthPush{pushed_.health, pushed_.corrective_action, pushed_.reason},
              Outbox::request_limit))
        return;
    push_is_due_ = false;
}

void Session::answer_challenge(const HealthAsked& asked, const std::optional<HealthState>& answer) {
    if (phase_ != Phase::Registered || asked.connection != connection_)
        return;
    const HealthState& state = answer && pushed_.health == wire::Health::Healthy ? *answer : pushed_;
    // A daemon that takes no answers can't miss one, so an answer that doesn't fit is dropped.
    send(wire::RecordChallengeResponse{asked.challenge, state.health, state.corrective_action, state.reason},
         Outbox::protocol_limit);
}

// ---- actions ----

vnf_heartbeat_error Session::respond(std::uint64_t id, vnf_heartbeat_vote vote, std::string_view reason) {
    if (vote < VNF_HEARTBEAT_VOTE_ACCEPT || vote > VNF_HEARTBEAT_VOTE_COMPLETE)
        return VNF_HEARTBEAT_ERROR_INVALID_ARGUMENT;
    const OpenAction* action = actions_.find(id);
    if (action == nullptr)
        return VNF_HEARTBEAT_ERROR_STALE_ACTION;
    const auto fitting = fitting_vote(action->notification, vote);
    if (!fitting)
        return VNF_HEARTBEAT_ERROR_VOTE_NOT_ALLOWED;
    const wire::RecordActionResponse record{action->invocation_id(), action->event, action->notification,
                                            *fitting, std::string(reason)};
    if (!send(record, Outbox::request_limit))
        return VNF_HEARTBEAT_ERROR_QUEUE_FULL;
    actions_.erase(id);
    return VNF_HEARTBEAT_OK;
}

vnf_heartbeat_error Session::extend(std::uint64_t id, std::uint32_t extra_ms, std::string_view reason) {
    constexpr std::uint32_t longest_extension_ms = 600000;
    if (extra_ms == 0 || extra_ms > longest_extension_ms)
        return VNF_HEARTBEAT_ERROR_BAD_TIMEOUT;
    const OpenAction* action = actions_.find(id);
    if (action == nullptr)
        return VNF_HEARTBEAT_ERROR_STALE_ACTION;
    if (!speaks_v3())
        return VNF_HEARTBEAT_ERROR_NOT_SUPPORTED;
    const wire::RecordActionExtend record{action->invocation_id(), extra_ms, std::string(reason)};
    return send(record, Outbox::request_limit) ? VNF_HEARTBEAT_OK : VNF_HEARTBEAT_ERROR_QUEUE_FULL;
}

std::optional<std::uint32_t> Session::remaining(std::uint64_t id, TimePoint now) {
    const OpenAction* action = actions_.find(id);
    if (action == nullptr)
        return std::nullopt;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(action->deadline - now);
    return static_cast<std::uint32_t>(std::max<std::int64_t>(left.count(), 0));
}

// ---- entering and leaving ----

void Session::enter() {
    if (phase_ == Phase::Leaving)
        return_after_leaving_ = true;
    if (phase_ != Phase::Resting)
        return;
    phase_ = Phase::Waiting;
    retry_at_ = {};
}

vnf_heartbeat_error Session::leave(std::string_view reason, TimePoint now) {
    constexpr std::chrono::seconds leave_limit{1};
    if (is_deregistered() && !return_after_leaving_)
        return VNF_HEARTBEAT_ERROR_NOT_REGISTERED;
    return_after_leaving_ = false;
    forget_actions();
    if (phase_ == Phase::Leaving)
        return VNF_HEARTBEAT_OK;
    // Before the INIT_ACK this is version 2's FINAL: an old daemon has registered us by the INIT alone.
    const bool is_sent =
        has_connection() && send(wire::RecordDeregister{std::string(reason)}, Outbox::protocol_limit);
    phase_ = Phase::Leaving;
    answer_by_ = now + leave_limit;
    tell_state({.state = VNF_HEARTBEAT_STATE_DEREGISTERED, .reason = {}});
    if (!is_sent)
        finish_leaving();
    return VNF_HEARTBEAT_OK;
}

void Session::finish_leaving() {
    outbox_.clear();
    phase_ = Phase::Resting;
    back_off_.reset();
    if (std::exchange(return_after_leaving_, false))
        enter();
}

/// Of what was left behind, the application hears no more than that it has left.
void Session::forget_actions() {
    actions_.take_all();
    std::erase_if(events_, [](const Event& event) { return !std::holds_alternative<StateChanged>(event); });
}

}  // namespace vnf::libheartbeat
