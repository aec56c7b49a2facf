// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The same broadcasts between two hosts, by way of etcd, beside those on one host in its memory. No aim: most of it is
// etcd's, and its disk's.
#include <fmt/core.h>

#include "tests/bench/etcd_nodes.hpp"
#include "tests/bench/group_measures.hpp"
#include "tests/bench/placement.hpp"

namespace vnf::bench {
namespace {

constexpr std::size_t text_size = 32;

EtcdNodes on_hosts(std::size_t nodes) {
    const OnProcessorOf host(Half::Host);
    return EtcdNodes(nodes);
}

void compare(Report& report, const Options& options, std::size_t nodes) {
    const EtcdNodes etcd = on_hosts(nodes);
    GroupPath across(etcd.endpoints());
    GroupPath memory(Kind::Ours);
    const std::string text(text_size, 'x');
    const std::string packet = broadcast_packet(text);
    Samples across_times, memory_times;
    for (int i = 0; i < (options.quick ? 20 : 500); ++i) {
        across_times.time([&] { across.pass(packet, text); });
        memory_times.time([&] { memory.pass(packet, text); });
    }
    const std::uint64_t batch = options.quick ? 100 : 1000;
    Samples across_batches, memory_batches;
    for (int i = 0; i < (options.quick ? 1 : 5); ++i) {
        across_batches.time([&] { pass_many(across, packet, batch); });
        memory_batches.time([&] { pass_many(memory, packet, batch); });
    }
    const std::string who =
        fmt::format("etcd, {} node{} (beside memory), {} B", nodes, nodes == 1 ? "" : "s", text_size);
    for (const int percent : {50, 99})
        report.add({fmt::format("{}, p{}", who, percent),
                    "us",
                    across_times.percentile(percent),
                    memory_times.percentile(percent),
                    "",
                    {}});
    report.add({who + ", without loss",
                "1/s",
                rate_of(across_batches, batch),
                rate_of(memory_batches, batch),
                "",
                {}});
}

}  // namespace

void measure_group_etcd(Report& report, const Options& options) {
    if (!harness::etcd_is_installed()) {
        report.add({"etcd: not installed (scripts/setup test), not measured", "", 0, {}, "", {}});
        return;
    }
    const OnProcessorOf guest(Half::Guest);
    for (const std::size_t nodes : {1U, 3U})
        compare(report, options, nodes);
}

}  // namespace vnf::bench
