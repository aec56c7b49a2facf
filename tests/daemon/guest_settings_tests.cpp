// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// guest-client's settings: errors with file, line and key; reload; and what its control socket tells.
#include <catch2/catch.hpp>
#include <csignal>

#include "shipped_binaries.hpp"
#include "tests/daemon/guest_under_test.hpp"

namespace vnf::test {
namespace {

TEST_CASE("A settings error names file, line and key, and stops the start") {
    const ScratchDirectory directory;
    const auto [option, content, where] = GENERATE(table<const char*, std::string, std::string>({
        {"--config", "name: vm1\nheartbeat:\n  interval_ms: 5\n", ":3: heartbeat.interval_ms"},
        {"--config", "nmae: vm1\n", ":1: nmae"},
        {"--config", "name: [a, b]\n", ":1: name"},
        {"--config", "event_script:\n  path: bin/sh\n", ":2: event_script.path"},
        {"--config", "name: {\n", ":"},
        {"--legacy-config", "VOTE=8\nHB_INTERVAL=399\n", ":2: HB_INTERVAL"},
        {"--legacy-config", "VOTE=eight\n", ":1: VOTE"},
    }));
    INFO(content);
    const std::string file = directory.write("bad.conf", content);
    for (const bool check : {true, false}) {
        std::vector<std::string> argv{guest_client_path,
                                      option,
                                      file,
                                      "--device",
                                      "listen:" + (directory / "host.sock"),
                                      "--application-socket",
                                      directory / "applications.sock",
                                      "--control-socket",
                                      directory / "control.sock"};
        if (check)
            argv.emplace_back("--check-config");
        const Completed result = run(argv, directory / "out");
        CHECK_FALSE(result.status.signalled);
        CHECK(result.status.code != 0);
        CHECK_THAT(result.output, Catch::Contains(file + where));
    }
}

TEST_CASE("Checking the configuration is content with good files of both kinds, and starts nothing") {
    const ScratchDirectory directory;
    const std::string yaml = directory.write("good.yaml", "name: vm1\nheartbeat:\n  interval_ms: 500\n");
    const std::string legacy = directory.write("good.conf", "HB_INTERVAL=500\nUNKNOWN_KEY=1\n");
    CHECK(run({guest_client_path, "--config", yaml, "--check-config"}, directory / "out").status ==
          ExitStatus{false, 0});
    CHECK(run({guest_client_path, "--legacy-config", legacy, "--check-config"}, directory / "out").status ==
          ExitStatus{false, 0});
}

TEST_CASE("A reload takes good settings over and keeps the old ones when the new are bad") {
    GuestUnderTest guest({.settings = "heartbeat:\n  interval_ms: 500\n"});
    ScriptedHost host(guest.stage);
    host.capabilities = all_capabilities;
    CHECK(number(host.attach(guest.host_socket()), "heartbeat_interval_ms") == 500);
    guest.rewrite_settings("heartbeat:\n  interval_ms: soon\n");
    const HttpAnswer refused = guest.control("POST", "/v1/reload");
    CHECK(refused.status >= 400);
    CHECK_THAT(refused.body, Catch::Contains("heartbeat.interval_ms"));
    host.exchange();
    guest.rewrite_settings("heartbeat:\n  interval_ms: 40\n");
    CHECK(guest.control("POST", "/v1/reload").status == 200);
    CHECK(number(host.expect("interval"), "heartbeat_interval_ms") == 40);
    guest.rewrite_settings("heartbeat:\n  interval_ms: 60\n");
    guest.process().signal(SIGHUP);
    CHECK(number(host.expect("interval"), "heartbeat_interval_ms") == 60);
}

TEST_CASE("guestctl tells status, applications, link and health of a running guest-client") {
    GuestUnderTest guest;
    ScriptedHost host(guest.stage);
    host.capabilities = all_capabilities;
    host.attach(guest.host_socket());
    ScriptedApplication app(guest.stage, "db", RecordVersion::V3);
    app.join(guest.application_socket());
    const auto ctl = [&guest](std::string command) {
        return run({guestctl_path, "--socket", guest.control_socket(), "--json", std::move(command)},
                   guest.scratch / "ctl");
    };
    CHECK_THAT(ctl("apps").output, Catch::Contains("\"db\""));
    for (const char* command : {"status", "apps", "link", "health"}) {
        const Completed result = ctl(command);
        CHECK(result.status == ExitStatus{false, 0});
        CHECK(boost::json::parse(result.output).is_object());
    }
    CHECK(run({guestctl_path, "--socket", guest.scratch / "nobody.sock", "status"}, guest.scratch / "ctl")
              .status.code != 0);
}

}  // namespace
}  // namespace vnf::test
