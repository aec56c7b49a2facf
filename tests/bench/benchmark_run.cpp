// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/bench/benchmark_run.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <fstream>

#include "tests/bench/epoll_loop.hpp"

namespace vnf::bench {
namespace {

bool chosen(const Options& options, const std::string& name) {
    return options.only.empty() ||
           std::find(options.only.begin(), options.only.end(), name) != options.only.end();
}

bool run(Report& report, const Options& options, std::span<const Measure> measures) {
    report.print_header();
    for (const Measure& measure : measures) {
        if (chosen(options, measure.name))
            measure.run(report, options);
    }
    if (!options.json_file.empty() && !(std::ofstream(options.json_file) << report.json()))
        throw std::runtime_error("cannot write " + options.json_file);
    return report.all_met();
}

}  // namespace

int run_benchmark(int argc, char** argv, const std::string& name, const std::string& what,
                  std::span<const Measure> measures) {
    Options options;
    bool strict = false;
    std::vector<std::string> names;
    for (const Measure& measure : measures)
        names.emplace_back(measure.name);
    CLI::App app(what);
    app.add_flag("--quick", options.quick, "few samples: does it run at all?");
    app.add_flag("--strict", strict, "exit with 3 if an aim was missed");
    app.add_option("--json", options.json_file, "also write the figures here");
    app.add_option("--only", options.only, "these measures")->check(CLI::IsMember(names));
    CLI11_PARSE(app, argc, argv);
    try {
        raise_descriptor_limit(100000);
        Report report(name);
        return run(report, options, measures) || !strict ? 0 : 3;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s_bench: %s\n", name.c_str(), error.what());
        return 1;
    }
}

}  // namespace vnf::bench
