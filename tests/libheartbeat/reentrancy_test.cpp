// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// L-10: whatever a callback calls, nothing is freed under it and nothing is left half done.

#include <catch2/catch.hpp>

#include "application.hpp"

using namespace vnf;
using test::Application;
using test::ScriptedDaemon;
using wire::RecordVersion;

namespace {

struct Stage {
    harness::ScratchDirectory directory;
    ScriptedDaemon daemon{directory / "api"};
    Application application{{.socket = directory / "api"}};

    std::unique_ptr<test::Peer> register_it() { return application.register_at(daemon, RecordVersion::V3); }
    /// Until the dispatch around a callback that closed the handle has said so.
    bool wait_until_closed() {
        application.wait_until([this] { return application.last_dispatch != VNF_HEARTBEAT_OK; });
        return application.last_dispatch == VNF_HEARTBEAT_ERROR_CLOSED;
    }
    void close_handle() {
        closed = application.handle;
        vnf_heartbeat_close(closed);
    }

    /// The handle as the callback saw it; only dispatch's result is used after it is closed.
    vnf_heartbeat* closed = nullptr;
    ~Stage() {
        if (closed != nullptr)
            application.handle = nullptr;
    }
};

const wire::RecordActionNotify vote{5, wire::Event::Stop, wire::Notification::Revocable, 60000, ""};

}  // namespace

TEST_CASE("L-10: the handle may be closed in the health callback") {
    Stage stage;
    const auto peer = stage.register_it();
    stage.application.on_health = [&stage](auto&) {
        stage.close_handle();
    };
    peer->send(wire::RecordChallenge{1});
    peer->send(wire::RecordChallenge{2});
    CHECK(stage.wait_until_closed());
    peer->poll();
    CHECK(stage.application.health_checks == 1);
    CHECK(peer->take<wire::RecordDeregister>().has_value());
    CHECK_FALSE(peer->take<wire::RecordChallengeResponse>().has_value());
    CHECK(peer->has_ended());
}

TEST_CASE("L-10: the handle may be closed in the action callback") {
    Stage stage;
    const auto peer = stage.register_it();
    stage.application.on_action = [&stage](const auto&) {
        stage.close_handle();
        return VNF_HEARTBEAT_VOTE_ACCEPT;
    };
    peer->send(vote);
    CHECK(stage.wait_until_closed());
    peer->poll();
    CHECK_FALSE(peer->take<wire::RecordActionResponse>().has_value());
}

TEST_CASE("L-10: the handle may be closed in the state callback") {
    Stage stage;
    stage.application.on_state = [&stage](vnf_heartbeat_state) {
        stage.close_handle();
    };
    CHECK(stage.wait_until_closed());
    CHECK(stage.application.states.size() == 1);
}

TEST_CASE("L-10: after closing in a callback nothing more is told, not even what had happened already") {
    Stage stage;
    const auto peer = stage.application.expect_connection(stage.daemon);
    stage.application.on_state = [&stage](vnf_heartbeat_state state) {
        if (state == VNF_HEARTBEAT_STATE_REGISTERED)
            stage.close_handle();
    };
    // Acknowledged and gone in one dispatch: the garbage makes the first read a full one.
    std::string bytes = peer->encode(wire::RecordInitAck{1, true});
    bytes.resize(4096, 'x');
    peer->send_bytes(bytes);
    peer->hang_up();
    CHECK(stage.wait_until_closed());
    CHECK(stage.application.states.back().state == VNF_HEARTBEAT_STATE_REGISTERED);
}

TEST_CASE("L-10: the handle may be closed when an action is cancelled or extended") {
    const bool extends = GENERATE(false, true);
    Stage stage;
    const auto peer = stage.register_it();
    stage.application.on_cancel = [&stage] {
        stage.close_handle();
    };
    stage.application.on_extended = [&stage] {
        stage.close_handle();
    };
    peer->send(vote);
    if (extends)
        peer->send(wire::RecordActionExtended{5, true, 1000});
    else
        peer->send(wire::RecordActionCancel{5, wire::CancelReason::HostCancelled, ""});
    CHECK(stage.wait_until_closed());
}

TEST_CASE("in a closed handle's callback every further call says that it is closed") {
    Stage stage;
    const auto peer = stage.register_it();
    stage.application.on_action = [&stage](const vnf_heartbeat_action& action) {
        vnf_heartbeat* const handle = stage.application.handle;
        stage.close_handle();
        std::uint32_t left = 0;
        CHECK(vnf_heartbeat_respond(handle, action.id, VNF_HEARTBEAT_VOTE_ACCEPT, "") ==
              VNF_HEARTBEAT_ERROR_CLOSED);
        CHECK(vnf_heartbeat_extend(handle, action.id, 1, "") == VNF_HEARTBEAT_ERROR_CLOSED);
        CHECK(vnf_heartbeat_action_remaining(handle, action.id, &left) == VNF_HEARTBEAT_ERROR_CLOSED);
        CHECK(vnf_heartbeat_report_health(handle, 1, 1, "") == VNF_HEARTBEAT_ERROR_CLOSED);
        CHECK(vnf_heartbeat_deregister(handle, "") == VNF_HEARTBEAT_ERROR_CLOSED);
        CHECK(vnf_heartbeat_register(handle) == VNF_HEARTBEAT_ERROR_CLOSED);
        CHECK(vnf_heartbeat_dispatch(handle) == VNF_HEARTBEAT_ERROR_CLOSED);
        return VNF_HEARTBEAT_VOTE_LATER;
    };
    peer->send(vote);
    CHECK(stage.wait_until_closed());
}

TEST_CASE("dispatch inside a callback is refused as busy") {
    Stage stage;
    const auto peer = stage.register_it();
    vnf_heartbeat_error inner = VNF_HEARTBEAT_OK;
    stage.application.on_health = [&](auto&) {
        inner = vnf_heartbeat_dispatch(stage.application.handle);
    };
    peer->send(wire::RecordChallenge{1});
    stage.application.expect<wire::RecordChallengeResponse>(*peer);
    CHECK(inner == VNF_HEARTBEAT_ERROR_BUSY);
}

TEST_CASE("deregistering in the health callback leaves the challenge unanswered") {
    Stage stage;
    const auto peer = stage.register_it();
    stage.application.on_health = [&](auto&) {
        vnf_heartbeat_deregister(stage.application.handle, "enough");
    };
    peer->send(wire::RecordChallenge{1});
    CHECK(stage.application.expect<wire::RecordDeregister>(*peer).log == "enough");
    REQUIRE(stage.application.wait_until([&] { return peer->has_ended(); }, {peer.get()}));
    CHECK_FALSE(peer->take<wire::RecordChallengeResponse>().has_value());
    CHECK(stage.application.wait_until(
        [&] { return stage.application.states.back().state == VNF_HEARTBEAT_STATE_DEREGISTERED; }));
}

TEST_CASE("registering in the callback that tells of the deregistration comes back") {
    Stage stage;
    const auto peer = stage.register_it();
    stage.application.on_state = [&](vnf_heartbeat_state state) {
        if (state == VNF_HEARTBEAT_STATE_DEREGISTERED)
            vnf_heartbeat_register(stage.application.handle);
    };
    vnf_heartbeat_deregister(stage.application.handle, "");
    const auto again = stage.register_it();
    CHECK(stage.application.state() == VNF_HEARTBEAT_STATE_REGISTERED);
}

TEST_CASE("a callback that always causes another one does not keep a dispatch") {
    Stage stage;
    const auto peer = stage.register_it();
    vnf_heartbeat* const handle = stage.application.handle;
    int rounds = 0;
    stage.application.on_state = [&](vnf_heartbeat_state state) {
        ++rounds;
        if (state == VNF_HEARTBEAT_STATE_DEREGISTERED)
            vnf_heartbeat_register(handle);
        else
            vnf_heartbeat_deregister(handle, "");
    };
    vnf_heartbeat_deregister(handle, "");
    vnf_heartbeat_dispatch(handle);
    CHECK(rounds <= 2);
    stage.application.on_state = nullptr;
}

TEST_CASE("health pushed in the health callback is the answer to this challenge") {
    Stage stage;
    const auto peer = stage.register_it();
    stage.application.on_health = [&](auto&) {
        vnf_heartbeat_report_health(stage.application.handle, 0, VNF_HEARTBEAT_ACTION_STOP, "now");
    };
    peer->send(wire::RecordChallenge{1});
    CHECK(stage.application.expect<wire::RecordChallengeResponse>(*peer).log == "now");
    CHECK(stage.application.expect<wire::RecordHealthPush>(*peer).log == "now");
}
