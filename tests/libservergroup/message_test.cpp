// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Broadcasts and notifications of a handle, at guest-client's socket.

#include <catch2/catch.hpp>

#include "member.hpp"
#include "tests/harness/scratch_directory.hpp"

using namespace vnf;
using test::Member;

namespace {

struct Stage {
    harness::ScratchDirectory directory;
    test::ScriptedAgent agent{directory / "s"};
    Member member{{.socket = directory / "s"}};
};

const std::string wrapped =
    R"({"payload":{"instance_id":"u1","display_name":"vm1","hostname":"vm1","state":"error","host":null,)"
    R"("state_description":"","metadata":{"cause":"heartbeat_lost","reason":"no answer"},"vcpus":2},)"
    R"("event_type":"compute.instance.update","priority":"INFO","timestamp":"2017-06-27T18:26:00.000000"})";

}  // namespace

TEST_CASE("a broadcast goes out as it is, and another's comes in with its source") {
    Stage stage;
    const auto peer = stage.member.link_with(stage.agent);
    CHECK(stage.member.say("hello / \"you\"\n") == VNF_SG_OK);
    CHECK(stage.member.expect<wire::GroupSend>(*peer).text == "hello / \"you\"\n");
    peer->send(wire::GroupHeard{"instance-00000001", "and you"});
    REQUIRE(stage.member.wait_until([&] { return !stage.member.broadcasts.empty(); }));
    CHECK(stage.member.broadcasts.front() == test::ToldBroadcast{"instance-00000001", "and you"});
}

TEST_CASE("a broadcast is refused by name at each limit and taken below it") {
    struct Size {
        std::string text;
        vnf_sg_error error;
    };
    const Size size = GENERATE(
        Size{"", VNF_SG_OK}, Size{"x", VNF_SG_OK}, Size{std::string(3050, 'x'), VNF_SG_OK},
        Size{std::string(3051, 'x'), VNF_SG_ERROR_TOO_LONG}, Size{std::string(1975, '/') + "x", VNF_SG_OK},
        Size{std::string(1976, '/'), VNF_SG_ERROR_TOO_LONG_ESCAPED},
        Size{std::string(658, '\x01') + "xxx", VNF_SG_OK},
        Size{std::string(659, '\x01'), VNF_SG_ERROR_TOO_LONG_ESCAPED},
        Size{std::string("a\0b", 3), VNF_SG_ERROR_NOT_TEXT}, Size{"\xff", VNF_SG_ERROR_NOT_TEXT},
        Size{std::string(3048, 'x') + "\xc3\xb6", VNF_SG_OK},
        Size{std::string(3049, 'x') + "\xc3\xb6", VNF_SG_ERROR_TOO_LONG});
    Stage stage;
    const auto peer = stage.member.link_with(stage.agent);
    CHECK(stage.member.say(size.text) == size.error);
    if (size.error == VNF_SG_OK)
        CHECK(stage.member.expect<wire::GroupSend>(*peer).text == size.text);
}

TEST_CASE("a message is refused as too long whatever the connection is") {
    Stage stage;
    CHECK(stage.member.say(std::string(3051, 'x')) == VNF_SG_ERROR_TOO_LONG);
    CHECK(stage.member.say("x") == VNF_SG_ERROR_NOT_CONNECTED);
}

TEST_CASE(
    "what guest-client does not read is refused once 256 messages wait, and told as unsent if it ends") {
    Stage stage;
    const auto peer = stage.member.link_with(stage.agent);
    peer->stop_reading(true);
    const std::string text(3050, 'x');
    std::uint32_t taken = 0;
    vnf_sg_error error = VNF_SG_OK;
    while ((error = stage.member.say(text)) == VNF_SG_OK)
        ++taken;
    CHECK(error == VNF_SG_ERROR_QUEUE_FULL);
    CHECK(taken >= 256);
    peer->hang_up();
    REQUIRE(stage.member.wait_until([&] { return !stage.member.unsent.empty(); }));
    CHECK(stage.member.unsent.front() == 256);
}

TEST_CASE("what waits goes out in order when guest-client reads again") {
    Stage stage;
    const auto peer = stage.member.link_with(stage.agent);
    peer->stop_reading(true);
    std::size_t taken = 0;
    while (stage.member.say(std::to_string(taken) + std::string(3000, 'x')) == VNF_SG_OK)
        ++taken;
    peer->stop_reading(false);
    REQUIRE(stage.member.wait_until([&] { return peer->waiting_records() == taken; }, peer.get()));
    for (std::size_t number = 0; number < taken; ++number)
        CHECK(peer->take<wire::GroupSend>()->text.starts_with(std::to_string(number) + "x"));
}

TEST_CASE("a notification is typed, keeps its JSON, and tells what became of the member first") {
    Stage stage;
    const auto peer = stage.member.link_with(stage.agent);
    peer->send(wire::GroupNotified{wrapped});
    REQUIRE(stage.member.wait_until([&] { return !stage.member.notifications.empty(); }));
    const test::ToldNotification& told = stage.member.notifications.front();
    CHECK(told.event_type == "compute.instance.update");
    CHECK(told.timestamp == "2017-06-27T18:26:00.000000");
    CHECK(told.id == "u1");
    CHECK(told.state == "error");
    CHECK(told.cause == "heartbeat_lost");
    CHECK(told.json == wrapped);
    CHECK_THAT(told.entry, Catch::StartsWith(R"({"instance_id":"u1")") && Catch::EndsWith(R"("vcpus":2})"));
    REQUIRE(stage.member.changes.size() == 1);
    CHECK(stage.member.changes.front().kind == VNF_SG_MEMBER_FAILED);
    CHECK(stage.member.changes.front().reason == VNF_SG_REASON_HEARTBEAT_LOST);
}

TEST_CASE("a notification may be bare, and a text that holds its JSON") {
    Stage stage;
    const auto peer = stage.member.link_with(stage.agent);
    peer->send(wire::GroupNotified{R"({"instance_id":"u1","state":"paused"})"});
    peer->send(wire::GroupNotified{
        R"("{\"payload\": {\"instance_id\": \"u2\"}, \"event_type\": \"compute.instance.exists\"}")"});
    REQUIRE(stage.member.wait_until([&] { return stage.member.notifications.size() == 2; }));
    CHECK(stage.member.notifications[0].id == "u1");
    CHECK(stage.member.notifications[0].event_type.empty());
    CHECK(stage.member.notifications[1].id == "u2");
    CHECK(stage.member.notifications[1].event_type == "compute.instance.exists");
}

TEST_CASE("a notification that holds no object is passed over") {
    Stage stage;
    const auto peer = stage.member.link_with(stage.agent);
    for (const char* body : {"7", "\"no json\"", "{", "[]", R"({"payload":7})"})
        peer->send(wire::GroupNotified{body});
    peer->send(wire::GroupHeard{"one", "after"});
    REQUIRE(stage.member.wait_until([&] { return !stage.member.broadcasts.empty(); }));
    CHECK(stage.member.notifications.empty());
    CHECK(stage.member.changes.empty());
}

TEST_CASE("lost, refused and unsent messages are told") {
    Stage stage;
    const auto peer = stage.member.link_with(stage.agent);
    peer->send(wire::GroupMissed{7});
    peer->send(wire::GroupRefusal{"broadcast", "too long"});
    peer->send(wire::GroupUnsent{3, "the host is away"});
    REQUIRE(stage.member.wait_until([&] { return !stage.member.unsent.empty(); }));
    CHECK(stage.member.missed == std::vector<std::uint32_t>{7});
    CHECK(stage.member.unsent == std::vector<std::uint32_t>{3});
    REQUIRE(stage.member.refusals.size() == 1);
    CHECK(stage.member.refusals.front().type == "broadcast");
    CHECK(stage.member.refusals.front().reason == "too long");
}

TEST_CASE("a handle without callbacks takes everything that comes") {
    harness::ScratchDirectory directory;
    test::ScriptedAgent agent{directory / "s"};
    Member member{{.socket = directory / "s", .has_callbacks = false}};
    const auto peer = member.link_with(agent);
    REQUIRE(vnf_sg_request_status(member.handle) == VNF_SG_OK);
    const auto query = member.expect<wire::GroupAsk>(*peer).query;
    peer->send(wire::GroupHeard{"one", "text"});
    peer->send(wire::GroupNotified{wrapped});
    peer->send(wire::GroupMissed{1});
    peer->send(wire::GroupRefusal{"broadcast", ""});
    peer->send(wire::GroupUnsent{1, ""});
    peer->send(wire::GroupAnswered{query});
    CHECK(member.say("still there") == VNF_SG_OK);
    CHECK(member.expect<wire::GroupSend>(*peer).text == "still there");
}
