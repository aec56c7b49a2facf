// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The native settings, their errors, and what a running daemon can take.
#include "guest-client/settings.hpp"

#include <catch2/catch.hpp>

#include "runtime/settings.hpp"

namespace vnf::guest {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::string error_of(const std::string& yaml) {
    try {
        parse_settings(yaml, "x.yaml");
    } catch (const runtime::SettingsError& error) {
        return error.what();
    }
    return {};
}

}  // namespace

TEST_CASE("no settings are good settings") {
    const Settings settings = parse_settings("", "x.yaml");
    CHECK_FALSE(settings.session.name.empty());
    CHECK(settings.session.interval == milliseconds(1000));
    CHECK(settings.session.vote == seconds(10));
    CHECK(settings.session.offered == wire::Capabilities::all()
                                          .without(wire::Capability::GroupGap)
                                          .without(wire::Capability::Scale));
    CHECK(settings.applications.limit == 1024);
    CHECK_FALSE(settings.applications.silent_close_v2_failed);
    CHECK(settings.applications.silent_close_v3_failed);
    CHECK_FALSE(settings.application_socket.allow.anyone);
    CHECK(settings.health_script.path.empty());
}

TEST_CASE("every key is read") {
    const Settings settings = parse_settings(R"(
name: vm7
device: listen:/run/x.sock
capabilities: auto
log_level: debug
legacy_script_exit: true
heartbeat:
  interval_ms: 50
  init_retry_ms: 2000
  watchdog_shortest_ms: 3000
  corrective_action: stop
  vote_s: 1
  shutdown_notice_s: 2
  suspend_notice_s: 3
  resume_notice_s: 4
  restart_s: 5
health_script: {path: /bin/true, interval_s: 7, timeout_ms: 800}
event_script: {path: /bin/false, timeout_ms: 900}
applications:
  socket: /run/a.sock
  mode: "0600"
  limit: 5
  limit_per_user: 3
  silent_close_v2: failed
  silent_close_v3: healthy
  dead_hold_s: 60
  version_3: false
  allow: {anyone: true, users: [root], groups: [root]}
control: {socket: /run/c.sock, mode: "0640"}
)",
                                             "x.yaml");
    CHECK(settings.session.name == "vm7");
    CHECK(settings.device == "listen:/run/x.sock");
    CHECK(settings.log_level == runtime::LogLevel::Debug);
    CHECK(settings.legacy_script_exit);
    CHECK(settings.session.interval == milliseconds(50));
    CHECK(settings.session.corrective_action == wire::CorrectiveAction::Stop);
    CHECK(settings.session.restart == seconds(5));
    CHECK(settings.health_script == ScriptSettings{"/bin/true", seconds(7), milliseconds(800)});
    CHECK(settings.event_script.timeout == milliseconds(900));
    CHECK(settings.application_socket.mode == 0600);
    CHECK(settings.application_socket.allow.anyone);
    CHECK(settings.application_socket.allow.uids == std::vector<uid_t>{0});
    CHECK(settings.applications.per_user == 3);
    CHECK(settings.applications.silent_close_v2_failed);
    CHECK_FALSE(settings.applications.silent_close_v3_failed);
    CHECK(settings.applications.dead_hold == seconds(60));
    CHECK_FALSE(settings.applications.offer_version_3);
    CHECK(settings.control_socket.path == "/run/c.sock");
}

TEST_CASE("G-34: an error of the settings names file, line and key") {
    CHECK(error_of("heartbeat:\n  interval_ms: 5\n").starts_with("x.yaml:2: "));
    CHECK(error_of("heartbeat:\n  interval_ms: 5\n").find("interval_ms") != std::string::npos);
    CHECK(error_of("heartbeat:\n  corrective_action: explode\n").find("reboot") != std::string::npos);
    CHECK_FALSE(error_of("heartbaet: {}\n").empty());
    CHECK_FALSE(error_of("name: [1]\n").empty());
    CHECK_FALSE(error_of("name: \"\"\n").empty());
    CHECK_FALSE(error_of("applications: {allow: {users: [nobody-of-that-name]}}\n").empty());
    CHECK_FALSE(error_of("applications: {mode: \"0999\"}\n").empty());
    CHECK_FALSE(error_of("user: nobody-of-that-name\n").empty());
    CHECK_FALSE(error_of("device: \"listen:\"\n").empty());
}

TEST_CASE("a script is a path, never a line for a shell") {
    CHECK(error_of("health_script: {path: \"check me\"}\n").find("absolute") != std::string::npos);
}

TEST_CASE("an interval that no old host takes needs capabilities") {
    CHECK_FALSE(error_of("capabilities: never\nheartbeat: {interval_ms: 399}\n").empty());
    CHECK(error_of("capabilities: never\nheartbeat: {interval_ms: 400}\n").empty());
}

TEST_CASE("what a running daemon can't take is named") {
    const Settings running = parse_settings("name: a\n", "x.yaml");
    CHECK(needs_restart(running, running).empty());
    Settings wanted = running;
    wanted.session.name = "b";
    wanted.health_script.path = "/bin/true";
    CHECK(needs_restart(running, wanted).empty());
    wanted.device = "/dev/other";
    wanted.application_socket.path = "/elsewhere";
    CHECK(needs_restart(running, wanted) == std::vector<std::string>{"device", "applications.socket"});
}

}  // namespace vnf::guest
