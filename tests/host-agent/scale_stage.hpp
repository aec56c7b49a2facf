// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One guest's scaling on a virtual clock, with the guest and the actuator played by the test.
#pragma once

#include <catch2/catch.hpp>
#include <deque>

#include "host-agent/scaling/guest_scaling.hpp"

namespace vnf::host {

using namespace std::chrono_literals;

inline wire::CpuSet cpus(const std::string& list) {
    return std::get<wire::CpuSet>(wire::parse_cpu_list(list));
}

class ScaleStage {
  public:
    explicit ScaleStage(ScaleLimits limits = {1, 4}, const std::string& online = {}, bool ours = false,
                        std::vector<ScaleRule> with = {}) {
        ScaleAccount account(limits);
        if (!online.empty())
            account.host = cpus(online);
        scaling.emplace(rules, ScalingSpec{limits, "vm", std::move(with)}, account);
        scaling->messaging_up(now);
        scaling->initialized(ours, now, effects);
        effects.clear();
    }

    GuestScaling::Beginning begin(ScaleTask task) { return scaling->begin(task, "test", now, fresh()); }
    void answer(const wire::ScaleResponse& answer) {
        scaling->reply(encode(answer, wire::ScalePeer::Ours), now, fresh());
    }
    void gave_up(int cpu, const std::string& online) {
        answer(wire::ScaledDown{*wire::Cpu::of(cpu), cpus(online)});
    }
    void brought_back(int cpu, const std::string& online) {
        answer(wire::ScaledUp{*wire::Cpu::of(cpu), cpus(online)});
    }
    void says(const std::string& data) {
        scaling->reply(std::get<wire::JsonText>(wire::JsonText::parse(data)), now, fresh());
    }
    void fails(const std::string& direction, bool refused = false, std::optional<wire::CpuSet> online = {}) {
        answer(wire::ScaleFailed{{"cpu", direction}, "because", refused, std::move(online)});
    }
    void without_agent(const std::string& direction) {
        wire::ScaleFailed failed{{"cpu", direction}, "nobody"};
        failed.absent = true;
        answer(failed);
    }
    void actuated(bool succeeded = true) { scaling->actuated(succeeded, "of the actuator", now, fresh()); }
    void gone() { scaling->messaging_down(now, fresh()); }
    void next_deadline() {
        REQUIRE(scaling->deadline() != runtime::never);
        now = scaling->deadline();
        scaling->due(now, fresh());
    }
    void metric(const std::string& name, double value) {
        wire::MetricValues values;
        REQUIRE_FALSE(values.set(*wire::MetricName::of(name), value));
        scaling->metrics(values, now, fresh());
    }

    template <typename Effect>
    const Effect* find() const {
        for (const ScaleEffect& one : effects)
            if (const auto* effect = std::get_if<Effect>(&one))
                return effect;
        return nullptr;
    }
    const wire::ScaleRequest& asked() const {
        const auto* ask = find<AskScale>();
        REQUIRE(ask != nullptr);
        return ask->request;
    }
    bool asks_down() const {
        const auto* ask = find<AskScale>();
        return ask != nullptr && std::holds_alternative<wire::ScaleDown>(ask->request.change);
    }
    /// The vCPU of an up request, or -1.
    int asks_up() const {
        const auto* ask = find<AskScale>();
        const auto* up = ask != nullptr ? std::get_if<wire::ScaleUp>(&ask->request.change) : nullptr;
        return up != nullptr ? up->cpu.number() : -1;
    }
    bool asks_status() const {
        const auto* ask = find<AskScale>();
        return ask != nullptr && std::holds_alternative<wire::ScaleStatus>(ask->request.change);
    }
    /// "+3": vCPU 3 is to be given; "-3": taken; "" nothing.
    std::string actuates() const {
        const auto* order = find<ActuateScale>();
        if (order == nullptr)
            return {};
        return (order->direction == wire::ScaleDirection::Up ? "+" : "-") +
               std::to_string(order->cpu.number());
    }
    /// "done", "partial no_answer", "failed at_limit"; "" while it is undecided.
    std::string decided() const {
        const auto* decision = find<ScaleDecided>();
        if (decision == nullptr)
            return {};
        const ScaleOutcome& outcome = decision->outcome;
        const std::string result(word(outcome.result));
        return outcome.result == ScaleResult::Done ? result : result + " " + std::string(outcome.code);
    }
    bool reports(JournalKind kind) const {
        for (const ScaleEffect& one : effects)
            if (const auto* report = std::get_if<Report>(&one); report != nullptr && report->kind == kind)
                return true;
        return false;
    }
    std::string host() const { return format_cpu_list(scaling->account().host); }
    /// "?" while it is not known.
    std::string guest() const {
        const auto& online = scaling->account().guest;
        return online ? format_cpu_list(*online) : "?";
    }
    bool idle() const { return !scaling->operation(); }
    ScaleEffects& fresh() {
        effects.clear();
        return effects;
    }

    ScalingRules rules;
    ScaleEffects effects;
    TimePoint now{1000s};
    std::optional<GuestScaling> scaling;
};

}  // namespace vnf::host
