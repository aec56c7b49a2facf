// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One worker thread for each vCPU, pinned to it. What the work is does not matter here: it counts.
#ifndef PINNED_WORKERS_HPP
#define PINNED_WORKERS_HPP

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

namespace workers {

class PinnedWorkers {
  public:
    /// Busy ones never rest; others work a millisecond of ten.
    explicit PinnedWorkers(bool busy);
    ~PinnedWorkers();
    PinnedWorkers(const PinnedWorkers&) = delete;
    PinnedWorkers& operator=(const PinnedWorkers&) = delete;

    /// False if the system has no thread left, or the vCPU is offline. One that runs already stays.
    bool start(int cpu);
    /// Returns when it has ended: within a millisecond or ten.
    void stop(int cpu);
    bool has(int cpu) const { return workers_.count(cpu) != 0; }
    std::vector<int> cpus() const;
    /// What all of them have done, those that ended included.
    std::uint64_t work_done() const;

  private:
    class Worker;
    bool busy_;
    std::uint64_t done_before_ = 0;
    std::map<int, std::unique_ptr<Worker>> workers_;
};

}  // namespace workers

#endif
