// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include <catch2/catch.hpp>

#include "application.hpp"

using namespace vnf;
using test::Application;
using test::Stage;

TEST_CASE("a daemon of ours is asked for version 3 and gets the configuration in milliseconds") {
    Stage stage;
    stage.setup.interval_ms = 50;
    stage.setup.vote_ms = 1500;
    stage.setup.silent_close = VNF_HEARTBEAT_SILENT_CLOSE_HEALTHY;
    Application application(stage.setup);
    const auto peer = application.expect_connection(stage.daemon);
    CHECK(application.expect<wire::RecordInit>(*peer).revision == 2);
    peer->send(wire::RecordInitAck{2, true});
    peer->speak_version_3();
    const wire::RecordRegister wanted{.name = "app1",
                                      .interval_ms = 50,
                                      .vote_ms = 1500,
                                      .shutdown_notice_ms = 5000,
                                      .suspend_notice_ms = 5000,
                                      .resume_notice_ms = 5000,
                                      .corrective_action = wire::CorrectiveAction::Reboot,
                                      .silent_close = wire::SilentClose::Healthy};
    CHECK(application.expect<wire::RecordRegister>(*peer) == wanted);
    peer->send(wire::RecordRegisterAck{true, 60, ""});
    REQUIRE(application.wait_until([&] { return application.states.size() == 2; }));
    CHECK(application.states[0].state == VNF_HEARTBEAT_STATE_CONNECTING);
    CHECK(application.states[1].state == VNF_HEARTBEAT_STATE_REGISTERED);
    CHECK(application.states[1].version == 3);
    CHECK(application.states[1].interval_ms == 60);
}

TEST_CASE("G-02: an old daemon gets whole seconds, rounded up, and no interval below 400 ms") {
    Stage stage;
    stage.setup.interval_ms = 50;
    stage.setup.vote_ms = 1001;
    Application application(stage.setup);
    const auto peer = application.expect_connection(stage.daemon);
    const auto init = application.expect<wire::RecordInit>(*peer);
    CHECK(init.name == "app1");
    CHECK(init.interval_ms == 400);
    CHECK(init.vote_secs == 2);
    CHECK(init.shutdown_notice_secs == 5);
    CHECK(init.corrective_action == wire::CorrectiveAction::Reboot);
    peer->send(wire::RecordInitAck{1, true});
    REQUIRE(application.wait_until([&] { return application.state() == VNF_HEARTBEAT_STATE_REGISTERED; },
                                   {peer.get()}));
    CHECK(application.states.back().version == 2);
    CHECK(application.states.back().interval_ms == 400);
    CHECK(peer->bytes_read() == wire::record_v2_size);
}

TEST_CASE("L-12: one INIT a connection, however long the daemon thinks") {
    Stage stage;
    Application application(stage.setup);
    const auto peer = application.expect_connection(stage.daemon);
    application.expect<wire::RecordInit>(*peer);
    for (int round = 0; round < 20; ++round)
        vnf_heartbeat_dispatch(application.handle);
    vnf_heartbeat_register(application.handle);
    vnf_heartbeat_dispatch(application.handle);
    peer->poll();
    CHECK(peer->bytes_read() == wire::record_v2_size);
}

TEST_CASE("a refusal is told with the daemon's reason, the connection ends and is tried again") {
    Stage stage;
    Application application(stage.setup);
    auto peer = application.expect_connection(stage.daemon);
    application.expect<wire::RecordInit>(*peer);
    peer->send(wire::RecordInitAck{2, true});
    peer->speak_version_3();
    application.expect<wire::RecordRegister>(*peer);
    peer->send(wire::RecordRegisterAck{false, 0, "interval_ms"});
    REQUIRE(application.wait_until([&] { return peer->has_ended(); }, {peer.get()}));
    CHECK(application.states.back().state == VNF_HEARTBEAT_STATE_REFUSED);
    CHECK(application.states.back().error == VNF_HEARTBEAT_ERROR_REFUSED);
    CHECK(application.states.back().reason == "interval_ms");
    peer = application.register_at(stage.daemon, wire::RecordVersion::V3);
    CHECK(application.state() == VNF_HEARTBEAT_STATE_REGISTERED);
}

TEST_CASE("an old daemon's refusal has no reason and is told all the same") {
    Stage stage;
    Application application(stage.setup);
    const auto peer = application.expect_connection(stage.daemon);
    application.expect<wire::RecordInit>(*peer);
    peer->send(wire::RecordInitAck{1, false});
    REQUIRE(application.wait_until([&] { return peer->has_ended(); }, {peer.get()}));
    CHECK(application.states.back().state == VNF_HEARTBEAT_STATE_REFUSED);
    CHECK(application.states.back().reason.empty());
}

TEST_CASE("an application that requires version 3 leaves an old daemon in good order") {
    Stage stage;
    stage.setup.require = VNF_HEARTBEAT_REQUIRE_VERSION_3;
    Application application(stage.setup);
    const auto peer = application.expect_connection(stage.daemon);
    application.expect<wire::RecordInit>(*peer);
    peer->send(wire::RecordInitAck{1, true});
    CHECK(application.expect<wire::RecordDeregister>(*peer).log == "version 3 required");
    CHECK(application.states.back().state == VNF_HEARTBEAT_STATE_REFUSED);
    CHECK(application.states.back().error == VNF_HEARTBEAT_ERROR_NOT_SUPPORTED);
    REQUIRE(application.wait_until([&] { return peer->has_ended(); }, {peer.get()}));
}

TEST_CASE(
    "a deregistration says why, ends the connection and lets the handle rest until it registers again") {
    const auto version = GENERATE(wire::RecordVersion::V2, wire::RecordVersion::V3);
    Stage stage;
    Application application(stage.setup);
    auto peer = application.register_at(stage.daemon, version);
    CHECK(vnf_heartbeat_deregister(application.handle, "upgrade") == VNF_HEARTBEAT_OK);
    CHECK(vnf_heartbeat_deregister(application.handle, "upgrade") == VNF_HEARTBEAT_ERROR_NOT_REGISTERED);
    CHECK(application.expect<wire::RecordDeregister>(*peer).log == "upgrade");
    REQUIRE(application.wait_until([&] { return peer->has_ended(); }, {peer.get()}));
    CHECK(application.states.back().state == VNF_HEARTBEAT_STATE_DEREGISTERED);
    CHECK(vnf_heartbeat_next_timeout(application.handle) == -1);
    CHECK(vnf_heartbeat_register(application.handle) == VNF_HEARTBEAT_OK);
    peer = application.register_at(stage.daemon, version);
    CHECK(application.states.back().state == VNF_HEARTBEAT_STATE_REGISTERED);
}

TEST_CASE("closing a registered handle deregisters it, so that the daemon sees no crash") {
    const auto version = GENERATE(wire::RecordVersion::V2, wire::RecordVersion::V3);
    Stage stage;
    Application application(stage.setup);
    const auto peer = application.register_at(stage.daemon, version);
    application.close();
    peer->poll();
    REQUIRE(peer->has_ended());
    CHECK(peer->take<wire::RecordDeregister>().has_value());
}

TEST_CASE("closing before the answer to INIT sends version 2's FINAL, which an old daemon needs") {
    Stage stage;
    Application application(stage.setup);
    const auto peer = application.expect_connection(stage.daemon);
    application.expect<wire::RecordInit>(*peer);
    application.close();
    peer->poll();
    CHECK(peer->take<wire::RecordDeregister>().has_value());
    CHECK(peer->errors() == 0);
}

TEST_CASE("the descriptor stays the same over connections, and dispatch before any daemon is no error") {
    Stage stage;
    stage.daemon.stop();
    Application application(stage.setup);
    const int fd = vnf_heartbeat_get_fd(application.handle);
    REQUIRE(application.wait_until([&] { return !application.states.empty(); }));
    CHECK(application.states[0].error == VNF_HEARTBEAT_ERROR_CONNECT_FAILED);
    CHECK(application.states[0].system_error == ENOENT);
    stage.daemon.start();
    application.register_at(stage.daemon, wire::RecordVersion::V3);
    application.register_at(stage.daemon, wire::RecordVersion::V2);
    CHECK(vnf_heartbeat_get_fd(application.handle) == fd);
}
