// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "wire/metric_values.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace vnf::wire {
namespace {

/// Around a name and its number: two quotes, a colon, a comma and the longest number.
constexpr std::size_t entry_overhead = 4 + 24;

bool is_letter(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_' || byte == ':';
}

bool is_name_byte(char byte) {
    return is_letter(byte) || (byte >= '0' && byte <= '9');
}

}  // namespace

std::optional<MetricName> MetricName::of(std::string_view text) {
    const bool is_name = !text.empty() && text.size() <= metric_name_limit && is_letter(text.front()) &&
                         std::all_of(text.begin(), text.end(), is_name_byte);
    return is_name ? std::optional(MetricName(text)) : std::nullopt;
}

std::string_view to_string(MetricRefusal refusal) {
    return refusal == MetricRefusal::NotFinite ? "the number is not finite" : "there are too many metrics";
}

std::optional<MetricRefusal> MetricValues::set(MetricName name, double number) {
    if (!std::isfinite(number)) {
        return MetricRefusal::NotFinite;
    }
    const auto known = values_.find(name);
    if (known != values_.end()) {
        known->second = number;
        return std::nullopt;
    }
    const auto size = name.text().size() + entry_overhead;
    if (values_.size() == count_limit || text_size_ + size > text_limit) {
        return MetricRefusal::TooMany;
    }
    text_size_ += size;
    values_.emplace(std::move(name), number);
    return std::nullopt;
}

std::optional<double> MetricValues::find(const MetricName& name) const {
    const auto known = values_.find(name);
    return known == values_.end() ? std::nullopt : std::optional(known->second);
}

std::string format_metric(double number) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    return {text.data(), end};
}

}  // namespace vnf::wire
