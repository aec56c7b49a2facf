// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The part of HeartbeatMonitor that knows of silence that a notification of ours announced. Policy: one challenge stays
// open and no more are sent, so that nothing piles up in a paused machine; a bound holds for all but a silent paused
// guest that nobody can be asked about.
#include <algorithm>
#include <utility>

#include "host-agent/heartbeat_monitor.hpp"

namespace vnf::host {

using wire::Event;

Milliseconds HeartbeatMonitor::announcement_bound(Event event) const {
    if (event == Event::Reboot) {
        return guest_.restart;
    }
    const bool migration = event == Event::LiveMigrateBegin || event == Event::ColdMigrateBegin;
    return migration ? rules_.migration_limit : rules_.announced_limit;
}

TimePoint HeartbeatMonitor::quiet_deadline() const {
    // Nobody but its operator knows how long a machine stays paused: without a source there is no bound.
    const bool paused = announced_ == Event::Pause || announced_ == Event::Suspend;
    return paused && !has_source_ ? runtime::never : announced_until_;
}

void HeartbeatMonitor::announced(Event event, TimePoint now, Effects& out) {
    if (!in_session()) {
        return;
    }
    if (announces_return(event)) {
        silence_not_expected(word(event), now, out);
        return;
    }
    if (!announces_silence(event)) {
        return;
    }
    announced_ = event;
    announced_until_ = now + announcement_bound(event);
    if (state_ == GuestState::Starting || state_ == GuestState::Heartbeating) {
        state_ = GuestState::Suspended;
        asking_ = quiet_ = false;
        misses_ = 0;
        deadline_ = std::min(deadline_, announced_until_);
        out.emplace_back(Report{JournalKind::Suspended,
                                {{"event", std::string(word(event))},
                                 {"limit_ms", std::int64_t{announcement_bound(event).count()}}}});
    } else if (state_ == GuestState::Suspended && quiet_) {
        deadline_ = quiet_deadline();
    }
}

void HeartbeatMonitor::announcement_withdrawn(TimePoint now, Effects& out) {
    silence_not_expected("the announced action was called off", now, out);
}

void HeartbeatMonitor::silence_not_expected(std::string_view why, TimePoint now, Effects& out) {
    announced_.reset();
    if (state_ != GuestState::Suspended) {
        return;
    }
    if (!quiet_) {
        resume_detection(why, out);
        deadline_ = std::max(now, challenged_at_ + guest_.interval);
        return;
    }
    send_challenge(now, out);
    announced_until_ = now + rules_.resume_limit;
    deadline_ = announced_until_;
}

void HeartbeatMonitor::suspended_due(TimePoint now, Effects& out) {
    if (quiet_ || now >= announced_until_) {
        suspended_limit_over(now, out);
    } else if (!outstanding_) {
        misses_ = stalls_ = 0;
        send_challenge(now, out);
        deadline_ = std::min(deadline_, announced_until_);
    } else if (std::exchange(spread_, false)) {
        deadline_ = challenged_at_ + guest_.interval;
    } else if (excused(now)) {
        return;
    } else if (++misses_ < rules_.missed_challenges) {
        deadline_ = now + guest_.interval;
    } else {
        quiet_ = true;
        stop_heartbeating("announced silence", out);
        deadline_ = quiet_deadline();
    }
}

void HeartbeatMonitor::suspended_limit_over(TimePoint now, Effects& out) {
    if (!quiet_) {
        announced_.reset();
        resume_detection("the announced silence did not begin", out);
        deadline_ = std::max(now, challenged_at_ + guest_.interval);
    } else if (has_source_) {
        ask_run_state(now, out);
    } else {
        declare_loss("the guest did not come back after an announced action", now, out);
    }
}

}  // namespace vnf::host
