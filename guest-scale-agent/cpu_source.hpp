// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What the desk asks of the kernel, at once and without waiting: none of it takes the lock that a change under way holds.
// Changes are asked for as effects.
#pragma once

#include <optional>

#include "libguestscale/src/choice.hpp"

namespace vnf::scale {

struct CpuState {
    wire::CpuSet online, present;

    wire::CpuSet offline() const { return present - online; }
};

class CpuSource {
  public:
    virtual ~CpuSource() = default;
    /// Nothing if the kernel's lists can't be read.
    virtual std::optional<CpuState> state() const = 0;
    /// What a choice is made from: a look at each vCPU's switch besides.
    virtual std::optional<guestscale::CpuView> view() const = 0;
};

}  // namespace vnf::scale
