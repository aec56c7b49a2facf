// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One scale operation on one guest: whom to ask, what to make of the answer, when to stop waiting. Pure: events and a time
// in, effects out. Policy (server-group specification, section 4.6):
//  - down: the guest chooses. What it gives up must be one of its own and in the host's account ("already offline or out of
//    range" otherwise); then the actuator takes it. An old guest that fails or is silent loses its highest vCPU all the
//    same, as before, if the settings have it so; a guest of ours that refuses, fails or is silent keeps all;
//  - up: the actuator gives the lowest one that is offline, then the guest is told; what it makes of that changes nothing;
//  - reconcile: the host's count holds. What the guest lacks it is told to bring back, what it has too many it is asked to
//    give up, and where it chose others than the host, the host follows;
//  - times: the guest is told `guest`, its answer counts until `answer`, the caller hears at `total` at the latest. What the
//    actuator has begun is waited for and kept even then.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "host-agent/guest_effect.hpp"
#include "host-agent/scaling/scale_account.hpp"
#include "runtime/clock.hpp"
#include "wire/scale_message.hpp"

namespace vnf::host {

using runtime::Milliseconds;
using runtime::TimePoint;

struct ScaleTiming {
    Milliseconds total{10000}, answer{9500}, guest{9000};
    /// An old guest without a usable answer to a down loses its highest vCPU.
    bool take_without_answer = true;
    /// Requests say that this host understands our guests' further keys; old guests ignore that.
    bool extended = true;
};

enum class ScaleTask : std::uint8_t {
    Down,
    Up,
    Reconcile,
    Check,   ///< only ask the guest what is online
    Resume,  ///< what the actuator was doing when the agent ended
};
/// "down", "up", "reconcile", "check", "resume".
std::string_view word(ScaleTask task);

enum class ScaleResult : std::uint8_t {
    Done,
    Partial,  ///< the host did its part, the guest did not
    Failed,
};
inline constexpr std::size_t scale_result_count = 3;
/// "done", "partial", "failed".
std::string_view word(ScaleResult result);

struct ScaleOutcome {
    ScaleTask task;
    std::optional<wire::Cpu> cpu;  ///< that was given or taken last
    ScaleResult result;
    std::string_view code;  ///< a literal, "done" or why not: "refused", "no_answer", ...
    std::string reason;
};

// ---- effects -------------------------------------------------------------------------------------------

struct AskScale {
    wire::ScaleRequest request;
};
/// The guest's answer can't be used.
struct NackScale {
    wire::ScaleNack nack;
};
/// The answer is ScaleTransaction::actuated.
struct ActuateScale {
    wire::ScaleDirection direction;
    wire::Cpu cpu;
};
/// The account is to be written down before what follows is done.
struct KeepAccount {
    std::optional<PendingScale> pending;
};
/// An answer to an earlier question, which nobody waits for any more.
struct LateScale {
    wire::Cpu cpu;
};
/// The end for the caller, and with the actuator still at work (code "timeout") not yet of the operation.
struct ScaleDecided {
    ScaleOutcome outcome;
};
using ScaleEffect =
    std::variant<AskScale, NackScale, ActuateScale, KeepAccount, LateScale, ScaleDecided, Report>;
using ScaleEffects = std::vector<ScaleEffect>;

class ScaleTransaction {
  public:
    /// Shortest time that a guest is given; with less left it is not asked.
    static constexpr Milliseconds shortest_question{100};

    /// Where it stands; Ended is final.
    enum class Step : std::uint8_t {
        Asking,  ///< the guest was asked
        Giving,  ///< the actuator gives a vCPU
        Taking,  ///< the actuator takes one
        Ended,
    };

    /// `ours`: the guest named Capability::Scale. Account and timing outlive the transaction.
    ScaleTransaction(ScaleAccount& account, const ScaleTiming& timing, ScaleTask task, bool ours)
        : account_(account), timing_(timing), task_(task), ours_(ours) {}

    void begin(TimePoint now, ScaleEffects& out);
    /// Instead of begin(), for ScaleTask::Resume: Giving or Taking of this vCPU, once more.
    void resume(const PendingScale& pending, TimePoint now, ScaleEffects& out);

    void answered(const wire::ScaleResponse& answer, TimePoint now, ScaleEffects& out);
    void unusable(const wire::ParseError& error, TimePoint now, ScaleEffects& out);
    void actuated(bool succeeded, const std::string& detail, TimePoint now, ScaleEffects& out);
    /// The guest's connection ended.
    void guest_gone(TimePoint now, ScaleEffects& out);
    void due(TimePoint now, ScaleEffects& out);
    TimePoint deadline() const { return deadline_; }

    Step step() const { return step_; }
    ScaleTask task() const { return task_; }
    std::optional<wire::Cpu> cpu() const { return cpu_; }
    TimePoint begun() const { return begun_; }

  private:
    void take(const wire::ScaledDown& answer, TimePoint now, ScaleEffects& out);
    void take(const wire::ScaledUp& answer, TimePoint now, ScaleEffects& out);
    void take(const wire::ScaleOnline& answer, TimePoint now, ScaleEffects& out);
    void take(const wire::ScaleFailed& answer, TimePoint now, ScaleEffects& out);
    void other_question(ScaleEffects& out);

    void ask(const decltype(wire::ScaleRequest::change)& change, TimePoint now, ScaleEffects& out);
    void actuate(wire::ScaleDirection direction, wire::Cpu cpu, TimePoint now, ScaleEffects& out);
    void gave_up(wire::Cpu cpu, TimePoint now, ScaleEffects& out);
    bool takes_anyway(std::string_view code) const;
    void without_guest(std::string_view code, std::string reason, TimePoint now, ScaleEffects& out);
    void given(TimePoint now, ScaleEffects& out);
    void taken(TimePoint now, ScaleEffects& out);
    void plan(TimePoint now, ScaleEffects& out);
    void look(TimePoint now, ScaleEffects& out);
    void adopt(TimePoint now, ScaleEffects& out);
    void keep(std::optional<PendingScale> pending, ScaleEffects& out);
    void end(ScaleResult result, std::string_view code, std::string reason, ScaleEffects& out);
    template <typename Change>
    const Change* asked() const {
        return std::get_if<Change>(&request_.change);
    }

    ScaleAccount& account_;
    const ScaleTiming& timing_;
    ScaleTask task_;
    bool ours_;
    Step step_ = Step::Ended;
    wire::ScaleRequest request_{};  ///< the last one
    std::optional<wire::Cpu> cpu_;
    bool forced_ = false;  ///< taken although the guest did not give it up
    /// Of Reconcile: the guest brings back what it lacks, gives up what it has too many, is followed.
    enum class Phase : std::uint8_t { Restoring, Shedding, Adopting } phase_ = Phase::Restoring;
    bool kept_pending_ = false;
    bool gone_ = false, told_ = false;
    bool answers_as_ours_ = false;
    std::string_view forced_code_;
    std::string forced_reason_;
    std::size_t online_before_ = 0;  ///< what the guest had when it was asked
    TimePoint begun_{}, deadline_ = runtime::never;
};

}  // namespace vnf::host
