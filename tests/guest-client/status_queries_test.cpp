// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// How many status queries the host has at once, however many clients ask: it refuses what is more than it takes, and a
// refusal concerns everybody who asked.
#include "guest-client/status_queries.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/guest-client/broker_bench.hpp"

namespace vnf::guest {
namespace {

using Sequences = std::vector<std::int32_t>;

/// The host: has a limit, and answers in order.
class Host {
  public:
    static constexpr std::size_t takes = 64;

    explicit Host(BrokerBench& bench) : bench_(bench) {}
    /// How many came.
    std::size_t read() {
        const auto all = bench_.for_host();
        for (const auto& one : all) {
            at_host_.push_back(std::get<wire::StatusQuery>(one.request).seq);
            REQUIRE(at_host_.size() <= takes);
        }
        return all.size();
    }
    void answer_one() {
        bench_.answer(at_host_.front(), "{}");
        bench_.done(at_host_.front());
        at_host_.erase(at_host_.begin());
    }
    const Sequences& at_host() const { return at_host_; }

  private:
    BrokerBench& bench_;
    Sequences at_host_;
};

std::vector<GroupClientKey> join(BrokerBench& bench, int clients) {
    std::vector<GroupClientKey> keys;
    for (int i = 0; i < clients; ++i) {
        keys.push_back(bench.join());
    }
    return keys;
}

TEST_CASE(
    "64 handles and an old client with 16 queries ask at once, the host has 32 at a time, and all complete") {
    LinkedBench bench;
    const auto keys = join(bench, 64);
    for (const auto key : keys) {
        bench.ask(key, 1);
    }
    for (std::int32_t seq = 1; seq <= 16; ++seq) {
        bench.old_asks(seq);
    }
    Host host(bench);
    CHECK(host.read() == 32);
    CHECK(bench.broker.queries().waiting() == 48);
    while (!host.at_host().empty()) {
        host.answer_one();
        host.read();
        CHECK(host.at_host().size() <= StatusQueries::most_at_host);
    }
    for (const auto key : keys) {
        CHECK(bench.read(key) ==
              std::vector<wire::GroupDaemonRecord>{wire::GroupEntry{1, "{}"}, wire::GroupAnswered{1}});
    }
    CHECK(bench.read_old().size() == 32);
    CHECK(bench.broker.counters().answers == 80);
    CHECK(bench.broker.counters().unanswered == 0);
    CHECK(bench.broker.next_deadline() == runtime::never);
}

TEST_CASE("queries that wait go out in the order in which they were asked") {
    LinkedBench bench;
    const auto keys = join(bench, 40);
    std::for_each(keys.rbegin(), keys.rend(), [&bench](auto key) { bench.ask(key, 1); });
    Host host(bench);
    host.read();
    Sequences expected;
    for (std::int32_t i = 0; i < 32; ++i) {
        expected.push_back(1000 + i);
    }
    CHECK(host.at_host() == expected);
    host.answer_one();
    host.read();
    CHECK(host.at_host().back() == 1032);
}

TEST_CASE(
    "queries that were replaced or whose client left count while the host may work on them, at most 5 s") {
    LinkedBench bench;
    const auto key = bench.join();
    Host host(bench);
    for (std::uint32_t query = 1; query <= 33; ++query) {
        const auto brief = bench.join();
        bench.ask(query % 2 == 0 ? key : brief, query);
        host.read();
        bench.broker.closed(brief);
    }
    CHECK(host.at_host().size() == 32);
    bench.ask(key, 100);
    CHECK(host.read() == 0);
    CHECK(bench.broker.next_deadline() == bench.now + 5000ms);

    SECTION("until its answer has come") {
        host.answer_one();
        CHECK(host.read() == 1);
        CHECK(bench.broker.counters().late_answers == 2);
    }
    SECTION("5 s after it was sent, not later") {
        bench.pass(4999ms);
        bench.ask(key, 101);
        CHECK(host.read() == 0);
        bench.pass(1ms);
        CHECK(bench.for_host().size() == 1);
        CHECK(bench.broker.queries().at_host() == 1);
    }
    SECTION("until the host has refused it") {
        bench.nack("status_query");
        CHECK(host.read() == 1);
    }
    SECTION("a refusal of something else frees nothing") {
        bench.nack("broadcast");
        bench.nack("unknown");
        CHECK(host.read() == 0);
    }
    SECTION("until the host is gone") {
        bench.broker.link_down("away");
        bench.broker.link_up();
        CHECK(bench.broker.queries().at_host() == 0);
        bench.ask(key, 101);
        CHECK(bench.for_host().size() == 1);
    }
}

TEST_CASE("a query that waits has its 5 s from when it was asked, and is not sent after them") {
    LinkedBench bench;
    const auto keys = join(bench, 33);
    for (const auto key : keys) {
        bench.ask(key, 1);
    }
    Host host(bench);
    host.read();
    bench.pass(5000ms);
    CHECK(bench.read<wire::GroupUnanswered>(keys.back()).size() == 1);
    CHECK(bench.broker.queries().waiting() == 0);
    CHECK(host.read() == 0);
    CHECK(bench.broker.next_deadline() == runtime::never);
}

TEST_CASE("a client that asks again and again has one query waiting, and the others are asked before it") {
    LinkedBench bench;
    const auto keys = join(bench, 34);
    for (std::size_t i = 0; i < 33; ++i) {
        bench.ask(keys[i], 1);
    }
    Host host(bench);
    host.read();
    for (std::uint32_t query = 1; query <= 1000; ++query) {
        bench.ask(keys[33], query);
    }
    CHECK(bench.broker.queries().waiting() == 2);
    for (int i = 0; i < 2; ++i) {
        host.answer_one();
        host.read();
    }
    CHECK(host.at_host().size() == 32);
    CHECK(host.at_host().back() == 2032);
}

TEST_CASE("queries and broadcasts take turns towards the host") {
    LinkedBench bench;
    const auto keys = join(bench, 3);
    for (const auto key : keys) {
        bench.ask(key, 1);
        bench.send(key, "x");
    }
    std::string order;
    for (const auto& one : bench.for_host()) {
        order += std::holds_alternative<wire::StatusQuery>(one.request) ? 'q' : 'b';
    }
    CHECK(order == "bqbqbq");
}

}  // namespace
}  // namespace vnf::guest
