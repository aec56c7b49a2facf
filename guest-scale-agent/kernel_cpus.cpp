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

std::optional<CpuState> KernelCpus::state() const {
    const auto view = tree_.view();
    if (const auto* seen = std::get_if<guestscale::CpuView>(&view)) {
        return CpuState{*seen, seen->present};
    }
    if (unreadable_log_.admit(runtime::Clock::now())) {
        runtime::log_error("the vCPUs can't be read", {{"error", to_string(std::get<CpuTreeError>(view))}});
    }
    return std::nullopt;
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
