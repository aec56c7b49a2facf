// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A desk on a virtual clock, with a kernel, a helper and applications that a test plays in one line each.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "guest-scale-agent/scale_desk.hpp"

namespace vnf::scale::test {

using runtime::Milliseconds;
using runtime::TimePoint;
using wire::ScaleDirection;
using wire::ScalePeer;

/// vCPU 0 has no switch, as on most machines.
class PlayedCpus final : public CpuSource {
  public:
    std::optional<CpuState> state() const override {
        return readable ? std::optional(CpuState{online, present}) : std::nullopt;
    }
    std::optional<guestscale::CpuView> view() const override {
        return readable ? std::optional(guestscale::CpuView{online, present - wire::CpuSet{0}, present})
                        : std::nullopt;
    }
    wire::CpuSet present{0, 1, 2, 3}, online{0, 1, 2, 3};
    bool readable = true;
};

struct DeskBench {
    explicit DeskBench(bool helper = false, ApplicationLimits limits = {}) : desk(cpus, limits, helper) {}

    static wire::ScaleRequest down(Milliseconds timeout = Milliseconds(9000),
                                   ScalePeer peer = ScalePeer::Ours) {
        return {wire::ScaleDown{}, timeout, peer};
    }
    static wire::ScaleRequest up(wire::Cpu cpu, Milliseconds timeout = Milliseconds(9000)) {
        return {wire::ScaleUp{cpu, wire::CpuSet{0, 1, 2, 3}}, timeout, ScalePeer::Ours};
    }

    void ask(const wire::ScaleRequest& request, const std::string& from = "scale-00000001") {
        desk.requested(from, request, now);
        collect();
    }
    ApplicationKey application(const std::string& name, uid_t uid = 1000) {
        const ApplicationKey key = desk.application_opened({100, uid}, now);
        say(key, wire::ScaleHello{name});
        return key;
    }
    void say(ApplicationKey key, const wire::ScaleClientRecord& record) {
        desk.application_said(key, record, now);
        collect();
    }
    void ready(ApplicationKey key) { say(key, wire::ScaleReady{event(key)}); }
    void choose(ApplicationKey key, wire::Cpu cpu) {
        say(key, wire::ScaleChoose{event(key), cpu});
        ready(key);
    }
    void refuse(ApplicationKey key, const std::string& reason) {
        say(key, wire::ScaleRefuse{event(key), reason});
    }
    void leave(ApplicationKey key) {
        desk.application_closed(key, now);
        collect();
    }
    void helper(std::optional<wire::Cpu> choice, bool late = false) {
        desk.helper_ended({choice, "ended", late}, now);
        collect();
    }
    /// The kernel does what was asked last.
    void kernel() {
        const auto order = effects_of<ScaleDesk::Switch>().back();
        if (order.online) {
            cpus.online.insert(order.cpu);
        } else {
            cpus.online.erase(order.cpu);
        }
        end_switch({true, {}});
    }
    void end_switch(const SwitchEnd& end) {
        desk.switched(end, now);
        collect();
    }
    /// Runs the desk's own deadlines up to `by` from now.
    void pass(Milliseconds by) {
        const TimePoint end = now + by;
        while (desk.next_deadline() <= end) {
            now = std::max(now, desk.next_deadline());
            desk.timer(now);
            collect();
        }
        now = end;
    }

    template <typename Effect>
    std::vector<Effect> effects_of() const {
        std::vector<Effect> some;
        for (const auto& one : effects) {
            if (const auto* effect = std::get_if<Effect>(&one)) {
                some.push_back(*effect);
            }
        }
        return some;
    }
    template <typename Effect>
    std::size_t count() const {
        return effects_of<Effect>().size();
    }
    std::vector<ScaleDesk::Reply> replies() const { return effects_of<ScaleDesk::Reply>(); }
    template <typename Response>
    Response reply() const {
        return std::get<Response>(replies().back().response);
    }
    std::string failure() const { return reply<wire::ScaleFailed>().reason; }

    /// What this application was told, of one kind.
    template <typename Record>
    std::vector<Record> told(ApplicationKey key) const {
        std::vector<Record> some;
        for (const auto& tell : effects_of<ScaleDesk::Tell>()) {
            const auto* record = std::get_if<Record>(&tell.record);
            if (record != nullptr && std::find(tell.whom.begin(), tell.whom.end(), key) != tell.whom.end()) {
                some.push_back(*record);
            }
        }
        return some;
    }
    /// The event that it was asked about last.
    std::uint32_t event(ApplicationKey key) const {
        const auto abouts = told<wire::ScaleAbout>(key);
        return abouts.empty() ? 0 : abouts.back().event;
    }

    void collect() {
        for (auto& effect : desk.take_effects()) {
            effects.push_back(std::move(effect));
        }
    }

    TimePoint now{std::chrono::hours(1)};
    PlayedCpus cpus;
    ScaleDesk desk;
    std::vector<ScaleDesk::Effect> effects;
};

}  // namespace vnf::scale::test
