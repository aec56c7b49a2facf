// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Prometheus' text format, version 0.0.4: escaping of HELP and of label values, numbers in their shortest
// form.
#include "runtime/metrics.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "wire/text.hpp"

namespace vnf::runtime {
namespace {

std::string number(double value) {
    if (std::isnan(value))
        return "NaN";
    if (std::isinf(value))
        return value > 0 ? "+Inf" : "-Inf";
    std::array<char, 64> digits{};
    // Fixed where it fits, for the eyes of those who read le="0.0001".
    const bool fixed = std::abs(value) < 1e15 && (value == 0 || std::abs(value) > 1e-6);
    const auto format = fixed ? std::chars_format::fixed : std::chars_format::general;
    return {digits.begin(), std::to_chars(digits.begin(), digits.end(), value, format).ptr};
}

/// One bad byte would make a scraper refuse the whole page, so that a broken sequence becomes U+FFFD.
void append_escaped(std::string& out, std::string_view text, bool quotes) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = wire::character_length(text.substr(at));
        if (length == 0)
            out += "\xef\xbf\xbd";
        else if (text[at] == '\\')
            out += "\\\\";
        else if (text[at] == '\n')
            out += "\\n";
        else if (quotes && text[at] == '"')
            out += "\\\"";
        else
            out += text.substr(at, length);
        at += std::max<std::size_t>(length, 1);
    }
}

}  // namespace

void LatencyHistogram::observe(std::chrono::nanoseconds value) {
    const double seconds = std::chrono::duration<double>(value).count();
    const auto bucket = std::lower_bound(bounds.begin(), bounds.end(), seconds);
    ++buckets_[static_cast<std::size_t>(bucket - bounds.begin())];
    ++count_;
    sum_ += seconds;
}

void MetricsWriter::head(std::string_view name, std::string_view help, std::string_view type) {
    if (name == last_name_)
        return;
    last_name_ = name;
    text_.append("# HELP ").append(name).append(" ");
    append_escaped(text_, help, false);
    text_.append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
}

void MetricsWriter::sample(std::string_view name, std::string_view suffix, MetricLabels labels,
                           std::string_view le, const std::string& value) {
    text_.append(name).append(suffix);
    char separator = '{';
    const auto label = [&](std::string_view key, std::string_view content) {
        text_ += separator;
        text_.append(key).append("=\"");
        append_escaped(text_, content, true);
        text_ += '"';
        separator = ',';
    };
    for (const auto& [key, content] : labels)
        label(key, content);
    if (!le.empty())
        label("le", le);
    if (separator == ',')
        text_ += '}';
    text_.append(" ").append(value).append("\n");
}

void MetricsWriter::counter(std::string_view name, std::string_view help, MetricLabels labels,
                            std::uint64_t value) {
    head(name, help, "counter");
    sample(name, "", labels, "", std::to_string(value));
}

void MetricsWriter::gauge(std::string_view name, std::string_view help, MetricLabels labels, double value) {
    head(name, help, "gauge");
    sample(name, "", labels, "", number(value));
}

void MetricsWriter::histogram(std::string_view name, std::string_view help, MetricLabels labels,
                              const LatencyHistogram& value) {
    head(name, help, "histogram");
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < LatencyHistogram::bounds.size(); ++i) {
        below += value.buckets()[i];
        sample(name, "_bucket", labels, number(LatencyHistogram::bounds[i]), std::to_string(below));
    }
    sample(name, "_bucket", labels, "+Inf", std::to_string(value.count()));
    sample(name, "_sum", labels, "", number(value.sum()));
    sample(name, "_count", labels, "", std::to_string(value.count()));
}

std::string MetricsWriter::take() {
    last_name_.clear();
    return std::exchange(text_, {});
}

}  // namespace vnf::runtime
