// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// guest_heartbeat.conf as it lies on old guests.
#include "guest-client/legacy_settings.hpp"

#include <catch2/catch.hpp>

#include "runtime/settings.hpp"

namespace vnf::guest {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Settings parse(std::string_view text) {
    return parse_legacy_settings(text, "guest_heartbeat.conf");
}

std::string error_of(std::string_view text) {
    try {
        parse(text);
    } catch (const runtime::SettingsError& error) {
        return error.what();
    }
    return {};
}

}  // namespace

TEST_CASE("an empty file gives the old daemon's defaults") {
    const Settings settings = parse("");
    CHECK(settings.session.init_retry == milliseconds(5000));
    CHECK(settings.session.watchdog_shortest == milliseconds(5000));
    CHECK(settings.session.vote == seconds(10));
    CHECK(settings.session.restart == seconds(120));
    CHECK(settings.session.corrective_action == wire::CorrectiveAction::Reboot);
    CHECK(settings.health_script.interval == seconds(0));
}

TEST_CASE("every key of the old file is read") {
    const Settings settings = parse(
        "HB_INIT_RETRY=4000\nHB_MIN_TIMEOUT=6000\nHB_INTERVAL=500\nVOTE=8\nSHUTDOWN_NOTICE=7\nSUSPEND_NOTICE="
        "6\n"
        "RESUME_NOTICE=13\nRESTART=600\nCORRECTIVE_ACTION=stop\nHEALTH_CHECK_INTERVAL=30\n"
        "HEALTH_CHECK_SCRIPT=/etc/health\nEVENT_NOTIFICATION_SCRIPT=/etc/event\n");
    CHECK(settings.session.init_retry == milliseconds(4000));
    CHECK(settings.session.watchdog_shortest == milliseconds(6000));
    CHECK(settings.session.interval == milliseconds(500));
    CHECK(settings.session.vote == seconds(8));
    CHECK(settings.session.shutdown_notice == seconds(7));
    CHECK(settings.session.suspend_notice == seconds(6));
    CHECK(settings.session.resume_notice == seconds(13));
    CHECK(settings.session.restart == seconds(600));
    CHECK(settings.session.corrective_action == wire::CorrectiveAction::Stop);
    CHECK(settings.health_script.interval == seconds(30));
    CHECK(settings.health_script.path == "/etc/health");
    CHECK(settings.event_script.path == "/etc/event");
    CHECK(settings.warnings.empty());
}

TEST_CASE("G-33: blanks around the equals sign and inside a value are kept apart from the value") {
    const Settings settings = parse(
        "  # a comment\n\n VOTE = 8 \t\r\nHEALTH_CHECK_SCRIPT=\"/opt/my checks/run me\"\n"
        "EVENT_NOTIFICATION_SCRIPT = '/opt/a b'\nCORRECTIVE_ACTION=\" log \"");
    CHECK(settings.session.vote == seconds(8));
    CHECK(settings.health_script.path == "/opt/my checks/run me");
    CHECK(settings.event_script.path == "/opt/a b");
    CHECK(settings.session.corrective_action == wire::CorrectiveAction::Log);
}

TEST_CASE("G-34: an unusable number stops with file, line and key") {
    CHECK(error_of("VOTE=8\nHB_INTERVAL=399\n").starts_with("guest_heartbeat.conf:2: HB_INTERVAL: "));
    for (const char* value : {"", "x", "8x", "-1", "99999999999999999999", "1.5", "0x10"}) {
        INFO(value);
        CHECK_FALSE(error_of(std::string("VOTE=") + value).empty());
    }
    CHECK_FALSE(error_of("HEALTH_CHECK_SCRIPT=/" + std::string(254, 'x')).empty());
    CHECK_FALSE(error_of(std::string(1024, '#')).empty());
}

TEST_CASE("an unknown key or word warns with file and line, and changes nothing") {
    const Settings settings = parse("VOTES=8\nCORRECTIVE_ACTION=explode\nnonsense\nCORRECTIVE_ACTION=none\n");
    REQUIRE(settings.warnings.size() == 4);
    CHECK(settings.warnings[0] == "guest_heartbeat.conf:1: VOTES: unknown key, ignored");
    CHECK(settings.warnings[2].starts_with("guest_heartbeat.conf:3: "));
    CHECK(settings.session.vote == seconds(10));
    CHECK(settings.session.corrective_action == wire::CorrectiveAction::Reboot);
}

TEST_CASE("a file that is not there is an error that names it") {
    CHECK_THROWS_AS(load_legacy_settings("/nowhere/guest_heartbeat.conf"), runtime::SettingsError);
}

}  // namespace vnf::guest
