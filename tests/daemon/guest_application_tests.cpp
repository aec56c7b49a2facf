// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// guest-client and its applications: registration, heartbeat, leaving, and records that come as they like (defects
// G-02 to G-06, G-08, G-11 to G-13, G-36, G-38 and specification 2).
#include <catch2/catch.hpp>

#include "tests/daemon/guest_under_test.hpp"

namespace vnf::test {
namespace {

struct Attached {
    explicit Attached(GuestOptions options = {}) : guest(std::move(options)) {
        host.capabilities = all_capabilities;
        host.attach(guest.host_socket());
    }
    GuestUnderTest guest;
    ScriptedHost host{guest.stage};

    std::unique_ptr<ScriptedApplication> application(const std::string& name, RecordVersion version) {
        return std::make_unique<ScriptedApplication>(guest.stage, name, version);
    }
    std::unique_ptr<ScriptedApplication> joined(const std::string& name, RecordVersion version) {
        auto app = application(name, version);
        app->join(guest.application_socket());
        return app;
    }
    void await_health(const std::string& health) {
        guest.stage.until([&] { return text(host.exchange(), "heartbeat_health") == health; },
                          health + " guest");
    }
    std::size_t registered() {
        const Json status = guest.status("/v1/apps");
        std::size_t count = 0;
        for (const auto& one : status.at("applications").as_array())
            count += text(one.as_object(), "state") == "registered" ? 1 : 0;
        return count;
    }
};

TEST_CASE("An application's challenges come at its interval; what it answers becomes the guest's health") {
    const auto version = GENERATE(RecordVersion::V2, RecordVersion::V3);
    Attached at;
    auto app = at.application("db", version);
    app->interval_ms = 400;
    app->join(at.guest.application_socket());
    at.guest.stage.until([&] { return app->challenges() >= 2; }, "two challenges");
    CHECK(text(at.host.exchange(), "heartbeat_health") == "healthy");
    app->health = Health::Unhealthy;
    app->health_action = CorrectiveAction::Stop;
    app->health_log = "disk full";
    at.await_health("unhealthy");
    const Json response = at.host.exchange();
    CHECK(text(response, "corrective_action") == "stop");
    CHECK_THAT(text(response, "log_msg"), Catch::Contains("disk full"));
    app->health = Health::Healthy;
    at.await_health("healthy");
}

TEST_CASE(
    "An application that does not answer for two intervals is unhealthy, and well again with its next "
    "answer") {
    const auto version = GENERATE(RecordVersion::V2, RecordVersion::V3);
    Attached at;
    auto app = at.application("db", version);
    app->interval_ms = 400;
    app->corrective_action = CorrectiveAction::Log;
    app->join(at.guest.application_socket());
    app->answer_challenges = false;
    const Json push = at.host.expect("health");
    CHECK(text(push, "heartbeat_health") == "unhealthy");
    CHECK(text(push, "cause") == "application_timeout");
    CHECK(text(push, "application") == "db");
    CHECK(text(push, "corrective_action") == "log");
    const auto challenge = app->expect<wire::RecordChallenge>();
    app->send(
        wire::RecordChallengeResponse{challenge.challenge, Health::Healthy, CorrectiveAction::None, {}});
    CHECK(text(at.host.expect("health"), "cause") == "recovered");
}

TEST_CASE("G-08: only the outstanding challenge is an answer, and only once") {
    Attached at;
    auto app = at.application("db", RecordVersion::V2);
    app->interval_ms = 400;
    app->join(at.guest.application_socket());
    const auto first = app->expect<wire::RecordChallenge>();
    const auto second = app->expect<wire::RecordChallenge>();
    app->answer_challenges = false;
    const auto third = app->expect<wire::RecordChallenge>();
    CHECK(first.challenge != second.challenge);
    bool lost = false;
    for (std::uint32_t old : {0U, first.challenge, second.challenge, third.challenge ^ 1U}) {
        app->send(wire::RecordChallengeResponse{old, Health::Healthy, CorrectiveAction::None, {}});
        at.host.exchange();
        lost = at.host.has("health");
    }
    CHECK_FALSE(lost);  // not yet two intervals
    CHECK(text(at.host.expect("health"), "cause") == "application_timeout");
}

TEST_CASE("G-06: a version-3 application that ends without a word is dead, with the action it registered") {
    Attached at;
    auto app = at.application("db", RecordVersion::V3);
    app->corrective_action = CorrectiveAction::Stop;
    app->join(at.guest.application_socket());
    app->close();
    const Json push = at.host.expect("health");
    CHECK(text(push, "cause") == "application_died");
    CHECK(text(push, "application") == "db");
    CHECK(text(push, "corrective_action") == "stop");
    CHECK(text(at.host.exchange(), "heartbeat_health") == "unhealthy");
    app->join(at.guest.application_socket());
    CHECK(text(at.host.expect("health"), "cause") == "recovered");
}

TEST_CASE(
    "A version-2 application that ends without a word leaves a healthy guest, unless the settings say "
    "failed") {
    const bool failed = GENERATE(false, true);
    Attached at({.settings = failed ? "applications:\n  silent_close_v2: failed\n" : ""});
    at.joined("db", RecordVersion::V2)->close();
    if (failed)
        CHECK(text(at.host.expect("health"), "cause") == "application_died");
    at.guest.stage.until([&] { return at.registered() == 0; }, "the application to be gone");
    CHECK(text(at.host.exchange(), "heartbeat_health") == (failed ? "unhealthy" : "healthy"));
}

TEST_CASE("silent_close of REGISTER decides for its application") {
    Attached at;
    auto app = at.application("db", RecordVersion::V3);
    app->silent_close = wire::SilentClose::Healthy;
    app->join(at.guest.application_socket());
    app->close();
    at.guest.stage.until([&] { return at.registered() == 0; }, "the application to be gone");
    CHECK(text(at.host.exchange(), "heartbeat_health") == "healthy");
}

TEST_CASE("After FINAL an application has neither health nor voice, and may close") {
    const auto version = GENERATE(RecordVersion::V2, RecordVersion::V3);
    Attached at;
    auto app = at.application("db", version);
    app->interval_ms = 400;
    app->join(at.guest.application_socket());
    app->health = Health::Unhealthy;
    app->health_action = CorrectiveAction::Log;
    at.await_health("unhealthy");
    app->deregister("maintenance");
    at.await_health("healthy");
    at.host.notify(9, "stop", "revocable", 5000);
    CHECK(text(at.host.expect("action_response"), "vote_result") == "accept");
    CHECK_FALSE(app->take<wire::RecordActionNotify>().has_value());
    app->close();
    CHECK(text(at.host.exchange(), "heartbeat_health") == "healthy");
}

TEST_CASE("G-02: an interval below 400 ms is refused, the daemon lives, and a better INIT is taken") {
    Attached at;
    auto app = at.application("hasty", RecordVersion::V2);
    app->interval_ms = 399;
    app->connect(at.guest.application_socket());
    app->send_init(1);
    CHECK_FALSE(app->expect<wire::RecordInitAck>().accepted);
    app->interval_ms = 400;
    app->send_init(1);
    CHECK(app->expect<wire::RecordInitAck>().accepted);
}

TEST_CASE("A version-3 application may ask for 10 ms, not for 9, and learns which field was wrong") {
    Attached at;
    auto app = at.application("hasty", RecordVersion::V3);
    app->connect(at.guest.application_socket());
    app->send_init(2);
    CHECK(app->expect<wire::RecordInitAck>().revision == 2);
    app->interval_ms = 9;
    app->send_register();
    const auto refused = app->expect<wire::RecordRegisterAck>();
    CHECK_FALSE(refused.accepted);
    CHECK_THAT(refused.log, Catch::Contains("interval"));
    app->interval_ms = 10;
    app->send_register();
    CHECK(app->expect<wire::RecordRegisterAck>().accepted);
    at.guest.stage.until([&] { return app->challenges() >= 5; }, "five challenges");
}

TEST_CASE("G-12: a flood of INITs harms nobody else, and the connection is bounded") {
    Attached at;
    auto flooder = at.application("flood", RecordVersion::V2);
    flooder->interval_ms = 600000;
    flooder->connect(at.guest.application_socket());
    for (int i = 0; i < 500; ++i)
        flooder->send_init(1);
    auto app = at.joined("db", RecordVersion::V3);
    at.host.exchange();
    at.guest.stage.settle();
    CHECK(at.registered() <= 2);
    CHECK(at.guest.process().running());
}

TEST_CASE("G-13: enormous seconds and intervals never overflow; they are refused or bounded") {
    Attached at;
    ScriptedApplication app(at.guest.stage, "huge", RecordVersion::V2);
    app.connect(at.guest.application_socket());
    app.send_raw(wire::encode(
        wire::ApplicationRecord(wire::RecordInit{1, "huge", 0xffffffffU, 0xffffffffU, 0x80000000U,
                                                 0x7fffffffU, 0xffffffffU, CorrectiveAction::Reboot}),
        1, RecordVersion::V2));
    app.expect<wire::RecordInitAck>();
    at.host.notify(3, "suspend", "irrevocable", 600);
    const Json answer = at.host.expect("action_response");
    CHECK(number(answer, "invocation_id") == 3);
    at.host.exchange();
}

TEST_CASE("The 17th to the 500th application are served like the first") {
    Attached at;
    std::vector<std::unique_ptr<ScriptedApplication>> apps;
    for (int i = 0; i < 500; ++i) {
        apps.push_back(
            at.application("app" + std::to_string(i), i % 2 == 0 ? RecordVersion::V2 : RecordVersion::V3));
        apps.back()->vote = VoteResult::Accept;
        apps.back()->join(at.guest.application_socket());
    }
    CHECK(at.registered() == 500);
    at.host.notify(8, "stop", "revocable", 10000);
    CHECK(text(at.host.expect("action_response"), "vote_result") == "accept");
    for (const auto& app : apps)
        CHECK(app->take<wire::RecordActionNotify>().has_value());
}

TEST_CASE("A record split at every offset is one record, in both versions") {
    const auto version = GENERATE(RecordVersion::V2, RecordVersion::V3);
    Attached at;
    auto app = at.joined("db", version);
    const std::string healthy =
        wire::encode(wire::ApplicationRecord(wire::RecordChallengeResponse{}), 9, version);
    auto cut_app = at.application("cut", RecordVersion::V2);
    const std::string init = wire::encode(
        wire::ApplicationRecord(wire::RecordInit{1, "cut", 60000, 5, 5, 5, 5, CorrectiveAction::Log}), 1,
        RecordVersion::V2);
    cut_app->connect(at.guest.application_socket());
    for (std::size_t cut = 1; cut < init.size(); cut += 7) {
        cut_app->send_raw(std::string_view(init).substr(0, cut));
        cut_app->send_raw(std::string_view(init).substr(cut));
        if (cut % 5 == 0)
            CHECK(cut_app->expect<wire::RecordInitAck>().accepted);
        app->send_raw(std::string_view(healthy).substr(0, cut % healthy.size()));
        app->send_raw(std::string_view(healthy).substr(cut % healthy.size()));
    }
    at.host.notify(4, "stop", "revocable", 5000);
    app->answer(app->expect<wire::RecordActionNotify>(), VoteResult::Reject, "still whole");
    CHECK_THAT(text(at.host.expect("action_response"), "log_msg"), Catch::Contains("still whole"));
}

TEST_CASE("Two records in one read are two records") {
    Attached at;
    auto app = at.joined("db", RecordVersion::V2);
    at.host.notify(4, "stop", "revocable", 5000);
    const auto action = app->expect<wire::RecordActionNotify>();
    const auto record = [](const wire::ApplicationRecord& one) {
        return wire::encode(one, 2, RecordVersion::V2);
    };
    app->send_raw(record(wire::RecordChallengeResponse{1, Health::Healthy, CorrectiveAction::None, {}}) +
                  record(wire::RecordActionResponse{
                      action.invocation_id, action.event, action.notification, VoteResult::Accept, {}}));
    CHECK(text(at.host.expect("action_response"), "vote_result") == "accept");
}

TEST_CASE(
    "G-36: garbage before the magic is skipped, whatever its length and however it resembles the magic") {
    Attached at;
    const std::string init = wire::encode(
        wire::ApplicationRecord(wire::RecordInit{1, "late", 60000, 5, 5, 5, 5, CorrectiveAction::Log}), 1,
        RecordVersion::V2);
    for (const std::string& garbage :
         {std::string("x"), std::string("FDFD"), std::string("FDFDA5"), std::string(228, 'z'),
          std::string(5000, '\0'), std::string("FDFDA5A5") + std::string(30, '\x07')}) {
        auto app = at.application("late", RecordVersion::V2);
        app->connect(at.guest.application_socket());
        app->send_raw(garbage);
        app->send_raw(init);
        CHECK(app->expect<wire::RecordInitAck>().accepted);
        app->deregister();
    }
}

TEST_CASE("G-03: half a record of one application is not in another's way") {
    Attached at;
    auto half = at.application("half", RecordVersion::V2);
    half->connect(at.guest.application_socket());
    half->send_raw("FDFDA5A5\x02\x01");
    auto whole = at.joined("whole", RecordVersion::V2);
    CHECK(at.registered() == 1);
}

TEST_CASE("A version-3 connection with a broken header is ended, and counts as a dead application") {
    Attached at;
    auto app = at.joined("db", RecordVersion::V3);
    app->send_raw("GARBAGEGARBAGEGARBAGE");
    at.guest.stage.until([&] { return !app->connected(); }, "the daemon to hang up");
    CHECK(text(at.host.expect("health"), "cause") == "application_died");
}

TEST_CASE("G-11: an unterminated text ends at its field") {
    Attached at;
    auto app = at.joined("db", RecordVersion::V2);
    at.host.notify(4, "stop", "revocable", 5000);
    const auto action = app->expect<wire::RecordActionNotify>();
    std::string record =
        wire::encode(wire::ApplicationRecord(wire::RecordActionResponse{
                         action.invocation_id, action.event, action.notification, VoteResult::Reject, {}}),
                     2, RecordVersion::V2);
    std::fill(record.begin() + 36, record.end(), 'u');
    app->send_raw(record + record);
    const std::string log = text(at.host.expect("action_response"), "log_msg");
    CHECK_THAT(log, Catch::Contains("uuu"));
    CHECK_THAT(log, !Catch::Contains("FDFD"));
}

TEST_CASE("Quotes, newlines and control characters of applications reach the host as text (G-21)") {
    Attached at;
    auto app = at.joined("d\"b\\\n", RecordVersion::V3);
    at.host.notify(4, "stop", "revocable", 5000);
    app->answer(app->expect<wire::RecordActionNotify>(), VoteResult::Reject, "no \"x\" \\ \n\t\x01 {}");
    const Json answer = at.host.expect("action_response");
    CHECK(text(answer, "vote_result") == "reject");
    CHECK_THAT(text(answer, "log_msg"), Catch::Contains("no \"x\" \\"));
}

TEST_CASE("An application that never reads is cut off in bounded memory, and the others are served") {
    Attached at;
    auto deaf = at.application("deaf", RecordVersion::V3);
    deaf->interval_ms = 10;
    deaf->join(at.guest.application_socket());
    deaf->connection().hold_reading(true);
    auto app = at.joined("db", RecordVersion::V3);
    app->vote = VoteResult::Accept;
    const Json push = at.host.expect("health");
    CHECK(text(push, "application") == "deaf");
    at.host.notify(4, "stop", "irrevocable", 2000);
    at.host.expect("action_response");
}

}  // namespace
}  // namespace vnf::test
