// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The measures of `scripts/bench heartbeat`, each its own file. Ours and the floor are sampled turn by turn,
// so that noise on the machine hits both.
#pragma once

#include "tests/bench/benchmark_run.hpp"
#include "tests/bench/setting.hpp"

namespace vnf::bench {

void measure_challenge(Report& report, const Options& options);
void measure_vote(Report& report, const Options& options);
void measure_http_vote(Report& report, const Options& options);
void measure_death(Report& report, const Options& options);
void measure_memory(Report& report, const Options& options);
void measure_wakeups(Report& report, const Options& options);
void measure_scale(Report& report, const Options& options);

}  // namespace vnf::bench
