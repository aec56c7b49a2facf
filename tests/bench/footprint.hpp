// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What a process costs, as the kernel counts it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>

namespace vnf::bench {

struct Memory {
    double resident_kib = 0;
    double private_kib = 0;
};
/// From smaps_rollup.
Memory memory_of(pid_t pid);

/// Times that the process gave up the processor to wait, over all its threads.
std::uint64_t waits_of(pid_t pid);

/// Time on a processor since the start, over all its threads.
std::chrono::nanoseconds processor_time_of(pid_t pid);

/// Lets time pass while something is counted; not a wait for anything to happen.
void window(std::chrono::milliseconds length);

}  // namespace vnf::bench
