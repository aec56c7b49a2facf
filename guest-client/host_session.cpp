// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// States, init and timers of the host session. Challenges and actions are in host_session_messages.cpp, what
// is sent and when in host_session_output.cpp.
#include "guest-client/host_session.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace vnf::guest {

using runtime::Milliseconds;
using runtime::TimePoint;

std::string_view word(SessionState state) {
    switch (state) {
        case SessionState::Initial:
            return "initial";
        case SessionState::Enabling:
            return "enabling";
        case SessionState::Enabled:
            return "enabled";
        case SessionState::Disabled:
            return "disabled";
    }
    return "initial";
}

std::string_view word(SessionEvent event) {
    switch (event) {
        case SessionEvent::Release:
            return "release";
        case SessionEvent::ChannelUp:
            return "channel-up";
        case SessionEvent::ChannelDown:
            return "channel-down";
        case SessionEvent::InitAck:
            return "init-ack";
        case SessionEvent::Challenge:
            return "challenge";
        case SessionEvent::ChallengeTimeout:
            return "challenge-timeout";
        case SessionEvent::Action:
            return "action";
        case SessionEvent::Shutdown:
            return "shutdown";
    }
    return "release";
}

SessionState next_state(SessionState state, SessionEvent event) {
    switch (event) {
        case SessionEvent::Release:
            return state == SessionState::Initial ? SessionState::Enabling : state;
        case SessionEvent::ChannelUp:
            return SessionState::Enabling;
        case SessionEvent::ChannelDown:
            return SessionState::Disabled;
        case SessionEvent::InitAck:
            return state == SessionState::Enabling ? SessionState::Enabled : state;
        case SessionEvent::ChallengeTimeout:
            return state == SessionState::Enabled ? SessionState::Enabling : state;
        case SessionEvent::Shutdown:
            return SessionState::Initial;
        case SessionEvent::Challenge:
        case SessionEvent::Action:
            return state;
    }
    return state;
}

HostSession::HostSession(SessionSettings settings, RandomId random)
    : settings_(std::move(settings)), random_(std::move(random)) {}

void HostSession::release(TimePoint now) {
    change(SessionEvent::Release, now);
    flush(now);
}

void HostSession::channel_up(TimePoint now) {
    forget_connection();
    up_ = true;
    if (!shutting_down_) {
        change(SessionEvent::ChannelUp, now);
        init_due_ = now;
    }
    flush(now);
}

void HostSession::channel_down(TimePoint now) {
    up_ = false;
    if (!shutting_down_) {
        change(SessionEvent::ChannelDown, now);
    }
    forget_connection();
    flush(now);
}

/// Nothing said or agreed on one connection counts on the next.
void HostSession::forget_connection() {
    init_id_.reset();
    previous_init_id_.reset();
    capabilities_ = {};
    answers_.clear();
    init_waiting_ = exit_waiting_ = refresh_wanted_ = awaiting_ack_ = false;
    challenge_waiting_.reset();
    quiet_until_ = {};
    init_due_ = suspicion_ = push_due_ = metrics_due_ = runtime::never;
    metrics_ = {};
}

void HostSession::maybe_new_session(TimePoint now) {
    constexpr Milliseconds soon{1000};
    constexpr Milliseconds shortest_margin{50}, longest_margin{500};
    if (state_ == SessionState::Enabling && up_) {
        init_due_ = std::min(init_due_, now + soon);
    } else if (state_ == SessionState::Enabled) {
        const Milliseconds margin = std::clamp(interval_ / 2, shortest_margin, longest_margin);
        suspicion_ = std::min(suspicion_, now + (old_host() ? 2 : 1) * interval_ + margin);
    }
}

void HostSession::shut_down(TimePoint now) {
    if (shutting_down_) {
        return;
    }
    // An init that was sent may be under way with its acknowledgement: that host too counts on us.
    const bool host_expects_us = up_ && (state_ == SessionState::Enabled || init_id_.has_value());
    change(SessionEvent::Shutdown, now);
    shutting_down_ = true;
    init_waiting_ = refresh_wanted_ = false;
    init_due_ = runtime::never;
    exit_waiting_ = host_expects_us;
    flush(now);
}

void HostSession::timer(TimePoint now) {
    if (watchdog_ <= now) {
        ++counters_.watchdog_expiries;
        change(SessionEvent::ChallengeTimeout, now);
    }
    if (suspicion_ <= now) {
        ++counters_.suspicions_confirmed;
        forget_connection();
        change(SessionEvent::ChannelUp, now);
    }
    if (push_due_ <= now) {
        push_health(now);
    }
    if (metrics_due_ <= now) {
        send_metrics(now);
    }
    flush(now);
}

void HostSession::stalled(runtime::Clock::duration stall) {
    for (TimePoint* deadline : {&watchdog_, &suspicion_}) {
        if (*deadline != runtime::never) {
            *deadline += stall;
        }
    }
}

bool HostSession::apply(SessionSettings settings, TimePoint now) {
    const auto said_in_init = [](const SessionSettings& one) {
        return std::tuple(one.name, one.vote, one.shutdown_notice, one.suspend_notice, one.resume_notice,
                          one.restart, one.corrective_action, one.offered.bits());
    };
    const bool init_changed = said_in_init(settings) != said_in_init(settings_);
    const bool interval_changed = settings.interval != settings_.interval;
    settings_ = std::move(settings);
    if (state_ == SessionState::Enabling && awaiting_ack_ && init_changed) {
        refresh_wanted_ = true;  // the init under way says what was; one more behind its acknowledgement
    }
    if (state_ != SessionState::Enabled || (!init_changed && !interval_changed)) {
        return true;
    }
    if (old_host()) {
        return false;
    }
    if (!init_changed && capabilities_.has(wire::Capability::FastInterval)) {
        interval_ = settings_.interval;
        send(wire::IntervalChange{interval_});
        restart_watchdog(now);
    } else {
        refresh_wanted_ = true;
        flush(now);
    }
    return true;
}

void HostSession::change(SessionEvent event, TimePoint now) {
    const SessionState to = next_state(state_, event);
    if (to != state_) {
        enter(to, event, now);
    }
}

void HostSession::enter(SessionState to, SessionEvent event, TimePoint now) {
    if (state_ == SessionState::Enabled) {
        leave_enabled(event);
    }
    effects_.emplace_back(StateChanged{state_, to, event});
    state_ = to;
    init_due_ = runtime::never;
    switch (to) {
        case SessionState::Enabling:
            init_due_ = up_ ? now : runtime::never;
            break;
        case SessionState::Enabled:
            enter_enabled(now);
            break;
        case SessionState::Initial:
        case SessionState::Disabled:
            break;
    }
}

void HostSession::enter_enabled(TimePoint now) {
    init_waiting_ = false;
    // The acknowledgement proves that the host has read what we sent so far.
    quiet_until_ = {};
    reported_action_ = wire::CorrectiveAction::None;
    unreported_death_.reset();
    pushed_ = {};
    restart_watchdog(now);
}

void HostSession::leave_enabled(SessionEvent why) {
    watchdog_ = suspicion_ = push_due_ = runtime::never;
    challenge_waiting_.reset();
    unreported_death_.reset();
    if (!open_) {
        return;
    }
    ++counters_.aborted_actions;
    const bool same_host_listens = up_ && why != SessionEvent::ChannelUp && why != SessionEvent::ChannelDown;
    if (same_host_listens) {
        queue_answer(open_->request, wire::VoteResult::Error,
                     "guest-client left the enabled state, event=" + std::string(word(why)) + ".");
    }
    stop_open(StopReason::HostLost);
}

void HostSession::prepare_init(TimePoint now) {
    init_due_ = runtime::never;
    previous_init_id_ = init_id_;
    init_id_ = random_();
    init_waiting_ = true;
    if (state_ == SessionState::Enabling) {
        init_due_ = now + settings_.init_retry;
    }
}

void HostSession::take(const wire::InitAck& ack, TimePoint now) {
    const bool ours = init_id_ && (ack.invocation_id == init_id_ || ack.invocation_id == previous_init_id_);
    if (ours && awaiting_ack_) {
        ++counters_.acks;
        awaiting_ack_ = false;
        change(SessionEvent::InitAck, now);
        put_in_force(ack);
        refresh_wanted_ = refresh_wanted_ && !old_host();
        restart_watchdog(now);
        push_health(now);
    } else {
        ++counters_.stale_acks;
    }
}

void HostSession::put_in_force(const wire::InitAck& ack) {
    capabilities_ = ack.capabilities & settings_.offered;
    offline_cpus_ = capabilities_.has(wire::Capability::Scale) ? ack.offline_cpus : std::nullopt;
    interval_ = std::max(settings_.interval, shortest_old_interval);
    if (capabilities_.has(wire::Capability::FastInterval) && settings_.interval < interval_) {
        interval_ = settings_.interval;
        send(wire::IntervalChange{interval_});
    }
}

Milliseconds HostSession::watchdog_period() const {
    return std::max(2 * interval_, settings_.watchdog_shortest);
}

void HostSession::restart_watchdog(TimePoint now) {
    watchdog_ = now + watchdog_period();
}

TimePoint HostSession::next_deadline() const {
    const TimePoint output = anything_waiting() ? quiet_until_ : runtime::never;
    return std::min({init_due_, watchdog_, suspicion_, push_due_, metrics_due_, output});
}

std::vector<HostSession::Effect> HostSession::take_effects() {
    return std::exchange(effects_, {});
}

}  // namespace vnf::guest
