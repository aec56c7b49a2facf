// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Who carries a corrective action out, and what the hypervisor has to do when a guest is scaled. Whether and when was
// decided before (corrective_runner, scale_transaction).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "host-agent/guest_effect.hpp"
#include "runtime/clock.hpp"
#include "wire/cpu_list.hpp"
#include "wire/scale_words.hpp"

namespace vnf::host {

struct CorrectiveOrder {
    std::string instance;
    Corrective what;
    unsigned attempt = 1;
    std::uint64_t event_id = 0;  ///< number of the journal's entry `corrective_started`
};

struct ActuatorResult {
    bool succeeded = false;
    std::string detail;
};

/// A vCPU that the hypervisor gives a physical CPU of its own, or takes it from.
struct ScaleOrder {
    std::string instance;
    wire::ScaleDirection direction;
    wire::Cpu cpu;
    wire::CpuSet online;  ///< the guest's vCPUs when this is done
    std::string cause;
    std::uint64_t event_id = 0;  ///< number of the journal's entry `scale_started`
};

class Actuator {
  public:
    using OnDone = std::function<void(const ActuatorResult&)>;
    virtual ~Actuator() = default;
    /// `on_done` is called once, never from inside run(), and not after destruction.
    virtual void run(CorrectiveOrder order, OnDone on_done) = 0;
    /// Likewise. What is done already is a success: after a restart of the agent it may be asked for again.
    virtual void scale(ScaleOrder order, OnDone on_done) = 0;
    virtual std::string_view name() const = 0;
};

}  // namespace vnf::host
