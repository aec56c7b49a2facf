// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See guest_scaling.hpp.
#include "host-agent/scaling/guest_scaling.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vnf::host {

namespace {

using Step = ScaleTransaction::Step;
using wire::ScaleDirection;

JournalKind kind_of(ScaleResult result) {
    switch (result) {
        case ScaleResult::Done:
            return JournalKind::ScaleDone;
        case ScaleResult::Partial:
            return JournalKind::ScalePartial;
        case ScaleResult::Failed:
            return JournalKind::ScaleFailed;
    }
    return JournalKind::ScaleFailed;
}

}  // namespace

GuestScaling::GuestScaling(const ScalingRules& rules, const ScalingSpec& spec, const ScaleAccount& account)
    : rules_(rules), account_(account) {
    for (const ScaleRule& rule : spec.rules) {
        watches_.emplace_back(rule);
    }
}

// ---- operations ----------------------------------------------------------------------------------------

/// One step of the operation, and what follows from it.
template <typename Step>
void GuestScaling::run(TimePoint now, ScaleEffects& out, Step step) {
    const std::size_t from = out.size();
    step();
    read_effects(from, now, out);
    if (operation_ && operation_->step() == ScaleTransaction::Step::Ended) {
        const bool check = operation_->task() == ScaleTask::Check;
        operation_.reset();
        if (!check) {
            std::for_each(watches_.begin(), watches_.end(),
                          [now](ScaleRuleWatch& watch) { watch.operation_ended(now); });
        }
        plan_check(now);
    }
    if (!operation_) {
        report_divergence(out);
    }
}

/// Puts into the journal what the operation decided.
void GuestScaling::read_effects(std::size_t from, TimePoint now, ScaleEffects& out) {
    const std::size_t end = out.size();
    for (std::size_t i = from; i < end; ++i) {
        if (const auto* late = std::get_if<LateScale>(&out[i])) {
            const std::int64_t cpu = late->cpu.number();
            out.emplace_back(
                Report{JournalKind::ScaleLate, {{"direction", std::string("down")}, {"cpu", cpu}}});
        } else if (const auto* decided = std::get_if<ScaleDecided>(&out[i])) {
            const ScaleOutcome& outcome = decided->outcome;
            if (outcome.task != ScaleTask::Check) {
                out.emplace_back(Report{kind_of(outcome.result), fields_of(outcome, now)});
            }
        }
    }
}

JournalFields GuestScaling::fields_of(const ScaleOutcome& outcome, TimePoint now) const {
    JournalFields fields{{"direction", std::string(word(outcome.task))}};
    if (outcome.cpu) {
        fields.emplace_back("cpu", std::int64_t{outcome.cpu->number()});
    }
    if (outcome.result != ScaleResult::Done) {
        fields.emplace_back("code", std::string(outcome.code));
        fields.emplace_back("reason", outcome.reason);
    }
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(now - operation_->begun());
    fields.emplace_back("online", format_cpu_list(account_.host));
    fields.emplace_back("cause", cause_);
    fields.emplace_back("latency_us", std::int64_t{took.count()});
    return fields;
}

GuestScaling::Beginning GuestScaling::begin(ScaleTask task, std::string cause, TimePoint now,
                                            ScaleEffects& out) {
    if (operation_ && (operation_->task() != ScaleTask::Check || task == ScaleTask::Check)) {
        return Beginning::Busy;
    }
    if (!connected_) {
        return Beginning::NotConnected;
    }
    cause_ = std::move(cause);
    operation_.emplace(account_, rules_.timing, task, ours_);
    if (task != ScaleTask::Check) {
        out.emplace_back(
            Report{JournalKind::ScaleStarted, {{"direction", std::string(word(task))}, {"cause", cause_}}});
    }
    run(now, out, [this, now, &out] { operation_->begin(now, out); });
    return Beginning::Begun;
}

void GuestScaling::resume(const PendingScale& pending, TimePoint now, ScaleEffects& out) {
    JournalFields fields;
    switch (pending.step) {
        case PendingScale::Step::Asking:
            fields.emplace_back("step", std::string("asking"));
            break;
        case PendingScale::Step::Giving:
            fields.emplace_back("step", std::string("giving"));
            break;
        case PendingScale::Step::Taking:
            fields.emplace_back("step", std::string("taking"));
            break;
    }
    if (pending.cpu) {
        fields.emplace_back("cpu", std::int64_t{pending.cpu->number()});
    }
    out.emplace_back(Report{JournalKind::ScaleInterrupted, std::move(fields)});
    if (pending.step == PendingScale::Step::Asking) {
        out.emplace_back(KeepAccount{std::nullopt});
        return;
    }
    cause_ = "the agent ended";
    operation_.emplace(account_, rules_.timing, ScaleTask::Resume, ours_);
    run(now, out, [this, &pending, now, &out] { operation_->resume(pending, now, out); });
}

std::string GuestScaling::set_offline(const wire::CpuSet& offline, const std::string& cause,
                                      ScaleEffects& out) {
    const wire::CpuSet online = all_cpus(account_.limits) - offline;
    if (operation_ && operation_->task() != ScaleTask::Check) {
        return "an operation is under way";
    }
    if (!(offline - all_cpus(account_.limits)).empty() || offline.contains(0)) {
        return fmt::format("offline_cpus may have vCPUs 1 to {}", account_.limits.max - 1);
    }
    if (online.count() < account_.limits.min) {
        return fmt::format("{} must stay online", account_.limits.min);
    }
    account_.host = online;
    account_.taken.reset();
    out.emplace_back(KeepAccount{std::nullopt});
    out.emplace_back(Report{JournalKind::ScaleSet, {{"online", format_cpu_list(online)}, {"cause", cause}}});
    report_divergence(out);
    return {};
}

void GuestScaling::actuated(bool succeeded, const std::string& detail, TimePoint now, ScaleEffects& out) {
    if (operation_) {
        run(now, out, [&] { operation_->actuated(succeeded, detail, now, out); });
    }
}

void GuestScaling::due(TimePoint now, ScaleEffects& out) {
    if (operation_) {
        run(now, out, [this, now, &out] { operation_->due(now, out); });
    }
    if (now >= check_at_) {
        check_at_ = runtime::never;
        begin(ScaleTask::Check, "check", now, out);
    }
}

TimePoint GuestScaling::deadline() const {
    return operation_ ? std::min(operation_->deadline(), check_at_) : check_at_;
}

// ---- the guest -----------------------------------------------------------------------------------------

void GuestScaling::plan_check(TimePoint now) {
    const bool wanted = connected_ && ours_ && rules_.check.count() > 0;
    check_at_ = wanted ? now + rules_.check : runtime::never;
}

void GuestScaling::guest_unknown(TimePoint now) {
    account_.guest.reset();
    account_.taken.reset();
    agent_.reset();
    plan_check(now);
}

void GuestScaling::messaging_up(TimePoint now) {
    connected_ = true;
    guest_unknown(now);
}

void GuestScaling::messaging_down(TimePoint now, ScaleEffects& out) {
    connected_ = false;
    guest_unknown(now);
    if (operation_) {
        run(now, out, [this, now, &out] { operation_->guest_gone(now, out); });
    }
}

/// What the operation under way asked may yet be answered: its agent need not have been restarted.
void GuestScaling::initialized(bool ours, TimePoint now, ScaleEffects&) {
    ours_ = ours;
    guest_unknown(now);
}

void GuestScaling::reply(const wire::JsonText& data, TimePoint now, ScaleEffects& out) {
    const auto parsed = wire::parse_scale_response(data);
    const bool asked = operation_ && operation_->step() == Step::Asking;
    if (const auto* error = std::get_if<wire::ParseError>(&parsed)) {
        if (asked) {
            run(now, out, [&] { operation_->unusable(*error, now, out); });
        }
        return;
    }
    const auto& answer = std::get<wire::ScaleResponse>(parsed);
    heard(answer, out);
    run(now, out, [&] { asked ? operation_->answered(answer, now, out) : unsolicited(answer, out); });
}

/// Where no scale agent listens, guest-client says so in its place.
void GuestScaling::heard(const wire::ScaleResponse& answer, ScaleEffects& out) {
    const auto* failed = std::get_if<wire::ScaleFailed>(&answer);
    const bool absent = failed != nullptr && failed->absent;
    agent_ = !absent;
    if (std::exchange(absence_reported_, absent) != absent) {
        out.emplace_back(Report{absent ? JournalKind::ScaleAgentAbsent : JournalKind::ScaleAgentBack, {}});
    }
}

void GuestScaling::unsolicited(const wire::ScaleResponse& answer, ScaleEffects& out) {
    JournalFields fields;
    if (const auto* down = std::get_if<wire::ScaledDown>(&answer)) {
        account_.guest = down->online;
        fields = {{"direction", std::string("down")}, {"cpu", std::int64_t{down->cpu.number()}}};
        if (account_.taken == down->cpu) {
            account_.taken.reset();
        }
    } else if (const auto* up = std::get_if<wire::ScaledUp>(&answer)) {
        account_.guest = up->online;
        fields = {{"direction", std::string("up")}, {"cpu", std::int64_t{up->cpu.number()}}};
    } else if (const auto* online = std::get_if<wire::ScaleOnline>(&answer)) {
        account_.guest = online->online;
        return;
    } else {
        const auto& failed = std::get<wire::ScaleFailed>(answer);
        account_.guest = failed.online ? failed.online : account_.guest;
        fields = {{"direction", failed.echo.direction}, {"reason", failed.reason}};
    }
    out.emplace_back(Report{JournalKind::ScaleLate, std::move(fields)});
}

void GuestScaling::report_divergence(ScaleEffects& out) {
    if (!account_.guest) {
        return;
    }
    if (!account_.diverged()) {
        if (std::exchange(reported_, std::nullopt)) {
            out.emplace_back(Report{JournalKind::ScaleInStep, {{"online", format_cpu_list(account_.host)}}});
        }
        return;
    }
    const std::pair now_differing(account_.host, *account_.guest);
    if (reported_ != now_differing) {
        reported_ = now_differing;
        out.emplace_back(Report{JournalKind::ScaleDiverged,
                                {{"online", format_cpu_list(account_.host)},
                                 {"guest_online", format_cpu_list(*account_.guest)}}});
    }
}

// ---- metrics -------------------------------------------------------------------------------------------

void GuestScaling::metrics(const wire::MetricValues& values, TimePoint now, ScaleEffects& out) {
    for (const auto& [name, value] : values) {
        if (metrics_.set(name, value)) {
            continue;
        }
        for (ScaleRuleWatch& watch : watches_) {
            const auto wanted = watch.rule().metric == name.text() ? watch.sample(value, now) : std::nullopt;
            if (wanted) {
                apply_rule(watch, *wanted, value, now, out);
            }
        }
    }
}

/// At a limit there is nothing to do, and nothing to say of it.
void GuestScaling::apply_rule(const ScaleRuleWatch& watch, ScaleDirection direction, double value,
                              TimePoint now, ScaleEffects& out) {
    const bool up = direction == ScaleDirection::Up;
    const bool at_limit = up ? account_.offline().empty() : account_.host.count() <= account_.limits.min;
    if (!at_limit) {
        begin(up ? ScaleTask::Up : ScaleTask::Down,
              fmt::format("rule: {} is {:g}", watch.rule().metric, value), now, out);
    }
}

}  // namespace vnf::host
