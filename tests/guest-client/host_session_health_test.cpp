// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What of the guest's health reaches which host, when, and how often; and how fast an old host is spoken to.
#include <catch2/catch.hpp>

#include "tests/guest-client/session_bench.hpp"

namespace vnf::guest::test {

using std::chrono::seconds;
using wire::CorrectiveAction;
using wire::Event;
using wire::Health;
using wire::HealthCause;
using wire::Notification;

TEST_CASE("a challenge is answered at once with its own number and the health of that moment") {
    SessionBench bench;
    bench.enable();
    bench.challenge(5);
    const auto well = bench.last<wire::ChallengeResponse>();
    CHECK(well.challenge == 5);
    CHECK(well.health == Health::Healthy);
    CHECK(well.corrective_action == CorrectiveAction::Reboot);  // as the old daemon names it
    bench.set_health(unwell(CorrectiveAction::Stop));
    bench.pass(seconds(1));
    bench.challenge(6);
    CHECK(bench.last<wire::ChallengeResponse>() ==
          wire::ChallengeResponse{6, Health::Unhealthy, CorrectiveAction::Stop, "reason"});
}

TEST_CASE("two challenges in one read: the last one counts") {
    SessionBench bench;
    bench.enable();
    bench.challenge(5);
    bench.challenge(6);
    bench.challenge(7);
    bench.pass(Milliseconds(200));
    const auto responses = bench.sent<wire::ChallengeResponse>();
    REQUIRE(responses.size() == 2);
    CHECK(responses[0].challenge == 5);
    CHECK(responses[1].challenge == 7);
}

TEST_CASE("an old host is asked for the same action once in sixty seconds") {
    SessionBench bench;
    bench.enable();
    bench.set_health(unwell(CorrectiveAction::Reboot));
    std::vector<int> asked_at;
    for (int second = 0; second < 130; ++second) {
        bench.challenge(second);
        if (bench.last<wire::ChallengeResponse>().corrective_action == CorrectiveAction::Reboot) {
            asked_at.push_back(second);
        }
        CHECK(bench.last<wire::ChallengeResponse>().health == Health::Unhealthy);
        bench.pass(seconds(1));
    }
    CHECK(asked_at == std::vector<int>{0, 60, 120});
}

TEST_CASE("another action, a healthy moment or a new session ends the repeat suppression") {
    SessionBench bench;
    bench.enable();
    const auto next = [&] {
        bench.pass(seconds(1));
        bench.challenge(1);
        return bench.last<wire::ChallengeResponse>().corrective_action;
    };
    bench.set_health(unwell(CorrectiveAction::Reboot));
    CHECK(next() == CorrectiveAction::Reboot);
    CHECK(next() == CorrectiveAction::None);
    bench.set_health(unwell(CorrectiveAction::Stop));
    CHECK(next() == CorrectiveAction::Stop);
    bench.set_health({});
    next();
    bench.set_health(unwell(CorrectiveAction::Stop));
    CHECK(next() == CorrectiveAction::Stop);
    CHECK(next() == CorrectiveAction::None);
    bench.connect();
    bench.acknowledge();
    CHECK(next() == CorrectiveAction::Stop);
}

TEST_CASE("a host with health_push hears of each change at once, and the true action in every response") {
    SessionBench bench;
    bench.enable(wire::Capabilities::all());
    bench.set_health(unwell(CorrectiveAction::Reboot, HealthCause::ApplicationDied));
    REQUIRE(bench.sent<wire::HealthPush>().size() == 1);
    CHECK(bench.last<wire::HealthPush>() == wire::HealthPush{Health::Unhealthy, CorrectiveAction::Reboot,
                                                             HealthCause::ApplicationDied, "db", "reason"});
    for (int i = 0; i < 3; ++i) {
        bench.challenge(i);
        CHECK(bench.last<wire::ChallengeResponse>().corrective_action == CorrectiveAction::Reboot);
    }
    bench.set_health({});
    REQUIRE(bench.sent<wire::HealthPush>().size() == 2);
    CHECK(bench.last<wire::HealthPush>().cause == HealthCause::Recovered);
    bench.challenge(9);
    CHECK(bench.last<wire::ChallengeResponse>().corrective_action == CorrectiveAction::None);
}

TEST_CASE("another text alone is no change to push") {
    SessionBench bench;
    bench.enable(wire::Capabilities::all());
    Verdict verdict = unwell(CorrectiveAction::Log);
    bench.set_health(verdict);
    verdict.log = "another reason";
    bench.set_health(verdict);
    CHECK(bench.sent<wire::HealthPush>().size() == 1);
}

TEST_CASE("a host that attaches to an unwell guest hears so at once") {
    SessionBench bench;
    bench.set_health(unwell(CorrectiveAction::Reboot));
    bench.enable(wire::Capabilities::all());
    CHECK(bench.sent<wire::HealthPush>().size() == 1);
}

TEST_CASE("an old host is not pushed to") {
    SessionBench bench;
    bench.enable();
    bench.set_health(unwell(CorrectiveAction::Reboot));
    CHECK(bench.sent<wire::HealthPush>().empty());
}

TEST_CASE("G-06: a death that was over before an old host asked is in the next response, once") {
    SessionBench bench;
    bench.enable();
    bench.set_health(unwell(CorrectiveAction::Reboot, HealthCause::ApplicationDied));
    bench.set_health({});
    bench.challenge(1);
    CHECK(bench.last<wire::ChallengeResponse>().health == Health::Unhealthy);
    CHECK(bench.last<wire::ChallengeResponse>().corrective_action == CorrectiveAction::Reboot);
    bench.pass(seconds(1));
    bench.challenge(2);
    CHECK(bench.last<wire::ChallengeResponse>().health == Health::Healthy);
}

TEST_CASE("an unwell moment that was no death is over when it is over") {
    SessionBench bench;
    bench.enable();
    bench.set_health(unwell(CorrectiveAction::Reboot, HealthCause::ApplicationTimeout));
    bench.set_health({});
    bench.challenge(1);
    CHECK(bench.last<wire::ChallengeResponse>().health == Health::Healthy);
}

TEST_CASE(
    "an application that flips a thousand times is pushed at a bounded rate, and its last state arrives") {
    SessionBench bench;
    bench.enable(wire::Capabilities::all());
    for (int i = 0; i < 1000; ++i) {
        bench.set_health(unwell(CorrectiveAction::Log));
        bench.set_health({});
    }
    bench.set_health(unwell(CorrectiveAction::Log));
    bench.pass(seconds(1));
    CHECK(bench.sent<wire::HealthPush>().size() <= 41);
    CHECK(bench.last<wire::HealthPush>().health == Health::Unhealthy);
}

TEST_CASE(
    "an old host never gets two messages within 100 ms, and the answer to an action before the response") {
    SessionBench bench;
    bench.enable();
    bench.pass(seconds(1));
    bench.challenge(1);
    bench.ask(9, Event::Stop, Notification::Revocable);
    bench.challenge(2);
    bench.decide(wire::VoteResult::Accept, "");
    bench.pass(seconds(1));
    REQUIRE(bench.all_sent.size() == 4);
    CHECK(std::holds_alternative<wire::ChallengeResponse>(bench.all_sent[1].message));
    CHECK(std::holds_alternative<wire::ActionResponse>(bench.all_sent[2].message));
    CHECK(std::holds_alternative<wire::ChallengeResponse>(bench.all_sent[3].message));
    for (std::size_t i = 2; i < bench.all_sent.size(); ++i) {
        CHECK(bench.sent_at[i] - bench.sent_at[i - 1] >= HostSession::pacing);
    }
}

TEST_CASE("the first response after the acknowledgement does not wait: the host has read the init") {
    SessionBench bench;
    bench.enable();
    bench.challenge(1);
    CHECK(bench.sent<wire::ChallengeResponse>().size() == 1);
}

TEST_CASE("our host gets everything at once, in its own encoding") {
    SessionBench bench;
    bench.enable(wire::Capabilities::all());
    bench.challenge(1);
    bench.ask(9, Event::Stop, Notification::Revocable);
    bench.decide(wire::VoteResult::Accept, "");
    bench.challenge(2);
    CHECK(bench.all_sent.size() == 4);
    CHECK(bench.all_sent[1].rules == wire::PeerRules::OurPeer);
    CHECK(bench.all_sent[3].sequence == 4);
}

}  // namespace vnf::guest::test
