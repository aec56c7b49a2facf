// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The C++ wrapper, and that the C header is C99 (public_header.c).

#include <poll.h>

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>
#include <vnf/heartbeat.hpp>

#include "scripted_daemon.hpp"
#include "tests/harness/scratch_directory.hpp"

using namespace vnf;
using vnf::heartbeat::Registration;

extern "C" uint32_t size_of_config_in_c(void);
extern "C" uint32_t size_of_action_in_c(void);

namespace {

struct Recorder : heartbeat::Handler {
    void state_changed(const vnf_heartbeat_state_info& info) override { last_state = info.state; }
    void health_check(vnf_heartbeat_health& health) override { health.healthy = 0; }
    vnf_heartbeat_vote action(const vnf_heartbeat_action& asked) override {
        last_action = asked.id;
        return VNF_HEARTBEAT_VOTE_LATER;
    }
    void action_cancelled(uint64_t, vnf_heartbeat_cancel_reason why, const char*) override {
        cancelled = why;
    }
    void action_extended(uint64_t, bool was_granted, uint32_t) override { granted = was_granted; }

    vnf_heartbeat_state last_state = VNF_HEARTBEAT_STATE_DISCONNECTED;
    uint64_t last_action = 0;
    vnf_heartbeat_cancel_reason cancelled = VNF_HEARTBEAT_CANCEL_UNKNOWN;
    bool granted = false;
};

struct Stage {
    vnf::harness::ScratchDirectory directory;
    test::ScriptedDaemon daemon{directory / "api"};
    std::string path = directory / "api";
    vnf_heartbeat_config config{};
    Recorder recorder;
    Registration registration;

    Stage() {
        vnf_heartbeat_config_init(&config);
        config.name = "wrapped";
        config.socket_path = path.c_str();
    }
    /// One turn of a loop; the daemon has spoken before, so there is something to read.
    void turn() {
        pollfd descriptor{registration.fd(), POLLIN, 0};
        ::poll(&descriptor, 1, registration.next_timeout());
        CHECK(registration.dispatch() == VNF_HEARTBEAT_OK);
    }
    std::unique_ptr<test::Peer> register_it() {
        REQUIRE(registration.open(config, recorder) == VNF_HEARTBEAT_OK);
        turn();
        auto peer = daemon.accept();
        REQUIRE(peer);
        peer->poll();
        peer->send(wire::RecordInitAck{2, true});
        turn();
        peer->speak_version_3();
        peer->send(wire::RecordRegisterAck{true, 1000, ""});
        turn();
        return peer;
    }
};

}  // namespace

TEST_CASE("C and C++ agree on the structs' sizes") {
    CHECK(size_of_config_in_c() == sizeof(vnf_heartbeat_config));
    CHECK(size_of_action_in_c() == sizeof(vnf_heartbeat_action));
}

TEST_CASE("an empty registration refuses every call and closes without effect") {
    Registration empty;
    CHECK_FALSE(empty);
    CHECK(empty.dispatch() == VNF_HEARTBEAT_ERROR_INVALID_ARGUMENT);
    CHECK(empty.state().state == VNF_HEARTBEAT_STATE_DISCONNECTED);
    empty.close();
}

TEST_CASE("each callback reaches its virtual function, each function its call") {
    Stage stage;
    const auto peer = stage.register_it();
    CHECK(stage.recorder.last_state == VNF_HEARTBEAT_STATE_REGISTERED);
    CHECK(stage.registration.state().daemon_version == 3);
    peer->send(wire::RecordChallenge{1});
    peer->send(wire::RecordActionNotify{5, wire::Event::Stop, wire::Notification::Revocable, 9000, ""});
    peer->send(wire::RecordActionExtended{5, true, 9000});
    stage.turn();
    uint32_t left = 0;
    CHECK(stage.recorder.granted);
    CHECK(stage.registration.remaining(stage.recorder.last_action, left) == VNF_HEARTBEAT_OK);
    CHECK(stage.registration.extend(stage.recorder.last_action, 100) == VNF_HEARTBEAT_OK);
    CHECK(stage.registration.respond(stage.recorder.last_action, VNF_HEARTBEAT_VOTE_REJECT, "no") ==
          VNF_HEARTBEAT_OK);
    CHECK(stage.registration.report_unhealthy(VNF_HEARTBEAT_ACTION_STOP, "x") == VNF_HEARTBEAT_OK);
    CHECK(stage.registration.report_healthy() == VNF_HEARTBEAT_OK);
    peer->send(wire::RecordActionNotify{6, wire::Event::Stop, wire::Notification::Revocable, 9000, ""});
    peer->send(wire::RecordActionCancel{6, wire::CancelReason::HostLost, ""});
    stage.turn();
    CHECK(stage.recorder.cancelled == VNF_HEARTBEAT_CANCEL_HOST_LOST);
    peer->poll();
    CHECK(peer->take<wire::RecordChallengeResponse>()->health == wire::Health::Unhealthy);
    CHECK(peer->take<wire::RecordActionExtend>().has_value());
    CHECK(peer->take<wire::RecordActionResponse>()->log == "no");
    CHECK(peer->take<wire::RecordHealthPush>().has_value());
    CHECK(stage.registration.deregister("done") == VNF_HEARTBEAT_OK);
    CHECK(stage.registration.register_again() == VNF_HEARTBEAT_OK);
}

TEST_CASE("a registration moves, and its last owner deregisters it") {
    Stage stage;
    const auto peer = stage.register_it();
    {
        Registration other(std::move(stage.registration));
        CHECK(other);
        Registration last;
        last = std::move(other);
        CHECK(last);
        peer->poll();
        CHECK_FALSE(peer->take<wire::RecordDeregister>().has_value());
    }
    peer->poll();
    CHECK(peer->take<wire::RecordDeregister>().has_value());
}
