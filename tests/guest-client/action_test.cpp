// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One action: voices, the lattice, deadlines, departures, extensions.
#include "guest-client/action.hpp"

#include <catch2/catch.hpp>

namespace vnf::guest {
namespace {

using runtime::Milliseconds;
using runtime::TimePoint;
using wire::Event;
using wire::Notification;
using wire::VoteResult;

const TimePoint start{std::chrono::hours(1)};

Action vote(Milliseconds timeout = Milliseconds(9000), bool host_extends = false) {
    return Action({Event::Stop,
                   Notification::Revocable,
                   timeout,
                   return_allowance(timeout, host_extends),
                   {},
                   host_extends},
                  start);
}

Action notification() {
    return Action({Event::Stop, Notification::Irrevocable, Milliseconds(9000), {}, {}, false}, start);
}

void ask(Action& action, std::initializer_list<VoiceKey> keys, Milliseconds limit = Milliseconds(5000)) {
    for (const VoiceKey key : keys) {
        action.ask(key, "app" + std::to_string(key), limit, start);
    }
    action.seal();
}

VoteResult result(const Action& action) {
    REQUIRE(action.decision());
    return action.decision()->result;
}

template <typename Kind>
std::vector<Kind> taken(Action& action) {
    std::vector<Kind> some;
    for (const Action::Effect& effect : action.take_effects()) {
        if (const auto* one = std::get_if<Kind>(&effect)) {
            some.push_back(*one);
        }
    }
    return some;
}

}  // namespace

TEST_CASE("with nobody to ask a vote is accepted and a notification complete, at once") {
    Action one = vote();
    ask(one, {});
    CHECK(result(one) == VoteResult::Accept);
    CHECK(one.decision()->log.empty());
    Action other = notification();
    ask(other, {});
    CHECK(result(other) == VoteResult::Complete);
}

TEST_CASE("the worst voice decides: reject over error over timeout over accept") {
    const std::vector<std::pair<VoteResult, VoteResult>> ranked{{VoteResult::Accept, VoteResult::Complete},
                                                                {VoteResult::Timeout, VoteResult::Timeout},
                                                                {VoteResult::Error, VoteResult::Error},
                                                                {VoteResult::Reject, VoteResult::Reject}};
    for (std::size_t worst = 0; worst < ranked.size(); ++worst) {
        for (std::size_t other = 0; other <= worst; ++other) {
            for (const bool worst_first : {true, false}) {
                Action action = notification();
                ask(action, {1, 2});
                action.answered(1, ranked[worst_first ? worst : other].first, "");
                action.answered(2, ranked[worst_first ? other : worst].first, "");
                CHECK(result(action) == ranked[worst].second);
            }
        }
    }
}

TEST_CASE("a reject decides a vote at once and dismisses the others; a notification waits for all") {
    Action action = vote();
    ask(action, {1, 2, 3});
    action.answered(2, VoteResult::Reject, "busy");
    CHECK(result(action) == VoteResult::Reject);
    CHECK(action.decision()->log == "busy");
    const auto dismissed = taken<Action::Dismiss>(action);
    REQUIRE(dismissed.size() == 2);
    CHECK(dismissed[0].key == 1);
    CHECK(dismissed[0].reason == wire::CancelReason::AlreadyDecided);

    Action other = notification();
    ask(other, {1, 2});
    other.answered(1, VoteResult::Reject, "busy");
    CHECK_FALSE(other.decision());
    other.answered(2, VoteResult::Complete, "");
    CHECK(result(other) == VoteResult::Reject);
}

TEST_CASE("a reject is kept when another application leaves") {
    Action action = notification();
    ask(action, {1, 2, 3});
    action.answered(1, VoteResult::Reject, "busy");
    action.deregistered(2);
    action.failed(3, "Application app3 died.");
    CHECK(result(action) == VoteResult::Reject);
    CHECK(action.decision()->log == "app1: busy; app3: Application app3 died.");
}

TEST_CASE("G-07: an application that dies is an error at once, not the overall timeout") {
    Action action = vote();
    ask(action, {1, 2});
    action.answered(1, VoteResult::Accept, "");
    action.failed(2, "Application app2 died.");
    CHECK(result(action) == VoteResult::Error);
    CHECK(action.next_deadline() == runtime::never);
}

TEST_CASE("G-10: an application that deregisters is not waited for and has no voice") {
    Action action = vote();
    ask(action, {1, 2});
    action.answered(1, VoteResult::Accept, "");
    action.deregistered(2);
    CHECK(result(action) == VoteResult::Accept);
    CHECK(action.decision()->statements.size() == 1);
}

TEST_CASE("G-14: an application that can't be reached is not waited for") {
    Action action = vote();
    action.ask(1, "app1", Milliseconds(5000), start);
    action.failed(1, "can't be reached");
    action.seal();
    CHECK(result(action) == VoteResult::Error);
}

TEST_CASE("G-09: when all applications have timed out the action is decided") {
    Action action = vote();
    ask(action, {1, 2}, Milliseconds(3000));
    CHECK(action.next_deadline() == start + Milliseconds(3000));
    action.timer(start + Milliseconds(2999));
    CHECK_FALSE(action.decision());
    action.timer(start + Milliseconds(3000));
    CHECK(result(action) == VoteResult::Timeout);
    CHECK(action.decision()->log.starts_with("Timeout on application and/or script action responses."));
    CHECK(action.decision()->log.find("app2: no answer within 3000 ms") != std::string::npos);
}

TEST_CASE("an application's own time is used up to the host's, which is answered a second early") {
    Action action = vote(Milliseconds(9000));
    CHECK(action.ask(1, "short", Milliseconds(3000), start) == Milliseconds(3000));
    CHECK(action.ask(2, "long", Milliseconds(600000), start) == Milliseconds(8000));
    CHECK(return_allowance(Milliseconds(1000), false) == Milliseconds(0));
    CHECK(return_allowance(Milliseconds(1001), false) == Milliseconds(1000));
    CHECK(return_allowance(Milliseconds(2000), true) == Milliseconds(200));
    CHECK(return_allowance(Milliseconds(60000), true) == Milliseconds(1000));
}

TEST_CASE("G-16: a reason is of this action, and an error has one") {
    Action action = vote();
    ask(action, {script_voice});
    action.answered(script_voice, VoteResult::Error, "Event script: exit status 2");
    CHECK(result(action) == VoteResult::Error);
    CHECK(action.decision()->log == "Event script: exit status 2");
}

TEST_CASE("an unknown vote is an error, a second answer and a stranger's are nothing") {
    Action action = notification();
    ask(action, {1, 2});
    action.answered(1, VoteResult::Unknown, "");
    action.answered(1, VoteResult::Reject, "again");
    action.answered(77, VoteResult::Reject, "who?");
    action.answered(2, VoteResult::Complete, "");
    CHECK(result(action) == VoteResult::Error);
    CHECK(action.decision()->log == "unknown vote");
}

TEST_CASE("a decision does not change any more") {
    Action action = vote();
    ask(action, {1, 2});
    action.answered(1, VoteResult::Reject, "no");
    action.answered(2, VoteResult::Accept, "yes");
    action.timer(start + std::chrono::hours(1));
    CHECK(action.decision()->statements.size() == 1);
}

TEST_CASE("an abandoned action dismisses everybody and is never decided") {
    Action action = vote();
    ask(action, {1, 2});
    action.abandon(wire::CancelReason::HostLost);
    CHECK(taken<Action::Dismiss>(action).size() == 2);
    action.answered(1, VoteResult::Reject, "late");
    CHECK_FALSE(action.decision());
    CHECK(action.next_deadline() == runtime::never);
}

TEST_CASE("an extension within the host's time is granted here, one beyond it is refused by an old host") {
    Action action = vote(Milliseconds(9000));
    ask(action, {1}, Milliseconds(3000));
    action.extend(1, Milliseconds(4000), "draining", start);
    auto answers = taken<Action::AnswerExtension>(action);
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].granted);
    CHECK(answers[0].remaining == Milliseconds(7000));
    action.extend(1, Milliseconds(4000), "draining", start);
    answers = taken<Action::AnswerExtension>(action);
    REQUIRE(answers.size() == 1);
    CHECK_FALSE(answers[0].granted);
    CHECK(answers[0].remaining == Milliseconds(7000));
    CHECK(action.next_deadline() == start + Milliseconds(7000));
}

TEST_CASE("an extension beyond the host's time is the host's to grant, once for all that wait for it") {
    Action action = vote(Milliseconds(9000), true);
    ask(action, {1, 2}, Milliseconds(60000));  // both have the 8100 ms that are ours
    action.extend(1, Milliseconds(5000), "draining", start);
    action.extend(2, Milliseconds(2000), "too", start);
    auto asked = taken<Action::AskHost>(action);
    REQUIRE(asked.size() == 1);
    CHECK(asked[0].extra == Milliseconds(5000));
    CHECK(asked[0].log == "draining");
    action.host_extended(true, Milliseconds(14000), start);
    const auto answers = taken<Action::AnswerExtension>(action);
    REQUIRE(answers.size() == 2);
    CHECK(answers[0].granted);
    CHECK(answers[0].remaining == Milliseconds(13100));
    CHECK(answers[1].granted);
    CHECK(answers[1].remaining == Milliseconds(10100));
}

TEST_CASE("a wish that came while the host was being asked is asked next; a refusal refuses all") {
    Action action = vote(Milliseconds(9000), true);
    ask(action, {1, 2}, Milliseconds(60000));
    action.extend(1, Milliseconds(1000), "", start);
    action.extend(2, Milliseconds(3000), "", start);
    CHECK(taken<Action::AskHost>(action).size() == 1);
    action.host_extended(true, Milliseconds(10000), start);
    const auto asked = taken<Action::AskHost>(action);
    REQUIRE(asked.size() == 1);
    CHECK(asked[0].extra == Milliseconds(2000));
    action.host_extended(false, Milliseconds(10000), start);
    const auto answers = taken<Action::AnswerExtension>(action);
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].key == 2);
    CHECK_FALSE(answers[0].granted);
    action.host_extended(true, Milliseconds(600000), start);  // nobody asked
    CHECK(action.next_deadline() == start + Milliseconds(8100));
}

TEST_CASE("a host that refuses the smaller extension is not asked for the larger") {
    Action action = vote(Milliseconds(9000), true);
    ask(action, {1, 2}, Milliseconds(60000));
    action.extend(1, Milliseconds(1000), "", start);
    action.extend(2, Milliseconds(3000), "", start);
    CHECK(taken<Action::AskHost>(action).size() == 1);
    action.host_extended(false, Milliseconds(9000), start);
    const auto effects = action.take_effects();
    REQUIRE(effects.size() == 2);
    for (const auto& effect : effects) {
        CHECK_FALSE(std::get<Action::AnswerExtension>(effect).granted);
    }
}

TEST_CASE("an extension for who is not waited for is refused, and one never shortens") {
    Action action = vote(Milliseconds(9000), true);
    ask(action, {1}, Milliseconds(60000));
    action.extend(7, Milliseconds(1000), "", start);
    CHECK_FALSE(taken<Action::AnswerExtension>(action).at(0).granted);
    action.extend(1, Milliseconds(1000), "", start);
    action.host_extended(true, Milliseconds(10), start);
    CHECK(action.next_deadline() == start + Milliseconds(8100));
}

}  // namespace vnf::guest
