// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See corrective_runner.hpp.
#include "host-agent/corrective_runner.hpp"

#include <algorithm>
#include <utility>

namespace vnf::host {

namespace {

using wire::CorrectiveAction;

CorrectiveVerdict suppressed(Corrective what, std::string reason) {
    return {JournalKind::CorrectiveSuppressed, std::move(what), std::move(reason)};
}

CorrectiveVerdict dropped(Corrective what) {
    return {JournalKind::CorrectiveDropped, std::move(what), "the guest recovered"};
}

}  // namespace

bool CorrectiveRules::allows(CorrectiveAction action) const {
    switch (action) {
        case CorrectiveAction::Unknown:
        case CorrectiveAction::None:
            return false;
        case CorrectiveAction::Reboot:
            return allow_reboot;
        case CorrectiveAction::Stop:
            return allow_stop;
        case CorrectiveAction::Log:
            return allow_log;
    }
    return false;
}

void CorrectiveBudgets::change(const CorrectiveRules& rules) {
    strong.change(rules.global_burst, rules.global_period);
    log.change(rules.global_burst, rules.global_period);
}

CorrectiveRunner::CorrectiveRunner(const CorrectiveRules& rules, CorrectiveBudgets& global)
    : rules_(rules),
      global_(global),
      strong_(rules.guest_burst, rules.guest_period),
      log_(rules.guest_burst, rules.guest_period) {}

void CorrectiveRunner::rules_changed() {
    strong_.change(rules_.guest_burst, rules_.guest_period);
    log_.change(rules_.guest_burst, rules_.guest_period);
}

void CorrectiveRunner::request(Corrective what, bool reporting, TimePoint now, CorrectiveSteps& out) {
    if (!reporting) {
        out.emplace_back(suppressed(std::move(what), "reporting is disabled"));
        return;
    }
    if (!rules_.allows(what.action)) {
        out.emplace_back(suppressed(std::move(what), "the settings do not allow this action"));
        return;
    }
    if (waiting_ && wire::stronger(waiting_->what.action, what.action) == waiting_->what.action) {
        out.emplace_back(suppressed(std::move(what), "one as strong is waiting"));
        return;
    }
    if (waiting_) {
        out.emplace_back(suppressed(std::move(waiting_->what), "a stronger one takes its place"));
    }
    waiting_ = Waiting{std::move(what), 1, false};
    try_start(now, out);
}

bool CorrectiveRunner::within_budget(CorrectiveAction action, TimePoint now) {
    const bool is_log = action == CorrectiveAction::Log;
    runtime::RateBudget& own = is_log ? log_ : strong_;
    runtime::RateBudget& shared = is_log ? global_.log : global_.strong;
    const TimePoint possible = std::max(own.next(), shared.next());
    if (possible > now) {
        deadline_ = possible;
        return false;
    }
    own.take(now);
    shared.take(now);
    return true;
}

void CorrectiveRunner::try_start(TimePoint now, CorrectiveSteps& out) {
    deadline_ = runtime::never;
    if (running_ || !waiting_) {
        return;
    }
    // A repetition was paid for when it was first begun.
    if (waiting_->attempt == 1 && !within_budget(waiting_->what.action, now)) {
        return;
    }
    running_ = std::exchange(waiting_, std::nullopt);
    out.emplace_back(CorrectiveStart{running_->what, running_->attempt});
}

void CorrectiveRunner::finished(bool succeeded, TimePoint now, CorrectiveSteps& out) {
    if (!running_) {
        return;
    }
    Waiting ended = std::move(*running_);
    running_.reset();
    if (succeeded || waiting_) {
        // What came meanwhile is newer than this run's result.
        try_start(now, out);
        return;
    }
    if (ended.moot) {
        out.emplace_back(dropped(std::move(ended.what)));
        return;
    }
    if (ended.attempt >= rules_.attempts) {
        out.emplace_back(CorrectiveVerdict{JournalKind::CorrectiveGivenUp, std::move(ended.what),
                                           "failed " + std::to_string(ended.attempt) + " times"});
        return;
    }
    const auto pause = rules_.retry_pause * (1U << std::min(ended.attempt - 1, 10U));
    ++ended.attempt;
    waiting_ = std::move(ended);
    deadline_ = now + pause;
}

void CorrectiveRunner::recovered(CorrectiveSteps& out) {
    deadline_ = runtime::never;
    if (running_) {
        running_->moot = true;
    }
    if (auto waited = std::exchange(waiting_, std::nullopt)) {
        out.emplace_back(dropped(std::move(waited->what)));
    }
}

void CorrectiveRunner::due(TimePoint now, CorrectiveSteps& out) {
    if (now >= deadline_) {
        try_start(now, out);
    }
}

}  // namespace vnf::host
