// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Votes and notifications through guest-client: who is asked, what decides, what the host is told (design decision 8,
// specification 1.11, 2.6, 2.7, defects G-07, G-09, G-10, G-14 to G-19).
#include <catch2/catch.hpp>

#include "tests/daemon/guest_under_test.hpp"

namespace vnf::test {
namespace {

enum class HostKind { Old, Ours };

struct Attached {
    explicit Attached(HostKind kind) {
        if (kind == HostKind::Ours)
            host.capabilities = all_capabilities;
        host.attach(guest.host_socket());
    }
    GuestUnderTest guest;
    ScriptedHost host{guest.stage};
    ScriptedApplication first{guest.stage, "first", RecordVersion::V3};
    ScriptedApplication second{guest.stage, "second", RecordVersion::V2};

    void join() {
        first.join(guest.application_socket());
        second.join(guest.application_socket());
    }
    Json ask(std::string_view event, std::string_view notification, std::int64_t timeout_ms = 5000) {
        host.notify(71, event, notification, timeout_ms);
        return host.expect("action_response");
    }
};

TEST_CASE("Without anybody to ask a vote is accepted and a notification complete") {
    Attached at(GENERATE(HostKind::Old, HostKind::Ours));
    CHECK(text(at.ask("suspend", "revocable"), "vote_result") == "accept");
    CHECK(text(at.ask("suspend", "irrevocable"), "vote_result") == "complete");
}

TEST_CASE("Every event and notification word is echoed as the host sent it") {
    Attached at(HostKind::Ours);
    for (const wire::Event event : wire::all_events) {
        for (const std::string notification : {"revocable", "irrevocable"}) {
            const Json answer = at.ask(wire::word(event), notification);
            CHECK(text(answer, "event_type") == wire::word(event));
            CHECK(text(answer, "notification_type") == notification);
            CHECK(number(answer, "invocation_id") == 71);
        }
    }
}

TEST_CASE("An unknown event or notification is answered, as unknown") {
    Attached at(HostKind::Old);
    const Json event = at.ask("defenestrate", "revocable");
    CHECK(text(event, "event_type") == "unknown");
    CHECK((text(event, "vote_result") == "accept" || text(event, "vote_result") == "complete"));
    CHECK(text(at.ask("stop", "perhaps"), "notification_type") == "unknown");
}

TEST_CASE("Applications of both versions are asked; version 3 sees deadline and origin") {
    Attached at(HostKind::Ours);
    at.join();
    at.host.notify(71, "live_migrate_begin", "revocable", 4000, "vnfctl uid 0");
    const auto action = at.first.expect<wire::RecordActionNotify>();
    CHECK(action.event == Event::LiveMigrateBegin);
    CHECK(action.notification == Notification::Revocable);
    CHECK(action.origin == "vnfctl uid 0");
    CHECK(action.timeout_ms > 0);
    CHECK(action.timeout_ms <= 4000);
    const auto old_action = at.second.expect<wire::RecordActionNotify>();
    CHECK(old_action.event == Event::LiveMigrateBegin);
    at.first.answer(action, VoteResult::Accept);
    at.second.answer(old_action, VoteResult::Accept);
    CHECK(text(at.host.expect("action_response"), "vote_result") == "accept");
}

TEST_CASE("The first reject decides a vote, and releases whoever still thinks") {
    Attached at(HostKind::Ours);
    at.join();
    at.host.notify(71, "stop", "revocable", 5000);
    const auto action = at.first.expect<wire::RecordActionNotify>();
    at.second.answer(at.second.expect<wire::RecordActionNotify>(), VoteResult::Reject, "in a call");
    const Json answer = at.host.expect("action_response");
    CHECK(text(answer, "vote_result") == "reject");
    CHECK_THAT(text(answer, "log_msg"), Catch::Contains("in a call"));
    const auto cancel = at.first.expect<wire::RecordActionCancel>();
    CHECK(cancel.invocation_id == action.invocation_id);
    CHECK(cancel.reason == wire::CancelReason::AlreadyDecided);
}

TEST_CASE("A reject is kept when its application leaves, and when others leave") {
    Attached at(HostKind::Ours);
    at.join();
    at.host.notify(71, "stop", "irrevocable", 5000);
    const auto action = at.first.expect<wire::RecordActionNotify>();
    at.second.answer(at.second.expect<wire::RecordActionNotify>(), VoteResult::Reject, "too late for me");
    at.second.close();
    at.host.exchange();
    at.first.answer(action, VoteResult::Complete);
    const Json answer = at.host.expect("action_response");
    CHECK(text(answer, "vote_result") == "reject");
    CHECK_THAT(text(answer, "log_msg"), Catch::Contains("too late for me"));
}

TEST_CASE("One accept and one silence: ours is told timeout, an old host accept with the cause") {
    const auto kind = GENERATE(HostKind::Old, HostKind::Ours);
    Attached at(kind);
    at.second.vote_ms = 1000;
    at.join();
    at.host.notify(71, "stop", "revocable", 5000);
    at.first.answer(at.first.expect<wire::RecordActionNotify>(), VoteResult::Accept);
    const Json answer = at.host.expect("action_response");
    CHECK(text(answer, "vote_result") == (kind == HostKind::Ours ? "timeout" : "accept"));
    CHECK_THAT(text(answer, "log_msg"), Catch::Contains("second"));
}

TEST_CASE("G-09: when every application has had its time the answer does not wait for the host's") {
    Attached at(HostKind::Ours);
    at.first.vote_ms = 50;
    at.first.join(at.guest.application_socket());
    CHECK(text(at.ask("stop", "revocable", 600000), "vote_result") == "timeout");
    CHECK(at.first.expect<wire::RecordActionCancel>().reason == wire::CancelReason::DeadlinePassed);
}

TEST_CASE("The host's deadline ends a vote before the application's own") {
    Attached at(HostKind::Ours);
    at.first.vote_ms = 600000;
    at.first.join(at.guest.application_socket());
    CHECK(text(at.ask("stop", "revocable", 300), "vote_result") == "timeout");
}

TEST_CASE("A late answer to a decided action is no answer to the next one") {
    Attached at(HostKind::Ours);
    at.first.vote_ms = 50;
    at.first.join(at.guest.application_socket());
    at.ask("stop", "revocable");
    const auto old_action = at.first.expect<wire::RecordActionNotify>();
    at.host.notify(72, "reboot", "irrevocable", 5000);
    const auto action = at.first.expect<wire::RecordActionNotify>();
    CHECK(action.invocation_id != old_action.invocation_id);
    at.first.answer(old_action, VoteResult::Reject, "stale");
    at.first.answer(action, VoteResult::Complete);
    const Json answer = at.host.expect("action_response");
    CHECK(number(answer, "invocation_id") == 72);
    CHECK(text(answer, "vote_result") == "complete");
}

TEST_CASE("G-07: an application that dies during a vote is an error at once, not a wait") {
    Attached at(HostKind::Ours);
    at.join();
    at.host.notify(71, "stop", "revocable", 600000);
    at.second.answer(at.second.expect<wire::RecordActionNotify>(), VoteResult::Accept);
    at.first.expect<wire::RecordActionNotify>();
    at.first.close();
    const Json answer = at.host.expect("action_response");
    CHECK(text(answer, "vote_result") == "error");
    CHECK_THAT(text(answer, "log_msg"), Catch::Contains("first"));
}

TEST_CASE("G-10: an application that deregisters during a vote has no voice any more") {
    Attached at(HostKind::Ours);
    at.join();
    at.host.notify(71, "stop", "revocable", 600000);
    at.second.answer(at.second.expect<wire::RecordActionNotify>(), VoteResult::Accept);
    at.first.expect<wire::RecordActionNotify>();
    at.first.deregister();
    CHECK(text(at.host.expect("action_response"), "vote_result") == "accept");
}

TEST_CASE("G-17: an application can't change the event or the notification that the host is told") {
    Attached at(HostKind::Old);
    at.second.join(at.guest.application_socket());
    at.host.notify(71, "stop", "revocable", 5000);
    auto action = at.second.expect<wire::RecordActionNotify>();
    action.event = Event::Pause;
    action.notification = Notification::Irrevocable;
    at.second.answer(action, VoteResult::Accept);
    const Json answer = at.host.expect("action_response");
    CHECK(text(answer, "event_type") == "stop");
    CHECK(text(answer, "notification_type") == "revocable");
}

TEST_CASE("An answer with an id that was not asked is nobody's, and a second answer changes nothing") {
    Attached at(HostKind::Ours);
    at.join();
    at.host.notify(71, "stop", "irrevocable", 5000);
    auto action = at.first.expect<wire::RecordActionNotify>();
    const auto own = at.second.expect<wire::RecordActionNotify>();
    at.second.answer(own, VoteResult::Complete);
    at.second.answer(own, VoteResult::Reject, "changed my mind");
    at.host.exchange();
    action.invocation_id ^= 1U;
    at.first.answer(action, VoteResult::Reject, "of another action");
    action.invocation_id ^= 1U;
    at.first.answer(action, VoteResult::Complete);
    CHECK(text(at.host.expect("action_response"), "vote_result") == "complete");
}

TEST_CASE("G-15: a second action ends the first with an answer, and each is answered once") {
    Attached at(HostKind::Ours);
    at.first.join(at.guest.application_socket());
    at.host.notify(71, "stop", "revocable", 5000);
    at.first.expect<wire::RecordActionNotify>();
    at.host.notify(72, "reboot", "revocable", 5000);
    const Json superseded = at.host.expect("action_response");
    CHECK(number(superseded, "invocation_id") == 71);
    CHECK(text(superseded, "vote_result") == "error");
    at.first.answer(at.first.expect<wire::RecordActionNotify>(), VoteResult::Accept);
    const Json answer = at.host.expect("action_response");
    CHECK(number(answer, "invocation_id") == 72);
    CHECK(text(answer, "vote_result") == "accept");
    at.host.exchange();
    CHECK_FALSE(at.host.has("action_response"));
}

TEST_CASE("A host of ours can cancel: the applications are told, and no answer is sent") {
    Attached at(HostKind::Ours);
    at.first.join(at.guest.application_socket());
    at.host.notify(71, "stop", "revocable", 5000);
    const auto action = at.first.expect<wire::RecordActionNotify>();
    at.host.send_line(
        R"({"version":3,"revision":1,"msg_type":"action_cancel","sequence":3,"invocation_id":71,"log_msg":"no more"})");
    const auto cancel = at.first.expect<wire::RecordActionCancel>();
    CHECK(cancel.invocation_id == action.invocation_id);
    CHECK(cancel.reason == wire::CancelReason::HostCancelled);
    at.first.answer(action, VoteResult::Reject);
    at.host.exchange();
    CHECK_FALSE(at.host.has("action_response"));
}

TEST_CASE(
    "An application's wish for more time is granted within the host's deadline and asked of the host beyond "
    "it") {
    Attached at(HostKind::Ours);
    at.first.vote_ms = 1000;
    at.first.join(at.guest.application_socket());
    at.host.notify(71, "stop", "revocable", 8000);
    const auto action = at.first.expect<wire::RecordActionNotify>();
    at.first.send(wire::RecordActionExtend{action.invocation_id, 3000, "draining"});
    CHECK(at.first.expect<wire::RecordActionExtended>().granted);
    at.first.send(wire::RecordActionExtend{action.invocation_id, 60000, "draining more"});
    const Json wish = at.host.expect("action_extend");
    CHECK(number(wish, "invocation_id") == 71);
    CHECK(number(wish, "extend_ms") > 0);
    at.host.send_line(
        R"({"version":3,"revision":1,"msg_type":"action_extended","sequence":4,"invocation_id":71,"timeout_ms":70000,"result":"granted"})");
    const auto extended = at.first.expect<wire::RecordActionExtended>();
    CHECK(extended.granted);
    CHECK(extended.remaining_ms > 8000);
    at.first.answer(action, VoteResult::Accept);
    CHECK(text(at.host.expect("action_response"), "vote_result") == "accept");
}

TEST_CASE("A host that goes away during an action: the applications are told") {
    Attached at(HostKind::Ours);
    at.first.join(at.guest.application_socket());
    at.host.notify(71, "stop", "revocable", 5000);
    at.first.expect<wire::RecordActionNotify>();
    at.host.disconnect();
    CHECK(at.first.expect<wire::RecordActionCancel>().reason == wire::CancelReason::HostLost);
}

}  // namespace
}  // namespace vnf::test
