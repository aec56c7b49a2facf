// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Which vCPUs the threads of a process may run on, recorded before a vCPU goes and given back when it returns, for every
// thread of the process. Kernels don't: a thread whose last vCPU goes may run everywhere from then on.
//
// Policy. A thread is known by its id and start time. It has lost when a vCPU of its recorded mask went; given back is its mask
// once one of these is online again, if the thread's mask is now a wider one that includes it: that is what the kernel
// made of it. A thread whose mask is any other was moved by its application, and what it says now is what is recorded
// next; the recorded mask of one that has lost stays, though it is recorded again. A vanished thread is forgotten.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "wire/cpu_list.hpp"

namespace vnf::guestscale {

class AffinityRecord {
  public:
    /// Threads that are recorded; more are left alone.
    static constexpr std::size_t thread_limit = 65536;

    struct Outcome {
        unsigned threads = 0;  ///< recorded, or given their mask back
        unsigned failed = 0;   ///< could not be, and still live
        int system_error = 0;  ///< of the last that failed
    };

    explicit AffinityRecord(std::string proc = "/proc") : proc_(std::move(proc)) {}

    /// All threads of this process, beside those of others that are recorded already.
    Outcome record(pid_t process);
    /// After vCPUs went: marks the threads that have lost one.
    void note_loss(const wire::CpuSet& online);
    /// Gives back what was lost and is there again.
    Outcome restore(const wire::CpuSet& online);
    /// To every thread with a wider mask than the recorded one, whether a loss was noted or not, as far as the kernel takes
    /// it: not before one of its vCPUs is online.
    Outcome restore_all();
    std::size_t size() const { return threads_.size(); }
    void clear() { threads_.clear(); }

  private:
    struct Thread {
        pid_t process = 0;
        std::uint64_t started = 0;  ///< clock ticks since boot: a thread id may come again
        wire::CpuSet mask{};
        bool has_lost = false;
    };
    void give_back(pid_t id, const Thread& thread, const wire::CpuSet& now, Outcome& outcome) const;
    template <typename Each>
    void for_each_living(Each each);

    std::map<pid_t, Thread> threads_;
    std::string proc_;
};

}  // namespace vnf::guestscale
