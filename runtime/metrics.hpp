// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Writes metrics in Prometheus' text format. Components keep plain numbers and write them when asked.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/clock.hpp"

namespace vnf::runtime {

using MetricLabels = std::initializer_list<std::pair<std::string_view, std::string_view>>;
using MetricCounts = std::initializer_list<std::pair<std::string_view, std::uint64_t>>;

/// A latency histogram with fixed bounds from 50 us to 10 s.
class LatencyHistogram {
  public:
    static constexpr std::array<double, 16> bounds{0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
                                                   0.025,   0.05,   0.1,     0.25,   0.5,   1.0,    2.5,   10.0};
    void observe(std::chrono::nanoseconds value);
    std::uint64_t count() const { return count_; }
    double sum() const { return sum_; }
    const std::array<std::uint64_t, bounds.size() + 1>& buckets() const { return buckets_; }

  private:
    std::array<std::uint64_t, bounds.size() + 1> buckets_{};
    std::uint64_t count_ = 0;
    double sum_ = 0;
};

class MetricsWriter {
  public:
    /// HELP and TYPE are written once per name, at its first sample; samples of one name must be adjacent.
    void counter(std::string_view name, std::string_view help, MetricLabels labels, std::uint64_t value);
    /// One for each value of `label`.
    void counters(std::string_view name, std::string_view help, std::string_view label, MetricCounts counts) {
        for (const auto& [value, count] : counts)
            counter(name, help, {{label, value}}, count);
    }
    /// One for each value of the enumeration, as word() names it.
    template <typename Kind, std::size_t kinds>
    void counters_of(std::string_view name, std::string_view help, std::string_view label,
                     const std::array<std::uint64_t, kinds>& counts) {
        for (std::size_t i = 0; i < kinds; ++i)
            counter(name, help, {{label, word(static_cast<Kind>(i))}}, counts[i]);
    }
    void gauge(std::string_view name, std::string_view help, MetricLabels labels, double value);
    void histogram(std::string_view name, std::string_view help, MetricLabels labels, const LatencyHistogram& value);
    std::string take();

  private:
    void head(std::string_view name, std::string_view help, std::string_view type);
    void sample(std::string_view name, std::string_view suffix, MetricLabels labels, std::string_view le,
                const std::string& value);
    std::string text_, last_name_;
};

}  // namespace vnf::runtime
