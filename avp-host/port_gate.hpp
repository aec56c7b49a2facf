// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Who may use a port now: its worker, burst after burst, or the control thread for a register, a reset, a look at the
// counters. The worker steps back while the control thread waits, so that a busy port cannot keep it out; while nobody
// waits a busy worker keeps the port from round to round, as each taking of a lock waits for all that was stored before.
//
// A gate may have lanes, for workers that serve different queues of one port: each takes its own lane, and they meet
// nowhere. The control thread takes all of them, always in the same order.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>

namespace vnf::avp {

class PortGate {
    using Lock = std::unique_lock<std::mutex>;

  public:
    explicit PortGate(std::size_t lanes = 1)
        : more_count_(lanes - 1), more_(std::make_unique<Lane[]>(more_count_)) {}

    /// The whole port, until it ends.
    class Hold {
      public:
        Hold() = default;
        explicit Hold(PortGate& gate) : gate_(&gate) { gate.take_all(); }
        Hold(Hold&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
        Hold& operator=(Hold&& other) noexcept {
            let_go();
            gate_ = std::exchange(other.gate_, nullptr);
            return *this;
        }
        ~Hold() { let_go(); }
        bool owns_lock() const { return gate_ != nullptr; }

      private:
        void let_go() {
            if (gate_ != nullptr)
                std::exchange(gate_, nullptr)->let_all_go();
        }

        PortGate* gate_ = nullptr;
    };

    /// Control thread: waits for the workers' bursts to end.
    Hold hold() { return Hold(*this); }
    /// Worker: without ownership if the control thread has the port or waits for it, or another worker has the lane; the
    /// next round comes soon.
    Lock try_hold(std::size_t lane = 0) {
        if (is_wanted())
            return {};
        return Lock(mutex_of(lane), std::try_to_lock);
    }
    /// Worker that has no next round: waits for its turn, and lets one control thread go first if there is one. It has
    /// no other lane meanwhile, or they would wait for each other.
    Lock hold_lane(std::size_t lane) {
        const unsigned turn = turns_.load(std::memory_order_acquire);
        if (is_wanted()) [[unlikely]]
            turns_.wait(turn, std::memory_order_acquire);
        return Lock(mutex_of(lane));
    }

    /// Worker: whether the control thread waits.
    bool is_wanted() const { return waiting_.load(std::memory_order_relaxed) != 0; }

  private:
    /// Lines of its own, so that workers do not meet by accident.
    struct alignas(128) Lane {
        std::mutex mutex;
    };

    std::mutex& mutex_of(std::size_t lane) { return lane == 0 ? first_.mutex : more_[lane - 1].mutex; }
    void take_all() {
        waiting_.fetch_add(1, std::memory_order_relaxed);
        for (std::size_t lane = 0; lane <= more_count_; ++lane)
            mutex_of(lane).lock();
        // In this order: who still sees this thread waiting is woken.
        waiting_.fetch_sub(1, std::memory_order_relaxed);
        turns_.fetch_add(1, std::memory_order_release);
        turns_.notify_all();
    }
    void let_all_go() {
        for (std::size_t lane = 0; lane <= more_count_; ++lane)
            mutex_of(lane).unlock();
    }

    Lane first_;
    const std::size_t more_count_;
    const std::unique_ptr<Lane[]> more_;
    alignas(128) std::atomic<int> waiting_{0};
    std::atomic<unsigned> turns_{0};  ///< of control threads that have got it
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
