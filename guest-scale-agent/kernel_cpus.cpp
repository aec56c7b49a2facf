// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Errors as values and as the old agent's words.
#include "guest-scale-agent/kernel_cpus.hpp"

#include <variant>

#include "runtime/clock.hpp"

namespace vnf::scale {

using guestscale::CpuTreeError;
using guestscale::CpuTreeFault;

void KernelCpus::say_unreadable(const CpuTreeError& error) const {
    if (unreadable_log_.admit(runtime::Clock::now())) {
        runtime::log_error("the vCPUs can't be read", {{"error", to_string(error)}});
    }
}

std::optional<CpuState> KernelCpus::state() const {
    auto online = tree_.online();
    if (const auto* error = std::get_if<CpuTreeError>(&online)) {
        say_unreadable(*error);
        return std::nullopt;
    }
    auto present = tree_.present();
    if (const auto* error = std::get_if<CpuTreeError>(&present)) {
        say_unreadable(*error);
        return std::nullopt;
    }
    return CpuState{std::get<wire::CpuSet>(online), std::get<wire::CpuSet>(present)};
}

std::optional<guestscale::CpuView> KernelCpus::view() const {
    auto view = tree_.view();
    if (const auto* error = std::get_if<CpuTreeError>(&view)) {
        say_unreadable(*error);
        return std::nullopt;
    }
    return std::get<guestscale::CpuView>(std::move(view));
}

SwitchEnd switch_cpu(const guestscale::CpuTree& tree, const ScaleDesk::Switch& effect) {
    if (runtime::Clock::now() > effect.not_after) {
        return {false, "no time is left"};
    }
    const auto error = tree.set(effect.cpu, effect.online);
    if (!error) {
        return {true, {}};
    }
    if (error->fault == CpuTreeFault::Absent || error->fault == CpuTreeFault::NoOnlineFile) {
        // Word for word what vendors' logs and tests look for (vectors of the scaling channel).
        return {false, "can't open cpu online path: No such file or directory"};
    }
    return {false, to_string(*error)};
}

}  // namespace vnf::scale
