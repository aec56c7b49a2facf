// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// When a metric's value asks for a vCPU more or less. Pure. Policy of a rule:
//  - a value beyond a threshold counts once every sample has been beyond it for `hold`; between the two thresholds nothing
//    happens (hysteresis). Samples further apart than `stale` say nothing of the time between them;
//  - after any operation on the guest, by whom ever and with whatever result, no rule asks for `cool_down`; what was held
//    before counts no more.
#pragma once

#include <optional>
#include <string>

#include "runtime/clock.hpp"
#include "wire/scale_words.hpp"

namespace vnf::host {

using runtime::Milliseconds;
using runtime::TimePoint;

struct ScaleRule {
    std::string metric;
    std::optional<double> above, below;
    /// What `above` asks for; `below` asks for the other.
    wire::ScaleDirection direction = wire::ScaleDirection::Up;
    Milliseconds hold{10000}, cool_down{60000}, stale{60000};
    friend bool operator==(const ScaleRule&, const ScaleRule&) = default;
};

/// One rule and what it has seen of its metric.
class ScaleRuleWatch {
  public:
    explicit ScaleRuleWatch(ScaleRule rule) : rule_(std::move(rule)) {}

    /// What this sample asks for, if anything.
    std::optional<wire::ScaleDirection> sample(double value, TimePoint now);
    /// An operation on the guest ended.
    void operation_ended(TimePoint now);
    const ScaleRule& rule() const { return rule_; }

  private:
    bool held(std::optional<TimePoint>& since, bool beyond, TimePoint now) const;

    ScaleRule rule_;
    std::optional<TimePoint> above_since_, below_since_, last_sample_, last_operation_;
};

}  // namespace vnf::host
