// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Who may use a port now: its worker, burst after burst, or the control thread for a register, a reset, a look at the
// counters. The worker steps back while the control thread waits, so that a busy port cannot keep it out; while nobody
// waits a busy worker keeps the port from round to round, as each taking of a lock waits for all that was stored before.
#pragma once

#include <atomic>
#include <mutex>

namespace vnf::avp {

class PortGate {
  public:
    /// Control thread: waits for the worker's burst to end.
    std::unique_lock<std::mutex> hold() {
        waiting_.fetch_add(1, std::memory_order_relaxed);
        std::unique_lock<std::mutex> held(mutex_);
        waiting_.fetch_sub(1, std::memory_order_relaxed);
        return held;
    }
    /// Worker: without ownership if the control thread has the port or waits for it; the next round comes soon.
    std::unique_lock<std::mutex> try_hold() {
        if (is_wanted())
            return {};
        return std::unique_lock<std::mutex>(mutex_, std::try_to_lock);
    }

    /// Worker: whether the control thread waits.
    bool is_wanted() const { return waiting_.load(std::memory_order_relaxed) != 0; }

  private:
    std::mutex mutex_;
    std::atomic<int> waiting_{0};
};

/// A gate as a worker has it from round to round. Of one thread.
class GateHold {
  public:
    explicit GateHold(PortGate& gate) : gate_(gate) {}

    /// A round begins: keeps or takes the port; false if the control thread has it or waits for it.
    bool take() {
        if (is_held() && !gate_.is_wanted())
            return true;
        let_go();
        held_ = gate_.try_hold();
        return is_held();
    }
    bool is_held() const { return held_.owns_lock(); }
    void let_go() { held_ = {}; }

  private:
    PortGate& gate_;
    std::unique_lock<std::mutex> held_;
};

}  // namespace vnf::avp
