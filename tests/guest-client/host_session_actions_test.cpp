// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Each action of the host is answered once, as the host asked it.
#include <catch2/catch.hpp>

#include "tests/guest-client/session_bench.hpp"

namespace vnf::guest::test {

using wire::Event;
using wire::Notification;
using wire::VoteResult;

TEST_CASE(
    "G-57: a vote before the guest is enabled is accepted and a notification completed, and both say so") {
    SessionBench bench;
    bench.connect();
    bench.ask(9, Event::Stop, Notification::Revocable);
    bench.ask(9, Event::Suspend, Notification::Irrevocable);
    bench.pass(Milliseconds(500));
    const auto answers = bench.sent<wire::ActionResponse>();
    REQUIRE(answers.size() == 2);
    CHECK(answers[0].result == VoteResult::Accept);
    CHECK(answers[1].result == VoteResult::Complete);
    CHECK(answers[0].log.find("not attached") != std::string::npos);
    CHECK(answers[1].event == Event::Suspend);
    CHECK(bench.orders.empty());
}

TEST_CASE("unknown words are answered complete and unknown, and nobody is asked") {
    SessionBench bench;
    bench.enable();
    bench.ask(9, Event::Unknown, Notification::Revocable);
    bench.pass(Milliseconds(200));
    bench.ask(9, Event::Stop, Notification::Unknown);
    bench.pass(Milliseconds(200));
    const auto answers = bench.sent<wire::ActionResponse>();
    REQUIRE(answers.size() == 2);
    CHECK(answers[0].result == VoteResult::Complete);
    CHECK(answers[0].event == Event::Unknown);
    CHECK(answers[1].notification == Notification::Unknown);
    CHECK(bench.orders.empty());
}

TEST_CASE("G-17: an answer carries the event and notification of the request") {
    SessionBench bench;
    bench.enable();
    bench.ask(77, Event::ResizeBegin, Notification::Revocable);
    REQUIRE(bench.orders.size() == 1);
    bench.decide(VoteResult::Reject, "no");
    const auto answer = bench.last<wire::ActionResponse>();
    CHECK(answer.invocation_id == 77);
    CHECK(answer.event == Event::ResizeBegin);
    CHECK(answer.notification == Notification::Revocable);
    CHECK(answer.result == VoteResult::Reject);
    CHECK(answer.log == "no");
}

TEST_CASE(
    "an old host hears accept or complete instead of timeout and error, with the cause; ours the truth") {
    const auto result = GENERATE(VoteResult::Timeout, VoteResult::Error);
    const auto notification = GENERATE(Notification::Revocable, Notification::Irrevocable);
    SessionBench old_host;
    old_host.enable();
    old_host.ask(9, Event::Stop, notification);
    old_host.decide(result, "db slept");
    const auto mild = old_host.last<wire::ActionResponse>();
    CHECK(mild.result ==
          (notification == Notification::Revocable ? VoteResult::Accept : VoteResult::Complete));
    CHECK(mild.log == std::string(word(result)) + ": db slept");

    SessionBench ours;
    ours.enable(wire::Capabilities::all());
    ours.ask(9, Event::Stop, notification);
    ours.decide(result, "db slept");
    CHECK(ours.last<wire::ActionResponse>().result == result);
    CHECK(ours.last<wire::ActionResponse>().log == "db slept");
}

TEST_CASE("the same action again while it runs is a duplicate, and answered once") {
    SessionBench bench;
    bench.enable();
    bench.ask(9, Event::Stop, Notification::Revocable);
    bench.ask(9, Event::Stop, Notification::Revocable);
    CHECK(bench.orders.size() == 1);
    CHECK(bench.session.counters().duplicate_actions == 1);
    bench.decide(VoteResult::Accept, "");
    bench.decide(VoteResult::Accept, "");
    bench.pass(Milliseconds(500));
    CHECK(bench.sent<wire::ActionResponse>().size() == 1);
}

TEST_CASE("G-15: an action that overtakes another is run, and each is answered once") {
    SessionBench bench;
    bench.enable(wire::Capabilities::all());
    bench.ask(9, Event::Stop, Notification::Revocable);
    bench.ask(10, Event::Reboot, Notification::Revocable);
    REQUIRE(bench.orders.size() == 2);
    REQUIRE(bench.stops.size() == 1);
    CHECK(bench.stops[0].serial == bench.orders[0].serial);
    CHECK(bench.stops[0].reason == HostSession::StopReason::Superseded);
    // The overtaken one's late decision is nobody's.
    bench.act([&](HostSession& one) {
        one.action_decided(bench.orders[0].serial, VoteResult::Reject, "late", bench.now);
    });
    bench.decide(VoteResult::Accept, "");
    const auto answers = bench.sent<wire::ActionResponse>();
    REQUIRE(answers.size() == 2);
    CHECK(answers[0].invocation_id == 9);
    CHECK(answers[0].result == VoteResult::Error);
    CHECK(answers[1].invocation_id == 10);
    CHECK(answers[1].result == VoteResult::Accept);
}

TEST_CASE("G-19: an action that the watchdog cuts off is answered before the new init") {
    SessionBench bench;
    bench.enable(wire::Capabilities::all());
    bench.ask(9, Event::Stop, Notification::Revocable);
    bench.all_sent.clear();
    bench.pass(Milliseconds(5000));
    REQUIRE(bench.all_sent.size() == 2);
    CHECK(std::get<wire::ActionResponse>(bench.all_sent[0].message).result == VoteResult::Error);
    CHECK(std::holds_alternative<wire::Init>(bench.all_sent[1].message));
    REQUIRE(bench.stops.size() == 1);
    CHECK(bench.stops[0].reason == HostSession::StopReason::HostLost);
}

TEST_CASE("G-19: an action that a shutdown cuts off is answered before the exit") {
    SessionBench bench;
    bench.enable();
    bench.ask(9, Event::Stop, Notification::Irrevocable);
    bench.all_sent.clear();
    bench.act([&](HostSession& one) { one.shut_down(bench.now); });
    CHECK(bench.finished == 0);
    bench.pass(Milliseconds(200));
    REQUIRE(bench.all_sent.size() == 2);
    CHECK(std::get<wire::ActionResponse>(bench.all_sent[0].message).result == VoteResult::Complete);
    CHECK(std::holds_alternative<wire::Exit>(bench.all_sent[1].message));
    CHECK(bench.finished == 1);
}

TEST_CASE("a host that went away is not answered, and the next one is not answered in its place") {
    SessionBench bench;
    bench.enable();
    bench.ask(9, Event::Stop, Notification::Revocable);
    bench.act([&](HostSession& one) { one.channel_down(bench.now); });
    CHECK(bench.stops.size() == 1);
    bench.connect();
    bench.acknowledge();
    bench.decide(VoteResult::Reject, "late");
    bench.pass(Milliseconds(500));
    CHECK(bench.sent<wire::ActionResponse>().empty());
}

TEST_CASE("a cancelled action has no answer") {
    SessionBench bench;
    bench.enable(wire::Capabilities::all());
    bench.ask(9, Event::Stop, Notification::Revocable);
    bench.say(wire::ActionCancel{8, "not this one"});
    CHECK(bench.stops.empty());
    bench.say(wire::ActionCancel{9, "gave up"});
    REQUIRE(bench.stops.size() == 1);
    CHECK(bench.stops[0].reason == HostSession::StopReason::HostCancelled);
    bench.decide(VoteResult::Accept, "");
    CHECK(bench.sent<wire::ActionResponse>().empty());
}

TEST_CASE("a host that did not name action_control can't cancel, and is not asked for time") {
    SessionBench bench;
    bench.enable();
    bench.ask(9, Event::Stop, Notification::Revocable);
    bench.say(wire::ActionCancel{9, "gave up"});
    CHECK(bench.stops.empty());
    bench.act([&](HostSession& one) {
        CHECK_FALSE(one.ask_extension(bench.orders[0].serial, Milliseconds(5000), "draining"));
    });
    CHECK(bench.sent<wire::ActionExtend>().empty());
}

TEST_CASE("an extension is asked of our host, and its answer belongs to the action that runs") {
    SessionBench bench;
    bench.enable(wire::Capabilities::all());
    bench.ask(9, Event::Stop, Notification::Revocable);
    bench.act([&](HostSession& one) {
        CHECK(one.ask_extension(bench.orders[0].serial, Milliseconds(5000), "draining"));
    });
    CHECK(bench.last<wire::ActionExtend>() == wire::ActionExtend{9, Milliseconds(5000), "draining"});
    bench.say(wire::ActionExtended{8, Milliseconds(9000), true});
    CHECK(bench.extensions.empty());
    bench.say(wire::ActionExtended{9, Milliseconds(9000), true});
    REQUIRE(bench.extensions.size() == 1);
    CHECK(bench.extensions[0].granted);
}

TEST_CASE("a flood of actions while not enabled costs a bounded queue") {
    SessionBench bench;
    bench.connect();
    for (int i = 0; i < 1000; ++i) {
        bench.ask(i, Event::Stop, Notification::Revocable);
    }
    bench.pass(std::chrono::seconds(4));
    CHECK(bench.sent<wire::ActionResponse>().size() <= 16);
    CHECK(bench.session.counters().answers_dropped >= 984);
}

}  // namespace vnf::guest::test
