// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A handle's connection to guest-client: found, lost and found again; the link behind it up and down.

#include <catch2/catch.hpp>
#include <cerrno>

#include "member.hpp"
#include "tests/harness/scratch_directory.hpp"

using namespace vnf;
using test::Member;

namespace {

struct Stage {
    harness::ScratchDirectory directory;
    test::ScriptedAgent agent{directory / "s"};
    Member member{{.socket = directory / "s"}};

    bool wait_for(vnf_sg_state state) {
        return member.wait_until([this, state] { return member.state() == state; });
    }
};

}  // namespace

TEST_CASE("a handle says its name first and is linked when guest-client says so") {
    Stage stage;
    const auto peer = stage.member.expect_connection(stage.agent);
    CHECK(stage.member.expect<wire::GroupHello>(*peer).name == "app1");
    CHECK(stage.member.state() == VNF_SG_STATE_CONNECTING);
    CHECK(stage.member.say("too early") == VNF_SG_ERROR_NOT_CONNECTED);
    CHECK(vnf_sg_request_status(stage.member.handle) == VNF_SG_ERROR_NOT_CONNECTED);
    peer->send(wire::GroupLink{true, ""});
    REQUIRE(stage.wait_for(VNF_SG_STATE_LINKED));
    CHECK(stage.member.missed.empty());
    CHECK(stage.member.say("now") == VNF_SG_OK);
}

TEST_CASE("a link that goes down is told with its reason, and refuses messages until it is up") {
    Stage stage;
    const auto peer = stage.member.link_with(stage.agent);
    peer->send(wire::GroupLink{false, "the host has no reader"});
    REQUIRE(stage.wait_for(VNF_SG_STATE_NO_LINK));
    CHECK(stage.member.states.back().reason == "the host has no reader");
    CHECK(stage.member.say("x") == VNF_SG_ERROR_NO_LINK);
    CHECK(vnf_sg_request_status(stage.member.handle) == VNF_SG_ERROR_NO_LINK);
    peer->send(wire::GroupLink{true, ""});
    REQUIRE(stage.wait_for(VNF_SG_STATE_LINKED));
    CHECK(stage.member.say("x") == VNF_SG_OK);
}

TEST_CASE("a link that comes up again is a gap of unknown length") {
    Stage stage;
    const auto peer = stage.member.link_with(stage.agent);
    peer->send(wire::GroupLink{false, ""});
    peer->send(wire::GroupLink{true, ""});
    REQUIRE(stage.member.wait_until([&] { return !stage.member.missed.empty(); }));
    CHECK(stage.member.missed == std::vector<std::uint32_t>{0});
    peer->send(wire::GroupLink{true, ""});
    peer->send(wire::GroupHeard{"one", "after"});
    REQUIRE(stage.member.wait_until([&] { return !stage.member.broadcasts.empty(); }));
    CHECK(stage.member.missed.size() == 1);
}

TEST_CASE("a handle comes back by itself after guest-client has restarted, and tells the gap") {
    Stage stage;
    auto peer = stage.member.link_with(stage.agent);
    stage.agent.stop();
    peer->hang_up();
    REQUIRE(stage.wait_for(VNF_SG_STATE_DISCONNECTED));
    CHECK(stage.member.states.back().error == VNF_SG_ERROR_CONNECTION_LOST);
    CHECK(stage.member.say("nobody") == VNF_SG_ERROR_NOT_CONNECTED);
    stage.agent.start();
    const auto second = stage.member.link_with(stage.agent);
    REQUIRE(stage.member.wait_until([&] { return !stage.member.missed.empty(); }));
    CHECK(stage.member.missed == std::vector<std::uint32_t>{0});
    CHECK(stage.member.say("again") == VNF_SG_OK);
    CHECK(stage.member.expect<wire::GroupSend>(*second).text == "again");
}

TEST_CASE("the descriptor stays the same over reconnects") {
    Stage stage;
    const int fd = vnf_sg_get_fd(stage.member.handle);
    const auto peer = stage.member.link_with(stage.agent);
    peer->hang_up();
    const auto second = stage.member.link_with(stage.agent);
    CHECK(vnf_sg_get_fd(stage.member.handle) == fd);
}

TEST_CASE("what guest-client says before it ends is still read") {
    Stage stage;
    const auto peer = stage.member.link_with(stage.agent);
    peer->send(wire::GroupHeard{"one", "last words"});
    peer->hang_up();
    CHECK(stage.member.say("into the void") == VNF_SG_OK);
    REQUIRE(stage.wait_for(VNF_SG_STATE_DISCONNECTED));
    REQUIRE(stage.member.broadcasts.size() == 1);
    CHECK(stage.member.broadcasts.front().text == "last words");
    REQUIRE(stage.member.wait_until([&] { return !stage.member.unsent.empty(); }));
    CHECK(stage.member.unsent.front() == 1);
}

TEST_CASE("what guest-client says before it ends is still read, though it left packets of ours unread") {
    Stage stage;
    const auto peer = stage.member.link_with(stage.agent);
    CHECK(stage.member.say("never read") == VNF_SG_OK);
    peer->send(wire::GroupHeard{"one", "last words"});
    peer->hang_up();
    REQUIRE(stage.wait_for(VNF_SG_STATE_DISCONNECTED));
    REQUIRE(stage.member.broadcasts.size() == 1);
}

TEST_CASE("a record of a later guest-client is passed over, what is no record ends the connection") {
    Stage stage;
    const auto peer = stage.member.link_with(stage.agent);
    std::string packet = wire::encode(wire::GroupDaemonRecord(wire::GroupMissed{1}));
    packet[1] = 99;
    peer->send_bytes(packet);
    peer->send(wire::GroupHeard{"one", "after"});
    REQUIRE(stage.member.wait_until([&] { return !stage.member.broadcasts.empty(); }));
    CHECK(stage.member.state() == VNF_SG_STATE_LINKED);
    peer->send_bytes("no record");
    REQUIRE(stage.member.wait_until(
        [&] { return stage.member.states.back().state == VNF_SG_STATE_DISCONNECTED; }));
    CHECK(stage.member.states.back().error == VNF_SG_ERROR_PROTOCOL);
}

TEST_CASE("a path that may not be reached is told with its errno, and is no old agent") {
    harness::ScratchDirectory directory;
    directory.write("not-a-directory", "");
    Member member{{.socket = directory / "not-a-directory/s"}};
    REQUIRE(member.wait_until([&] { return !member.states.empty(); }));
    CHECK(member.states.front().error == VNF_SG_ERROR_CONNECT_FAILED);
    CHECK(member.states.front().system_error == ENOTDIR);
}

TEST_CASE("a dispatch reads at most 64 messages and asks to be called again") {
    Stage stage;
    const auto peer = stage.member.link_with(stage.agent);
    for (int number = 0; number < 100; ++number)
        peer->send(wire::GroupHeard{"one", std::to_string(number)});
    REQUIRE(vnf_sg_dispatch(stage.member.handle) == VNF_SG_OK);
    CHECK(stage.member.broadcasts.size() == 64);
    REQUIRE(stage.member.wait_until([&] { return stage.member.broadcasts.size() == 100; }));
    CHECK(stage.member.broadcasts.back().text == "99");
}
