// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What every benchmark with a table has in common: its options, and its measures one after the other.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "tests/bench/report.hpp"

namespace vnf::bench {

struct Options {
    bool quick = false;
    std::string json_file;
    std::vector<std::string> only;  ///< names of measures; empty: all
};

struct Measure {
    const char* name;
    void (*run)(Report&, const Options&);
};

/// main() of NAME_bench [--quick] [--strict] [--json FILE] [--only MEASURE]...: exit status 0 when it ran, 1 when it
/// could not, 3 when an aim was missed and --strict was given.
int run_benchmark(int argc, char** argv, const std::string& name, const std::string& what,
                  std::span<const Measure> measures);

}  // namespace vnf::bench
