// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A port as its worker has it: held from round to round while it is busy, and counted. While the control thread has the
// port, the worker waits for it a little: as much as 1 ms at once and 1 % of the time. So to look at a port's counters
// costs no frame, unless a loaded machine keeps the control thread from running for longer than that; and a guest that
// keeps the control thread busy with its port costs the others next to nothing.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "avp-host/port.hpp"
#include "avp-host/port_gate.hpp"
#include "avp-host/ports/port_counters.hpp"
#include "runtime/clock.hpp"
#include "runtime/rate_budget.hpp"

namespace vnf::avp {

class Attachment {
  public:
    using Now = runtime::TimePoint (*)();

    /// Both outlive it.
    Attachment(std::string name, Port& port, PortGate& gate, Now now = runtime::Clock::now);
    Attachment(const Attachment&) = delete;
    Attachment& operator=(const Attachment&) = delete;

    /// A round begins; false: the control thread has the port, and the round goes without.
    bool enter(runtime::TimePoint now);
    bool is_held() const { return hold_.is_held(); }
    /// The worker rests: the control thread need not wait for its next round.
    void leave() { hold_.let_go(); }

    // Only while held.
    std::size_t receive(std::span<Frame> frames);
    void done_with_received() { port_.done_with_received(); }
    std::size_t transmit(std::span<const Frame> frames);
    std::optional<std::size_t> reflect(std::span<Frame> frames);
    void poll() { port_.poll(); }

    const std::string& name() const { return name_; }
    PortCounters& counters() { return counters_; }
    const PortCounters& counters() const { return counters_; }

  private:
    static constexpr std::chrono::microseconds kWaitStep{10};

    void count_received(std::span<const Frame> frames);
    void count_taken(std::size_t taken, std::size_t of);

    std::string name_;
    Port& port_;
    GateHold hold_;
    Now now_;
    runtime::RateBudget patience_{100, 100 * kWaitStep};  ///< a token is one step
    PortCounters counters_;
};

}  // namespace vnf::avp
