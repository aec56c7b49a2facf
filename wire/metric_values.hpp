// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What a guest tells of its load: at most 64 names with a finite number each, and never more than one line of the host
// channel holds. Standard library only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace vnf::wire {

inline constexpr std::size_t metric_name_limit = 64;

/// [a-zA-Z_:][a-zA-Z0-9_:]{0,63}, as Prometheus has it.
class MetricName {
  public:
    static std::optional<MetricName> of(std::string_view text);
    const std::string& text() const { return text_; }
    friend auto operator<=>(const MetricName&, const MetricName&) = default;

  private:
    explicit MetricName(std::string_view text) : text_(text) {}
    std::string text_;
};

enum class MetricRefusal : std::uint8_t {
    NotFinite,  ///< infinite, or no number
    TooMany,    ///< above 64 names, or longer than a line with what is there already
};
/// An English clause: "the number is not finite".
std::string_view to_string(MetricRefusal refusal);

/// Iterates as (name, number), in the order of the names.
class MetricValues {
  public:
    static constexpr std::size_t count_limit = 64;
    /// Bytes of JSON, so that a message holds them whatever the numbers are.
    static constexpr std::size_t text_limit = 3840;

    /// Sets or replaces; nothing is changed if it is refused.
    std::optional<MetricRefusal> set(MetricName name, double number);
    std::optional<double> find(const MetricName& name) const;
    std::size_t size() const { return values_.size(); }
    bool empty() const { return values_.empty(); }
    auto begin() const { return values_.begin(); }
    auto end() const { return values_.end(); }
    friend bool operator==(const MetricValues&, const MetricValues&) = default;

  private:
    std::map<MetricName, double> values_;
    std::size_t text_size_ = 0;
};

/// The shortest text that reads back as this finite number; valid JSON.
std::string format_metric(double number);

}  // namespace vnf::wire
