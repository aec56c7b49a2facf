// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Who may use a port now: its worker, burst after burst, or the control thread for a register, a reset, a look at the
// counters. The worker steps back while the control thread waits, so that a busy port cannot keep it out.
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
        if (waiting_.load(std::memory_order_relaxed) != 0)
            return {};
        return std::unique_lock<std::mutex>(mutex_, std::try_to_lock);
    }

  private:
    std::mutex mutex_;
    std::atomic<int> waiting_{0};
};

}  // namespace vnf::avp
