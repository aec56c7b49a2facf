// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The lattice. The verdict is judged when asked for, so that a thousand failures in one turn cost one pass.
#include "guest-client/health.hpp"

#include <algorithm>
#include <utility>

namespace vnf::guest {
namespace {

/// True if `left` has to supply the verdict rather than `right`.
bool worse(const HealthBoard::Entry& left, const HealthBoard::Entry& right) {
    const wire::CorrectiveAction a = left.ailment.action;
    const wire::CorrectiveAction b = right.ailment.action;
    if (a == b) {
        return left.order < right.order;
    }
    return wire::stronger(a, b) == a;
}

}  // namespace

bool same_state(const Verdict& left, const Verdict& right) {
    return left.health == right.health && left.action == right.action && left.cause == right.cause &&
           left.application == right.application;
}

void HealthBoard::set_fallback(wire::CorrectiveAction fallback) {
    fallback_ = fallback;
}

void HealthBoard::ail(HealthSource source, Ailment ailment, runtime::TimePoint now) {
    if (ailment.action == wire::CorrectiveAction::Unknown) {
        ailment.action = fallback_;
    }
    const auto [place, is_new] = entries_.try_emplace(source);
    if (is_new) {
        place->second.since = now;
        place->second.order = next_order_++;
    }
    place->second.ailment = std::move(ailment);
    stale_ = true;
}

void HealthBoard::recover(HealthSource source) {
    stale_ |= entries_.erase(source) != 0;
}

void HealthBoard::set_script_output(std::string output) {
    script_output_ = std::move(output);
    stale_ = true;
}

const Verdict& HealthBoard::verdict() const {
    if (stale_) {
        verdict_ = judge();
        stale_ = false;
    }
    return verdict_;
}

Verdict HealthBoard::judge() const {
    if (entries_.empty()) {
        return Verdict{.application = {}, .log = script_output_};
    }
    const auto worst = std::min_element(
        entries_.begin(), entries_.end(),
        [](const auto& left, const auto& right) { return worse(left.second, right.second); });
    const Ailment& ailment = worst->second.ailment;
    return {wire::Health::Unhealthy, ailment.action, ailment.cause, ailment.application, ailment.reason};
}

std::vector<std::pair<HealthSource, HealthBoard::Entry>> HealthBoard::ailments() const {
    std::vector<std::pair<HealthSource, Entry>> all(entries_.begin(), entries_.end());
    std::sort(all.begin(), all.end(),
              [](const auto& left, const auto& right) { return left.second.order < right.second.order; });
    return all;
}

}  // namespace vnf::guest
