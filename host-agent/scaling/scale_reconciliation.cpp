// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// ScaleTransaction's reconciliation, step by step. It ends: each vCPU that is brought back shrinks what the guest lacks,
// then each one given up shrinks what it has, then each one adopted makes the two sets more alike.
#include "host-agent/scaling/scale_transaction.hpp"

namespace vnf::host {

using wire::ScaleDirection;

void ScaleTransaction::plan(TimePoint now, ScaleEffects& out) {
    if (!account_.guest) {
        return look(now, out);
    }
    const wire::CpuSet& guest = *account_.guest;
    if (guest == account_.host) {
        return end(ScaleResult::Done, "done", {}, out);
    }
    const wire::CpuSet missing = account_.host - guest;
    if (phase_ == Phase::Restoring && !missing.empty()) {
        return ask(wire::ScaleUp{*missing.first(), guest | missing}, now, out);
    }
    if (phase_ != Phase::Adopting && guest.count() > account_.host.count()) {
        phase_ = Phase::Shedding;
        return ask(wire::ScaleDown{}, now, out);
    }
    adopt(now, out);
}

void ScaleTransaction::look(TimePoint now, ScaleEffects& out) {
    if (ours_) {
        return ask(wire::ScaleStatus{}, now, out);
    }
    // An old guest says what it has only with a change: this one is none, or what it should have.
    const auto known = account_.host.last();
    if (!known || *known == wire::Cpu(0)) {
        return end(ScaleResult::Failed, "unknown_state",
                   "an old guest that should have vCPU 0 alone can't be asked what it has", out);
    }
    ask(wire::ScaleUp{*known, account_.host}, now, out);
}

/// The guest has the host's count in vCPUs of its own choice: the hypervisor follows, one vCPU at a time.
void ScaleTransaction::adopt(TimePoint now, ScaleEffects& out) {
    const wire::CpuSet& guest = *account_.guest;
    const bool usable = guest.contains(0) && (guest - all_cpus(account_.limits)).empty();
    if (!usable || (phase_ != Phase::Adopting && guest.count() != account_.host.count())) {
        return end(ScaleResult::Failed, "not_followed",
                   "the guest has vCPUs online that it can't be left with: " + format_cpu_list(guest), out);
    }
    phase_ = Phase::Adopting;
    if (const auto surplus = (account_.host - guest).first()) {
        return actuate(ScaleDirection::Down, *surplus, now, out);
    }
    actuate(ScaleDirection::Up, *(guest - account_.host).first(), now, out);
}

}  // namespace vnf::host
