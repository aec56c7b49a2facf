// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Registration in both versions, departures, quotas and floods.
#include <catch2/catch.hpp>
#include <limits>

#include "tests/guest-client/table_bench.hpp"

namespace vnf::guest::test {

using std::chrono::seconds;
using wire::CorrectiveAction;
using wire::HealthCause;

TEST_CASE("an old application is acknowledged with revision 1 and never sees version 3") {
    TableBench bench;
    const auto key = bench.old_application("db");
    REQUIRE(bench.sent_to<wire::RecordInitAck>(key).size() == 1);
    CHECK(bench.sent_to<wire::RecordInitAck>(key)[0] == wire::RecordInitAck{1, true});
    CHECK(bench.switched.empty());
    CHECK(bench.table.find(key)->version() == wire::RecordVersion::V2);
}

TEST_CASE("G-02: an interval below 400 ms is refused, and the connection goes on") {
    TableBench bench;
    const auto key = bench.open();
    bench.say(key, TableBench::init("db", 399));
    CHECK(bench.sent_to<wire::RecordInitAck>(key).at(0) == wire::RecordInitAck{1, false});
    CHECK_FALSE(bench.table.find(key)->registered());
    bench.say(key, TableBench::init("db", 400));
    CHECK(bench.table.find(key)->registered());
}

TEST_CASE("G-13: numbers beyond any sense are refused or cut, and nothing overflows") {
    constexpr std::uint32_t most = std::numeric_limits<std::uint32_t>::max();
    TableBench bench;
    const auto key = bench.open();
    bench.say(key, TableBench::init("db", most));
    CHECK_FALSE(bench.table.find(key)->registered());
    wire::RecordInit init = TableBench::init("db");
    init.vote_secs = most;
    init.resume_notice_secs = 0;
    bench.say(key, init);
    const Registration& registration = bench.table.find(key)->registration();
    CHECK(registration.vote == longest_notice);
    CHECK(registration.resume_notice == seconds(1));
}

TEST_CASE("G-12: a registration replaces the one before, however often it comes") {
    TableBench bench;
    const auto key = bench.old_application("db", 1000);
    for (int i = 0; i < 200; ++i) {
        bench.pass(Milliseconds(600));
        bench.say(key, TableBench::init("db" + std::to_string(i), 1000));
    }
    CHECK(bench.disconnected.empty());
    CHECK(bench.table.registered().size() == 1);
    CHECK(bench.table.find(key)->registration().name == "db199");
    CHECK(bench.table.next_deadline() == bench.now + seconds(1));
}

TEST_CASE("an INIT flood ends the connection") {
    TableBench bench;
    const auto key = bench.old_application("db");
    for (int i = 0; i < 64 && bench.disconnected.empty(); ++i) {
        bench.say(key, TableBench::init("db", 0x7fffffff));
    }
    CHECK(bench.disconnected == std::vector<ApplicationKey>{key});
    CHECK(bench.table.find(key) == nullptr);
    CHECK(bench.table.counters().departures[static_cast<std::size_t>(Departure::Flood)] == 1);
    bench.say(key, TableBench::init("db"));  // what was in the same read
    CHECK(bench.table.size() == 0);
}

TEST_CASE("version 3 is agreed on by revision, and begins with REGISTER") {
    TableBench bench;
    const auto key = bench.new_application("db", 50);
    CHECK(bench.sent_to<wire::RecordInitAck>(key).at(0) == wire::RecordInitAck{2, true});
    CHECK(bench.sent.at(0).version == wire::RecordVersion::V2);
    CHECK(bench.switched == std::vector<ApplicationKey>{key});
    CHECK(bench.sent_to<wire::RecordRegisterAck>(key).at(0) == wire::RecordRegisterAck{true, 50, {}});
    CHECK(bench.table.find(key)->registration().interval == Milliseconds(50));
}

TEST_CASE("a daemon that does not offer version 3 registers by the INIT") {
    ApplicationPolicy policy;
    policy.offer_version_3 = false;
    TableBench bench(policy);
    const auto key = bench.open();
    wire::RecordInit offer = TableBench::init("db");
    offer.revision = 2;
    bench.say(key, offer);
    CHECK(bench.sent_to<wire::RecordInitAck>(key).at(0) == wire::RecordInitAck{1, true});
    CHECK(bench.table.find(key)->registered());
}

TEST_CASE("five seconds without a REGISTER end the connection, unchallenged") {
    TableBench bench;
    const auto key = bench.open();
    wire::RecordInit offer = TableBench::init("db");
    offer.revision = 2;
    bench.say(key, offer);
    bench.pass(Milliseconds(4999));
    CHECK(bench.disconnected.empty());
    bench.pass(Milliseconds(1));
    CHECK(bench.disconnected == std::vector<ApplicationKey>{key});
    CHECK(bench.sent_to<wire::RecordChallenge>(key).empty());
    CHECK(bench.healthy());
}

TEST_CASE("a REGISTER out of range names the field, and may be repeated") {
    TableBench bench;
    const auto key = bench.open();
    wire::RecordInit offer = TableBench::init("db");
    offer.revision = 2;
    bench.say(key, offer);
    const auto refused = [&](wire::RecordRegister record) {
        bench.say(key, record);
        return bench.sent_to<wire::RecordRegisterAck>(key).back();
    };
    auto record = TableBench::registration("db", 9);
    CHECK(refused(record) == wire::RecordRegisterAck{false, 0, "interval_ms"});
    record = TableBench::registration("db");
    record.vote_ms = 600001;
    CHECK(refused(record) == wire::RecordRegisterAck{false, 0, "vote_ms"});
    record = TableBench::registration("");
    CHECK(refused(record) == wire::RecordRegisterAck{false, 0, "name"});
    CHECK(refused(TableBench::registration("db")).accepted);
}

TEST_CASE(
    "a silent close is healthy for an old application and a failure for a new one, unless set otherwise") {
    const bool other_policy = GENERATE(false, true);
    ApplicationPolicy policy;
    if (other_policy) {
        policy.silent_close_v2_failed = true;
        policy.silent_close_v3_failed = false;
    }
    TableBench bench(policy);
    bench.close(bench.old_application("old"));
    CHECK(bench.healthy() == !other_policy);
    TableBench another(policy);
    another.close(another.new_application("new"));
    CHECK(another.healthy() == other_policy);
}

TEST_CASE("an application says itself what its silent close means") {
    for (const auto meaning : {wire::SilentClose::Healthy, wire::SilentClose::Failed}) {
        TableBench bench;
        const auto key = bench.new_application("db");
        auto record = TableBench::registration("db");
        record.silent_close = meaning;
        bench.say(key, record);
        bench.close(key);
        CHECK(bench.healthy() == (meaning == wire::SilentClose::Healthy));
    }
}

TEST_CASE(
    "G-06: a death is the guest's ill health with the registered action, until the same one registers "
    "again") {
    TableBench bench;
    bench.close(bench.new_application("db"), Departure::ProcessEnded);
    CHECK(bench.health.verdict().cause == HealthCause::ApplicationDied);
    CHECK(bench.health.verdict().action == CorrectiveAction::Stop);
    CHECK(bench.health.verdict().application == "db");
    CHECK(bench.health.verdict().log == "Application db died.");
    REQUIRE(bench.left.size() == 1);
    CHECK(bench.left[0].failed);
    bench.new_application("other");
    CHECK_FALSE(bench.healthy());
    bench.new_application("db", 1000, 2000);  // the same name of another user
    CHECK_FALSE(bench.healthy());
    bench.new_application("db");
    CHECK(bench.healthy());
    CHECK(bench.table.dead().empty());
}

TEST_CASE("a death is forgotten after dead_hold if there is one") {
    ApplicationPolicy policy;
    policy.dead_hold = seconds(10);
    TableBench bench(policy);
    bench.close(bench.new_application("db"));
    bench.pass(Milliseconds(9999));
    CHECK_FALSE(bench.healthy());
    bench.pass(Milliseconds(1));
    CHECK(bench.healthy());
    CHECK(bench.table.next_deadline() == runtime::never);
}

TEST_CASE("an application that stops reading has failed, whatever its silent close means") {
    TableBench bench;
    bench.close(bench.old_application("db"), Departure::NotReading);
    CHECK_FALSE(bench.healthy());
    CHECK(bench.health.verdict().log == "Application db stopped reading.");
}

TEST_CASE(
    "G-10: a deregistered application is neither challenged nor part of the health, and its end is quiet") {
    TableBench bench;
    const auto key = bench.new_application("db");
    bench.pass(seconds(2));
    REQUIRE_FALSE(bench.healthy());
    bench.say(key, wire::RecordDeregister{"done"});
    CHECK(bench.healthy());
    CHECK(bench.table.next_deadline() == runtime::never);
    REQUIRE(bench.left.size() == 1);
    CHECK_FALSE(bench.left[0].failed);
    bench.close(key);
    CHECK(bench.healthy());
}

TEST_CASE("the 17th and the 1024th application are served, the 1025th is not; who leaves makes room") {
    TableBench bench;
    ApplicationKey first = bench.open();
    for (int i = 2; i <= 1024; ++i) {
        REQUIRE(bench.open() != 0);
    }
    CHECK(bench.open() == 0);
    CHECK(bench.table.counters().refused_limit == 1);
    bench.close(first);
    CHECK(bench.open() != 0);
}

TEST_CASE("one user's quota leaves the others theirs") {
    ApplicationPolicy policy;
    policy.per_user = 2;
    TableBench bench(policy);
    CHECK(bench.open(1) != 0);
    CHECK(bench.open(1) != 0);
    CHECK(bench.open(1) == 0);
    CHECK(bench.open(2) != 0);
}

TEST_CASE("the memory of deaths is bounded") {
    ApplicationPolicy policy;
    policy.limit = 10;
    TableBench bench(policy);
    for (int i = 0; i < 100; ++i) {
        bench.close(bench.new_application("app" + std::to_string(i)));
    }
    CHECK(bench.table.dead().size() == 10);
    CHECK(bench.health.ailments().size() == 10);
}

TEST_CASE("records of an application that has not registered do nothing") {
    TableBench bench;
    const auto key = bench.open();
    bench.say(key, wire::RecordHealthPush{wire::Health::Unhealthy, CorrectiveAction::Stop, "x"});
    bench.say(key, wire::RecordDeregister{"x"});
    CHECK(bench.healthy());
    CHECK(bench.table.counters().unexpected_records == 2);
}

}  // namespace vnf::guest::test
