// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Is one guest alive? A pure state machine: events and a time in, effects and the next deadline out. Policy:
//  - An init is accepted in every connected state, answered at once, and starts from zero (H-19).
//  - One challenge is outstanding; it is replaced each interval. Only its own answer counts, once. A late
//    answer to the one before takes back the miss that it was charged with, and no more: a slow guest is
//    never lost, a replay never counts (H-43).
//  - `missed_challenges` misses in a row are a loss, unless the run-state source says that the machine is not
//  running.
//    A miss seen by a late timer is excused (our own stall), at most `stalls_in_a_row` times in a row.
//  - After a stop, reboot, suspend, pause, resize or migrate notification of ours (never a vote: H-26, H-27;
//    never a guest's word: H-40) silence is expected: one challenge stays open and no more are sent, so that
//    nothing piles up in a paused machine. Its answer, an init or the end of the bound switches loss
//    detection on again.
//  - After a loss likewise: the answer to the open challenge or an init is the recovery.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "host-agent/guest_effect.hpp"
#include "host-agent/heartbeat_rules.hpp"
#include "host-agent/run_state.hpp"
#include "runtime/random_source.hpp"

namespace vnf::host {

enum class GuestState : std::uint8_t {
    WaitingConnection,  ///< nobody at the socket
    WaitingInit,        ///< connected; nothing is asked of the guest
    Starting,           ///< initialised, challenged, no healthy answer yet
    Heartbeating,       ///< a healthy answer was seen; losses are detected
    Suspended,          ///< silence was announced; losses are not detected
    NotRunning,         ///< silent, and its run-state source says that it does not run
    Lost,               ///< declared lost; waits for any sign of life
};
/// "waiting_connection", "waiting_init", ...
std::string_view word(GuestState state);
inline constexpr std::size_t guest_state_count = 7;

enum class GuestHealth : std::uint8_t { Unknown, Healthy, Unhealthy };
std::string_view word(GuestHealth health);

/// Whose doing the end of a connection was.
enum class ClosedBy : std::uint8_t { Guest, Us };

/// What became of a challenge_response.
enum class AnswerMatch : std::uint8_t { Outstanding, Late, Mismatch, Unexpected };

struct MonitorCounters {
    std::uint64_t challenges = 0, answers = 0, late_answers = 0, mismatched = 0, missed = 0, losses = 0,
                  losses_deferred = 0, stalls_excused = 0, inits = 0;
    MonitorCounters& operator+=(const MonitorCounters& other);
};

class HeartbeatMonitor {
  public:
    static constexpr unsigned stalls_in_a_row = 5;

    /// `rules` and `random` outlive the monitor; `rules` may change between calls (reload).
    HeartbeatMonitor(const HeartbeatRules& rules, runtime::RandomSource& random)
        : rules_(rules), random_(random) {}

    void connected(TimePoint now, Effects& out);
    void disconnected(ClosedBy by, std::string_view why, TimePoint now, Effects& out);

    void received(const wire::Init& init, TimePoint now, Effects& out);
    AnswerMatch received(const wire::ChallengeResponse& answer, TimePoint now, Effects& out);
    /// False when it comes before an init: ignored.
    bool received(const wire::HealthPush& push, TimePoint now, Effects& out);
    /// From the next challenge on; false before an init.
    bool received(const wire::IntervalChange& change);
    void received(const wire::Exit& exit, TimePoint now, Effects& out);

    /// A notification (irrevocable) of this event was sent to the guest.
    void announced(wire::Event event, TimePoint now, Effects& out);
    /// That notification was called off.
    void announcement_withdrawn(TimePoint now, Effects& out);

    void run_state(RunState state, std::string_view detail, TimePoint now, Effects& out);
    void has_run_state_source(bool has) { has_source_ = has; }

    /// To be called at deadline(), or later.
    void due(TimePoint now, Effects& out);
    TimePoint deadline() const { return deadline_; }

    GuestState state() const { return state_; }
    GuestHealth health() const { return health_; }
    const GuestParameters& parameters() const { return guest_; }
    const MonitorCounters& counters() const { return counters_; }
    const std::string& health_reason() const { return health_reason_; }
    const std::string& health_application() const { return health_application_; }
    /// An init was accepted on this connection and no exit followed: the guest can be asked.
    bool in_session() const;
    /// The machine does not run, or an announced silence has begun: a question would not be answered now.
    bool silence_expected() const {
        return state_ == GuestState::NotRunning || (state_ == GuestState::Suspended && quiet_);
    }
    unsigned misses() const { return misses_; }
    /// How long the last answer took.
    std::chrono::nanoseconds last_answer_took() const { return last_answer_took_; }

  private:
    void wait_for_init(TimePoint now);
    void send_challenge(TimePoint now, Effects& out);
    void period_over(TimePoint now, Effects& out);
    bool excused(TimePoint now);
    void missed(TimePoint now, Effects& out);
    void suspended_due(TimePoint now, Effects& out);
    void suspended_limit_over(TimePoint now, Effects& out);
    void ask_run_state(TimePoint now, Effects& out);
    void declare_loss(std::string reason, TimePoint now, Effects& out);
    void defer_loss(std::string_view detail, TimePoint now, Effects& out);
    void runs_but_silent(std::string_view detail, TimePoint now, Effects& out);
    void judge(RunState state, std::string_view detail, TimePoint now, Effects& out);
    void reconnect_due(TimePoint now, Effects& out);
    void answered(TimePoint now, Effects& out);
    void answered_late(TimePoint now, Effects& out);
    void sign_of_life(TimePoint now, Effects& out);
    void healthy_seen(Effects& out);
    void silence_not_expected(std::string_view why, TimePoint now, Effects& out);
    void resume_detection(std::string_view why, Effects& out);
    void stop_heartbeating(std::string_view why, Effects& out);
    void take_health(wire::Health health, wire::CorrectiveAction action, std::string_view cause,
                     const std::string& application, const std::string& reason, TimePoint now, Effects& out);
    void take_unhealthy(wire::CorrectiveAction action, std::string_view cause, const std::string& application,
                        const std::string& reason, TimePoint now, Effects& out);
    Milliseconds announcement_bound(wire::Event event) const;
    TimePoint quiet_deadline() const;
    bool end_is_expected(TimePoint now) const;
    void forget_challenges();

    const HeartbeatRules& rules_;
    runtime::RandomSource& random_;
    GuestParameters guest_;
    GuestState state_ = GuestState::WaitingConnection;
    GuestHealth health_ = GuestHealth::Unknown;
    std::string health_reason_, health_application_;
    std::string_view health_cause_;
    wire::CorrectiveAction asked_action_ = wire::CorrectiveAction::None;  ///< of the last report
    wire::CorrectiveAction acted_action_ = wire::CorrectiveAction::None;  ///< of the last Corrective
    TimePoint acted_at_{};

    std::optional<std::int32_t> outstanding_, previous_;
    TimePoint challenged_at_{}, previous_at_{};
    std::chrono::nanoseconds last_answer_took_{0};
    unsigned misses_ = 0, stalls_ = 0;
    bool spread_ = false;        ///< this period was shortened, to spread the guests' phases
    bool heartbeating_ = false;  ///< since the last `heartbeating` report no `stopped`

    bool has_source_ = false, asking_ = false;
    std::optional<wire::Event> announced_;
    TimePoint announced_until_{};
    bool quiet_ = false;  ///< Suspended, and the silence has begun

    TimePoint deadline_ = runtime::never;
    TimePoint waiting_since_{};
    Milliseconds init_wait_{0};
    bool said_not_established_ = false;
    MonitorCounters counters_;
};

}  // namespace vnf::host
