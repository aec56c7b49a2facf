// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
#include <catch2/catch.hpp>
#include <limits>

#include "runtime/metrics.hpp"

using namespace std::chrono_literals;
using vnf::runtime::LatencyHistogram;
using vnf::runtime::MetricsWriter;

namespace {

enum class Fate { Taken, Lost };

std::string_view word(Fate fate) {
    return fate == Fate::Taken ? "taken" : "lost";
}

}  // namespace

TEST_CASE("metrics: HELP and TYPE come once, before the samples of a name") {
    MetricsWriter writer;
    writer.counter("votes_total", "Votes asked for.", {{"guest", "a"}}, 3);
    writer.counter("votes_total", "Votes asked for.", {{"guest", "b"}, {"event", "stop"}},
                   18446744073709551615U);
    writer.gauge("guests", "Guests known.", {}, 2);
    CHECK(writer.take() ==
          "# HELP votes_total Votes asked for.\n# TYPE votes_total counter\n"
          "votes_total{guest=\"a\"} 3\nvotes_total{guest=\"b\",event=\"stop\"} 18446744073709551615\n"
          "# HELP guests Guests known.\n# TYPE guests gauge\nguests 2\n");
    CHECK(writer.take().empty());
}

TEST_CASE("metrics: counts of one name differ by one label, which a list or an enumeration names") {
    MetricsWriter writer;
    writer.counters("messages_total", "Messages.", "what", {{"heard", 1}, {"said", 0}});
    writer.counters_of<Fate>("lines_total", "Lines.", "fate", std::array<std::uint64_t, 2>{0, 7});
    CHECK(writer.take() ==
          "# HELP messages_total Messages.\n# TYPE messages_total counter\n"
          "messages_total{what=\"heard\"} 1\nmessages_total{what=\"said\"} 0\n"
          "# HELP lines_total Lines.\n# TYPE lines_total counter\n"
          "lines_total{fate=\"taken\"} 0\nlines_total{fate=\"lost\"} 7\n");
}

TEST_CASE("metrics: take() begins a new page, with HELP and TYPE again") {
    MetricsWriter writer;
    writer.gauge("guests", "Guests known.", {}, 1);
    const std::string first = writer.take();
    writer.gauge("guests", "Guests known.", {}, 1);
    CHECK(writer.take() == first);
}

TEST_CASE("metrics: label values and help are escaped as the format says") {
    MetricsWriter writer;
    writer.gauge("g", "Back\\slash, \"quote\"\nline", {{"name", "Back\\slash, \"quote\"\nline"}}, 1);
    CHECK(writer.take() ==
          "# HELP g Back\\\\slash, \"quote\"\\nline\n# TYPE g gauge\n"
          "g{name=\"Back\\\\slash, \\\"quote\\\"\\nline\"} 1\n");
}

TEST_CASE("metrics: a label that is not UTF-8 can't make the page unreadable") {
    MetricsWriter writer;
    writer.gauge("g", "h", {{"name", "a\xff\xc3z\xc3\xa4"}}, 1);
    CHECK(writer.take() == "# HELP g h\n# TYPE g gauge\ng{name=\"a\xef\xbf\xbd\xef\xbf\xbdz\xc3\xa4\"} 1\n");
}

TEST_CASE("metrics: numbers are short, and the special ones are spelt as the format says") {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    for (const auto& [value, text] : {std::pair{0.1, "0.1"},
                                      {0.0, "0"},
                                      {100000.0, "100000"},
                                      {0.00005, "0.00005"},
                                      {1e-9, "1e-09"},
                                      {1e21, "1e+21"},
                                      {-2.5, "-2.5"},
                                      {infinity, "+Inf"},
                                      {-infinity, "-Inf"},
                                      {std::numeric_limits<double>::quiet_NaN(), "NaN"}}) {
        MetricsWriter writer;
        writer.gauge("g", "h", {}, value);
        CHECK(writer.take() == std::string("# HELP g h\n# TYPE g gauge\ng ") + text + "\n");
    }
}

TEST_CASE("metrics: a histogram's buckets include their bound and count what is below") {
    LatencyHistogram histogram;
    histogram.observe(50us);
    histogram.observe(51us);
    histogram.observe(10s);
    histogram.observe(11s);
    CHECK(histogram.count() == 4);
    CHECK(histogram.sum() == Approx(21.000101));
    MetricsWriter writer;
    writer.histogram("vote_seconds", "Time to decide.", {{"event", "stop"}}, histogram);
    const std::string page = writer.take();
    CHECK(
        page.starts_with("# HELP vote_seconds Time to decide.\n# TYPE vote_seconds histogram\n"
                         "vote_seconds_bucket{event=\"stop\",le=\"0.00005\"} 1\n"
                         "vote_seconds_bucket{event=\"stop\",le=\"0.0001\"} 2\n"));
    CHECK(
        page.ends_with("vote_seconds_bucket{event=\"stop\",le=\"2.5\"} 2\n"
                       "vote_seconds_bucket{event=\"stop\",le=\"10\"} 3\n"
                       "vote_seconds_bucket{event=\"stop\",le=\"+Inf\"} 4\n"
                       "vote_seconds_sum{event=\"stop\"} 21.000101\nvote_seconds_count{event=\"stop\"} 4\n"));
}
