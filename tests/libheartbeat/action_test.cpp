// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include <catch2/catch.hpp>

#include "application.hpp"

using namespace vnf;
using test::Application;
using test::Stage;
using wire::RecordVersion;

namespace {

const wire::RecordActionNotify vote{0x0badcafe, wire::Event::LiveMigrateBegin, wire::Notification::Revocable,
                                    4000, "vnfctl uid 0"};
const wire::RecordActionNotify notification{9, wire::Event::Stop, wire::Notification::Irrevocable, 4000, ""};

std::uint64_t ask(Application& application, test::Peer& peer, const wire::RecordActionNotify& action) {
    const std::size_t before = application.actions.size();
    peer.send(action);
    REQUIRE(application.wait_until([&] { return application.actions.size() > before; }));
    return application.actions.back().id;
}

}  // namespace

TEST_CASE("an action carries its event, kind, exact deadline and origin") {
    Stage stage;
    Application application(stage.setup);
    const auto peer = application.register_at(stage.daemon, RecordVersion::V3);
    ask(application, *peer, vote);
    const vnf_heartbeat_action& action = application.actions[0];
    CHECK(action.size == sizeof action);
    CHECK(action.event == VNF_HEARTBEAT_EVENT_LIVE_MIGRATE_BEGIN);
    CHECK(action.notification == VNF_HEARTBEAT_NOTIFICATION_REVOCABLE);
    CHECK(action.timeout_ms <= 4000);
    CHECK(action.timeout_ms > 0);
    CHECK(action.timeout_is_exact == 1);
    CHECK(std::string(action.origin) == "vnfctl uid 0");
    std::uint32_t left = 0;
    CHECK(vnf_heartbeat_action_remaining(application.handle, action.id, &left) == VNF_HEARTBEAT_OK);
    CHECK(left <= 4000);
}

TEST_CASE("an old daemon's action has the handle's own timeout, marked as not exact") {
    Stage stage;
    stage.setup.vote_ms = 6000;
    Application application(stage.setup);
    const auto peer = application.register_at(stage.daemon, RecordVersion::V2);
    ask(application, *peer, vote);
    CHECK(application.actions[0].timeout_ms <= 6000);
    CHECK(application.actions[0].timeout_ms > 4000);
    CHECK(application.actions[0].timeout_is_exact == 0);
    CHECK(std::string(application.actions[0].origin).empty());
}

TEST_CASE("a vote is answered at once by the callback's return value") {
    const auto version = GENERATE(RecordVersion::V2, RecordVersion::V3);
    Stage stage;
    Application application(stage.setup);
    application.on_action = [](const auto&) {
        return VNF_HEARTBEAT_VOTE_REJECT;
    };
    const auto peer = application.register_at(stage.daemon, version);
    peer->send(vote);
    const auto response = application.expect<wire::RecordActionResponse>(*peer);
    CHECK(response.invocation_id == 0x0badcafe);
    CHECK(response.vote == wire::VoteResult::Reject);
    if (version == RecordVersion::V2) {
        CHECK(response.event == wire::Event::LiveMigrateBegin);
        CHECK(response.notification == wire::Notification::Revocable);
    }
}

TEST_CASE("a vote is answered inside the callback with a reason, and the return value adds nothing") {
    Stage stage;
    Application application(stage.setup);
    application.on_action = [&application](const vnf_heartbeat_action& action) {
        CHECK(vnf_heartbeat_respond(application.handle, action.id, VNF_HEARTBEAT_VOTE_REJECT, "busy") ==
              VNF_HEARTBEAT_OK);
        return VNF_HEARTBEAT_VOTE_ACCEPT;
    };
    const auto peer = application.register_at(stage.daemon, RecordVersion::V3);
    peer->send(vote);
    CHECK(application.expect<wire::RecordActionResponse>(*peer).log == "busy");
    CHECK(peer->waiting_records() == 0);
}

TEST_CASE("an action is answered later, once; then its id is stale") {
    Stage stage;
    Application application(stage.setup);
    const auto peer = application.register_at(stage.daemon, RecordVersion::V3);
    const std::uint64_t id = ask(application, *peer, vote);
    std::uint32_t left = 0;
    CHECK(vnf_heartbeat_respond(application.handle, id, VNF_HEARTBEAT_VOTE_ACCEPT, nullptr) ==
          VNF_HEARTBEAT_OK);
    CHECK(vnf_heartbeat_respond(application.handle, id, VNF_HEARTBEAT_VOTE_REJECT, "") ==
          VNF_HEARTBEAT_ERROR_STALE_ACTION);
    CHECK(vnf_heartbeat_extend(application.handle, id, 1, "") == VNF_HEARTBEAT_ERROR_STALE_ACTION);
    CHECK(vnf_heartbeat_action_remaining(application.handle, id, &left) == VNF_HEARTBEAT_ERROR_STALE_ACTION);
    CHECK(application.expect<wire::RecordActionResponse>(*peer).vote == wire::VoteResult::Accept);
    CHECK(peer->waiting_records() == 0);
}

TEST_CASE("a notification is completed, and can't be rejected") {
    Stage stage;
    Application application(stage.setup);
    const auto peer = application.register_at(stage.daemon, RecordVersion::V3);
    application.on_action = [](const auto&) {
        return VNF_HEARTBEAT_VOTE_REJECT;
    };
    const std::uint64_t id = ask(application, *peer, notification);
    CHECK(vnf_heartbeat_respond(application.handle, id, VNF_HEARTBEAT_VOTE_REJECT, "") ==
          VNF_HEARTBEAT_ERROR_VOTE_NOT_ALLOWED);
    CHECK(vnf_heartbeat_respond(application.handle, id, VNF_HEARTBEAT_VOTE_LATER, "") ==
          VNF_HEARTBEAT_ERROR_INVALID_ARGUMENT);
    CHECK(vnf_heartbeat_respond(application.handle, id, 4, "") == VNF_HEARTBEAT_ERROR_INVALID_ARGUMENT);
    CHECK(vnf_heartbeat_respond(application.handle, id, VNF_HEARTBEAT_VOTE_ACCEPT, "") == VNF_HEARTBEAT_OK);
    CHECK(application.expect<wire::RecordActionResponse>(*peer).vote == wire::VoteResult::Complete);
}

TEST_CASE("without an action callback votes are accepted and notifications completed") {
    const auto version = GENERATE(RecordVersion::V2, RecordVersion::V3);
    Stage stage;
    stage.setup.has_action_callback = false;
    Application application(stage.setup);
    const auto peer = application.register_at(stage.daemon, version);
    peer->send(vote);
    CHECK(application.expect<wire::RecordActionResponse>(*peer).vote == wire::VoteResult::Accept);
    peer->send(notification);
    CHECK(application.expect<wire::RecordActionResponse>(*peer).vote == wire::VoteResult::Complete);
}

TEST_CASE("a cancelled action is told with its reason and is stale") {
    Stage stage;
    Application application(stage.setup);
    const auto peer = application.register_at(stage.daemon, RecordVersion::V3);
    const std::uint64_t id = ask(application, *peer, vote);
    peer->send(wire::RecordActionCancel{12345, wire::CancelReason::HostLost, "another one's"});
    peer->send(wire::RecordActionCancel{0x0badcafe, wire::CancelReason::AlreadyDecided, "db rejected"});
    REQUIRE(application.wait_until([&] { return !application.cancels.empty(); }));
    CHECK(application.cancels.size() == 1);
    CHECK(application.cancels[0].id == id);
    CHECK(application.cancels[0].reason == VNF_HEARTBEAT_CANCEL_ALREADY_DECIDED);
    CHECK(application.cancels[0].text == "db rejected");
    CHECK(vnf_heartbeat_respond(application.handle, id, VNF_HEARTBEAT_VOTE_ACCEPT, "") ==
          VNF_HEARTBEAT_ERROR_STALE_ACTION);
}

TEST_CASE("more time is asked for, granted and refused") {
    Stage stage;
    Application application(stage.setup);
    const auto peer = application.register_at(stage.daemon, RecordVersion::V3);
    const std::uint64_t id = ask(application, *peer, vote);
    CHECK(vnf_heartbeat_extend(application.handle, id, 0, "") == VNF_HEARTBEAT_ERROR_BAD_TIMEOUT);
    CHECK(vnf_heartbeat_extend(application.handle, id, 600001, "") == VNF_HEARTBEAT_ERROR_BAD_TIMEOUT);
    CHECK(vnf_heartbeat_extend(application.handle, id, 30000, "draining") == VNF_HEARTBEAT_OK);
    const wire::RecordActionExtend wanted{0x0badcafe, 30000, "draining"};
    CHECK(application.expect<wire::RecordActionExtend>(*peer) == wanted);
    peer->send(wire::RecordActionExtended{0x0badcafe, true, 33000});
    peer->send(wire::RecordActionExtended{0x0badcafe, false, 32000});
    REQUIRE(application.wait_until([&] { return application.extensions.size() == 2; }));
    CHECK(application.extensions[0].id == id);
    CHECK(application.extensions[0].granted);
    CHECK(application.extensions[0].remaining_ms == 33000);
    CHECK_FALSE(application.extensions[1].granted);
    std::uint32_t left = 0;
    CHECK(vnf_heartbeat_action_remaining(application.handle, id, &left) == VNF_HEARTBEAT_OK);
    CHECK(left > 4000);
}

TEST_CASE("an old daemon can't be asked for more time") {
    Stage stage;
    Application application(stage.setup);
    const auto peer = application.register_at(stage.daemon, RecordVersion::V2);
    const std::uint64_t id = ask(application, *peer, vote);
    CHECK(vnf_heartbeat_extend(application.handle, id, 1000, "") == VNF_HEARTBEAT_ERROR_NOT_SUPPORTED);
    CHECK(vnf_heartbeat_respond(application.handle, id, VNF_HEARTBEAT_VOTE_ACCEPT, "") == VNF_HEARTBEAT_OK);
}

TEST_CASE("a lost connection cancels what was open; the same number from the next daemon is another action") {
    Stage stage;
    Application application(stage.setup);
    auto peer = application.register_at(stage.daemon, RecordVersion::V3);
    const std::uint64_t old_id = ask(application, *peer, vote);
    peer->hang_up();
    peer = application.register_at(stage.daemon, RecordVersion::V3);
    REQUIRE(application.cancels.size() == 1);
    CHECK(application.cancels[0].reason == VNF_HEARTBEAT_CANCEL_CONNECTION_LOST);
    const std::uint64_t new_id = ask(application, *peer, vote);
    CHECK(vnf_heartbeat_respond(application.handle, old_id, VNF_HEARTBEAT_VOTE_REJECT, "") ==
          VNF_HEARTBEAT_ERROR_STALE_ACTION);
    CHECK(vnf_heartbeat_respond(application.handle, new_id, VNF_HEARTBEAT_VOTE_ACCEPT, "") ==
          VNF_HEARTBEAT_OK);
    CHECK(application.expect<wire::RecordActionResponse>(*peer).vote == wire::VoteResult::Accept);
}

TEST_CASE("L-09: an answer after the connection is lost is an error, not a silent success") {
    Stage stage;
    Application application(stage.setup);
    const auto peer = application.register_at(stage.daemon, RecordVersion::V2);
    const std::uint64_t id = ask(application, *peer, vote);
    stage.daemon.stop();
    peer->hang_up();
    REQUIRE(application.wait_until([&] { return application.state() == VNF_HEARTBEAT_STATE_DISCONNECTED; }));
    CHECK(vnf_heartbeat_respond(application.handle, id, VNF_HEARTBEAT_VOTE_REJECT, "") ==
          VNF_HEARTBEAT_ERROR_STALE_ACTION);
}

TEST_CASE("deregistering drops open actions without a callback") {
    Stage stage;
    Application application(stage.setup);
    const auto peer = application.register_at(stage.daemon, RecordVersion::V3);
    const std::uint64_t id = ask(application, *peer, vote);
    vnf_heartbeat_deregister(application.handle, "");
    CHECK(vnf_heartbeat_respond(application.handle, id, VNF_HEARTBEAT_VOTE_ACCEPT, "") ==
          VNF_HEARTBEAT_ERROR_STALE_ACTION);
    REQUIRE(application.wait_until([&] { return peer->has_ended(); }, {peer.get()}));
    CHECK(application.cancels.empty());
}
