// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See heartbeat_monitor.hpp. Here: the connection, init, challenges and losses. What a guest says about its
// health is in heartbeat_health.cpp, silence that was announced in announced_silence.cpp.
#include "host-agent/heartbeat_monitor.hpp"

#include <algorithm>
#include <utility>

namespace vnf::host {

namespace {

using wire::CorrectiveAction;

/// The source has a deadline of its own (1 s); this one holds if it fails to keep it.
constexpr Milliseconds run_state_patience{2000};
/// A timer later than a quarter of the interval, and than this, is a stall of ours.
constexpr Milliseconds smallest_stall{20};

std::string text(std::string_view view) {
    return std::string(view);
}

void report(Effects& out, JournalKind kind, JournalFields fields = {}) {
    out.emplace_back(Report{kind, std::move(fields)});
}

}  // namespace

bool HeartbeatMonitor::in_session() const {
    return state_ != GuestState::WaitingConnection && state_ != GuestState::WaitingInit;
}

void HeartbeatMonitor::forget_challenges() {
    outstanding_.reset();
    previous_.reset();
    misses_ = stalls_ = 0;
    spread_ = asking_ = quiet_ = false;
}

// ---- connection and session ----------------------------------------------------------------------------

void HeartbeatMonitor::wait_for_init(TimePoint now) {
    forget_challenges();
    state_ = GuestState::WaitingInit;
    deadline_ = now + init_wait_;
}

void HeartbeatMonitor::connected(TimePoint now, Effects& out) {
    if (init_wait_ == Milliseconds(0)) {
        init_wait_ = rules_.init_wait;
        waiting_since_ = now;
        said_not_established_ = false;
    }
    wait_for_init(now);
    report(out, JournalKind::Connected);
}

bool HeartbeatMonitor::end_is_expected(TimePoint now) const {
    // Soon after a corrective action the end of the machine is what was asked for.
    const bool acted = acted_action_ == CorrectiveAction::Reboot || acted_action_ == CorrectiveAction::Stop;
    return announced_.has_value() || state_ == GuestState::Lost ||
           (acted && now - acted_at_ < rules_.announced_limit);
}

void HeartbeatMonitor::disconnected(ClosedBy by, std::string_view why, TimePoint now, Effects& out) {
    const bool gone = by == ClosedBy::Guest && in_session();
    const bool expected = end_is_expected(now);
    stop_heartbeating(why, out);
    if (!gone) {
        report(out, JournalKind::Disconnected, {{"reason", text(why)}, {"by_us", by == ClosedBy::Us}});
    } else {
        report(out, JournalKind::Gone, {{"reason", text(why)}, {"expected", expected}});
        if (!expected && rules_.gone_action != CorrectiveAction::None) {
            out.emplace_back(Corrective{rules_.gone_action, "gone", text(why), {}});
        }
    }
    forget_challenges();
    health_ = GuestHealth::Unknown;
    state_ = GuestState::WaitingConnection;
    deadline_ = runtime::never;
}

void HeartbeatMonitor::received(const wire::Init& init, TimePoint now, Effects& out) {
    if (state_ == GuestState::WaitingConnection) {
        return;
    }
    const bool again = in_session();
    stop_heartbeating("init", out);
    forget_challenges();
    guest_ = clamped(init, rules_);
    announced_.reset();
    init_wait_ = Milliseconds(0);
    health_ = GuestHealth::Unknown;
    acted_action_ = asked_action_ = CorrectiveAction::None;
    state_ = GuestState::Starting;
    ++counters_.inits;
    out.emplace_back(Recovered{});
    report(out, JournalKind::Initialized,
           {{"name", guest_.name},
            {"interval_ms", std::int64_t{guest_.interval.count()}},
            {"corrective_action", text(word(guest_.corrective_action))},
            {"again", again}});
    out.emplace_back(SendMessage{wire::InitAck{init.invocation_id, guest_.capabilities}});
    send_challenge(now, out);
    // Guests that initialise at one moment (host-agent's restart) must not be challenged at one moment ever
    // after.
    const auto half = guest_.interval / 2;
    deadline_ = now + half + half * static_cast<int>(random_.next() % 1024) / 1024;
    spread_ = true;
}

void HeartbeatMonitor::received(const wire::Exit& exit, TimePoint now, Effects& out) {
    if (!in_session()) {
        return;
    }
    report(out, JournalKind::Exit, {{"reason", exit.log}});
    stop_heartbeating("exit", out);
    init_wait_ = rules_.init_wait;
    waiting_since_ = now;
    said_not_established_ = false;
    wait_for_init(now);
}

void HeartbeatMonitor::reconnect_due(TimePoint now, Effects& out) {
    if (init_wait_ == Milliseconds(0)) {
        init_wait_ = rules_.init_wait;
        waiting_since_ = now;
        said_not_established_ = false;
    }
    if (!said_not_established_ && now - waiting_since_ >= rules_.establish_limit) {
        said_not_established_ = true;
        report(out, JournalKind::NotEstablished,
               {{"waited_ms",
                 std::int64_t{std::chrono::duration_cast<Milliseconds>(now - waiting_since_).count()}}});
    }
    init_wait_ = std::min(init_wait_ * 2, rules_.init_wait_longest);
    deadline_ = now + init_wait_;
    out.emplace_back(Reconnect{rules_.reconnect_pause});
}

bool HeartbeatMonitor::received(const wire::IntervalChange& change) {
    if (!in_session()) {
        return false;
    }
    guest_.interval = clamped_fast_interval(change.interval, rules_);
    return true;
}

// ---- challenges ----------------------------------------------------------------------------------------

void HeartbeatMonitor::send_challenge(TimePoint now, Effects& out) {
    previous_ = std::exchange(outstanding_, std::nullopt);
    previous_at_ = challenged_at_;
    std::int32_t challenge = random_.positive();
    if (previous_ == challenge) {
        challenge ^= 1;
    }
    outstanding_ = challenge;
    challenged_at_ = now;
    spread_ = false;
    deadline_ = now + guest_.interval;
    ++counters_.challenges;
    out.emplace_back(SendMessage{wire::Challenge{challenge}});
}

AnswerMatch HeartbeatMonitor::received(const wire::ChallengeResponse& answer, TimePoint now, Effects& out) {
    if (!in_session()) {
        return AnswerMatch::Unexpected;
    }
    AnswerMatch match = AnswerMatch::Mismatch;
    if (outstanding_ == answer.challenge) {
        match = AnswerMatch::Outstanding;
        answered(now, out);
    } else if (previous_ == answer.challenge) {
        match = AnswerMatch::Late;
        answered_late(now, out);
    } else {
        ++counters_.mismatched;
        return match;
    }
    take_health(answer.health, answer.corrective_action, "unhealthy", {}, answer.log, now, out);
    if (answer.health == wire::Health::Healthy) {
        healthy_seen(out);
    }
    return match;
}

void HeartbeatMonitor::answered(TimePoint now, Effects& out) {
    outstanding_.reset();
    previous_.reset();
    misses_ = stalls_ = 0;
    ++counters_.answers;
    last_answer_took_ = now - challenged_at_;
    sign_of_life(now, out);
}

void HeartbeatMonitor::answered_late(TimePoint now, Effects& out) {
    previous_.reset();
    misses_ -= misses_ > 0 ? 1 : 0;
    ++counters_.late_answers;
    last_answer_took_ = now - previous_at_;
    sign_of_life(now, out);
}

/// Ends whatever the silence had begun; the next challenge then goes out at once.
void HeartbeatMonitor::sign_of_life(TimePoint now, Effects& out) {
    switch (state_) {
        case GuestState::WaitingConnection:
        case GuestState::WaitingInit:
            return;
        case GuestState::Starting:
        case GuestState::Heartbeating:
            if (std::exchange(asking_, false)) {
                deadline_ = now;
            }
            return;
        case GuestState::Suspended:
            if (quiet_) {
                announced_.reset();
                resume_detection("the guest answers again", out);
                deadline_ = now;
            }
            return;
        case GuestState::NotRunning:
        case GuestState::Lost:
            init_wait_ = Milliseconds(0);
            announced_.reset();
            out.emplace_back(Recovered{});
            resume_detection("the guest answers again", out);
            deadline_ = now;
            return;
    }
}

void HeartbeatMonitor::healthy_seen(Effects& out) {
    if (state_ != GuestState::Starting) {
        return;
    }
    state_ = GuestState::Heartbeating;
    heartbeating_ = true;
    report(out, JournalKind::Heartbeating, {{"interval_ms", std::int64_t{guest_.interval.count()}}});
}

void HeartbeatMonitor::stop_heartbeating(std::string_view why, Effects& out) {
    if (std::exchange(heartbeating_, false)) {
        report(out, JournalKind::Stopped, {{"reason", text(why)}});
    }
}

void HeartbeatMonitor::resume_detection(std::string_view why, Effects& out) {
    state_ = heartbeating_ ? GuestState::Heartbeating : GuestState::Starting;
    asking_ = quiet_ = false;
    misses_ = 0;
    report(out, JournalKind::Resumed, {{"reason", text(why)}});
}

// ---- deadlines -----------------------------------------------------------------------------------------

void HeartbeatMonitor::due(TimePoint now, Effects& out) {
    if (now < deadline_) {
        return;
    }
    if (std::exchange(asking_, false)) {
        judge(RunState::Unknown, "the run-state source did not answer", now, out);
        return;
    }
    switch (state_) {
        case GuestState::WaitingConnection:
            deadline_ = runtime::never;
            return;
        case GuestState::WaitingInit:
        case GuestState::Lost:
            reconnect_due(now, out);
            return;
        case GuestState::Starting:
        case GuestState::Heartbeating:
            period_over(now, out);
            return;
        case GuestState::Suspended:
            suspended_due(now, out);
            return;
        case GuestState::NotRunning:
            ask_run_state(now, out);
            return;
    }
}

bool HeartbeatMonitor::excused(TimePoint now) {
    const auto stall = std::max<std::chrono::nanoseconds>(guest_.interval / 4, smallest_stall);
    if (now - deadline_ <= stall || stalls_ >= stalls_in_a_row) {
        return false;
    }
    ++stalls_;
    ++counters_.stalls_excused;
    deadline_ = now + guest_.interval;
    return true;
}

void HeartbeatMonitor::period_over(TimePoint now, Effects& out) {
    if (!outstanding_) {
        misses_ = stalls_ = 0;
        send_challenge(now, out);
    } else if (std::exchange(spread_, false)) {
        deadline_ = challenged_at_ + guest_.interval;
    } else if (!excused(now)) {
        missed(now, out);
    }
}

void HeartbeatMonitor::missed(TimePoint now, Effects& out) {
    ++counters_.missed;
    if (++misses_ < rules_.missed_challenges) {
        send_challenge(now, out);
    } else if (has_source_) {
        ask_run_state(now, out);
    } else {
        declare_loss("no answer to " + std::to_string(misses_) + " challenges", now, out);
    }
}

void HeartbeatMonitor::ask_run_state(TimePoint now, Effects& out) {
    asking_ = true;
    deadline_ = now + run_state_patience;
    out.emplace_back(AskRunState{});
}

void HeartbeatMonitor::run_state(RunState state, std::string_view detail, TimePoint now, Effects& out) {
    // An answer in between has made the question pointless.
    if (std::exchange(asking_, false)) {
        judge(state, detail, now, out);
    }
}

void HeartbeatMonitor::judge(RunState state, std::string_view detail, TimePoint now, Effects& out) {
    switch (state) {
        case RunState::NotRunning:
            defer_loss(detail, now, out);
            return;
        case RunState::Failed:
            declare_loss("the machine reports " + text(detail), now, out);
            return;
        case RunState::Running:
        case RunState::Unknown:
            runs_but_silent(detail, now, out);
            return;
    }
}

void HeartbeatMonitor::runs_but_silent(std::string_view detail, TimePoint now, Effects& out) {
    if (state_ != GuestState::NotRunning) {
        declare_loss("no answer, run state: " + text(detail), now, out);
        return;
    }
    // It was excused until now: it gets the full time to answer, counted anew.
    resume_detection("run state: " + text(detail), out);
    send_challenge(now, out);
}

void HeartbeatMonitor::defer_loss(std::string_view detail, TimePoint now, Effects& out) {
    if (state_ != GuestState::NotRunning) {
        stop_heartbeating("not running", out);
        report(out, JournalKind::LossDeferred, {{"run_state", text(detail)}});
        ++counters_.losses_deferred;
        state_ = GuestState::NotRunning;
        quiet_ = false;
    }
    deadline_ = now + rules_.run_state_again;
}

void HeartbeatMonitor::declare_loss(std::string reason, TimePoint now, Effects& out) {
    ++counters_.losses;
    stop_heartbeating("heartbeat loss", out);
    report(out, JournalKind::Lost,
           {{"reason", reason},
            {"misses", std::int64_t{misses_}},
            {"interval_ms", std::int64_t{guest_.interval.count()}},
            {"corrective_action", text(word(guest_.corrective_action))}});
    const CorrectiveAction action = guest_.corrective_action;
    if (action != CorrectiveAction::None && action != CorrectiveAction::Unknown) {
        out.emplace_back(Corrective{action, "heartbeat_loss", std::move(reason), {}});
    }
    state_ = GuestState::Lost;
    health_ = GuestHealth::Unknown;
    announced_.reset();
    quiet_ = false;
    deadline_ = now + rules_.init_wait;
}

MonitorCounters& MonitorCounters::operator+=(const MonitorCounters& other) {
    challenges += other.challenges;
    answers += other.answers;
    late_answers += other.late_answers;
    mismatched += other.mismatched;
    missed += other.missed;
    losses += other.losses;
    losses_deferred += other.losses_deferred;
    stalls_excused += other.stalls_excused;
    inits += other.inits;
    return *this;
}

// ---- words ---------------------------------------------------------------------------------------------

std::string_view word(GuestState state) {
    switch (state) {
        case GuestState::WaitingConnection:
            return "waiting_connection";
        case GuestState::WaitingInit:
            return "waiting_init";
        case GuestState::Starting:
            return "starting";
        case GuestState::Heartbeating:
            return "heartbeating";
        case GuestState::Suspended:
            return "suspended";
        case GuestState::NotRunning:
            return "not_running";
        case GuestState::Lost:
            return "lost";
    }
    return "lost";
}

}  // namespace vnf::host
