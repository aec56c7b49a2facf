// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include <sys/socket.h>

#include <catch2/catch.hpp>
#include <csignal>

#include "application.hpp"

using namespace vnf;
using test::Application;
using test::ScriptedDaemon;
using test::Stage;
using wire::RecordVersion;

namespace {

/// SIGPIPE at its deadly default for as long as this lives.
class DeadlySigpipe {
  public:
    DeadlySigpipe() : before_(::signal(SIGPIPE, SIG_DFL)) {}
    DeadlySigpipe(const DeadlySigpipe&) = delete;
    DeadlySigpipe& operator=(const DeadlySigpipe&) = delete;
    ~DeadlySigpipe() { ::signal(SIGPIPE, before_); }

  private:
    void (*before_)(int);
};

}  // namespace

TEST_CASE("an application registers again by itself when the daemon restarts") {
    const auto version = GENERATE(RecordVersion::V2, RecordVersion::V3);
    Stage stage;
    Application application(stage.setup);
    auto peer = application.register_at(stage.daemon, version);
    stage.daemon.stop();
    peer->hang_up();
    REQUIRE(application.wait_until([&] { return application.state() == VNF_HEARTBEAT_STATE_DISCONNECTED; }));
    CHECK(application.states.back().error == VNF_HEARTBEAT_ERROR_CONNECTION_LOST);
    REQUIRE(application.wait_until(
        [&] { return application.states.back().error == VNF_HEARTBEAT_ERROR_CONNECT_FAILED; }));
    stage.daemon.start();
    peer = application.register_at(stage.daemon, version);
    peer->send(wire::RecordChallenge{3});
    CHECK(application.expect<wire::RecordChallengeResponse>(*peer).challenge == 3);
}

TEST_CASE("a daemon that comes back with another version is spoken to in that version") {
    Stage stage;
    Application application(stage.setup);
    application.register_at(stage.daemon, RecordVersion::V3);
    const auto peer = application.register_at(stage.daemon, RecordVersion::V2);
    CHECK(application.states.back().version == 2);
    peer->send(wire::RecordChallenge{3});
    CHECK(application.expect<wire::RecordChallengeResponse>(*peer).challenge == 3);
}

TEST_CASE("when the socket is replaced, the old connection is kept and the next goes to the new one") {
    Stage stage;
    Application application(stage.setup);
    const auto peer = application.register_at(stage.daemon, RecordVersion::V3);
    stage.daemon.forget_socket();
    ScriptedDaemon successor(stage.directory / "api");
    peer->send(wire::RecordChallenge{1});
    application.expect<wire::RecordChallengeResponse>(*peer);
    peer->hang_up();
    application.register_at(successor, RecordVersion::V3);
    CHECK(application.states.back().state == VNF_HEARTBEAT_STATE_REGISTERED);
}

TEST_CASE("ten thousand connections later the application answers as ever") {
    Stage stage;
    Application application(stage.setup);
    for (int round = 0; round < 10000; ++round) {
        const auto peer = application.expect_connection(stage.daemon);
        peer->send(wire::RecordInitAck{1, true});
    }
    const auto peer = application.register_at(stage.daemon, RecordVersion::V3);
    peer->send(wire::RecordChallenge{3});
    CHECK(application.expect<wire::RecordChallengeResponse>(*peer).challenge == 3);
}

TEST_CASE("L-02: half a record from the last connection does not spoil the next") {
    const auto version = GENERATE(RecordVersion::V2, RecordVersion::V3);
    Stage stage;
    Application application(stage.setup);
    auto peer = application.register_at(stage.daemon, version);
    const std::string challenge = peer->encode(wire::RecordChallenge{1});
    peer->send_bytes(std::string_view(challenge).substr(0, challenge.size() - 1));
    peer->hang_up();
    peer = application.register_at(stage.daemon, version);
    peer->send(wire::RecordChallenge{2});
    CHECK(application.expect<wire::RecordChallengeResponse>(*peer).challenge == 2);
}

TEST_CASE("what the daemon said before it hung up is still heard") {
    Stage stage;
    Application application(stage.setup);
    const auto peer = application.register_at(stage.daemon, RecordVersion::V3);
    peer->send(wire::RecordActionNotify{1, wire::Event::Stop, wire::Notification::Irrevocable, 1000, ""});
    peer->hang_up();
    REQUIRE(application.wait_until([&] { return !application.actions.empty(); }));
    REQUIRE(application.wait_until([&] { return !application.cancels.empty(); }));
}

TEST_CASE("L-03: writing to a daemon that has gone raises no SIGPIPE and leads to a reconnect") {
    const DeadlySigpipe deadly;
    Stage stage;
    Application application(stage.setup);
    auto peer = application.register_at(stage.daemon, RecordVersion::V3);
    peer->hang_up();
    CHECK(vnf_heartbeat_report_health(application.handle, 0, VNF_HEARTBEAT_ACTION_LOG, "x") ==
          VNF_HEARTBEAT_OK);
    peer = application.register_at(stage.daemon, RecordVersion::V3);
    CHECK(application.expect<wire::RecordHealthPush>(*peer).log == "x");
}

TEST_CASE("a daemon that closes its reading side only is left for a new connection") {
    Stage stage;
    Application application(stage.setup);
    const auto peer = application.register_at(stage.daemon, RecordVersion::V3);
    ::shutdown(peer->fd(), SHUT_RD);
    vnf_heartbeat_report_health(application.handle, 0, VNF_HEARTBEAT_ACTION_LOG, "x");
    const auto next = application.register_at(stage.daemon, RecordVersion::V3);
    CHECK(application.expect<wire::RecordHealthPush>(*next).log == "x");
}

TEST_CASE("L-05: a connection reset with unread answers is a lost connection, told once") {
    Stage stage;
    Application application(stage.setup);
    const auto peer = application.register_at(stage.daemon, RecordVersion::V3);
    peer->stop_reading(true);
    vnf_heartbeat_report_health(application.handle, 0, VNF_HEARTBEAT_ACTION_LOG, "x");
    stage.daemon.stop();
    peer->hang_up();
    REQUIRE(application.wait_until([&] { return application.state() == VNF_HEARTBEAT_STATE_DISCONNECTED; }));
    CHECK(application.states.back().error == VNF_HEARTBEAT_ERROR_CONNECTION_LOST);
    CHECK(application.states.back().system_error == ECONNRESET);
}

TEST_CASE("L-08: a full backlog is tried again") {
    harness::ScratchDirectory directory;
    ScriptedDaemon daemon(directory / "api", 0);
    Application::Setup setup{.socket = directory / "api"};
    Application first(setup);
    Application second(setup);
    first.wait_until([&] { return !first.states.empty(); });
    REQUIRE(second.wait_until([&] { return !second.states.empty(); }));
    CHECK(second.states.back().error == VNF_HEARTBEAT_ERROR_CONNECT_FAILED);
    CHECK(second.states.back().system_error == EAGAIN);
    const auto taken = daemon.accept();
    second.register_at(daemon, RecordVersion::V3);
    CHECK(second.states.back().state == VNF_HEARTBEAT_STATE_REGISTERED);
}

TEST_CASE("in version 3 what is no record ends the connection; a new one follows") {
    Stage stage;
    Application application(stage.setup);
    const auto peer = application.register_at(stage.daemon, RecordVersion::V3);
    peer->send_bytes(std::string(40, 'x'));
    REQUIRE(application.wait_until([&] { return application.state() == VNF_HEARTBEAT_STATE_DISCONNECTED; }));
    CHECK(application.states.back().error == VNF_HEARTBEAT_ERROR_PROTOCOL);
    application.register_at(stage.daemon, RecordVersion::V3);
}

TEST_CASE("in version 2 garbage between records is skipped") {
    Stage stage;
    Application application(stage.setup);
    const auto peer = application.register_at(stage.daemon, RecordVersion::V2);
    peer->send_bytes("FDFDFDA5A5 garbage");
    peer->send(wire::RecordChallenge{1});
    CHECK(application.expect<wire::RecordChallengeResponse>(*peer).challenge == 1);
}

TEST_CASE("records that make no sense now are ignored: before the registration, twice, unknown") {
    Stage stage;
    Application application(stage.setup);
    const auto peer = application.expect_connection(stage.daemon);
    peer->send(wire::RecordChallenge{1});
    peer->send(wire::RecordActionNotify{1, wire::Event::Stop, wire::Notification::Revocable, 0, ""});
    application.expect<wire::RecordInit>(*peer);
    peer->send(wire::RecordInitAck{2, true});
    peer->speak_version_3();
    peer->send(wire::RecordChallenge{2});
    peer->send(wire::RecordRegisterAck{true, 1000, ""});
    peer->send(wire::RecordRegisterAck{false, 0, "late"});
    peer->send(wire::RecordActionExtended{1, true, 1000});
    std::string unknown = peer->encode(wire::RecordChallenge{3});
    unknown[10] = 99;
    peer->send_bytes(unknown);
    peer->send(wire::RecordChallenge{4});
    CHECK(application.expect<wire::RecordChallengeResponse>(*peer).challenge == 4);
    CHECK(application.actions.empty());
    CHECK(application.extensions.empty());
    CHECK(application.state() == VNF_HEARTBEAT_STATE_REGISTERED);
}
