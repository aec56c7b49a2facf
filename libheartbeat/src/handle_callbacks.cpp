// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Calls into the application. Each runs without the lock: the handle may have been closed, the connection
// lost or the action answered when it returns, and the session knows.

#include <algorithm>
#include <array>
#include <string_view>

#include "handle.hpp"
#include "wire/text.hpp"

using vnf::libhandle::Unlocked;
using vnf::libheartbeat::ActionCancelled;
using vnf::libheartbeat::ActionExtended;
using vnf::libheartbeat::ActionOpened;
using vnf::libheartbeat::HealthAsked;
using vnf::libheartbeat::HealthState;
using vnf::libheartbeat::StateChanged;
namespace wire = vnf::wire;

namespace {

/// Fills a zeroed field, NUL included; the texts are within their limits already.
template <std::size_t Size>
void fill(char (&field)[Size], std::string_view text) {
    text.substr(0, Size - 1).copy(field, Size - 1);
}

HealthState read_answer(const vnf_heartbeat_health& health) {
    if (health.healthy != 0)
        return {};
    const bool known =
        health.action >= VNF_HEARTBEAT_ACTION_NONE && health.action <= VNF_HEARTBEAT_ACTION_LOG;
    const std::size_t length = ::strnlen(health.reason, VNF_HEARTBEAT_REASON_MAX);
    return {wire::Health::Unhealthy,
            known ? static_cast<wire::CorrectiveAction>(health.action) : wire::CorrectiveAction::None,
            wire::clean_utf8({health.reason, length}, VNF_HEARTBEAT_REASON_MAX)};
}

vnf_heartbeat_action describe_action(const vnf::libheartbeat::OpenAction& action, std::uint32_t left_ms) {
    vnf_heartbeat_action described{};
    described.size = sizeof described;
    described.event = static_cast<vnf_heartbeat_event>(action.event);
    described.id = action.id;
    described.notification = static_cast<vnf_heartbeat_notification>(action.notification);
    described.timeout_ms = left_ms;
    described.timeout_is_exact = action.deadline_is_exact ? 1 : 0;
    fill(described.origin, action.origin);
    return described;
}

}  // namespace

namespace vnf::libheartbeat {

vnf_heartbeat_state_info describe(const StateChanged& state) {
    vnf_heartbeat_state_info info{};
    info.size = sizeof info;
    info.state = state.state;
    info.error = state.error;
    info.system_error = state.system_error;
    info.daemon_version = state.daemon_version;
    info.interval_ms = state.interval_ms;
    fill(info.reason, state.reason);
    return info;
}

}  // namespace vnf::libheartbeat

void vnf_heartbeat::call_back(Lock& lock, const vnf::libheartbeat::Event& event) {
    std::visit([this, &lock](const auto& one) { tell(lock, one); }, event);
}

void vnf_heartbeat::tell(Lock& lock, const StateChanged& change) {
    if (callbacks_.state_changed == nullptr)
        return;
    const vnf_heartbeat_state_info info = vnf::libheartbeat::describe(change);
    const Unlocked unlocked(lock);
    callbacks_.state_changed(this, &info, context_);
}

void vnf_heartbeat::tell(Lock& lock, const HealthAsked& asked) {
    if (callbacks_.health_check == nullptr) {
        session_.answer_challenge(asked, std::nullopt);
        return;
    }
    vnf_heartbeat_health health{};
    health.size = sizeof health;
    health.healthy = 1;
    health.action = static_cast<vnf_heartbeat_corrective_action>(session_.settings().corrective_action);
    {
        const Unlocked unlocked(lock);
        callbacks_.health_check(this, &health, context_);
    }
    session_.answer_challenge(asked, read_answer(health));
}

void vnf_heartbeat::tell(Lock& lock, const ActionOpened& opened) {
    const std::uint64_t id = opened.action.id;
    if (callbacks_.action == nullptr) {
        session_.respond(id, VNF_HEARTBEAT_VOTE_ACCEPT, "");
        return;
    }
    const auto left = session_.remaining(id, vnf::libheartbeat::Clock::now());
    const vnf_heartbeat_action action = describe_action(opened.action, left.value_or(0));
    vnf_heartbeat_vote vote = VNF_HEARTBEAT_VOTE_LATER;
    {
        const Unlocked unlocked(lock);
        vote = callbacks_.action(this, &action, context_);
    }
    session_.respond(id, vote, "");
}

void vnf_heartbeat::tell(Lock& lock, const ActionCancelled& cancelled) {
    if (callbacks_.action_cancelled == nullptr)
        return;
    const Unlocked unlocked(lock);
    callbacks_.action_cancelled(this, cancelled.id, cancelled.reason, cancelled.text.c_str(), context_);
}

void vnf_heartbeat::tell(Lock& lock, const ActionExtended& extended) {
    if (callbacks_.action_extended == nullptr)
        return;
    const Unlocked unlocked(lock);
    callbacks_.action_extended(this, extended.id, extended.granted ? 1 : 0, extended.remaining_ms, context_);
}
