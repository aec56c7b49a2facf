// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The byte stream as it may come: cut anywhere, glued, and with a daemon that does not read.

#include <sys/socket.h>

#include <catch2/catch.hpp>

#include "application.hpp"

using namespace vnf;
using test::Application;
using test::Stage;
using wire::RecordVersion;

namespace {

const wire::RecordActionNotify vote{5, wire::Event::Stop, wire::Notification::Revocable, 60000, "vnfctl"};

/// Sends `bytes` in two pieces, the application having read the first before the second comes.
void send_in_two(Application& application, test::Peer& peer, std::string_view bytes, std::size_t cut) {
    peer.send_bytes(bytes.substr(0, cut));
    for (int round = 0; round < 2; ++round)
        vnf_heartbeat_dispatch(application.handle);
    peer.send_bytes(bytes.substr(cut));
}

/// Fills the socket's buffer and the outbox until answers are refused.
int answer_until_refused(Application& application, test::Peer& peer) {
    application.on_action = [](const auto&) {
        return VNF_HEARTBEAT_VOTE_LATER;
    };
    for (std::uint32_t number = 1; number < 100000; ++number) {
        peer.send(
            wire::RecordActionNotify{number, wire::Event::Stop, wire::Notification::Revocable, 60000, ""});
        if (!application.wait_until([&] { return application.actions.size() == number; }))
            return -1;
        const auto error = vnf_heartbeat_respond(application.handle, application.actions.back().id,
                                                 VNF_HEARTBEAT_VOTE_ACCEPT, std::string(200, 'x').c_str());
        if (error != VNF_HEARTBEAT_OK)
            return error;
    }
    return -1;
}

}  // namespace

TEST_CASE("a registration and a vote are understood wherever the stream is cut") {
    const auto version = GENERATE(RecordVersion::V2, RecordVersion::V3);
    Stage stage;
    Application application(stage.setup);
    application.on_action = [](const auto&) {
        return VNF_HEARTBEAT_VOTE_ACCEPT;
    };
    std::size_t length = 2;
    for (std::size_t cut = 1; cut < length; ++cut) {
        const auto peer = application.expect_connection(stage.daemon);
        std::string bytes = peer->encode(
            wire::RecordInitAck{version == RecordVersion::V3 ? std::uint8_t{2} : std::uint8_t{1}, true});
        if (version == RecordVersion::V3) {
            peer->speak_version_3();
            bytes += peer->encode(wire::RecordRegisterAck{true, 1000, ""});
        }
        bytes += peer->encode(vote) + peer->encode(wire::RecordChallenge{6});
        length = bytes.size();
        send_in_two(application, *peer, bytes, cut);
        INFO("cut at " << cut);
        REQUIRE(application.wait_until([&] { return application.health_checks == static_cast<int>(cut); }));
        REQUIRE(application.actions.size() == cut);
    }
    CHECK(length > 228);
}

TEST_CASE("many records in one read are all heard, in order") {
    Stage stage;
    Application application(stage.setup);
    const auto peer = application.register_at(stage.daemon, RecordVersion::V3);
    std::string bytes;
    for (std::uint32_t number = 0; number < 500; ++number)
        bytes += peer->encode(wire::RecordChallenge{number});
    peer->send_bytes(bytes);
    for (std::uint32_t number = 0; number < 500; ++number)
        REQUIRE(application.expect<wire::RecordChallengeResponse>(*peer).challenge == number);
}

TEST_CASE("a daemon that never stops talking does not keep a dispatch") {
    Stage stage;
    Application application(stage.setup);
    const auto peer = application.register_at(stage.daemon, RecordVersion::V3);
    const int size = 1 << 20;
    ::setsockopt(peer->fd(), SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    std::string bytes;
    for (std::uint32_t number = 0; number < 4000; ++number)
        bytes += peer->encode(wire::RecordChallenge{number});
    peer->send_bytes(bytes);
    vnf_heartbeat_dispatch(application.handle);
    CHECK(application.health_checks > 0);
    CHECK(application.health_checks < 1000);
    REQUIRE(application.wait_until([&] { return application.health_checks == 4000; }, {peer.get()}));
}

TEST_CASE(
    "L-04: a daemon that does not read refuses answers by name, bounds the queue, and loses nothing taken") {
    Stage stage;
    Application application(stage.setup);
    const auto peer = application.register_at(stage.daemon, RecordVersion::V3);
    peer->stop_reading(true);
    REQUIRE(answer_until_refused(application, *peer) == VNF_HEARTBEAT_ERROR_QUEUE_FULL);
    const std::size_t taken = application.actions.size() - 1;
    CHECK(vnf_heartbeat_extend(application.handle, application.actions.back().id, 1000,
                               std::string(200, 'x').c_str()) == VNF_HEARTBEAT_ERROR_QUEUE_FULL);
    peer->stop_reading(false);
    for (std::size_t number = 1; number <= taken; ++number)
        REQUIRE(application.expect<wire::RecordActionResponse>(*peer).invocation_id == number);
    CHECK(peer->errors() == 0);
    CHECK(vnf_heartbeat_respond(application.handle, application.actions.back().id, VNF_HEARTBEAT_VOTE_REJECT,
                                "at last") == VNF_HEARTBEAT_OK);
    CHECK(application.expect<wire::RecordActionResponse>(*peer).log == "at last");
}

TEST_CASE("of pushes that found no room the newest is sent, once there is room") {
    Stage stage;
    Application application(stage.setup);
    const auto peer = application.register_at(stage.daemon, RecordVersion::V3);
    peer->stop_reading(true);
    REQUIRE(answer_until_refused(application, *peer) == VNF_HEARTBEAT_ERROR_QUEUE_FULL);
    const std::string filler(200, 'y');
    vnf_heartbeat_report_health(application.handle, 0, VNF_HEARTBEAT_ACTION_LOG, filler.c_str());
    vnf_heartbeat_report_health(application.handle, 0, VNF_HEARTBEAT_ACTION_STOP, (filler + "!").c_str());
    peer->stop_reading(false);
    CHECK(application.expect<wire::RecordHealthPush>(*peer).corrective_action ==
          wire::CorrectiveAction::Stop);
    CHECK_FALSE(peer->take<wire::RecordHealthPush>().has_value());
}

TEST_CASE("challenges of a daemon that does not read are answered up to a bound") {
    Stage stage;
    Application application(stage.setup);
    const auto peer = application.register_at(stage.daemon, RecordVersion::V3);
    peer->stop_reading(true);
    for (int round = 0; round < 20000; ++round) {
        peer->send(wire::RecordChallenge{1});
        vnf_heartbeat_dispatch(application.handle);
    }
    CHECK(application.state() == VNF_HEARTBEAT_STATE_REGISTERED);
    peer->stop_reading(false);
    REQUIRE(application.wait_until([&] { return application.health_checks == 20000; }, {peer.get()}));
    CHECK(peer->errors() == 0);
}

TEST_CASE("leaving a daemon that does not read ends all the same") {
    Stage stage;
    Application application(stage.setup);
    const auto peer = application.register_at(stage.daemon, RecordVersion::V3);
    peer->stop_reading(true);
    REQUIRE(answer_until_refused(application, *peer) == VNF_HEARTBEAT_ERROR_QUEUE_FULL);
    CHECK(vnf_heartbeat_deregister(application.handle, "") == VNF_HEARTBEAT_OK);
    REQUIRE(application.wait_until([&] { return vnf_heartbeat_next_timeout(application.handle) == -1; }));
}
