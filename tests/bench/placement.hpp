// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Where the programs of a latency measurement run: the host's on one processor, the guest's on another. Left to itself,
// the scheduler puts two programs that wake each other on one processor in this run and on two in the next, which
// costs or saves more than what is measured; ours and the floor would be compared by their luck.
#pragma once

#include <sched.h>

namespace vnf::bench {

enum class Half { Host, Guest };

/// While it lives, the calling thread, and what it starts, runs on that half's processor: the first and the last that
/// this process may use. Nothing happens where there is only one.
class OnProcessorOf {
  public:
    explicit OnProcessorOf(Half half);
    ~OnProcessorOf();
    OnProcessorOf(const OnProcessorOf&) = delete;
    OnProcessorOf& operator=(const OnProcessorOf&) = delete;

  private:
    cpu_set_t before_{};
};

}  // namespace vnf::bench
