// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The agent's settings: defaults, every key, every refusal.
#include <catch2/catch.hpp>

#include "guest-scale-agent/settings.hpp"

namespace vnf::scale::test {
namespace {

using runtime::Milliseconds;

TEST_CASE("No settings are the old addresses and paths") {
    const Settings settings = parse_settings("", "x.yaml");
    CHECK(settings.requests.address == "cgcs.scale");
    CHECK(settings.requests.client_address == "cgcs.messaging");
    CHECK(settings.requests.allow.uids.empty());
    CHECK(settings.helper == "/usr/sbin/app_scale_helper");
    CHECK(settings.state_file == "/var/lib/vnf-guest-sdk/offline_cpus");
    CHECK(settings.restore.metadata_url == "http://169.254.169.254/latest/meta-data/offline_cpuset");
    CHECK(settings.applications.clients == 64);
}

TEST_CASE("Every key is taken") {
    const Settings settings = parse_settings(R"(
address: a
messaging:
  address: b
  allow: {users: ["7"], groups: ["8"]}
helper: {path: ""}
applications: {socket: /s, mode: "0600", limit: 5, limit_per_user: 3, allow: {anyone: true}}
control: {socket: /c}
state_file: ""
restore:
  guest_client_socket: /g
  guest_client_wait_ms: 0
  metadata_url: ""
  metadata_timeout_ms: 60000
log_level: debug
)",
                                             "x.yaml");
    CHECK(settings.requests.address == "a");
    CHECK(settings.requests.client_address == "b");
    CHECK(settings.requests.allow.uids == std::vector<uid_t>{7});
    CHECK(settings.helper.empty());
    CHECK(settings.application_socket.path == "/s");
    CHECK(settings.application_socket.mode == 0600);
    CHECK(settings.application_socket.allow.anyone);
    CHECK(settings.applications.clients == 5);
    CHECK(settings.applications.per_user == 3);
    CHECK(settings.control_socket.path == "/c");
    CHECK(settings.state_file.empty());
    CHECK(settings.restore.client_socket == "/g");
    CHECK(settings.restore.client_wait == Milliseconds(0));
    CHECK(settings.restore.metadata_url.empty());
    CHECK(settings.restore.metadata_timeout == Milliseconds(60000));
    CHECK(settings.log_level == runtime::LogLevel::Debug);
}

TEST_CASE("A wrong value is refused with its key") {
    const auto [text, key] = GENERATE(table<std::string, std::string>({
        {"address: \"\"", "address"},
        {"address: " + std::string(108, 'x'), "address"},
        {"messaging: {address: \"a b\"}", "messaging.address"},
        {"helper: {path: app_scale_helper}", "helper.path"},
        {"state_file: offline_cpus", "state_file"},
        {"applications: {limit: 1025}", "applications.limit"},
        {"applications: {limit_per_user: 0}", "applications.limit_per_user"},
        {"restore: {metadata_url: \"https://169.254.169.254/\"}", "restore.metadata_url"},
        {"restore: {metadata_timeout_ms: 0}", "restore.metadata_timeout_ms"},
        {"restore: {guest_client_wait_ms: 60001}", "restore.guest_client_wait_ms"},
        {"scale: 1", "scale"},
    }));
    INFO(text);
    try {
        parse_settings(text + "\n", "x.yaml");
        FAIL("it was taken");
    } catch (const runtime::SettingsError& error) {
        CHECK(error.key() == key);
    }
}

TEST_CASE("What a running daemon can't change is named") {
    const Settings running = default_settings();
    Settings wanted = running;
    CHECK(needs_restart(running, wanted).empty());
    wanted.helper = "/x";
    wanted.applications.clients = 1;
    CHECK(needs_restart(running, wanted).empty());
    wanted.requests.address = wanted.requests.client_address = wanted.state_file = "/y";
    wanted.application_socket.path = wanted.control_socket.path = "/z";
    CHECK(needs_restart(running, wanted) == std::vector<std::string>{"address", "messaging.address",
                                                                     "applications.socket", "control.socket",
                                                                     "state_file"});
}

}  // namespace
}  // namespace vnf::scale::test
