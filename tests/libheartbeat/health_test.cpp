// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include <catch2/catch.hpp>
#include <cstring>

#include "application.hpp"

using namespace vnf;
using test::Application;
using test::Stage;
using wire::RecordVersion;

TEST_CASE("a challenge is answered with what the health callback says") {
    const auto version = GENERATE(RecordVersion::V2, RecordVersion::V3);
    Stage stage;
    Application application(stage.setup);
    const auto peer = application.register_at(stage.daemon, version);
    peer->send(wire::RecordChallenge{77});
    const wire::RecordChallengeResponse healthy{77, wire::Health::Healthy, wire::CorrectiveAction::None, ""};
    CHECK(application.expect<wire::RecordChallengeResponse>(*peer) == healthy);
    application.on_health = [](vnf_heartbeat_health& health) {
        CHECK(health.healthy == 1);
        CHECK(health.action == VNF_HEARTBEAT_ACTION_REBOOT);
        health.healthy = 0;
        health.action = VNF_HEARTBEAT_ACTION_STOP;
        std::strcpy(health.reason, "db down");
    };
    peer->send(wire::RecordChallenge{78});
    const wire::RecordChallengeResponse unwell{78, wire::Health::Unhealthy, wire::CorrectiveAction::Stop,
                                               "db down"};
    CHECK(application.expect<wire::RecordChallengeResponse>(*peer) == unwell);
    CHECK(application.health_checks == 2);
}

TEST_CASE("a callback that fills its reason to the last byte, or with no text, does no harm") {
    Stage stage;
    Application application(stage.setup);
    const auto peer = application.register_at(stage.daemon, RecordVersion::V3);
    application.on_health = [](vnf_heartbeat_health& health) {
        health.healthy = 0;
        health.action = 99;
        std::memset(health.reason, 0xff, sizeof health.reason);
    };
    peer->send(wire::RecordChallenge{1});
    const auto response = application.expect<wire::RecordChallengeResponse>(*peer);
    CHECK(response.log == std::string(VNF_HEARTBEAT_REASON_MAX, '?'));
    CHECK(response.corrective_action == wire::CorrectiveAction::None);
    CHECK(peer->errors() == 0);
}

TEST_CASE("without a health callback the pushed state answers, healthy at first") {
    Stage stage;
    stage.setup.has_health_callback = false;
    Application application(stage.setup);
    const auto peer = application.register_at(stage.daemon, RecordVersion::V2);
    peer->send(wire::RecordChallenge{1});
    CHECK(application.expect<wire::RecordChallengeResponse>(*peer).health == wire::Health::Healthy);
    vnf_heartbeat_report_health(application.handle, 0, VNF_HEARTBEAT_ACTION_REBOOT, "disk full");
    peer->send(wire::RecordChallenge{2});
    const wire::RecordChallengeResponse wanted{2, wire::Health::Unhealthy, wire::CorrectiveAction::Reboot,
                                               "disk full"};
    CHECK(application.expect<wire::RecordChallengeResponse>(*peer) == wanted);
    vnf_heartbeat_report_health(application.handle, 1, VNF_HEARTBEAT_ACTION_UNKNOWN, nullptr);
    peer->send(wire::RecordChallenge{3});
    CHECK(application.expect<wire::RecordChallengeResponse>(*peer).health == wire::Health::Healthy);
}

TEST_CASE("a pushed state reaches a daemon of ours without a challenge or a dispatch, and once") {
    Stage stage;
    Application application(stage.setup);
    const auto peer = application.register_at(stage.daemon, RecordVersion::V3);
    vnf_heartbeat_report_health(application.handle, 0, VNF_HEARTBEAT_ACTION_STOP, "link down");
    vnf_heartbeat_report_health(application.handle, 0, VNF_HEARTBEAT_ACTION_STOP, "link down");
    peer->poll();
    const wire::RecordHealthPush wanted{wire::Health::Unhealthy, wire::CorrectiveAction::Stop, "link down"};
    CHECK(peer->take<wire::RecordHealthPush>() == wanted);
    CHECK(peer->waiting_records() == 0);
    vnf_heartbeat_report_health(application.handle, 1, VNF_HEARTBEAT_ACTION_NONE, "link up");
    peer->poll();
    const wire::RecordHealthPush recovered{wire::Health::Healthy, wire::CorrectiveAction::None, "link up"};
    CHECK(peer->take<wire::RecordHealthPush>() == recovered);
}

TEST_CASE("an old daemon is never sent a push") {
    Stage stage;
    Application application(stage.setup);
    const auto peer = application.register_at(stage.daemon, RecordVersion::V2);
    vnf_heartbeat_report_health(application.handle, 0, VNF_HEARTBEAT_ACTION_STOP, "link down");
    vnf_heartbeat_dispatch(application.handle);
    peer->poll();
    CHECK(peer->bytes_read() == wire::record_v2_size);
}

TEST_CASE("a pushed state wins over a callback that sees nothing wrong") {
    Stage stage;
    Application application(stage.setup);
    const auto peer = application.register_at(stage.daemon, RecordVersion::V3);
    vnf_heartbeat_report_health(application.handle, 0, VNF_HEARTBEAT_ACTION_LOG, "degraded");
    peer->send(wire::RecordChallenge{5});
    const auto response = application.expect<wire::RecordChallengeResponse>(*peer);
    CHECK(response.health == wire::Health::Unhealthy);
    CHECK(response.log == "degraded");
    CHECK(application.health_checks == 1);
}

TEST_CASE("an unhealthy state is kept over a reconnect and pushed to the next daemon") {
    Stage stage;
    Application application(stage.setup);
    vnf_heartbeat_report_health(application.handle, 0, VNF_HEARTBEAT_ACTION_STOP, "link down");
    auto peer = application.register_at(stage.daemon, RecordVersion::V3);
    CHECK(application.expect<wire::RecordHealthPush>(*peer).log == "link down");
    peer->hang_up();
    peer = application.register_at(stage.daemon, RecordVersion::V3);
    CHECK(application.expect<wire::RecordHealthPush>(*peer).log == "link down");
    vnf_heartbeat_report_health(application.handle, 1, VNF_HEARTBEAT_ACTION_NONE, "");
    application.expect<wire::RecordHealthPush>(*peer);
    peer->hang_up();
    peer = application.register_at(stage.daemon, RecordVersion::V3);
    peer->poll();
    CHECK(peer->waiting_records() == 0);
}

TEST_CASE("a long reason is cut at a character, and bytes that are no UTF-8 are replaced") {
    Stage stage;
    Application application(stage.setup);
    const auto peer = application.register_at(stage.daemon, RecordVersion::V3);
    const std::string text = "\xff" + std::string(221, 'x') + "\xc3\xa4 and more";
    vnf_heartbeat_report_health(application.handle, 0, VNF_HEARTBEAT_ACTION_LOG, text.c_str());
    CHECK(application.expect<wire::RecordHealthPush>(*peer).log == "?" + std::string(221, 'x'));
}

TEST_CASE("a health outside its enumeration is refused and changes nothing") {
    Stage stage;
    Application application(stage.setup);
    CHECK(vnf_heartbeat_report_health(application.handle, 2, VNF_HEARTBEAT_ACTION_LOG, "") ==
          VNF_HEARTBEAT_ERROR_INVALID_ARGUMENT);
    CHECK(vnf_heartbeat_report_health(application.handle, 0, VNF_HEARTBEAT_ACTION_UNKNOWN, "") ==
          VNF_HEARTBEAT_ERROR_INVALID_ARGUMENT);
    CHECK(vnf_heartbeat_report_health(application.handle, 0, 5, "") == VNF_HEARTBEAT_ERROR_INVALID_ARGUMENT);
    const auto peer = application.register_at(stage.daemon, RecordVersion::V3);
    peer->poll();
    CHECK(peer->waiting_records() == 0);
}
