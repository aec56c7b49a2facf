// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See scale_transaction.hpp. What a reconciliation does next is in scale_reconciliation.cpp.
#include "host-agent/scaling/scale_transaction.hpp"

#include <algorithm>
#include <utility>

namespace vnf::host {

namespace {

using wire::ScaleDirection;

std::string number(wire::Cpu cpu) {
    return std::to_string(cpu.number());
}

std::string vcpus(std::uint16_t count) {
    return std::to_string(count) + (count == 1 ? " vCPU" : " vCPUs");
}

}  // namespace

// ---- begin and end -------------------------------------------------------------------------------------

void ScaleTransaction::begin(TimePoint now, ScaleEffects& out) {
    begun_ = now;
    switch (task_) {
        case ScaleTask::Down:
            if (account_.host.count() <= account_.limits.min) {
                return end(ScaleResult::Failed, "at_limit",
                           "the guest has its minimum, " + vcpus(account_.limits.min), out);
            }
            return ask(wire::ScaleDown{}, now, out);
        case ScaleTask::Up:
            if (const auto cpu = account_.offline().first()) {
                return actuate(ScaleDirection::Up, *cpu, now, out);
            }
            return end(ScaleResult::Failed, "at_limit",
                       "the guest has its maximum, " + vcpus(account_.limits.max), out);
        case ScaleTask::Reconcile:
            if (ours_) {
                account_.guest.reset();  // asking costs nothing, and what was said before may be old
            }
            return plan(now, out);
        case ScaleTask::Check:
            return ask(wire::ScaleStatus{}, now, out);
        case ScaleTask::Resume:
            return end(ScaleResult::Failed, "interrupted", "there is nothing to resume", out);
    }
}

void ScaleTransaction::resume(const PendingScale& pending, TimePoint now, ScaleEffects& out) {
    begun_ = now;
    const bool giving = pending.step == PendingScale::Step::Giving;
    if (pending.step == PendingScale::Step::Asking || !pending.cpu) {
        return end(ScaleResult::Failed, "interrupted", "the guest's answer was not awaited", out);
    }
    actuate(giving ? ScaleDirection::Up : ScaleDirection::Down, *pending.cpu, now, out);
}

void ScaleTransaction::end(ScaleResult result, std::string_view code, std::string reason, ScaleEffects& out) {
    if (kept_pending_) {
        keep(std::nullopt, out);
    }
    step_ = Step::Ended;
    deadline_ = runtime::never;
    out.emplace_back(ScaleDecided{{task_, cpu_, result, code, std::move(reason)}});
}

void ScaleTransaction::keep(std::optional<PendingScale> pending, ScaleEffects& out) {
    kept_pending_ = pending.has_value();
    out.emplace_back(KeepAccount{pending});
}

// ---- the guest -----------------------------------------------------------------------------------------

void ScaleTransaction::ask(const decltype(wire::ScaleRequest::change)& change, TimePoint now,
                           ScaleEffects& out) {
    const TimePoint until = std::min(now + timing_.answer, begun_ + timing_.total);
    const auto time =
        std::chrono::duration_cast<Milliseconds>(until - now) - (timing_.answer - timing_.guest);
    if (time < shortest_question) {
        return without_guest("timeout", "there was no time left to ask the guest", now, out);
    }
    step_ = Step::Asking;
    deadline_ = until;
    online_before_ = account_.guest ? account_.guest->count() : 0;
    request_ = {change, time, timing_.extended ? wire::ScalePeer::Ours : wire::ScalePeer::Old};
    if (asked<wire::ScaleStatus>() == nullptr) {
        keep(PendingScale{PendingScale::Step::Asking, std::nullopt}, out);
    }
    out.emplace_back(AskScale{request_});
}

void ScaleTransaction::answered(const wire::ScaleResponse& answer, TimePoint now, ScaleEffects& out) {
    if (step_ == Step::Asking) {
        std::visit([this, now, &out](const auto& one) { take(one, now, out); }, answer);
    }
}

/// As the old host has it: said to the guest, and the wait goes on.
void ScaleTransaction::other_question(ScaleEffects& out) {
    out.emplace_back(NackScale{{"the answer is none to the question asked"}});
}

void ScaleTransaction::take(const wire::ScaledDown& answer, TimePoint now, ScaleEffects& out) {
    account_.guest = answer.online;
    if (asked<wire::ScaleDown>() == nullptr) {
        return other_question(out);
    }
    if (account_.taken == answer.cpu && !account_.host.contains(answer.cpu)) {
        account_.taken.reset();
        out.emplace_back(LateScale{answer.cpu});
        return;
    }
    if (task_ == ScaleTask::Reconcile) {
        if (answer.online.count() >= online_before_) {
            return end(ScaleResult::Failed, "not_followed", "the guest has as many vCPUs online as before",
                       out);
        }
        return plan(now, out);
    }
    gave_up(answer.cpu, now, out);
}

void ScaleTransaction::gave_up(wire::Cpu cpu, TimePoint now, ScaleEffects& out) {
    if (cpu == wire::Cpu(0) || !account_.host.contains(cpu)) {
        return end(ScaleResult::Failed, "cannot_offline",
                   "Cpu " + number(cpu) + " is already offline or out of range.", out);
    }
    actuate(ScaleDirection::Down, cpu, now, out);
}

void ScaleTransaction::take(const wire::ScaledUp& answer, TimePoint now, ScaleEffects& out) {
    account_.guest = answer.online;
    const auto* up = asked<wire::ScaleUp>();
    if (up == nullptr || up->cpu != answer.cpu) {
        return other_question(out);
    }
    const bool followed = answer.online.contains(answer.cpu);
    if (!followed) {
        const std::string reason =
            "the guest says that it is done, and that vCPU " + number(answer.cpu) + " is not online";
        return end(task_ == ScaleTask::Up ? ScaleResult::Partial : ScaleResult::Failed, "not_followed",
                   reason, out);
    }
    if (task_ == ScaleTask::Reconcile) {
        return plan(now, out);
    }
    end(ScaleResult::Done, "done", {}, out);
}

void ScaleTransaction::take(const wire::ScaleOnline& answer, TimePoint now, ScaleEffects& out) {
    account_.guest = answer.online;
    if (asked<wire::ScaleStatus>() == nullptr) {
        return;  // of a check that was given up for this operation
    }
    if (task_ == ScaleTask::Reconcile) {
        return plan(now, out);
    }
    end(ScaleResult::Done, "done", {}, out);
}

void ScaleTransaction::take(const wire::ScaleFailed& answer, TimePoint now, ScaleEffects& out) {
    if (answer.online) {
        account_.guest = answer.online;
    }
    answers_as_ours_ = answers_as_ours_ || answer.online || answer.absent;
    const wire::ScaleEcho mine = wire::echo_of(request_);
    if (answer.echo.resource != mine.resource || answer.echo.direction != mine.direction) {
        return other_question(out);
    }
    const std::string_view failed = answer.absent ? "no_agent" : "guest_failed";
    without_guest(answer.refused ? "refused" : failed, answer.reason, now, out);
}

void ScaleTransaction::unusable(const wire::ParseError& error, TimePoint now, ScaleEffects& out) {
    if (step_ != Step::Asking) {
        return;
    }
    const std::string what = "the answer can't be used: " + to_string(error);
    out.emplace_back(NackScale{{what}});
    switch (error.reason) {
        case wire::ParseReason::BadVersion:
        case wire::ParseReason::UnknownWord:
        case wire::ParseReason::NotJson:
        case wire::ParseReason::UnknownMessage:
            return;  // none to this question: the wait goes on
        case wire::ParseReason::Overlong:
        case wire::ParseReason::MissingField:
        case wire::ParseReason::WrongType:
        case wire::ParseReason::OutOfRange:
        case wire::ParseReason::BadMagic:
        case wire::ParseReason::BadText:
            account_.guest.reset();
            return without_guest("no_answer", what, now, out);
    }
}

/// As the old host does with an old guest.
bool ScaleTransaction::takes_anyway(std::string_view code) const {
    return !ours_ && !answers_as_ours_ && !gone_ && timing_.take_without_answer && code != "refused";
}

/// The guest did not do it, or nobody knows.
void ScaleTransaction::without_guest(std::string_view code, std::string reason, TimePoint now,
                                     ScaleEffects& out) {
    switch (task_) {
        case ScaleTask::Up:
            return end(ScaleResult::Partial, code, std::move(reason), out);
        case ScaleTask::Down:
            if (takes_anyway(code)) {
                forced_ = true;
                forced_code_ = code;
                forced_reason_ = std::move(reason);
                return actuate(ScaleDirection::Down, *account_.host.last(), now, out);
            }
            [[fallthrough]];
        case ScaleTask::Reconcile:
        case ScaleTask::Check:
        case ScaleTask::Resume:
            return end(ScaleResult::Failed, code, std::move(reason), out);
    }
}

void ScaleTransaction::guest_gone(TimePoint now, ScaleEffects& out) {
    gone_ = true;
    if (step_ == Step::Asking) {
        without_guest("guest_gone", "the guest's connection ended", now, out);
    }
}

void ScaleTransaction::due(TimePoint now, ScaleEffects& out) {
    if (now < deadline_) {
        return;
    }
    deadline_ = runtime::never;
    switch (step_) {
        case Step::Asking:
            account_.guest.reset();
            return without_guest("no_answer", "the guest did not answer in time", now, out);
        case Step::Giving:
        case Step::Taking:
            told_ = true;
            out.emplace_back(ScaleDecided{
                {task_, cpu_, ScaleResult::Failed, "timeout", "the actuator has not ended yet"}});
            return;
        case Step::Ended:
            return;
    }
}

// ---- the actuator --------------------------------------------------------------------------------------

void ScaleTransaction::actuate(ScaleDirection direction, wire::Cpu cpu, TimePoint now, ScaleEffects& out) {
    const bool giving = direction == ScaleDirection::Up;
    step_ = giving ? Step::Giving : Step::Taking;
    cpu_ = cpu;
    // What is decided at once has no time left for its caller, but has begun all the same.
    deadline_ = told_ ? runtime::never : std::max(begun_ + timing_.total, now);
    keep(PendingScale{giving ? PendingScale::Step::Giving : PendingScale::Step::Taking, cpu}, out);
    out.emplace_back(ActuateScale{direction, cpu});
}

void ScaleTransaction::actuated(bool succeeded, const std::string& detail, TimePoint now, ScaleEffects& out) {
    if (step_ != Step::Giving && step_ != Step::Taking) {
        return;
    }
    const bool giving = step_ == Step::Giving;
    if (succeeded && giving) {
        account_.host.insert(*cpu_);
    } else if (succeeded) {
        account_.host.erase(*cpu_);
    }
    keep(std::nullopt, out);
    if (!succeeded) {
        return end(ScaleResult::Failed, "actuator_failed", detail, out);
    }
    if (task_ == ScaleTask::Reconcile) {
        return plan(now, out);
    }
    giving ? given(now, out) : taken(now, out);
}

void ScaleTransaction::given(TimePoint now, ScaleEffects& out) {
    if (account_.taken == cpu_) {
        account_.taken.reset();
    }
    if (task_ == ScaleTask::Resume) {
        return end(ScaleResult::Partial, "interrupted", "the agent ended before the guest was asked", out);
    }
    if (gone_) {
        return end(ScaleResult::Partial, "guest_gone", "the guest's connection ended", out);
    }
    ask(wire::ScaleUp{*cpu_, account_.host}, now, out);
}

void ScaleTransaction::taken(TimePoint, ScaleEffects& out) {
    if (!forced_) {
        return end(ScaleResult::Done, "done", {}, out);
    }
    account_.taken = cpu_;
    end(ScaleResult::Partial, forced_code_, forced_reason_, out);
}

// ---- words ---------------------------------------------------------------------------------------------

std::string_view word(ScaleTask task) {
    switch (task) {
        case ScaleTask::Down:
            return "down";
        case ScaleTask::Up:
            return "up";
        case ScaleTask::Reconcile:
            return "reconcile";
        case ScaleTask::Check:
            return "check";
        case ScaleTask::Resume:
            return "resume";
    }
    return "check";
}

std::string_view word(ScaleResult result) {
    switch (result) {
        case ScaleResult::Done:
            return "done";
        case ScaleResult::Partial:
            return "partial";
        case ScaleResult::Failed:
            return "failed";
    }
    return "failed";
}

}  // namespace vnf::host
