// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Who carries a corrective action out. Whether and when it is carried out was decided before
// (corrective_runner).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "host-agent/guest_effect.hpp"
#include "runtime/clock.hpp"

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

class Actuator {
  public:
    using OnDone = std::function<void(const ActuatorResult&)>;
    virtual ~Actuator() = default;
    /// `on_done` is called once, never from inside run(), and not after destruction.
    virtual void run(CorrectiveOrder order, OnDone on_done) = 0;
    virtual std::string_view name() const = 0;
};

}  // namespace vnf::host
