// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A handle where guest-client's socket is absent: the old agent's datagrams, in a network namespace of the test's own.

#include <catch2/catch.hpp>

#include "member.hpp"
#include "tests/harness/own_network.hpp"
#include "tests/harness/scratch_directory.hpp"

using namespace vnf;
using test::AbstractSocket;
using test::delivery;
using test::Member;

namespace {

struct Stage {
    harness::ScratchDirectory directory;
    std::unique_ptr<AbstractSocket> agent = std::make_unique<AbstractSocket>("cgcs.messaging");
    Member member{{.socket = directory / "s"}};

    Stage() { REQUIRE(wait_for(VNF_SG_STATE_OLD_AGENT)); }
    bool wait_for(vnf_sg_state state) {
        return member.wait_until([this, state] { return member.state() == state; });
    }
    bool deliver(std::string_view data) const { return agent->send_to("cgcs.server_grp", delivery(data)); }
    /// Something behind all that came before has been told.
    void settle() {
        const std::size_t before = member.broadcasts.size();
        deliver(R"({"version":2,"msg_type":"broadcast","source_instance":"i","data":"settled"})");
        REQUIRE(member.wait_until([&] { return member.broadcasts.size() > before; }));
    }
};

}  // namespace

TEST_CASE("with an old agent messages are datagrams of the old names, byte for byte") {
    if (!harness::enter_own_network())
        return;
    Stage stage;
    CHECK(stage.member.say("hello from guest one") == VNF_SG_OK);
    CHECK(
        stage.agent->receive() ==
        R"({"data":{"version":2,"msg_type":"broadcast","data":"hello from guest one"},"version":2,"dest_addr":"cgcs.server_grp"})");
    REQUIRE(vnf_sg_request_status(stage.member.handle) == VNF_SG_OK);
    CHECK(
        stage.agent->receive() ==
        R"({"data":{"version":2,"msg_type":"status_query","seq":1},"version":2,"dest_addr":"cgcs.server_grp"})");
}

TEST_CASE("an old agent's deliveries are told like guest-client's") {
    if (!harness::enter_own_network())
        return;
    Stage stage;
    REQUIRE(vnf_sg_request_status(stage.member.handle) == VNF_SG_OK);
    stage.deliver(
        R"({"version":"version","msg_type":"broadcast","source_instance":"instance-00000001","data":"hi"})");
    stage.deliver(
        R"({"version":2,"msg_type":"notification","data":{"payload":{"instance_id":"u1"},"event_type":"compute.instance.pause.end"}})");
    stage.deliver(R"({"version":2,"msg_type":"nack","orig_msg_type":"bogus","log_msg":"no"})");
    stage.deliver(R"({"version":2,"msg_type":"status_response","seq":1,"data":{"instance_id":"u1"}})");
    stage.deliver(R"({"version":2,"msg_type":"status_response","seq":2,"data":{"instance_id":"u2"}})");
    stage.deliver(R"({"version":2,"msg_type":"status_response_done","seq":1,"data":{"instance_id":"u1"}})");
    REQUIRE(stage.member.wait_until([&] { return !stage.member.statuses.empty(); }));
    CHECK(stage.member.statuses.front().ids == std::vector<std::string>{"u1"});
    CHECK(stage.member.broadcasts.front() == test::ToldBroadcast{"instance-00000001", "hi"});
    CHECK(stage.member.notifications.front().id == "u1");
    CHECK(stage.member.changes.front().reason == VNF_SG_REASON_PAUSED);
    CHECK(stage.member.refusals.front().type == "bogus");
}

TEST_CASE(
    "with an old agent a second process is told that the address is busy, and gets it when it is free") {
    if (!harness::enter_own_network())
        return;
    Stage stage;
    Member second{{.socket = stage.directory / "s"}};
    REQUIRE(second.wait_until([&] { return !second.states.empty(); }));
    CHECK(second.states.front().error == VNF_SG_ERROR_BUSY);
    CHECK(second.state() == VNF_SG_STATE_DISCONNECTED);
    stage.member.close();
    CHECK(second.wait_until([&] { return second.state() == VNF_SG_STATE_OLD_AGENT; }));
}

TEST_CASE("without any agent a handle leaves the old name alone") {
    if (!harness::enter_own_network())
        return;
    harness::ScratchDirectory directory;
    Member member{{.socket = directory / "s"}};
    REQUIRE(member.wait_until([&] { return !member.states.empty(); }));
    CHECK(member.states.front().error == VNF_SG_ERROR_CONNECT_FAILED);
    CHECK(member.states.front().system_error == ENOENT);
    CHECK(AbstractSocket("cgcs.server_grp").is_bound());
}

TEST_CASE("a handle goes over to guest-client's socket when it appears, and frees the old name") {
    if (!harness::enter_own_network())
        return;
    Stage stage;
    test::ScriptedAgent guest_client{stage.directory / "s"};
    const auto peer = stage.member.link_with(guest_client);
    CHECK(AbstractSocket("cgcs.server_grp").is_bound());
    REQUIRE(stage.member.wait_until([&] { return !stage.member.missed.empty(); }));
    CHECK(stage.member.missed.front() == 0);
    CHECK(stage.member.say("x") == VNF_SG_OK);
    CHECK(stage.member.expect<wire::GroupSend>(*peer).text == "x");
}

TEST_CASE("an old agent that goes is noticed, and one that comes is found") {
    if (!harness::enter_own_network())
        return;
    Stage stage;
    stage.agent.reset();
    CHECK(stage.member.say("x") == VNF_SG_ERROR_NOT_CONNECTED);
    REQUIRE(stage.wait_for(VNF_SG_STATE_DISCONNECTED));
    stage.agent = std::make_unique<AbstractSocket>("cgcs.messaging");
    REQUIRE(stage.wait_for(VNF_SG_STATE_OLD_AGENT));
    CHECK(stage.member.say("x") == VNF_SG_OK);
    REQUIRE(stage.member.wait_until([&] { return !stage.member.missed.empty(); }));
}

TEST_CASE("an old agent that goes while nothing is sent is noticed too") {
    if (!harness::enter_own_network())
        return;
    Stage stage;
    stage.agent.reset();
    CHECK(stage.wait_for(VNF_SG_STATE_DISCONNECTED));
}

TEST_CASE("an old agent that does not read makes the queue full, and nothing is kept back") {
    if (!harness::enter_own_network())
        return;
    Stage stage;
    vnf_sg_error error = VNF_SG_OK;
    std::size_t taken = 0;
    while ((error = stage.member.say(std::to_string(taken))) == VNF_SG_OK)
        ++taken;
    CHECK(error == VNF_SG_ERROR_QUEUE_FULL);
    CHECK(vnf_sg_request_status(stage.member.handle) == VNF_SG_ERROR_QUEUE_FULL);
    std::size_t read = 0;
    while (stage.agent->receive())
        ++read;
    CHECK(read == taken);
    CHECK(stage.member.say("x") == VNF_SG_OK);
    CHECK(stage.member.statuses.empty());
}

TEST_CASE("B-19: with an old agent what another process sends is not told") {
    if (!harness::enter_own_network())
        return;
    Stage stage;
    const std::string forged =
        delivery(R"({"version":2,"msg_type":"broadcast","source_instance":"i","data":"forged"})");
    for (const char* name : {"", "cgcs.messagin", "cgcs.messaging.", "impostor"})
        CHECK(AbstractSocket(name).send_to("cgcs.server_grp", forged));
    stage.settle();
    CHECK(stage.member.broadcasts.size() == 1);
    CHECK(stage.member.broadcasts.front().text == "settled");
}

TEST_CASE("B-06: with an old agent empty, cut and overlong datagrams are nothing") {
    if (!harness::enter_own_network())
        return;
    Stage stage;
    stage.settle();
    const std::string whole =
        delivery(R"({"version":2,"msg_type":"broadcast","source_instance":"i","data":"whole"})");
    CHECK(stage.agent->send_to("cgcs.server_grp", ""));
    CHECK(stage.agent->send_to("cgcs.server_grp", std::string_view(whole).substr(0, whole.size() - 5)));
    CHECK(stage.agent->send_to("cgcs.server_grp", whole + std::string(70000, ' ')));
    stage.settle();
    CHECK(stage.member.broadcasts.size() == 2);
}

TEST_CASE("B-05: with an old agent a null text, type or body is nothing") {
    if (!harness::enter_own_network())
        return;
    Stage stage;
    stage.deliver(R"({"version":2,"msg_type":"broadcast","source_instance":"i","data":null})");
    stage.deliver(R"({"version":2,"msg_type":"broadcast","source_instance":null,"data":"x"})");
    stage.deliver(R"({"version":2,"msg_type":null})");
    stage.deliver(R"({"version":2,"msg_type":"notification","data":null})");
    stage.deliver("null");
    stage.settle();
    CHECK(stage.member.broadcasts.size() == 1);
    CHECK(stage.member.notifications.empty());
}
