// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Several clients of one guest in its server group: what each hears, and what the host hears of them.
#include <catch2/catch.hpp>
#include <limits>

#include "tests/guest-client/broker_bench.hpp"

namespace vnf::guest {
namespace {

using Texts = std::vector<std::string>;

const std::string notification = R"({"version":2,"msg_type":"notification","data":{"state":"active"}})";
const std::string nova_broadcast =
    R"({"version":"version","msg_type":"broadcast","source_instance":"instance-0000001f","data":"a\/b"})";

TEST_CASE("a broadcast of the host reaches every client, the old one byte for byte") {
    LinkedBench bench;
    const auto one = bench.join(), two = bench.join();
    CHECK_FALSE(bench.broker.host_said(BrokerBench::json(nova_broadcast), bench.now));
    for (const auto key : {one, two}) {
        CHECK(bench.read<wire::GroupHeard>(key) ==
              std::vector<wire::GroupHeard>{{"instance-0000001f", "a/b"}});
    }
    CHECK(bench.read_old() == Texts{nova_broadcast});
}

TEST_CASE("a notification of the host reaches every client") {
    LinkedBench bench;
    const auto one = bench.join(), two = bench.join();
    CHECK_FALSE(bench.broker.host_said(BrokerBench::json(notification), bench.now));
    for (const auto key : {one, two}) {
        CHECK(bench.read<wire::GroupNotified>(key) ==
              std::vector<wire::GroupNotified>{{R"({"state":"active"})"}});
    }
    CHECK(bench.read_old() == Texts{notification});
}

TEST_CASE("a gap reaches every handle, and not the old client, which does not know it") {
    LinkedBench bench;
    const auto one = bench.join(), two = bench.join();
    const std::int32_t missed = GENERATE(0, 1, 300, -1);
    bench.host(wire::GroupGap{missed});
    for (const auto key : {one, two}) {
        CHECK(bench.read<wire::GroupMissed>(key) ==
              std::vector<wire::GroupMissed>{{static_cast<std::uint32_t>(std::max(missed, 0))}});
    }
    CHECK(bench.read_old().empty());
}

TEST_CASE("a client's broadcast goes to the host once, and to no sibling") {
    LinkedBench bench;
    const auto one = bench.join(), two = bench.join();
    bench.send(one, "hello");
    bench.old(R"({"version":2,"msg_type":"broadcast","data":"from the old one"})");
    CHECK(bench.texts_for_host() == Texts{"hello", "from the old one"});
    CHECK(bench.read(one).empty());
    CHECK(bench.read(two).empty());
    CHECK(bench.read_old().empty());
}

TEST_CASE("clients take turns towards the host") {
    LinkedBench bench;
    const auto one = bench.join(), two = bench.join();
    for (const char* text : {"a", "b", "c"}) {
        bench.send(one, text);
    }
    bench.send(two, "x");
    bench.old(R"({"version":2,"msg_type":"broadcast","data":"1"})");
    CHECK(bench.texts_for_host() == Texts{"a", "x", "1", "b", "c"});
}

TEST_CASE("the limits of a broadcast are checked again, and its refusal is told") {
    LinkedBench bench;
    const auto key = bench.join();
    const auto [text, good] = GENERATE(table<std::string, bool>({
        {"", true},
        {"x", true},
        {std::string(3050, 'x'), true},
        {std::string(3051, 'x'), false},
        {std::string(1975, '/') + "x", true},      // 3951 escaped
        {std::string(1976, '/'), false},           // 3952
        {std::string(658, '\1') + "xxx", true},    // 3951
        {std::string(658, '\1') + "xxxx", false},  // 3952
        {std::string("a\0b", 3), false},
        {"\xff", false},
    }));
    bench.send(key, text);
    if (good) {
        CHECK(bench.texts_for_host() == Texts{text});
        CHECK(bench.read(key).empty());
    } else {
        CHECK(bench.for_host().empty());
        const auto refusals = bench.read<wire::GroupRefusal>(key);
        REQUIRE(refusals.size() == 1);
        CHECK(refusals[0].msg_type == "broadcast");
        CHECK_FALSE(refusals[0].reason.empty());
        CHECK(bench.broker.counters().refused_messages == 1);
    }
}

TEST_CASE("B-05: null or missing data of the old client is nacked here and never reaches the host") {
    LinkedBench bench;
    const std::string data =
        GENERATE(R"({"version":2,"msg_type":"broadcast","data":null})",
                 R"({"version":2,"msg_type":"broadcast"})", R"({"version":2,"msg_type":null,"data":"x"})",
                 R"({"version":2,"msg_type":"elect","data":"x"})", R"(null)", R"([])");
    bench.old(data);
    CHECK(bench.for_host().empty());
    const auto told = bench.read_old();
    REQUIRE(told.size() == 1);
    CHECK_THAT(told[0], Catch::StartsWith(R"({"version":2,"msg_type":"nack","orig_msg_type":)"));
}

TEST_CASE("B-05: null data of the host is counted and reaches nobody") {
    LinkedBench bench;
    const auto key = bench.join();
    for (const char* data :
         {R"({"version":2,"msg_type":"broadcast","source_instance":"vm2","data":null})",
          R"({"version":2,"msg_type":"notification","data":null})", R"({"version":2,"msg_type":null})",
          R"({"version":2,"msg_type":"status_response","seq":1,"data":null})"}) {
        CHECK(bench.broker.host_said(BrokerBench::json(data), bench.now));
    }
    CHECK(bench.read(key).empty());
    CHECK(bench.read_old().empty());
    std::uint64_t rejected = 0;
    for (const auto count : bench.broker.counters().rejected) {
        rejected += count;
    }
    CHECK(rejected == 4);
}

TEST_CASE("256 messages of a client wait for the host; then it is not read from, and the others are") {
    LinkedBench bench;
    const auto one = bench.join(), two = bench.join();
    for (std::size_t i = 0; i < GroupBroker::share; ++i) {
        REQUIRE(bench.broker.may_send(one));
        bench.send(one, "x");
    }
    CHECK_FALSE(bench.broker.may_send(one));
    CHECK(bench.broker.may_send(two));
    bench.broker.take_touched();
    REQUIRE(bench.broker.take_for_host(bench.now));
    CHECK(bench.broker.may_send(one));
    CHECK(bench.broker.take_touched() == std::set<GroupClientKey>{one});
}

TEST_CASE("the old client's 257th message is dropped and counted") {
    LinkedBench bench;
    for (int i = 0; i < 257; ++i) {
        bench.old(R"({"version":2,"msg_type":"broadcast","data":"x"})");
    }
    CHECK(bench.broker.counters().old_client_dropped == 1);
    CHECK(bench.for_host().size() == 256);
}

TEST_CASE("a client that does not read misses the 257th message, and its sibling none") {
    LinkedBench bench;
    const auto slow = bench.join(), quick = bench.join();
    for (int i = 0; i < 257; ++i) {
        bench.host(wire::GroupBroadcast{"vm2", std::to_string(i)});
        CHECK(bench.read<wire::GroupHeard>(quick).size() == 1);
    }
    const auto records = bench.read(slow);
    REQUIRE(records.size() == 257);
    CHECK(std::get<wire::GroupHeard>(records[255]).text == "255");
    CHECK(std::get<wire::GroupMissed>(records[256]).messages == 1);
    CHECK(bench.broker.counters().missed == 1);
}

TEST_CASE("a nack goes to everybody who sent that type within the last 5 s, and to nobody else") {
    LinkedBench bench;
    const auto sender = bench.join(), asker = bench.join(), silent = bench.join();
    bench.send(sender, "x");
    bench.ask(asker, 1);
    bench.old_asks(1);
    bench.for_host();
    const auto [type, to_sender, to_askers] = GENERATE(table<std::string, bool, bool>({
        {"broadcast", true, false},
        {"status_query", false, true},
        {"unknown", true, true},
    }));
    bench.pass(4999ms);
    bench.nack(type);
    CHECK(bench.read<wire::GroupRefusal>(sender).size() == (to_sender ? 1 : 0));
    CHECK(bench.read<wire::GroupRefusal>(asker).size() == (to_askers ? 1 : 0));
    CHECK(bench.read_old().size() == (to_askers ? 1 : 0));
    bench.pass(1ms);
    bench.read(asker);
    bench.nack(type);
    for (const auto key : {sender, asker, silent}) {
        CHECK(bench.read(key).empty());
    }
    CHECK(bench.read_old().empty());
}

TEST_CASE("what waits when the link goes down is not sent, and each sender is told its own number") {
    LinkedBench bench;
    const auto one = bench.join(), two = bench.join(), silent = bench.join();
    bench.send(one, "a");
    bench.send(one, "b");
    bench.send(two, "c");
    bench.ask(two, 9);
    bench.old(R"({"version":2,"msg_type":"broadcast","data":"d"})");
    const auto written_half = bench.broker.take_for_host(bench.now);
    bench.broker.not_written(*written_half);
    bench.broker.link_down("away");
    const auto of_one = bench.read(one), of_two = bench.read(two), of_silent = bench.read(silent);
    std::uint32_t unsent = 0;
    for (const auto& record : of_one) {
        if (const auto* told = std::get_if<wire::GroupUnsent>(&record)) {
            unsent += told->messages;
        }
    }
    CHECK(unsent == 2);
    REQUIRE(of_two.size() == 3);
    CHECK(std::get<wire::GroupUnsent>(of_two[0]) == wire::GroupUnsent{1, "away"});
    CHECK(std::get<wire::GroupUnanswered>(of_two[1]) == wire::GroupUnanswered{9, "away"});
    CHECK(std::get<wire::GroupLink>(of_two[2]) == wire::GroupLink{false, "away"});
    REQUIRE(of_silent.size() == 1);
    CHECK(bench.broker.counters().old_client_dropped == 1);
    bench.broker.link_up();
    CHECK(bench.for_host().empty());
    CHECK(bench.read<wire::GroupLink>(silent) == std::vector<wire::GroupLink>{{true, ""}});
}

TEST_CASE("without a link a send and a query are answered at once") {
    BrokerBench bench;
    bench.broker.link_down("nobody there");
    const auto key = bench.join();
    bench.send(key, "x");
    bench.ask(key, 3);
    bench.old_asks(1);
    CHECK(bench.read(key) == std::vector<wire::GroupDaemonRecord>{wire::GroupUnsent{1, "nobody there"},
                                                                  wire::GroupUnanswered{3, "nobody there"}});
    CHECK(bench.broker.next_deadline() == runtime::never);
    CHECK(bench.broker.counters().old_client_dropped == 1);
}

TEST_CASE("what a client said last is sent after it left, 256 messages of all who left") {
    LinkedBench bench;
    for (int client = 0; client < 3; ++client) {
        const auto key = bench.join();
        for (int i = 0; i < 100; ++i) {
            bench.send(key, "x");
        }
        bench.ask(key, 1);
        bench.broker.closed(key);
    }
    CHECK(bench.texts_for_host().size() == 256);
    CHECK(bench.broker.counters().departed_dropped == 44);
    CHECK(bench.broker.clients().empty());
}

TEST_CASE("what a leaving client still says counts as said, and what of it has no room as dropped besides") {
    LinkedBench bench;
    const auto key = bench.join();
    for (int i = 0; i < 256; ++i) {
        bench.send(key, "before");
    }
    bench.broker.leaves(key);
    for (int i = 0; i < 10; ++i) {
        bench.send(key, "after");
    }
    bench.broker.closed(key);
    CHECK(bench.texts_for_host().size() == 256);
    CHECK(bench.broker.counters().departed_dropped == 10);
    CHECK(bench.broker.counters().sends == 266);
}

TEST_CASE("a client that does not introduce itself within 5 s is disconnected") {
    LinkedBench bench;
    const auto silent = bench.broker.opened({}, bench.now), polite = bench.join();
    CHECK(bench.broker.next_deadline() == bench.now + 5000ms);
    bench.pass(4999ms);
    CHECK(bench.broker.take_expelled().empty());
    bench.pass(1ms);
    CHECK(bench.broker.take_expelled() == std::vector<GroupClientKey>{silent});
    bench.broker.closed(silent);
    CHECK(bench.broker.next_deadline() == runtime::never);
    CHECK(bench.broker.clients().count(polite) == 1);
    CHECK(bench.broker.counters().silent_clients == 1);
}

TEST_CASE(
    "who says anything before its hello is disconnected; a second hello and garbage after it are ignored") {
    LinkedBench bench;
    const auto rude = bench.broker.opened({}, bench.now), garbled = bench.broker.opened({}, bench.now);
    bench.send(rude, "x");
    bench.broker.bad_record(garbled);
    CHECK(bench.broker.take_expelled() == std::vector<GroupClientKey>{rude, garbled});
    CHECK(bench.for_host().empty());
    const auto polite = bench.join("first");
    bench.broker.record(polite, wire::GroupHello{"second"}, bench.now);
    bench.broker.bad_record(polite);
    CHECK(bench.broker.take_expelled().empty());
    CHECK(bench.broker.clients().at(polite).name == "first");
    CHECK(bench.broker.counters().unexpected_records == 4);
}

TEST_CASE("clients are limited in number, in all and for each user") {
    LinkedBench bench({{4, 3}, true});
    for (int i = 0; i < 3; ++i) {
        bench.join("app", {1, 100});
    }
    CHECK(bench.broker.opened({1, 100}, bench.now) == 0);
    const auto other = bench.join("app", {1, 200});
    CHECK(bench.broker.opened({1, 300}, bench.now) == 0);
    CHECK(bench.broker.counters().refused_clients == 2);
    bench.broker.closed(other);
    CHECK(bench.broker.opened({1, 300}, bench.now) != 0);
}

TEST_CASE("events of clients that are gone are ignored") {
    LinkedBench bench;
    const auto key = bench.join();
    bench.broker.closed(key);
    bench.send(key, "x");
    bench.ask(key, 1);
    bench.broker.bad_record(key);
    bench.broker.closed(key);
    bench.broker.packet_taken(key);
    CHECK(bench.broker.packet(key) == nullptr);
    CHECK(bench.for_host().empty());
    CHECK(bench.broker.take_expelled().empty());
}

}  // namespace
}  // namespace vnf::guest
