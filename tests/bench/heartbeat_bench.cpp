// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The table of `scripts/bench heartbeat`.
#include <array>

#include "tests/bench/measures.hpp"

int main(int argc, char** argv) {
    using namespace vnf::bench;
    constexpr std::array measures{
        Measure{"challenge", measure_challenge}, Measure{"vote", measure_vote},
        Measure{"http", measure_http_vote},      Measure{"death", measure_death},
        Measure{"memory", measure_memory},       Measure{"wakeups", measure_wakeups},
        Measure{"scale", measure_scale}};
    return run_benchmark(argc, argv, "heartbeat",
                         "Cost of the heartbeat daemons beside a floor of trivial programs", measures);
}
