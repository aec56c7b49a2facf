// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Status queries of many clients over one name: whose answer is whose, and until when.
#include <catch2/catch.hpp>
#include <limits>

#include "tests/guest-client/broker_bench.hpp"

namespace vnf::guest {
namespace {

using Texts = std::vector<std::string>;

std::string old_entry(std::int32_t seq, const std::string& entry) {
    return R"({"version":2,"msg_type":"status_response","seq":)" + std::to_string(seq) + R"(,"data":)" +
           entry + "}";
}
std::string old_done(std::int32_t seq) {
    return R"({"version":2,"msg_type":"status_response_done","seq":)" + std::to_string(seq) + "}";
}

TEST_CASE("31 handles and an old client ask with 1 at once, and each gets its own answer") {
    LinkedBench bench;
    std::vector<GroupClientKey> clients;
    for (int i = 0; i < 31; ++i) {
        clients.push_back(bench.join());
        bench.ask(clients.back(), 1);
    }
    bench.old_asks(1);
    std::map<GroupClientKey, std::int32_t> sequences;
    std::set<std::int32_t> different;
    for (const auto& one : bench.for_host()) {
        const auto query = std::get<wire::StatusQuery>(one.request);
        CHECK(query.understands_gap);
        sequences[one.from] = query.seq;
        different.insert(query.seq);
    }
    REQUIRE(different.size() == 32);
    // Entries of all answers interleaved, the last asker's first.
    for (auto one = sequences.rbegin(); one != sequences.rend(); ++one) {
        bench.answer(one->second, R"({"for":)" + std::to_string(one->first) + "}");
    }
    for (const auto& [key, sequence] : sequences) {
        bench.done(sequence);
    }
    for (const auto key : clients) {
        CHECK(bench.read(key) ==
              std::vector<wire::GroupDaemonRecord>{
                  wire::GroupEntry{1, R"({"for":)" + std::to_string(key) + "}"}, wire::GroupAnswered{1}});
    }
    CHECK(bench.read_old() == Texts{old_entry(1, R"({"for":1})"), old_done(1)});
    CHECK(bench.broker.counters().answers == 32);
    CHECK(bench.broker.next_deadline() == runtime::never);
}

TEST_CASE("an answer has 0, 1, 2, 70 or 200 entries, and nobody else hears of them") {
    LinkedBench bench;
    const auto asker = bench.join(), other = bench.join();
    bench.ask(asker, 7);
    const auto sequence = bench.sequence_for_host();
    const int members = GENERATE(0, 1, 2, 70, 200);
    for (int i = 0; i < members; ++i) {
        bench.answer(sequence, std::to_string(i % 2) == "0" ? R"({"a":1})" : R"("{\"a\":1}")");
    }
    bench.done(sequence);
    const auto records = bench.read(asker);
    REQUIRE(records.size() == static_cast<std::size_t>(members) + 1);
    CHECK(std::get<wire::GroupAnswered>(records.back()).query == 7);
    CHECK(bench.read(other).empty());
    CHECK(bench.read_old().empty());
}

TEST_CASE("an answer that a client had no room for ends as unanswered, not as complete") {
    LinkedBench bench;
    const auto key = bench.join();
    bench.ask(key, 7);
    const auto sequence = bench.sequence_for_host();
    for (int i = 0; i < 257; ++i) {
        bench.answer(sequence, "{}");
    }
    bench.done(sequence);
    const auto records = bench.read(key);
    REQUIRE(records.size() == 257);
    CHECK(std::get<wire::GroupUnanswered>(records.back()).query == 7);
}

TEST_CASE("an answer that the old client had no room for has no end, and the next one is whole") {
    LinkedBench bench;
    bench.old_asks(1);
    bench.old_asks(3);
    const auto all = bench.for_host();
    REQUIRE(all.size() == 2);
    bench.answer(1000, "{}");
    CHECK(bench.read_old() == Texts{old_entry(1, "{}")});
    bench.answer(1000, "{}");
    bench.host(wire::GroupBroadcast{"vm2", "of no answer"});
    CHECK(bench.drop_for_old() == 2);
    bench.answer(1000, "{}");
    bench.done(1000);
    CHECK(bench.read_old() == Texts{old_entry(1, "{}")});
    CHECK(bench.broker.counters().unanswered == 1);
    bench.answer(1001, "{}");
    bench.done(1001);
    CHECK(bench.read_old() == Texts{old_entry(3, "{}"), old_done(3)});
    CHECK(bench.broker.counters().answers == 1);
}

TEST_CASE("a query ends 5 s after it was asked, sent or not, and what comes then is late") {
    LinkedBench bench;
    const auto key = bench.join();
    bench.ask(key, 7);
    bench.old_asks(3);
    const bool sent = GENERATE(true, false);
    if (sent) {
        bench.for_host();
    }
    CHECK(bench.broker.next_deadline() == bench.now + 5000ms);
    bench.pass(4999ms);
    CHECK(bench.read(key).empty());
    bench.pass(1ms);
    const auto told = bench.read<wire::GroupUnanswered>(key);
    REQUIRE(told.size() == 1);
    CHECK(told[0].query == 7);
    CHECK(bench.broker.next_deadline() == runtime::never);
    bench.answer(1000, "{}");
    bench.done(1000);
    bench.done(1001);
    CHECK(bench.read(key).empty());
    CHECK(bench.read_old().empty());
    CHECK(bench.broker.counters().late_answers == 3);
    CHECK(bench.for_host().empty());
}

TEST_CASE("a handle's new query replaces its old one, whose answer is late") {
    LinkedBench bench;
    const auto key = bench.join();
    bench.ask(key, 1);
    const auto first = bench.sequence_for_host();
    bench.ask(key, 2);
    const auto second = bench.sequence_for_host();
    bench.answer(first, "{}");
    bench.done(first);
    CHECK(bench.read(key).empty());
    bench.done(second);
    CHECK(bench.read<wire::GroupAnswered>(key) == std::vector<wire::GroupAnswered>{{2}});
    CHECK(bench.broker.counters().late_answers == 2);
}

TEST_CASE("a query that was replaced before it was sent is not sent") {
    LinkedBench bench;
    const auto key = bench.join();
    bench.ask(key, 1);
    bench.ask(key, 2);
    CHECK(bench.sequence_for_host() == 1001);
}

TEST_CASE("the old client may have several queries under way, the oldest of 17 is given up") {
    LinkedBench bench;
    for (std::int32_t seq = 1; seq <= 17; ++seq) {
        bench.old_asks(seq);
    }
    CHECK(bench.for_host().size() == 16);
    bench.done(1000);
    CHECK(bench.read_old().empty());
    bench.done(1016);
    bench.done(1001);
    CHECK(bench.read_old() == Texts{old_done(17), old_done(2)});
}

TEST_CASE("the old client's sequence comes back as it was, whatever it was") {
    LinkedBench bench;
    const std::int32_t seq = GENERATE(0, 1, -1, 5, std::numeric_limits<std::int32_t>::max(),
                                      std::numeric_limits<std::int32_t>::min());
    bench.old_asks(seq);
    const auto ours = bench.sequence_for_host();
    bench.answer(ours, "{}");
    bench.done(ours);
    CHECK(bench.read_old() == Texts{old_entry(seq, "{}"), old_done(seq)});
}

TEST_CASE("a sequence that was never issued is unknown, and done without a request is nothing") {
    LinkedBench bench;
    bench.done(1);
    bench.answer(999, "{}");
    bench.done(1000);
    bench.done(-5);
    CHECK(bench.broker.counters().unknown_sequences == 4);
    CHECK(bench.broker.counters().late_answers == 0);
}

TEST_CASE("sequences go from the highest number to 1") {
    BrokerBench bench({}, std::numeric_limits<std::int32_t>::max());
    bench.broker.link_up();
    const auto key = bench.join();
    bench.ask(key, 1);
    CHECK(bench.sequence_for_host() == std::numeric_limits<std::int32_t>::max());
    bench.ask(key, 2);
    CHECK(bench.sequence_for_host() == 1);
    bench.done(1);
    CHECK(bench.read<wire::GroupAnswered>(key) == std::vector<wire::GroupAnswered>{{2}});
}

TEST_CASE("the answer for a client that left reaches nobody, and not the one that came after it") {
    LinkedBench bench;
    const auto key = bench.join();
    bench.ask(key, 1);
    const auto sequence = bench.sequence_for_host();
    bench.broker.closed(key);
    const auto next = bench.join();
    bench.answer(sequence, "{}");
    bench.done(sequence);
    CHECK(bench.read(next).empty());
    CHECK(bench.broker.counters().late_answers == 2);
}

TEST_CASE("to a host that is to hear old bytes only, a query says nothing of gaps") {
    LinkedBench bench({{}, false});
    bench.ask(bench.join(), 1);
    const auto all = bench.for_host();
    REQUIRE(all.size() == 1);
    CHECK(wire::encode(all[0].request).text() == R"({"version":2,"msg_type":"status_query","seq":1000})");
}

}  // namespace
}  // namespace vnf::guest
