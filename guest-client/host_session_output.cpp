// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What is sent to the host and when. Our hosts get everything at once; an old one gets one message at a time,
// since it reads one object of what it finds (specification 8.1, 3). Health is taken at the moment of
// sending.
#include <algorithm>
#include <limits>
#include <utility>

#include "guest-client/host_session.hpp"

namespace vnf::guest {

using runtime::TimePoint;

bool HostSession::anything_waiting() const {
    return !answers_.empty() || init_waiting_ || challenge_waiting_ || exit_waiting_;
}

void HostSession::flush(TimePoint now) {
    if (init_due_ <= now || (refresh_wanted_ && !open_ && state_ == SessionState::Enabled)) {
        refresh_wanted_ = false;
        prepare_init(now);
    }
    while (up_ && anything_waiting() && now >= quiet_until_) {
        send_next(now);
        quiet_until_ = old_host() ? now + pacing : TimePoint{};
    }
    finish_if_silent();
}

void HostSession::finish_if_silent() {
    if (shutting_down_ && !finished_ && (!up_ || !anything_waiting())) {
        finished_ = true;
        effects_.emplace_back(Finished{});
    }
}

void HostSession::send_next(TimePoint now) {
    if (!answers_.empty()) {
        send(std::move(answers_.front()));
        answers_.pop_front();
    } else if (init_waiting_) {
        init_waiting_ = false;
        send(make_init());
    } else if (challenge_waiting_) {
        send(make_response(*std::exchange(challenge_waiting_, std::nullopt), now));
    } else {
        exit_waiting_ = false;
        send(wire::Exit{"Exiting..."});
    }
}

void HostSession::send(wire::GuestMessage message) {
    sequence_ = sequence_ == std::numeric_limits<std::int32_t>::max() ? 1 : sequence_ + 1;
    const auto rules = old_host() ? wire::PeerRules::OldPeer : wire::PeerRules::OurPeer;
    effects_.emplace_back(Send{std::move(message), sequence_, rules});
}

wire::Init HostSession::make_init() {
    ++counters_.inits;
    awaiting_ack_ = true;
    // What was agreed ends with the next init (docs/protocol.md 1.1).
    capabilities_ = {};
    push_due_ = runtime::never;
    return {init_id_.value_or(0),
            settings_.name,
            std::max(settings_.interval, shortest_old_interval),
            settings_.vote + propagation,
            settings_.shutdown_notice + propagation,
            settings_.suspend_notice + propagation,
            settings_.resume_notice + propagation,
            settings_.restart + propagation,
            settings_.corrective_action,
            settings_.offered};
}

wire::ChallengeResponse HostSession::make_response(std::int32_t challenge, TimePoint now) {
    ++counters_.responses;
    const Verdict verdict = to_report();
    reported(verdict);
    if (verdict.health == wire::Health::Unhealthy) {
        return {challenge, verdict.health, suppressed(verdict.action, now), verdict.log};
    }
    reported_action_ = wire::CorrectiveAction::None;
    // The old daemon names its configured action while all is well (specification 2.5); nobody acts on it.
    const auto action = old_host() ? settings_.corrective_action : wire::CorrectiveAction::None;
    return {challenge, verdict.health, action, verdict.log};
}

/// A host with health_push acts once per change; any other would act on every response.
wire::CorrectiveAction HostSession::suppressed(wire::CorrectiveAction action, TimePoint now) {
    if (capabilities_.has(wire::Capability::HealthPush) || action == wire::CorrectiveAction::None) {
        return action;
    }
    if (action == reported_action_ && now < reported_at_ + suppression) {
        return wire::CorrectiveAction::None;
    }
    reported_action_ = action;
    reported_at_ = now;
    return action;
}

}  // namespace vnf::guest
