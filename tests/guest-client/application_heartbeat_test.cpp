// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Challenges to applications and what their silence means.
#include <catch2/catch.hpp>

#include "tests/guest-client/table_bench.hpp"

namespace vnf::guest::test {

using std::chrono::seconds;
using wire::CorrectiveAction;
using wire::Health;
using wire::HealthCause;

TEST_CASE(
    "the first challenge comes one interval after the registration, the next after the answer's interval") {
    TableBench bench;
    const auto key = bench.old_application("db");
    bench.pass(Milliseconds(999));
    CHECK(bench.sent_to<wire::RecordChallenge>(key).empty());
    bench.pass(Milliseconds(1));
    CHECK(bench.sent_to<wire::RecordChallenge>(key).size() == 1);
    bench.answer(key);
    bench.pass(seconds(10), {key});
    CHECK(bench.sent_to<wire::RecordChallenge>(key).size() == 11);
    CHECK(bench.healthy());
}

TEST_CASE("an unanswered challenge is not followed by another, and two intervals of silence are a timeout") {
    TableBench bench;
    const auto key = bench.old_application("db");
    bench.pass(Milliseconds(1999));
    CHECK(bench.healthy());
    bench.pass(Milliseconds(1));
    CHECK(bench.sent_to<wire::RecordChallenge>(key).size() == 1);
    CHECK(bench.health.verdict().cause == HealthCause::ApplicationTimeout);
    CHECK(bench.health.verdict().action == CorrectiveAction::Reboot);
    CHECK(bench.health.verdict().log == "Application db heartbeat timeout 2000 ms.");
    CHECK(bench.table.next_deadline() == runtime::never);
    bench.answer(key);
    CHECK(bench.healthy());
}

TEST_CASE("G-08: only the outstanding challenge is an answer, and only once") {
    TableBench bench;
    const auto key = bench.old_application("db");
    bench.say(key, wire::RecordChallengeResponse{0, Health::Healthy, CorrectiveAction::None, ""});
    bench.pass(seconds(1));
    const std::uint32_t first = *bench.challenge_of(key);
    bench.answer(key);
    bench.pass(seconds(1));
    REQUIRE(bench.challenge_of(key) != first);
    bench.say(key, wire::RecordChallengeResponse{first, Health::Healthy, CorrectiveAction::None, ""});
    CHECK(bench.table.counters().answers == 1);
    CHECK(bench.table.counters().wrong_answers == 2);
    bench.pass(seconds(1));
    CHECK_FALSE(bench.healthy());
}

TEST_CASE("an application that says it is unwell is so until it says otherwise, by challenge or by push") {
    TableBench bench;
    const auto key = bench.new_application("db");
    bench.pass(seconds(1));
    bench.answer(key, Health::Unhealthy, CorrectiveAction::Log);
    CHECK(bench.health.verdict().cause == HealthCause::ApplicationUnhealthy);
    CHECK(bench.health.verdict().action == CorrectiveAction::Log);
    bench.say(key, wire::RecordHealthPush{Health::Healthy, CorrectiveAction::None, ""});
    CHECK(bench.healthy());
    bench.say(key, wire::RecordHealthPush{Health::Unhealthy, CorrectiveAction::Stop, "disk full"});
    CHECK(bench.health.verdict().log == "disk full");
}

TEST_CASE("an unhealthy answer with an unknown action counts with the registered one, not as healthy") {
    TableBench bench;
    const auto key = bench.old_application("db");
    bench.pass(seconds(1));
    bench.answer(key, Health::Unhealthy, CorrectiveAction::Unknown);
    CHECK_FALSE(bench.healthy());
    CHECK(bench.health.verdict().action == CorrectiveAction::Reboot);
}

TEST_CASE("an application that does not answer is not well because it pushes so") {
    TableBench bench;
    const auto key = bench.new_application("db");
    bench.pass(seconds(2));
    REQUIRE_FALSE(bench.healthy());
    bench.say(key, wire::RecordHealthPush{Health::Healthy, CorrectiveAction::None, ""});
    CHECK_FALSE(bench.healthy());
}

TEST_CASE("time in which the daemon did not run is no application's") {
    TableBench bench;
    const auto key = bench.old_application("db");
    bench.pass(seconds(1));
    bench.now += seconds(30);
    bench.table.stalled(seconds(30));
    bench.table.timer(bench.now);
    CHECK(bench.healthy());
    bench.answer(key);
    bench.pass(seconds(10), {key});
    CHECK(bench.healthy());
    bench.pass(seconds(3));
    CHECK_FALSE(bench.healthy());
}

TEST_CASE("who is about to time out is named before it is judged") {
    TableBench bench;
    const auto key = bench.old_application("db");
    const auto other = bench.old_application("web", 60000);
    bench.pass(seconds(1));
    bench.now += seconds(1);
    CHECK(bench.table.about_to_time_out(bench.now) == std::vector<ApplicationKey>{key});
    bench.answer(key);
    CHECK(bench.table.about_to_time_out(bench.now).empty());
    CHECK(bench.table.find(other)->registered());
}

TEST_CASE("a thousand applications are challenged by their own intervals from one list of deadlines") {
    TableBench bench;
    std::set<ApplicationKey> all;
    for (int i = 0; i < 1000; ++i) {
        all.insert(bench.old_application("app" + std::to_string(i), 1000));
    }
    CHECK(bench.table.size() == 1000);
    bench.pass(seconds(1));
    CHECK(bench.table.counters().challenges == 1000);
    CHECK(bench.table.next_deadline() == bench.now + seconds(1));
}

}  // namespace vnf::guest::test
