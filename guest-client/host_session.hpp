// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The guest's side of the host channel: the state machine of specification 3.1, its timers, and what may be
// said to which host when. Pure: events and times in, effects out; encoding, the port and the applications
// are others'.
//
// Policy.
// - init goes out as soon as there is a host, again every init_retry with a fresh id. An init_ack counts for
//   the last id or the one before, both of this connection (specification 1.8; never an id that was not sent:
//   G-55).
// - Watchdog: no challenge for max(2 intervals, watchdog_shortest) means that the host has forgotten us: init
// again.
// - A port that may have a new peer: that peer waits for an init and does not challenge. So a challenge
//   clears the suspicion, and none within an interval and a margin (two intervals for an old host, which
//   discards the first init it did not wait for) confirms it. An init under way is repeated within a second.
// - Every action of the host gets exactly one answer, unless the host cancelled it or went away. Not enabled:
//   accept or complete at once, saying so (G-57). Leaving enabled: an answer if the host is still there
//   (G-19). A second action supersedes the first, which is answered as an error (G-15); the same one again is
//   a duplicate. Event and notification of an answer are the request's (G-17).
// - To a host that named no capability: never two messages within `pacing` (old hosts read one object at a
//   time), action_response first; timeout and error go out as accept or complete with the cause in the text;
//   the same corrective action once in 60 s. A death reaches it in one response even if it was over before it
//   asked.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "guest-client/health.hpp"
#include "guest-client/random_id.hpp"
#include "runtime/clock.hpp"
#include "runtime/rate_budget.hpp"
#include "wire/heartbeat_message.hpp"

namespace vnf::guest {

enum class SessionState : std::uint8_t {
    Initial,   ///< not released yet, or shut down
    Enabling,  ///< init is sent, or will be as soon as there is a host
    Enabled,   ///< acknowledged: challenges and actions are served
    Disabled,  ///< no host at the other end
};
enum class SessionEvent : std::uint8_t {
    Release,
    ChannelUp,
    ChannelDown,
    InitAck,
    Challenge,
    ChallengeTimeout,
    Action,
    Shutdown
};
std::string_view word(SessionState state);
std::string_view word(SessionEvent event);

/// The table of specification 3.1 with one entry more: a host that appears in `enabled` is a new one, so that
/// it goes to enabling.
SessionState next_state(SessionState state, SessionEvent event);

struct SessionSettings {
    std::string name;
    runtime::Milliseconds interval{1000};  ///< 10 ms..60 s; below 400 ms takes effect with FastInterval
    runtime::Milliseconds init_retry{5000}, watchdog_shortest{5000};
    std::chrono::seconds vote{10}, shutdown_notice{10}, suspend_notice{10}, resume_notice{10}, restart{120};
    wire::CorrectiveAction corrective_action = wire::CorrectiveAction::Reboot;
    /// GroupGap is offered where messaging is on, Scale where a scale agent listens besides.
    wire::Capabilities offered =
        wire::Capabilities::all().without(wire::Capability::GroupGap).without(wire::Capability::Scale);
};

struct SessionCounters {
    std::uint64_t inits = 0, acks = 0, stale_acks = 0, challenges = 0, ignored_challenges = 0, responses = 0,
                  pushes = 0, watchdog_expiries = 0, suspicions_confirmed = 0, actions = 0,
                  actions_while_away = 0, duplicate_actions = 0, superseded_actions = 0, aborted_actions = 0,
                  metrics = 0, unknown_actions = 0, cancelled_actions = 0, nacks = 0, unexpected = 0,
                  answers_dropped = 0;
};

class HostSession {
  public:
    static constexpr runtime::Milliseconds pacing{100};
    static constexpr runtime::Milliseconds suppression{60000};
    static constexpr runtime::Milliseconds shortest_old_interval{400};
    /// The "+1" of an init: a second for the way (specification 1.5).
    static constexpr std::chrono::seconds propagation{1};

    using ActionSerial = std::uint64_t;
    struct Send {
        wire::GuestMessage message;
        std::int32_t sequence;
        wire::PeerRules rules;
    };
    struct StateChanged {
        SessionState from, to;
        SessionEvent event;
    };
    struct StartAction {
        ActionSerial serial;
        wire::ActionNotify request;
        bool action_control;
    };
    enum class StopReason : std::uint8_t { HostCancelled, HostLost, Superseded };
    struct StopAction {
        ActionSerial serial;
        StopReason reason;
    };
    struct Extended {
        ActionSerial serial;
        bool granted;
        runtime::Milliseconds remaining;
    };
    struct HostSaid {  ///< a nack or an exit: for the log
        std::string_view what;
        std::string text;
    };
    struct Finished {};  ///< after shutdown: everything has been said
    using Effect = std::variant<Send, StateChanged, StartAction, StopAction, Extended, HostSaid, Finished>;

    HostSession(SessionSettings settings, RandomId random);

    void release(runtime::TimePoint now);
    void channel_up(runtime::TimePoint now);
    void channel_down(runtime::TimePoint now);
    void maybe_new_session(runtime::TimePoint now);
    void received(const wire::HostMessage& message, runtime::TimePoint now);
    void health(const Verdict& verdict, runtime::TimePoint now);
    void action_decided(ActionSerial serial, wire::VoteResult result, const std::string& log,
                        runtime::TimePoint now);
    /// Asks the host for more time. False if this host can't be asked or the action is over.
    bool ask_extension(ActionSerial serial, runtime::Milliseconds extra, const std::string& log);
    /// Tells the host, at once or within a moment; later values of a name win.
    enum class MetricsOutcome : std::uint8_t { Taken, NoTaker, TooMany };
    MetricsOutcome report(const wire::MetricValues& values, runtime::TimePoint now);
    void shut_down(runtime::TimePoint now);
    void timer(runtime::TimePoint now);
    /// We were not scheduled: silence meanwhile proves nothing about the host.
    void stalled(runtime::Clock::duration stall);
    /// True if everything is in force at once or as soon as our host has acknowledged it; an old host, which
    /// would drop out of its heartbeat for an init that it did not wait for, learns it with the next one.
    bool apply(SessionSettings settings, runtime::TimePoint now);

    runtime::TimePoint next_deadline() const;
    std::vector<Effect> take_effects();

    SessionState state() const { return state_; }
    bool channel_is_up() const { return up_; }
    wire::Capabilities capabilities() const { return capabilities_; }
    bool old_host() const { return capabilities_.empty(); }
    runtime::Milliseconds interval_in_force() const { return interval_; }
    /// What the host has agreed to is not known yet, or no longer.
    bool asking() const { return awaiting_ack_ || init_waiting_ || refresh_wanted_; }
    /// What the host said last, where it said it; it is up to date while Scale is agreed on.
    const std::optional<wire::CpuSet>& offline_cpus() const { return offline_cpus_; }
    std::optional<runtime::TimePoint> last_challenge() const { return last_challenge_; }
    const SessionSettings& settings() const { return settings_; }
    const SessionCounters& counters() const { return counters_; }

  private:
    struct Open {
        ActionSerial serial;
        wire::ActionNotify request;
    };

    void take(const wire::InitAck& ack, runtime::TimePoint now);
    void take(const wire::Challenge& challenge, runtime::TimePoint now);
    void take(const wire::ActionNotify& request, runtime::TimePoint now);
    void take(const wire::ActionCancel& cancel, runtime::TimePoint now);
    void take(const wire::ActionExtended& extended, runtime::TimePoint now);
    void take(const wire::Nack& nack, runtime::TimePoint now);
    void take(const wire::Exit& exit, runtime::TimePoint now);

    void change(SessionEvent event, runtime::TimePoint now);
    void enter(SessionState state, SessionEvent event, runtime::TimePoint now);
    void enter_enabled(runtime::TimePoint now);
    void leave_enabled(SessionEvent why);
    void put_in_force(const wire::InitAck& ack);
    void forget_connection();
    void prepare_init(runtime::TimePoint now);
    void answer_at_once(const wire::ActionNotify& request, std::string log);
    void start(const wire::ActionNotify& request);
    void answer_open(wire::VoteResult result, std::string log);
    void stop_open(StopReason reason);
    void queue_answer(const wire::ActionNotify& request, wire::VoteResult result, std::string log);
    runtime::Milliseconds watchdog_period() const;
    void restart_watchdog(runtime::TimePoint now);
    void push_health(runtime::TimePoint now);
    void send_metrics(runtime::TimePoint now);
    const Verdict& to_report() const;
    void reported(const Verdict& verdict);

    void flush(runtime::TimePoint now);
    bool anything_waiting() const;
    void finish_if_silent();
    void send_next(runtime::TimePoint now);
    void send(wire::GuestMessage message);
    wire::Init make_init();
    wire::ChallengeResponse make_response(std::int32_t challenge, runtime::TimePoint now);
    wire::CorrectiveAction suppressed(wire::CorrectiveAction action, runtime::TimePoint now);

    SessionSettings settings_;
    RandomId random_;
    SessionState state_ = SessionState::Initial;
    bool up_ = false;
    wire::Capabilities capabilities_;
    runtime::Milliseconds interval_{1000};
    std::int32_t sequence_ = 0;

    std::optional<std::int32_t> init_id_, previous_init_id_;
    runtime::TimePoint init_due_ = runtime::never, watchdog_ = runtime::never, suspicion_ = runtime::never;
    std::optional<runtime::TimePoint> last_challenge_;

    Verdict verdict_;
    std::optional<Verdict> unreported_death_;
    Verdict pushed_;
    runtime::RateBudget pushes_{20, runtime::Milliseconds(50)};
    runtime::TimePoint push_due_ = runtime::never;
    std::optional<wire::CpuSet> offline_cpus_;
    wire::MetricValues metrics_;                                          ///< not sent yet
    runtime::RateBudget metrics_budget_{1, runtime::Milliseconds(1000)};  ///< docs/protocol.md 1.7
    runtime::TimePoint metrics_due_ = runtime::never;
    wire::CorrectiveAction reported_action_ = wire::CorrectiveAction::None;
    runtime::TimePoint reported_at_{};

    std::optional<Open> open_;
    ActionSerial last_serial_ = 0;

    // What waits for the host to have read what came before it; in the order in which it is sent.
    std::deque<wire::ActionResponse> answers_;
    bool init_waiting_ = false, awaiting_ack_ = false;
    std::optional<std::int32_t> challenge_waiting_;
    bool exit_waiting_ = false, shutting_down_ = false, finished_ = false, refresh_wanted_ = false;
    runtime::TimePoint quiet_until_{};

    std::vector<Effect> effects_;
    SessionCounters counters_;
};

}  // namespace vnf::guest
