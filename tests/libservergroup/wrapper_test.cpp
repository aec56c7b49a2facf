// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The C++ wrapper, and that the C headers are C99 (public_header.c).

#include <cgcs/server_group.h>
#include <poll.h>

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vnf/servergroup.hpp>

#include "scripted_agent.hpp"
#include "tests/harness/scratch_directory.hpp"

using namespace vnf;
using vnf::servergroup::Membership;

extern "C" uint32_t size_of_config_in_c(void);
extern "C" uint32_t size_of_status_in_c(void);

namespace {

struct Recorder : servergroup::Handler {
    void state_changed(const vnf_sg_state_info& info) override { last_state = info.state; }
    void broadcast(const char* source, const char* text, size_t length) override {
        log += std::string("broadcast ") + source + " " + std::string(text, length) + ";";
    }
    void notification(const vnf_sg_notification& told) override {
        log += std::string("notification ") + told.member->instance_id + ";";
    }
    void status(const vnf_sg_status& told) override { log += "status " + std::to_string(told.count) + ";"; }
    void membership(const vnf_sg_change& change) override {
        log += std::string(vnf_sg_change_kind_name(change.kind)) + " " + change.member->instance_id + ";";
    }
    void missed(uint32_t messages) override { log += "missed " + std::to_string(messages) + ";"; }
    void refused(const char* type, const char* reason) override {
        log += std::string("refused ") + type + " " + reason + ";";
    }
    void unsent(uint32_t messages, const char* reason) override {
        log += "unsent " + std::to_string(messages) + " " + reason + ";";
    }

    vnf_sg_state last_state = VNF_SG_STATE_DISCONNECTED;
    std::string log;
};

struct Stage {
    harness::ScratchDirectory directory;
    test::ScriptedAgent agent{directory / "s"};
    std::string path = directory / "s";
    vnf_sg_config config{};
    Recorder recorder;
    Membership membership;

    Stage() {
        vnf_sg_config_init(&config);
        config.name = "wrapped";
        config.socket_path = path.c_str();
    }
    /// One turn of a loop; guest-client has spoken before, so there is something to read.
    void turn() {
        pollfd descriptor{membership.fd(), POLLIN, 0};
        ::poll(&descriptor, 1, membership.next_timeout());
        CHECK(membership.dispatch() == VNF_SG_OK);
    }
    std::unique_ptr<test::Peer> link() {
        REQUIRE(membership.open(config, recorder) == VNF_SG_OK);
        turn();
        auto peer = agent.accept();
        REQUIRE(peer);
        peer->send(wire::GroupLink{true, ""});
        turn();
        return peer;
    }
};

}  // namespace

TEST_CASE("C and C++ agree on the structs' sizes") {
    CHECK(size_of_config_in_c() == sizeof(vnf_sg_config));
    CHECK(size_of_status_in_c() == sizeof(vnf_sg_status));
    CHECK(MAX_MSG_DATA_LEN == VNF_SG_BROADCAST_MAX);
}

TEST_CASE("an empty membership refuses every call and closes without effect") {
    Membership empty;
    CHECK_FALSE(empty);
    CHECK(empty.dispatch() == VNF_SG_ERROR_INVALID_ARGUMENT);
    CHECK(empty.broadcast("x") == VNF_SG_ERROR_INVALID_ARGUMENT);
    CHECK(empty.request_status() == VNF_SG_ERROR_INVALID_ARGUMENT);
    CHECK(empty.state().state == VNF_SG_STATE_DISCONNECTED);
    empty.close();
}

TEST_CASE("each callback reaches its virtual function, each function its call") {
    Stage stage;
    const auto peer = stage.link();
    CHECK(stage.recorder.last_state == VNF_SG_STATE_LINKED);
    CHECK(stage.membership.state().state == VNF_SG_STATE_LINKED);
    CHECK(stage.membership.broadcast("hello") == VNF_SG_OK);
    CHECK(stage.membership.request_status() == VNF_SG_OK);
    peer->poll();
    CHECK(peer->take<wire::GroupSend>()->text == "hello");
    const auto query = peer->take<wire::GroupAsk>()->query;
    peer->send(wire::GroupHeard{"one", "text"});
    peer->send(wire::GroupNotified{
        R"({"payload":{"instance_id":"u1"},"event_type":"compute.instance.create.end"})"});
    peer->send(wire::GroupEntry{query, R"({"instance_id":"u1"})"});
    peer->send(wire::GroupAnswered{query});
    peer->send(wire::GroupMissed{2});
    peer->send(wire::GroupRefusal{"broadcast", "no"});
    peer->send(wire::GroupUnsent{3, "why"});
    stage.turn();
    CHECK(
        stage.recorder.log ==
        "broadcast one text;joined u1;notification u1;status 1;missed 2;refused broadcast no;unsent 3 why;");
}

TEST_CASE("a membership can be moved") {
    Stage stage;
    const auto peer = stage.link();
    Membership moved(std::move(stage.membership));
    CHECK(moved);
    stage.membership = std::move(moved);
    CHECK(stage.membership.broadcast("x") == VNF_SG_OK);
}
