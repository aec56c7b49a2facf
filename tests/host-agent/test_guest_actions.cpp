// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Votes and notifications in a guest's conversation.
#include "tests/host-agent/channel_stage.hpp"

using namespace vnf;
using namespace vnf::host;
using wire::Event;
using wire::Notification;

namespace {

Milliseconds timeout_on_the_wire(ChannelStage& at) {
    REQUIRE(at.sent<wire::ActionNotify>() != nullptr);
    return at.sent<wire::ActionNotify>()->timeout;
}

ActionOutcome decided(ChannelStage& at) {
    REQUIRE(at.effect<Decided>() != nullptr);
    return at.effect<Decided>()->outcome;
}

}  // namespace

TEST_CASE("H-21, H-22, H-23: every action has the deadline of its own class, resize included") {
    for (const Event event : wire::all_events) {
        ChannelStage at;
        at.init();
        at.notify(event);
        const auto type = wire::timeout_class(event, Notification::Irrevocable);
        const Milliseconds expected = type == wire::TimeoutClass::Shutdown  ? 20000ms
                                      : type == wire::TimeoutClass::Suspend ? 30000ms
                                                                            : 40000ms;
        INFO(word(event));
        CHECK(timeout_on_the_wire(at) == expected);
        CHECK(at.channel.action()->deadline() == at.now + expected);

        ChannelStage voting;
        voting.init();
        voting.vote(event);
        CHECK(timeout_on_the_wire(voting) == 9000ms);
    }
}

TEST_CASE("H-20: a vote expires at its deadline, whatever was said in between, and counts as accepted") {
    ChannelStage at;
    at.init();
    at.vote();
    const TimePoint begun = at.now;
    for (int i = 0; i < 100 && at.effect<Decided>() == nullptr; ++i) {
        at.due_at(at.channel.deadline());
        const auto* challenge = at.sent<wire::Challenge>();
        if (challenge != nullptr && at.effect<Decided>() == nullptr) {
            at.message("challenge_response",
                       ",\"heartbeat_response\":" + std::to_string(challenge->challenge) +
                           R"(,"heartbeat_health":"healthy")");
        }
    }
    CHECK(at.now - begun == 9000ms);
    CHECK(decided(at).result == ActionResult::Timeout);
    CHECK(decided(at).allowed);
}

TEST_CASE("H-15: each action has an id of its own, and the last one's answer is nobody's") {
    ChannelStage at;
    at.init();
    const auto first = at.vote();
    at.due_at(at.channel.action()->deadline());
    const auto second = at.notify(Event::Stop);
    CHECK(first != second);
    at.answer_action(first, "stop", "irrevocable", "complete");
    CHECK(at.effect<Decided>() == nullptr);
    CHECK(at.ignored(IgnoredReason::Unsolicited) == 1);
    at.answer_action(second, "stop", "irrevocable", "complete");
    CHECK(decided(at).result == ActionResult::Complete);
}

TEST_CASE(
    "H-15: two actions in a row never share an id, nor have the id 0, whatever the random numbers are") {
    class Zero : public runtime::RandomSource {
      public:
        std::uint32_t next() override { return 0; }
    } zero;
    const std::string init =
        R"({"version":3,"revision":1,"msg_type":"init","sequence":1,"invocation_id":7,"name":"x",)"
        R"("heartbeat_interval_ms":1000,"vote_secs":9,"shutdown_notice_secs":9,"suspend_notice_secs":9,)"
        R"("resume_notice_secs":9,"restart_secs":9,"corrective_action":"log"})";
    const GuestRules rules;
    AgentCounters totals;
    GuestChannel channel(rules, zero, totals);
    Effects effects;
    TimePoint now(1000s);
    channel.connected(now, effects);
    std::int32_t last = 0;
    for (int i = 0; i < 3; ++i) {
        channel.bytes('\n' + init + '\n', now, effects);
        const auto asked =
            channel.begin_action({Event::Stop, Notification::Revocable, 2000ms, ""}, now, effects);
        const std::int32_t id = std::get<GuestChannel::Asked>(asked).invocation_id;
        CHECK(id != 0);
        CHECK(id != last);
        last = id;
        now = channel.action()->deadline();
        channel.due(now, effects);
    }
}

TEST_CASE("H-40: an answer that nobody asked for is ignored and switches nothing off") {
    ChannelStage at;
    at.init();
    for (const char* event : {"suspend", "reboot", "pause", "live_migrate_begin"})
        at.answer_action(7, event, "irrevocable", "complete");
    CHECK(at.ignored(IgnoredReason::Unsolicited) == 4);
    CHECK(at.channel.monitor().state() == GuestState::Starting);
    CHECK(at.effect<Decided>() == nullptr);
}

TEST_CASE("H-41: an answer with another event or notification is not this action's") {
    ChannelStage at;
    at.init();
    const auto id = at.vote(Event::Stop);
    at.answer_action(id, "suspend");
    CHECK(at.effect<Decided>() == nullptr);
    at.answer_action(id, "stop", "irrevocable");
    CHECK(at.effect<Decided>() == nullptr);
    CHECK(at.channel.monitor().state() == GuestState::Starting);
    at.answer_action(id, "stop", "revocable", "reject", "busy");
    CHECK(decided(at).result == ActionResult::Reject);
    CHECK(decided(at).event == Event::Stop);
}

TEST_CASE("H-26, H-27: a vote switches nothing off, whatever its answer; a notification of ours does") {
    ChannelStage at;
    at.init();
    const auto vote = at.vote(Event::Suspend);
    CHECK(at.channel.monitor().state() == GuestState::Starting);
    at.answer_action(vote, "suspend", "revocable", "complete");
    CHECK(at.channel.monitor().state() == GuestState::Starting);
    CHECK(decided(at).result == ActionResult::Accept);
    at.notify(Event::Suspend);
    CHECK(at.channel.monitor().state() == GuestState::Suspended);
}

TEST_CASE("H-25: an answer to an action does not hide a loss that is pending") {
    ChannelStage at;
    at.init();
    const auto id = at.vote(Event::Stop, 60000ms);
    while (at.channel.monitor().misses() == 0)
        at.due_at(at.channel.deadline());
    at.answer_action(id);
    CHECK(decided(at).result == ActionResult::Accept);
    at.due_at(at.channel.deadline());
    CHECK(at.reported(JournalKind::Lost));
}

TEST_CASE("G-15: a second action while one is open is refused as busy, and nothing is sent") {
    ChannelStage at;
    at.init();
    at.vote();
    const auto second = at.begin(Event::Reboot, Notification::Irrevocable);
    CHECK(std::holds_alternative<GuestChannel::Busy>(second));
    CHECK(at.effects.empty());
}

TEST_CASE("A guest that is not heartbeating is not asked: decided at once by the rule of expiry") {
    ChannelStage at;
    SECTION("no init yet (H-06: nothing is sent)") {}
    SECTION("it has left") {
        at.init();
        at.message("exit", R"(,"log_msg":"")");
    }
    SECTION("H-28: its connection has ended") {
        at.init();
        at.channel.disconnected(ClosedBy::Guest, "test", at.now, at.fresh());
    }
    SECTION("it is lost") {
        at.init();
        while (at.channel.monitor().state() != GuestState::Lost)
            at.due_at(at.channel.deadline());
    }
    const auto beginning = at.begin(Event::Resume, Notification::Irrevocable);
    REQUIRE(std::holds_alternative<ActionOutcome>(beginning));
    CHECK(std::get<ActionOutcome>(beginning).result == ActionResult::Timeout);
    CHECK(std::get<ActionOutcome>(beginning).allowed);
    CHECK(at.effects.empty());
}

TEST_CASE("A paused guest is not asked for a vote, but is told that it goes on") {
    ChannelStage at;
    at.init();
    const auto pause = at.notify(Event::Pause);
    at.answer_action(pause, "pause", "irrevocable", "complete");
    while (!at.channel.monitor().silence_expected())
        at.due_at(at.channel.deadline());
    CHECK(std::holds_alternative<ActionOutcome>(at.begin(Event::Stop, Notification::Revocable)));
    CHECK(std::holds_alternative<GuestChannel::Asked>(at.begin(Event::Unpause, Notification::Irrevocable)));
}

TEST_CASE("A session that ends meanwhile decides its action at once, as an error") {
    ChannelStage at;
    at.init();
    at.vote(Event::Stop, 60000ms);
    SECTION("its connection") {
        at.channel.disconnected(ClosedBy::Guest, "test", at.now, at.fresh());
    }
    SECTION("a new init") {
        at.init();
    }
    SECTION("exit") {
        at.message("exit", R"(,"log_msg":"")");
    }
    CHECK(decided(at).result == ActionResult::Error);
    CHECK(decided(at).allowed);
    CHECK_FALSE(at.channel.action());
}

TEST_CASE("A loss decides nothing: a veto may yet come before the deadline") {
    ChannelStage at;
    at.init();
    const auto id = at.vote(Event::Stop, 60000ms);
    while (at.channel.monitor().state() != GuestState::Lost)
        at.due_at(at.channel.deadline());
    CHECK(at.effect<Decided>() == nullptr);
    at.answer_action(id, "stop", "revocable", "reject");
    CHECK(decided(at).result == ActionResult::Reject);
}

TEST_CASE("An old guest's timeout is never below two seconds, one of ours has its own") {
    ChannelStage at;
    SECTION("old") {
        at.init();
        at.vote(Event::Stop, 100ms);
        CHECK(timeout_on_the_wire(at) == 2000ms);
    }
    SECTION("ours") {
        at.init_ours();
        at.vote(Event::Stop, 100ms);
        CHECK(timeout_on_the_wire(at) == 100ms);
    }
    SECTION("never above the host's own limit") {
        at.init();
        at.vote(Event::Stop, 3600000ms);
        CHECK(timeout_on_the_wire(at) == at.rules.heartbeat.action_longest);
    }
}

TEST_CASE("The origin is told to a guest of ours only") {
    ChannelStage at;
    SECTION("old") {
        at.init();
        at.vote();
        CHECK(at.sent<wire::ActionNotify>()->origin.empty());
    }
    SECTION("ours") {
        at.init_ours();
        at.vote();
        CHECK(at.sent<wire::ActionNotify>()->origin == "test");
    }
}

TEST_CASE("A cancelled action is told to a guest of ours, which can be asked again at once") {
    ChannelStage at;
    at.init_ours();
    const auto id = at.vote();
    CHECK(at.channel.cancel_action("enough", at.now, at.fresh()));
    REQUIRE(at.sent<wire::ActionCancel>() != nullptr);
    CHECK(at.sent<wire::ActionCancel>()->invocation_id == id);
    CHECK(decided(at).result == ActionResult::Cancelled);
    CHECK_FALSE(decided(at).allowed);
    at.vote();
    CHECK_FALSE(at.channel.action()->invocation_id() == id);
}

TEST_CASE(
    "An old guest can't be told of a cancellation, and is busy until its answer or the old deadline (G-15)") {
    ChannelStage at;
    at.init();
    const auto id = at.vote();
    const TimePoint deadline = at.channel.action()->deadline();
    CHECK(at.channel.cancel_action("enough", at.now, at.fresh()));
    CHECK(at.sent<wire::ActionCancel>() == nullptr);
    CHECK(std::holds_alternative<GuestChannel::Busy>(at.begin(Event::Stop, Notification::Revocable)));
    SECTION("its answer") {
        at.answer_action(id);
        CHECK(at.ignored(IgnoredReason::Unsolicited) == 0);
    }
    SECTION("the deadline") {
        at.now = deadline;
    }
    SECTION("a new session") {
        at.init();
    }
    CHECK(std::holds_alternative<GuestChannel::Asked>(at.begin(Event::Stop, Notification::Revocable)));
}

TEST_CASE("A cancelled notification lets losses be detected again") {
    ChannelStage at;
    at.init_ours();
    at.notify(Event::Pause);
    CHECK(at.channel.monitor().state() == GuestState::Suspended);
    at.channel.cancel_action("enough", at.now, at.fresh());
    CHECK(at.channel.monitor().state() == GuestState::Starting);
}

TEST_CASE("There is nothing to cancel when nothing is open") {
    ChannelStage at;
    at.init();
    CHECK_FALSE(at.channel.cancel_action("enough", at.now, at.fresh()));
    CHECK(at.effects.empty());
}

TEST_CASE("An extension is granted within the host's limit and refused beyond it") {
    ChannelStage at;
    at.init_ours();
    const auto id = at.vote();
    const TimePoint deadline = at.channel.action()->deadline();
    const auto extend = [&at](std::int32_t which, int ms) {
        at.message("action_extend", ",\"invocation_id\":" + std::to_string(which) +
                                        ",\"extend_ms\":" + std::to_string(ms) + R"(,"log_msg":"draining")");
        REQUIRE(at.sent<wire::ActionExtended>() != nullptr);
        return *at.sent<wire::ActionExtended>();
    };
    CHECK(extend(id, 5000).granted);
    CHECK(at.channel.action()->deadline() == deadline + 5000ms);
    CHECK_FALSE(extend(id, 600000).granted);
    CHECK(at.channel.action()->deadline() == deadline + 5000ms);
    CHECK_FALSE(extend(id + 1, 10).granted);
    CHECK(at.channel.deadline() <= deadline + 5000ms);
}
