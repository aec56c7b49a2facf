// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One broadcast at a time, from an application through guest-client, host-agent and another guest-client to an
// application.
#include <fmt/core.h>

#include "tests/bench/group_measures.hpp"
#include "tests/bench/placement.hpp"

namespace vnf::bench {
namespace {

void one_way(Report& report, const Options& options, std::size_t size) {
    GroupPath ours(Kind::Ours);
    GroupPath floor(Kind::Floor);
    const std::string text(size, 'x');
    const std::string packet = broadcast_packet(text);
    Samples our_times, floor_times;
    const int rounds = options.quick ? 200 : 20000;
    for (int i = -rounds / 10; i < rounds; ++i) {
        for (auto& [path, times] : {std::pair(&ours, &our_times), std::pair(&floor, &floor_times)}) {
            Samples warm_up;
            (i < 0 ? warm_up : *times).time([&, path = path] { path->pass(packet, text); });
        }
    }
    report.add_latency(fmt::format("broadcast, {} B, application to application", size), our_times,
                       floor_times, 1.5, 2);
}

}  // namespace

void measure_group_latency(Report& report, const Options& options) {
    const OnProcessorOf guest(Half::Guest);
    for (const std::size_t size : {32U, 3050U})
        one_way(report, options, size);
}

}  // namespace vnf::bench
