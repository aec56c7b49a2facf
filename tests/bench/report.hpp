// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What a benchmark prints: one row a figure, ours beside the floor, the aim and whether it was met; the same
// as JSON.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace vnf::bench {

/// Times of one operation. Percentiles by the nearest rank.
class Samples {
  public:
    using Clock = std::chrono::steady_clock;

    void add(Clock::duration took) {
        times_.push_back(std::chrono::duration<double, std::micro>(took).count());
    }
    template <typename Operation>
    void time(Operation&& operation) {
        const auto start = Clock::now();
        operation();
        add(Clock::now() - start);
    }
    /// Microseconds.
    double percentile(double percent) const;
    double median() const { return percentile(50); }
    std::size_t size() const { return times_.size(); }
    /// What each took more than the one of the same number here; of the longer one the rest is left out.
    Samples over(const Samples& floor) const;

  private:
    std::vector<double> times_;
};

struct Row {
    std::string figure;  ///< "vote, 8 applications, p50"
    std::string unit;    ///< "us", "KiB", "1/s"
    double ours = 0;
    std::optional<double> floor;
    std::string aim;  ///< "<= 1.5 x floor"; empty: for information
    std::optional<bool> met;
};

class Report {
  public:
    explicit Report(std::string benchmark) : benchmark_(std::move(benchmark)) {}
    void add(Row row);
    /// Two rows: the median with its aim as a multiple of the floor, and the 99th percentile, without an aim for
    /// information.
    void add_latency(const std::string& figure, const Samples& ours, const Samples& floor, double most,
                     std::optional<double> most_p99 = {});
    void print_header() const;
    std::string json() const;
    bool all_met() const;

  private:
    std::string benchmark_;
    std::vector<Row> rows_;
};

}  // namespace vnf::bench
