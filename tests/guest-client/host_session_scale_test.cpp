// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Scaling and metrics on the host channel: what the host says of offline vCPUs, and metrics at most once a second.
#include <catch2/catch.hpp>

#include "tests/guest-client/session_bench.hpp"

namespace vnf::guest::test {
namespace {

using Outcome = HostSession::MetricsOutcome;
using wire::Capability;

SessionSettings scaling() {
    SessionSettings settings = SessionBench::named("vm1");
    settings.offered.add(Capability::Scale);
    return settings;
}

wire::Capabilities only(Capability one) {
    wire::Capabilities capabilities;
    capabilities.add(one);
    return capabilities;
}

wire::MetricValues values(std::initializer_list<std::pair<const char*, double>> some) {
    wire::MetricValues result;
    for (const auto& [name, number] : some) {
        REQUIRE_FALSE(result.set(*wire::MetricName::of(name), number));
    }
    return result;
}

struct MetricsBench : SessionBench {
    Outcome report(const wire::MetricValues& some) {
        Outcome outcome{};
        act([&](HostSession& one) { outcome = one.report(some, now); });
        return outcome;
    }
};

TEST_CASE("What the host holds offline is known while scaling is agreed on") {
    SessionBench bench(scaling());
    bench.act([&](HostSession& one) { one.release(bench.now); });
    bench.connect();
    CHECK(bench.session.asking());
    const auto acknowledge = [&bench](wire::Capabilities capabilities, std::optional<wire::CpuSet> offline) {
        bench.say(wire::InitAck{bench.last<wire::Init>().invocation_id, capabilities, std::move(offline)});
    };
    acknowledge(only(Capability::Scale), wire::CpuSet{2, 3});
    CHECK_FALSE(bench.session.asking());
    CHECK(bench.session.offline_cpus() == wire::CpuSet{2, 3});
    bench.act([&](HostSession& one) { one.channel_up(bench.now); });
    CHECK(bench.session.asking());
    acknowledge(only(Capability::HealthPush), wire::CpuSet{2, 3});
    CHECK_FALSE(bench.session.offline_cpus());
}

TEST_CASE("Scaling that is offered later costs one more init to a host of ours, and none to an old one") {
    const bool ours = GENERATE(true, false);
    SessionBench bench;
    bench.enable(ours ? only(Capability::HealthPush) : wire::Capabilities{});
    const auto inits = bench.sent<wire::Init>().size();
    bench.act([&](HostSession& one) { one.apply(scaling(), bench.now); });
    CHECK(bench.sent<wire::Init>().size() == inits + (ours ? 1 : 0));
    CHECK(bench.session.asking() == ours);
}

TEST_CASE("Scaling that is offered while an init is under way is offered again behind its acknowledgement") {
    const bool ours = GENERATE(true, false);
    SessionBench bench;
    bench.act([&](HostSession& one) { one.release(bench.now); });
    bench.connect();
    bench.act([&](HostSession& one) { one.apply(scaling(), bench.now); });
    CHECK(bench.sent<wire::Init>().size() == 1);
    bench.acknowledge(ours ? only(Capability::HealthPush) : wire::Capabilities{});
    REQUIRE(bench.sent<wire::Init>().size() == (ours ? 2 : 1));
    CHECK(bench.last<wire::Init>().capabilities.has(Capability::Scale) == ours);
    CHECK(bench.session.asking() == ours);
    if (ours) {
        bench.acknowledge(only(Capability::Scale));
        CHECK(bench.sent<wire::Init>().size() == 2);
    }
}

TEST_CASE("Metrics go to a host that named them, at most once a second, the last value of each name") {
    MetricsBench bench;
    bench.enable(only(Capability::Metrics));
    CHECK(bench.report(values({{"load", 1}})) == Outcome::Taken);
    CHECK(bench.sent<wire::MetricsReport>().size() == 1);
    CHECK(bench.report(values({{"load", 2}, {"a", 1}})) == Outcome::Taken);
    CHECK(bench.report(values({{"load", 3}})) == Outcome::Taken);
    bench.pass(Milliseconds(999));
    CHECK(bench.sent<wire::MetricsReport>().size() == 1);
    bench.pass(Milliseconds(1));
    REQUIRE(bench.sent<wire::MetricsReport>().size() == 2);
    CHECK(bench.last<wire::MetricsReport>().values == values({{"load", 3}, {"a", 1}}));
    bench.pass(Milliseconds(3000));
    CHECK(bench.sent<wire::MetricsReport>().size() == 2);
}

TEST_CASE("Metrics are refused without a host that takes them, and what waited is nothing to the next one") {
    MetricsBench bench;
    CHECK(bench.report(values({{"load", 1}})) == Outcome::NoTaker);
    bench.enable(only(Capability::HealthPush));
    CHECK(bench.report(values({{"load", 1}})) == Outcome::NoTaker);
    bench.connect();
    bench.acknowledge(only(Capability::Metrics));
    CHECK(bench.report(values({{"load", 1}})) == Outcome::Taken);
    CHECK(bench.report(values({{"load", 2}})) == Outcome::Taken);
    bench.act([&](HostSession& one) { one.channel_down(bench.now); });
    bench.pass(Milliseconds(2000));
    bench.connect();
    bench.acknowledge(only(Capability::Metrics));
    bench.pass(Milliseconds(2000));
    CHECK(bench.sent<wire::MetricsReport>().size() == 1);
}

TEST_CASE("No more names wait than one message holds") {
    MetricsBench bench;
    bench.enable(only(Capability::Metrics));
    bench.report(values({{"first", 1}}));
    for (std::size_t i = 0; i < wire::MetricValues::count_limit; ++i) {
        CHECK(bench.report(values({{("m" + std::to_string(i)).c_str(), 1}})) == Outcome::Taken);
    }
    CHECK(bench.report(values({{"one_more", 1}})) == Outcome::TooMany);
    bench.pass(Milliseconds(1000));
    CHECK(bench.last<wire::MetricsReport>().values.size() == wire::MetricValues::count_limit);
    CHECK(bench.report(values({{"one_more", 1}})) == Outcome::Taken);
}

}  // namespace
}  // namespace vnf::guest::test
