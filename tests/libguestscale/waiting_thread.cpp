// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "waiting_thread.hpp"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <catch2/catch.hpp>

namespace vnf::test {

wire::CpuSet mask_of(pid_t thread) {
    cpu_set_t mask;
    REQUIRE(::sched_getaffinity(thread, sizeof mask, &mask) == 0);
    wire::CpuSet cpus;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (CPU_ISSET(cpu, &mask)) {
            cpus.insert(*wire::Cpu::of(cpu));
        }
    }
    return cpus;
}

void set_mask(pid_t thread, const wire::CpuSet& cpus) {
    cpu_set_t mask;
    CPU_ZERO(&mask);
    for (const wire::Cpu cpu : cpus) {
        CPU_SET(cpu.number(), &mask);
    }
    REQUIRE(::sched_setaffinity(thread, sizeof mask, &mask) == 0);
}

TwoCpus::TwoCpus() {
    const wire::CpuSet own = mask_of(0);
    auto at = own.begin();
    first.insert(*at);
    is_possible = ++at != own.end();
    if (!is_possible) {
        WARN("SKIPPED: one CPU has nothing to give back");
        return;
    }
    second.insert(*at);
    both = first | second;
}

WaitingThread::WaitingThread()
    : thread_([this] {
          announced_.set_value(static_cast<pid_t>(::syscall(SYS_gettid)));
          ended_.get_future().wait();
      }) {
    id_ = announced_.get_future().get();
}

void WaitingThread::end() {
    if (thread_.joinable()) {
        ended_.set_value();
        thread_.join();
    }
}

}  // namespace vnf::test
