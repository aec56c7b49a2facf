// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The measures of `scripts/bench servergroup`. Ours and what it is compared with are sampled turn by turn, so that noise
// on the machine hits both.
#pragma once

#include "tests/bench/benchmark_run.hpp"
#include "tests/bench/group_setting.hpp"

namespace vnf::bench {

void measure_group_latency(Report& report, const Options& options);
void measure_group_rate(Report& report, const Options& options);
void measure_group_overload(Report& report, const Options& options);
void measure_group_fan_out(Report& report, const Options& options);
void measure_group_etcd(Report& report, const Options& options);
void measure_group_memory(Report& report, const Options& options);

/// Broadcasts that are under way at a time while the rate is measured: fewer than any queue on the way holds, so that
/// none is lost, and enough that no program waits for one that has nothing else to do.
inline constexpr std::uint64_t rate_window = 128;

/// Passes `count` broadcasts of that packet with at most rate_window under way; throws if one is lost.
void pass_many(GroupPath& path, std::string_view packet, std::uint64_t count);
/// Per second, from the times of that many each.
double rate_of(const Samples& batches, std::uint64_t count);

}  // namespace vnf::bench
