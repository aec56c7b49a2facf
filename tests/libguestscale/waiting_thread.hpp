// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A real thread and its mask. What a kernel does to a thread whose vCPU goes is done with set_mask(): the same mask,
// without taking a vCPU from the machine that runs the test.
#pragma once

#include <sys/types.h>

#include <future>
#include <thread>

#include "wire/cpu_list.hpp"

namespace vnf::test {

wire::CpuSet mask_of(pid_t thread);
void set_mask(pid_t thread, const wire::CpuSet& cpus);

/// The first two vCPUs that this process may run on.
struct TwoCpus {
    TwoCpus();
    bool is_possible = false;  ///< there are two; if not, the test is told to be skipped
    wire::CpuSet first{}, second{}, both{};
};

/// A thread that waits for its end.
class WaitingThread {
  public:
    WaitingThread();
    ~WaitingThread() { end(); }
    WaitingThread(const WaitingThread&) = delete;
    WaitingThread& operator=(const WaitingThread&) = delete;

    pid_t id() const { return id_; }
    void end();

  private:
    std::promise<pid_t> announced_;
    std::promise<void> ended_;
    pid_t id_ = 0;
    std::thread thread_;
};

}  // namespace vnf::test
