// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See scale_rule.hpp.
#include "host-agent/scaling/scale_rule.hpp"

namespace vnf::host {

namespace {

wire::ScaleDirection other(wire::ScaleDirection direction) {
    return direction == wire::ScaleDirection::Up ? wire::ScaleDirection::Down : wire::ScaleDirection::Up;
}

}  // namespace

bool ScaleRuleWatch::held(std::optional<TimePoint>& since, bool beyond, TimePoint now) const {
    if (!beyond) {
        since.reset();
        return false;
    }
    if (!since) {
        since = now;
    }
    return now - *since >= rule_.hold;
}

std::optional<wire::ScaleDirection> ScaleRuleWatch::sample(double value, TimePoint now) {
    if (last_sample_ && now - *last_sample_ > rule_.stale) {
        above_since_.reset();
        below_since_.reset();
    }
    last_sample_ = now;
    const bool above = held(above_since_, rule_.above && value > *rule_.above, now);
    const bool below = held(below_since_, rule_.below && value < *rule_.below, now);
    if ((!above && !below) || (last_operation_ && now - *last_operation_ < rule_.cool_down)) {
        return std::nullopt;
    }
    return above ? rule_.direction : other(rule_.direction);
}

void ScaleRuleWatch::operation_ended(TimePoint now) {
    last_operation_ = now;
    above_since_.reset();
    below_since_.reset();
    last_sample_.reset();
}

}  // namespace vnf::host
