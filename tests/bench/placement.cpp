// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/bench/placement.hpp"

#include <cerrno>
#include <system_error>

namespace vnf::bench {
namespace {

cpu_set_t current() {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (::sched_getaffinity(0, sizeof set, &set) != 0)
        throw std::system_error(errno, std::generic_category(), "sched_getaffinity");
    return set;
}

/// What the process was allowed before anything was placed.
const cpu_set_t& allowed() {
    static const cpu_set_t set = current();
    return set;
}

std::size_t processor_of(Half half) {
    std::size_t first = CPU_SETSIZE;
    std::size_t last = 0;
    for (std::size_t cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (CPU_ISSET(cpu, &allowed())) {
            first = first == CPU_SETSIZE ? cpu : first;
            last = cpu;
        }
    }
    return half == Half::Host ? first : last;
}

}  // namespace

OnProcessorOf::OnProcessorOf(Half half) : before_(current()) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(processor_of(half), &one);
    if (::sched_setaffinity(0, sizeof one, &one) != 0)
        throw std::system_error(errno, std::generic_category(), "sched_setaffinity");
}

OnProcessorOf::~OnProcessorOf() {
    ::sched_setaffinity(0, sizeof before_, &before_);
}

}  // namespace vnf::bench
