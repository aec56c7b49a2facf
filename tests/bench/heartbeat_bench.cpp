// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// heartbeat_bench [--quick] [--json FILE] [--only MEASURE]...: the table of `scripts/bench heartbeat`. Exit
// status 0 when it ran, 1 when it could not, 3 when an aim was missed and --strict was given.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>

#include "tests/bench/epoll_loop.hpp"
#include "tests/bench/measures.hpp"

namespace {

using namespace vnf::bench;

struct Measure {
    const char* name;
    void (*run)(Report&, const Options&);
};

constexpr std::array measures{Measure{"challenge", measure_challenge}, Measure{"vote", measure_vote},
                              Measure{"http", measure_http_vote},      Measure{"death", measure_death},
                              Measure{"memory", measure_memory},       Measure{"wakeups", measure_wakeups},
                              Measure{"scale", measure_scale}};

bool chosen(const Options& options, const char* name) {
    return options.only.empty() ||
           std::find(options.only.begin(), options.only.end(), name) != options.only.end();
}

int run(const Options& options, bool strict) {
    Report report;
    report.print_header();
    for (const Measure& measure : measures) {
        if (chosen(options, measure.name))
            measure.run(report, options);
    }
    if (!options.json_file.empty() && !(std::ofstream(options.json_file) << report.json()))
        throw std::runtime_error("cannot write " + options.json_file);
    return strict && !report.all_met() ? 3 : 0;
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    bool strict = false;
    CLI::App app("Cost of the heartbeat daemons beside a floor of trivial programs");
    app.add_flag("--quick", options.quick, "few samples, at most 100 guests: does it run at all?");
    app.add_flag("--strict", strict, "exit with 3 if an aim was missed");
    app.add_option("--json", options.json_file, "also write the figures here");
    app.add_option("--only", options.only, "challenge, vote, http, death, memory, wakeups, scale");
    CLI11_PARSE(app, argc, argv);
    try {
        raise_descriptor_limit(100000);
        return run(options, strict);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "heartbeat_bench: %s\n", error.what());
        return 1;
    }
}
