// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/bench/report.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <cstdio>

namespace vnf::bench {
namespace {

std::string shown(std::optional<double> value) {
    return value ? fmt::format("{:.1f}", *value) : "-";
}

std::string verdict(const Row& row) {
    return !row.met ? "" : *row.met ? "PASS" : "MISS";
}

std::optional<double> ratio(const Row& row) {
    return row.floor && *row.floor > 0 ? std::optional(row.ours / *row.floor) : std::nullopt;
}

boost::json::object as_json(const Row& row) {
    boost::json::object object{{"figure", row.figure}, {"unit", row.unit}, {"ours", row.ours}};
    if (row.floor)
        object["floor"] = *row.floor;
    if (const auto value = ratio(row))
        object["ratio"] = *value;
    if (!row.aim.empty())
        object["aim"] = row.aim;
    if (row.met)
        object["met"] = *row.met;
    return object;
}

}  // namespace

double Samples::percentile(double percent) const {
    if (times_.empty())
        return 0;
    std::vector<double> sorted = times_;
    std::sort(sorted.begin(), sorted.end());
    const double rank = std::ceil(percent / 100 * static_cast<double>(sorted.size()));
    return sorted[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

Samples Samples::over(const Samples& floor) const {
    Samples differences;
    for (std::size_t i = 0; i < std::min(times_.size(), floor.times_.size()); ++i)
        differences.times_.push_back(times_[i] - floor.times_[i]);
    return differences;
}

void Report::print_header() const {
    fmt::print("{:<58} {:>10} {:>10} {:>7} {:>5}  {:<24} {}\n", "figure", "ours", "floor", "ratio", "unit",
               "aim", "");
}

void Report::add(Row row) {
    const auto value = ratio(row);
    fmt::print("{:<58} {:>10} {:>10} {:>7} {:>5}  {:<24} {}\n", row.figure, shown(row.ours), shown(row.floor),
               value ? fmt::format("{:.2f}", *value) : "-", row.unit, row.aim, verdict(row));
    std::fflush(stdout);
    rows_.push_back(std::move(row));
}

void Report::add_latency(const std::string& figure, const Samples& ours, const Samples& floor, double most,
                         std::optional<double> most_p99) {
    const auto row = [&](const char* which, double percent, std::optional<double> limit) {
        const double our = ours.percentile(percent), least = floor.percentile(percent);
        add({figure + ", " + which, "us", our, least, limit ? fmt::format("<= {} x floor", *limit) : "",
             limit ? std::optional(our <= *limit * least) : std::nullopt});
    };
    row("p50", 50, most);
    row("p99", 99, most_p99);
}

bool Report::all_met() const {
    return std::none_of(rows_.begin(), rows_.end(), [](const Row& row) { return row.met && !*row.met; });
}

std::string Report::json() const {
    boost::json::array rows;
    for (const Row& row : rows_)
        rows.push_back(as_json(row));
    return boost::json::serialize(boost::json::object{{"benchmark", benchmark_}, {"rows", std::move(rows)}}) +
           "\n";
}

}  // namespace vnf::bench
