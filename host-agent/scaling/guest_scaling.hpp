// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// All scaling of one guest, for as long as the settings name it: its account, the operation under way, what the guest says
// unasked, its metrics and rules. Pure. Policy:
//  - one operation at a time; only a check makes way for another;
//  - every answer says what is online, asked for or not. That changes what the host knows and nothing of what the guest
//    has; where the two accounts differ it is reported, once for each difference (B-29), and once when they agree again;
//  - after a restart of the guest, a connection or an init, what is online there is not known. A guest of ours is asked
//    after `check`, and each `check` from then on; an old one has no such question.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host-agent/scaling/scale_rule.hpp"
#include "host-agent/scaling/scale_transaction.hpp"
#include "host-agent/scaling/scaling_spec.hpp"
#include "wire/metric_values.hpp"

namespace vnf::host {

struct ScalingRules {
    ScaleTiming timing;
    Milliseconds check{60000};  ///< 0: never
};

class GuestScaling {
  public:
    enum class Beginning : std::uint8_t { Begun, Busy, NotConnected };

    /// `rules` outlives it and may change between calls.
    GuestScaling(const ScalingRules& rules, const ScalingSpec& spec, const ScaleAccount& account);

    /// Begun: ScaleDecided follows, perhaps already.
    Beginning begin(ScaleTask task, std::string cause, TimePoint now, ScaleEffects& out);
    /// An agent before this one ended here.
    void resume(const PendingScale& pending, TimePoint now, ScaleEffects& out);
    /// The host's account, as somebody knows it who moved the guest here. An error, or empty.
    std::string set_offline(const wire::CpuSet& offline, const std::string& cause, ScaleEffects& out);

    void messaging_up(TimePoint now);
    void messaging_down(TimePoint now, ScaleEffects& out);
    /// An init; `ours`: it named Capability::Scale.
    void initialized(bool ours, TimePoint now, ScaleEffects& out);
    void reply(const wire::JsonText& data, TimePoint now, ScaleEffects& out);
    void actuated(bool succeeded, const std::string& detail, TimePoint now, ScaleEffects& out);
    void metrics(const wire::MetricValues& values, TimePoint now, ScaleEffects& out);
    void due(TimePoint now, ScaleEffects& out);
    TimePoint deadline() const;

    const ScaleAccount& account() const { return account_; }
    const std::optional<ScaleTransaction>& operation() const { return operation_; }
    const std::string& cause() const { return cause_; }
    bool connected() const { return connected_; }
    bool ours() const { return ours_; }
    /// A scale agent listens in the guest, by what was said last; nothing: since then it may have come or gone.
    std::optional<bool> agent() const { return agent_; }
    /// The last ones; of new names only as many as fit.
    const wire::MetricValues& metric_values() const { return metrics_; }
    const std::vector<ScaleRuleWatch>& rules() const { return watches_; }

  private:
    template <typename Step>
    void run(TimePoint now, ScaleEffects& out, Step step);
    void read_effects(std::size_t from, TimePoint now, ScaleEffects& out);
    JournalFields fields_of(const ScaleOutcome& outcome, TimePoint now) const;
    void unsolicited(const wire::ScaleResponse& answer, ScaleEffects& out);
    void apply_rule(const ScaleRuleWatch& watch, wire::ScaleDirection direction, double value, TimePoint now,
                    ScaleEffects& out);
    void heard(const wire::ScaleResponse& answer, ScaleEffects& out);
    void report_divergence(ScaleEffects& out);
    void guest_unknown(TimePoint now);
    void plan_check(TimePoint now);

    const ScalingRules& rules_;
    ScaleAccount account_;
    std::optional<ScaleTransaction> operation_;
    std::string cause_;
    bool connected_ = false, ours_ = false;
    std::optional<bool> agent_;
    bool absence_reported_ = false;
    std::optional<std::pair<wire::CpuSet, wire::CpuSet>>
        reported_;  ///< the accounts that were reported to differ
    wire::MetricValues metrics_;
    std::vector<ScaleRuleWatch> watches_;
    TimePoint check_at_ = runtime::never;
};

}  // namespace vnf::host
