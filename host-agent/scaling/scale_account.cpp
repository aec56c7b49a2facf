// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See scale_account.hpp.
#include "host-agent/scaling/scale_account.hpp"

namespace vnf::host {

wire::CpuSet all_cpus(const ScaleLimits& limits) {
    wire::CpuSet all;
    for (int cpu = 0; cpu < limits.max; ++cpu) {
        all.insert(*wire::Cpu::of(cpu));
    }
    return all;
}

}  // namespace vnf::host
