// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// When, and whether, the actuator runs for one guest. Pure. Policy, in this order:
//  - gated: reporting disabled (here or globally), or an action that the settings don't allow, is suppressed;
//  - at most one action of a guest runs at a time; of what comes meanwhile the strongest waits (stop over
//  reboot over log);
//  - a failed run is repeated, `attempts` times in all, with a doubling pause (H-24);
//  - a run beyond the guest's or the global budget is delayed until the budget allows it, not forgotten;
//  - what has not begun is dropped when the guest is well again. `log` has budgets of its own, so that
//    chatter never delays a reboot.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host-agent/guest_effect.hpp"
#include "runtime/clock.hpp"
#include "runtime/rate_budget.hpp"

namespace vnf::host {

using runtime::Milliseconds;
using runtime::TimePoint;

struct CorrectiveRules {
    bool allow_log = true, allow_reboot = true, allow_stop = true;
    unsigned attempts = 3;
    Milliseconds retry_pause{1000};
    std::uint64_t guest_burst = 3;
    Milliseconds guest_period{60000};
    std::uint64_t global_burst = 50;
    Milliseconds global_period{1000};

    bool allows(wire::CorrectiveAction action) const;
};

/// The global budgets: one for each class of action, shared by all guests.
struct CorrectiveBudgets {
    explicit CorrectiveBudgets(const CorrectiveRules& rules)
        : strong(rules.global_burst, rules.global_period), log(rules.global_burst, rules.global_period) {}
    void change(const CorrectiveRules& rules);
    runtime::RateBudget strong, log;
};

struct CorrectiveStart {
    Corrective what;
    unsigned attempt;  ///< from 1
};
struct CorrectiveVerdict {
    JournalKind kind;  ///< CorrectiveSuppressed, CorrectiveGivenUp or CorrectiveDropped
    Corrective what;
    std::string reason;
};
using CorrectiveStep = std::variant<CorrectiveStart, CorrectiveVerdict>;
using CorrectiveSteps = std::vector<CorrectiveStep>;

class CorrectiveRunner {
  public:
    CorrectiveRunner(const CorrectiveRules& rules, CorrectiveBudgets& global);

    /// `reporting`: whether both gates are open now.
    void request(Corrective what, bool reporting, TimePoint now, CorrectiveSteps& out);
    /// The run that was started ended.
    void finished(bool succeeded, TimePoint now, CorrectiveSteps& out);
    void recovered(CorrectiveSteps& out);
    /// The settings' budgets changed.
    void rules_changed();
    void due(TimePoint now, CorrectiveSteps& out);
    TimePoint deadline() const { return deadline_; }
    bool running() const { return running_.has_value(); }
    bool waiting() const { return waiting_.has_value(); }

  private:
    struct Waiting {
        Corrective what;
        unsigned attempt;
        bool moot = false;  ///< the guest recovered while it ran: not to be repeated
    };
    void try_start(TimePoint now, CorrectiveSteps& out);
    bool within_budget(wire::CorrectiveAction action, TimePoint now);

    const CorrectiveRules& rules_;
    CorrectiveBudgets& global_;
    runtime::RateBudget strong_, log_;
    std::optional<Waiting> running_, waiting_;
    TimePoint deadline_ = runtime::never;
};

}  // namespace vnf::host
