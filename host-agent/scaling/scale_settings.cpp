// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See scale_settings.hpp.
#include "host-agent/scaling/scale_settings.hpp"

#include "runtime/run_directory.hpp"

namespace vnf::host {

namespace {

using namespace std::chrono_literals;
using runtime::SettingsMap;

constexpr std::size_t path_limit = 4096;
constexpr std::size_t most_rules = 16;
constexpr double most = 1e300;

std::optional<double> threshold(SettingsMap& map, std::string_view key) {
    return map.has(key) ? std::optional(map.real(key, 0, -most, most)) : std::nullopt;
}

ScaleRule read_rule(SettingsMap map) {
    ScaleRule rule;
    rule.metric = map.text("metric", "");
    if (!wire::MetricName::of(rule.metric)) {
        map.fail("metric", "must be 1 to 64 of A-Z, a-z, 0-9, '_', ':', and not begin with a digit");
    }
    rule.above = threshold(map, "above");
    rule.below = threshold(map, "below");
    if (!rule.above && !rule.below) {
        map.fail("metric", "needs above, below or both");
    }
    if (rule.above && rule.below && *rule.below >= *rule.above) {
        map.fail("below", "must be less than above");
    }
    rule.direction = map.choice("direction", 0, {"up", "down"}) == 0 ? wire::ScaleDirection::Up
                                                                     : wire::ScaleDirection::Down;
    rule.hold = map.milliseconds("hold_ms", rule.hold, 0ms, 86400000ms);
    rule.cool_down = map.milliseconds("cool_down_ms", rule.cool_down, 0ms, 86400000ms);
    rule.stale = map.milliseconds("stale_ms", rule.stale, 1ms, 86400000ms);
    map.finish();
    return rule;
}

}  // namespace

ScaleSettings read_scaling(SettingsMap map) {
    ScaleSettings settings;
    ScaleTiming& timing = settings.rules.timing;
    timing.guest = map.milliseconds("guest_ms", timing.guest, 100ms, 600000ms);
    timing.answer = map.milliseconds("answer_ms", timing.answer, 100ms, 600000ms);
    timing.total = map.milliseconds("timeout_ms", timing.total, 100ms, 600000ms);
    if (timing.guest > timing.answer) {
        map.fail("guest_ms", "must not be more than answer_ms");
    }
    if (timing.answer > timing.total) {
        map.fail("answer_ms", "must not be more than timeout_ms");
    }
    timing.take_without_answer = map.choice("without_answer", 0, {"take", "keep"}) == 0;
    settings.rules.check = map.milliseconds("check_ms", settings.rules.check, 0ms, 86400000ms);
    settings.state_directory =
        map.text("state_directory", runtime::default_state_directory().string(), path_limit);
    if (!settings.state_directory.empty() && settings.state_directory.front() != '/') {
        map.fail("state_directory", "must be an absolute path, or empty");
    }
    map.finish();
    return settings;
}

std::shared_ptr<const ScalingSpec> read_guest_scaling(SettingsMap& outer, const std::string& instance) {
    if (!outer.has("scaling")) {
        return nullptr;
    }
    SettingsMap map = outer.map("scaling");
    const auto spec = std::make_shared<ScalingSpec>();
    spec->limits.max = static_cast<std::uint16_t>(map.integer("max", 1, 1, wire::cpu_limit));
    spec->limits.min = static_cast<std::uint16_t>(map.integer("min", 1, 1, spec->limits.max));
    spec->instance = map.text("instance", instance);
    for (const SettingsMap& rule : map.maps("rules", most_rules)) {
        spec->rules.push_back(read_rule(rule));
    }
    map.finish();
    return spec;
}

}  // namespace vnf::host
