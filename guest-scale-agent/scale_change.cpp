// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One change from its beginning to its answer: the phases of ScaleDesk, in their order.
#include <algorithm>
#include <utility>

#include "guest-scale-agent/scale_desk.hpp"

namespace vnf::scale {

using guestscale::ChoiceSource;
using runtime::Milliseconds;
using runtime::TimePoint;
using wire::ScaleDirection;

namespace {

constexpr const char* unreadable = "can't read which vCPUs are online";

std::string number(wire::Cpu cpu) {
    return std::to_string(cpu.number());
}

Milliseconds until(TimePoint end, TimePoint now) {
    return std::max(std::chrono::duration_cast<Milliseconds>(end - now), Milliseconds(0));
}

}  // namespace

void ScaleDesk::begin(TimePoint now) {
    applications_.forget_answers();
    change_->event = ++last_event_;
    const auto* up = std::get_if<wire::ScaleUp>(&change_->request.request.change);
    change_->direction = up != nullptr ? ScaleDirection::Up : ScaleDirection::Down;
    ++(up != nullptr ? counters_.ups : counters_.downs);
    const ScaleTimes& times = change_->request.times;
    if (now > times.last_write) {
        ++counters_.too_late;
        return fail("another change took this one's time", now);
    }
    if (up != nullptr) {
        return decided(up->cpu, ChosenBy::Host, cpus_.state(), now);
    }
    if (helper_) {
        return run_helper(Phase::HelperChooses, times.helper_by(now, applications_.anybody()), now);
    }
    let_applications_choose(now);
}

// ---- whose choice -----------------------------------------------------------------------------------------

void ScaleDesk::run_helper(Phase phase, TimePoint end, TimePoint now) {
    ++counters_.helper_runs;
    change_->phase = phase;
    change_->deadline = end;
    RunHelper effect{change_->direction, change_->cpu, {}, until(end, now)};
    if (const auto* up = std::get_if<wire::ScaleUp>(&change_->request.request.change)) {
        effect.expected = up->online;
    }
    effects_.emplace_back(effect);
}

void ScaleDesk::helper_ended(const HelperEnd& end, TimePoint now) {
    const auto now_in = phase();
    const bool awaited = now_in == Phase::HelperAdds || now_in == Phase::HelperChooses;
    counters_.helper_late += awaited && end.late ? 1U : 0U;
    if (now_in == Phase::HelperAdds) {
        note(false, "the helper was told of vCPU " + number(*change_->cpu) + ": " + end.what);
        succeed(now);
    } else if (now_in == Phase::HelperChooses) {
        const auto view = cpus_.view();
        const auto choice = view ? guestscale::choose_down(*view, end.choice, std::nullopt) : std::nullopt;
        if (choice && choice->source == ChoiceSource::Helper) {
            decided(choice->cpu, ChosenBy::Helper, CpuState{view->online, view->present}, now);
        } else {
            note(false, "the helper named no vCPU that can go: " + end.what);
            let_applications_choose(now);
        }
    }
    begin_next(now);
}

void ScaleDesk::let_applications_choose(TimePoint now) {
    change_->phase = Phase::ApplicationsChoose;
    change_->deadline = change_->request.times.choose_by(now);
    about(std::nullopt, applications_.ask([](const Application&) { return false; }), now);
    applications_answered(now);
}

void ScaleDesk::applications_chose(TimePoint now) {
    const auto view = cpus_.view();
    if (!view) {
        return fail(unreadable, now);
    }
    const auto wish = applications_.choice([&view](wire::Cpu cpu) {
        const auto made = guestscale::choose_down(*view, std::nullopt, cpu);
        return made && made->source == ChoiceSource::Application;
    });
    const auto choice = guestscale::choose_down(*view, std::nullopt, wish);
    if (!choice) {
        return fail("unable to find cpu to offline", now);
    }
    decided(choice->cpu,
            choice->source == ChoiceSource::Application ? ChosenBy::Application : ChosenBy::Default,
            CpuState{view->online, view->present}, now);
}

/// `state` was read in this turn.
void ScaleDesk::decided(wire::Cpu cpu, ChosenBy chooser, const std::optional<CpuState>& state,
                        TimePoint now) {
    change_->cpu = cpu;
    change_->chooser = chooser;
    change_->phase = Phase::ApplicationsPrepare;
    const bool wanted = change_->direction == ScaleDirection::Up;
    if (state && (state->online.contains(cpu) == wanted || !state->present.contains(cpu))) {
        change_->idle = true;
        return write(now);  // nothing to get ready for
    }
    change_->deadline = change_->request.times.decide_by(now);
    about(cpu, applications_.ask([cpu](const Application& one) { return one.choice == cpu; }), now);
    applications_answered(now);
}

/// In both phases of asking: everybody may have answered by now.
void ScaleDesk::applications_answered(TimePoint now) {
    const auto now_in = phase();
    if (now_in != Phase::ApplicationsChoose && now_in != Phase::ApplicationsPrepare) {
        return;
    }
    if (const Application* one = applications_.refusal()) {
        ++counters_.refused;
        if (change_->request.request.peer == wire::ScalePeer::Old) {
            ++counters_.refused_to_old_hosts;
            note(true,
                 "an application refuses, which an old host does not heed: guest and host may differ now");
        }
        return fail(one->name + ": " + one->reason, now, true);
    }
    if (applications_.waiting()) {
        return;
    }
    if (now_in == Phase::ApplicationsChoose) {
        applications_chose(now);
    } else {
        write(now);
    }
}

// ---- the change -------------------------------------------------------------------------------------------

void ScaleDesk::write(TimePoint now) {
    if (now > change_->request.times.last_write) {
        ++counters_.too_late;
        return fail("no time is left to switch cpu " + number(*change_->cpu), now);
    }
    change_->phase = Phase::Switching;
    change_->deadline = change_->request.times.answer_by;
    effects_.emplace_back(
        Switch{*change_->cpu, change_->direction == ScaleDirection::Up, change_->request.times.last_write});
}

void ScaleDesk::switched(const SwitchEnd& end, TimePoint now) {
    const auto now_in = phase();
    if (now_in == Phase::Overdue) {
        ended_late(end, now);
    } else if (now_in == Phase::Switching) {
        const auto state = cpus_.state();
        const bool wanted = change_->direction == ScaleDirection::Up;
        if (!end.done) {
            switch_failed(end.problem, now);
        } else if (!state) {
            switch_failed(unreadable, now);
        } else if (state->online.contains(*change_->cpu) != wanted) {
            switch_failed("the kernel said that it was done, and the vCPUs " +
                              wire::format_cpu_list(state->online) + " are online",
                          now);
        } else {
            made(*state, now);
        }
    }
    begin_next(now);
}

void ScaleDesk::switch_failed(const std::string& problem, TimePoint now) {
    const bool up = change_->direction == ScaleDirection::Up;
    // The old agent's words: of an up the error alone (specification 4.3, 4.4).
    fail(up ? problem : "failed to set cpu " + number(*change_->cpu) + " offline: " + problem, now);
}

/// The disk is not between the change and its answer.
void ScaleDesk::made(const CpuState& state, TimePoint now) {
    tell_end(wire::ScaleDone{change_->event, change_->direction, *change_->cpu, state.online}, state.online);
    known_ = state.online;
    look_at_ = now + look_again;
    const bool idle = change_->idle;
    const TimePoint end = change_->request.times.last_write;
    if (change_->direction == ScaleDirection::Up && helper_ && now < end && !ending_) {
        run_helper(Phase::HelperAdds, end, now);
    } else {
        succeed(state.online, now);
    }
    if (!idle || remembered_ != state.offline()) {
        remember(state.offline());
    }
}

void ScaleDesk::remember(const wire::CpuSet& offline) {
    remembered_ = offline;
    effects_.emplace_back(Remember{offline});
}

/// The host has its answer, which was a failure; applications and the disk learn what became of it.
void ScaleDesk::ended_late(const SwitchEnd& end, TimePoint now) {
    ++counters_.late_ends;
    const auto state = cpus_.state().value_or(CpuState{});
    const bool up = change_->direction == ScaleDirection::Up;
    const bool changed = end.done && state.online.contains(*change_->cpu) == up;
    note(true, "vCPU " + number(*change_->cpu) + (changed ? " was" : " was not") + " switched " +
                   std::string(word(change_->direction)) + ", after the host had its answer");
    if (changed) {
        tell_end(wire::ScaleDone{change_->event, change_->direction, *change_->cpu, state.online},
                 state.online);
        remember(state.offline());
    } else {
        tell_end(wire::ScaleAbandoned{change_->event, change_->direction, state.online, end.problem},
                 state.online);
    }
    known_ = state.online;
    close_change(changed ? "done after the answer" : end.problem, now);
}

/// Its time has passed.
void ScaleDesk::phase_over(TimePoint now) {
    switch (change_->phase) {
        case Phase::HelperChooses:
            ++counters_.helper_late;
            effects_.emplace_back(StopHelper{});
            note(true, "the helper named no vCPU in its time");
            return let_applications_choose(now);
        case Phase::ApplicationsChoose:
        case Phase::ApplicationsPrepare: {
            const std::size_t silent = applications_.stop_waiting();
            counters_.silent_applications += silent;
            note(true, std::to_string(silent) + " applications did not answer in their time");
            return applications_answered(now);
        }
        case Phase::Switching:
            ++counters_.overdue;
            answer_failure(change_->request,
                           "cpu " + number(*change_->cpu) + " is still being switched " +
                               std::string(word(change_->direction)),
                           false);
            change_->phase = Phase::Overdue;
            change_->deadline = runtime::never;
            return;
        case Phase::HelperAdds:
            ++counters_.helper_late;
            effects_.emplace_back(StopHelper{});
            note(true, "the helper was told of a vCPU and did not end in its time");
            return succeed(now);
        case Phase::Overdue:
            return;
    }
}

// ---- the end ----------------------------------------------------------------------------------------------

void ScaleDesk::about(std::optional<wire::Cpu> cpu, const std::vector<ApplicationKey>& whom, TimePoint now) {
    if (!whom.empty()) {
        effects_.emplace_back(Tell{
            whom, wire::ScaleAbout{change_->event, change_->direction, cpu, until(change_->deadline, now)}});
    }
}

/// Whoever was asked hears how it ended and the state; the others hear of the state if it is not what they know.
void ScaleDesk::tell_end(const wire::ScaleAgentRecord& record, const wire::CpuSet& now_online) {
    std::vector<ApplicationKey> concerned, curious;
    for (const auto& [key, one] : applications_.all()) {
        if (one.concerned) {
            concerned.push_back(key);
        }
        if (one.concerned || (one.greeted && known_ != now_online)) {
            curious.push_back(key);
        }
    }
    if (!concerned.empty()) {
        effects_.emplace_back(Tell{std::move(concerned), record});
    }
    if (!curious.empty()) {
        effects_.emplace_back(Tell{std::move(curious), state_of(now_online)});
    }
}

void ScaleDesk::succeed(TimePoint now) {
    if (const auto now_online = online()) {
        return succeed(*now_online, now);
    }
    answer_failure(change_->request, unreadable, false);
    close_change(unreadable, now);
}

void ScaleDesk::succeed(const wire::CpuSet& now_online, TimePoint now) {
    const Request& request = change_->request;
    wire::ScaleResponse response = wire::ScaledDown{*change_->cpu, now_online};
    if (change_->direction == ScaleDirection::Up) {
        response = wire::ScaledUp{*change_->cpu, now_online};
    }
    effects_.emplace_back(Reply{request.reply_to, std::move(response), request.request.peer});
    close_change("success", now);
}

void ScaleDesk::fail(std::string reason, TimePoint now, bool refused) {
    answer_failure(change_->request, reason, refused);
    const auto now_online = online().value_or(wire::CpuSet{});
    tell_end(wire::ScaleAbandoned{change_->event, change_->direction, now_online, reason}, now_online);
    close_change(std::move(reason), now);
}

void ScaleDesk::close_change(std::string result, TimePoint now) {
    last_ = LastChange{change_->direction, change_->cpu, change_->chooser, std::move(result),
                       std::chrono::duration_cast<Milliseconds>(now - change_->request.arrived)};
    applications_.forget_answers();
    change_.reset();
}

}  // namespace vnf::scale
