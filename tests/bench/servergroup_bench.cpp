// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The table of `scripts/bench servergroup`.
#include <array>

#include "tests/bench/group_measures.hpp"

int main(int argc, char** argv) {
    using namespace vnf::bench;
    constexpr std::array measures{
        Measure{"latency", measure_group_latency},   Measure{"rate", measure_group_rate},
        Measure{"overload", measure_group_overload}, Measure{"fanout", measure_group_fan_out},
        Measure{"etcd", measure_group_etcd},         Measure{"memory", measure_group_memory}};
    return run_benchmark(argc, argv, "servergroup",
                         "Cost of server groups beside a floor of bare relays with the same hops", measures);
}
