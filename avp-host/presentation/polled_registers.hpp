// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// BAR 0 as plain memory: nothing traps there, so what the guest writes is looked for, and what the device says is written
// out. A read does not clear the interrupt status here: it is cleared when the guest acknowledges. Whoever polls holds
// the port's gate.
#pragma once

#include <cstdint>

#include "avp-host/device.hpp"

namespace vnf::avp {

class PolledRegisters {
  public:
    /// Both outlive this.
    PolledRegisters(Device& device, const Region& registers);

    /// Carries the guest's writes to the device and the device's state to the guest.
    void poll();
    /// As at the start; the device was reset.
    void clear();
    /// Every register reads as those of an unplugged device do.
    void say_gone();

  private:
    std::uint32_t& cell(std::uint64_t offset) const;

    Device& device_;
    std::uint32_t* cells_;
    std::uint32_t mask_ = AVP_INTERRUPTS_OFF;
};

}  // namespace vnf::avp
