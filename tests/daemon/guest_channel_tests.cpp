// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// guest-client and the stream to its host: cut anywhere, torn, flooded, never read, garbage (defects G-01, G-23 to
// G-25, G-29, G-56 and specification 8.4).
#include <catch2/catch.hpp>
#include <csignal>

#include "tests/daemon/guest_under_test.hpp"
#include "tests/harness/unix_socket.hpp"

namespace vnf::test {
namespace {

std::string challenge_line(int value) {
    return "\n{\"version\":3,\"revision\":1,\"msg_type\":\"challenge\",\"sequence\":1,\"heartbeat_"
           "challenge\":" +
           std::to_string(value) + "}\n";
}

/// A host of ours: nothing is paced for it.
struct Attached {
    Attached() {
        host.capabilities = all_capabilities;
        host.attach(guest.host_socket());
    }
    GuestUnderTest guest;
    ScriptedHost host{guest.stage};
};

TEST_CASE("A line split at every offset is one line") {
    Attached at;
    const std::string line = challenge_line(77);
    for (std::size_t cut = 1; cut < line.size(); ++cut) {
        at.host.send_raw(std::string_view(line).substr(0, cut));
        at.host.send_raw(std::string_view(line).substr(cut));
        CHECK(number(at.host.expect("challenge_response"), "heartbeat_response") == 77);
    }
}

TEST_CASE("Many lines in one read are all answered, the last one included") {
    Attached at;
    std::string lines;
    for (int i = 1; i <= 50; ++i)
        lines += challenge_line(i);
    at.host.send_raw(lines);
    std::int64_t last = 0;
    while (last != 50)
        last = number(at.host.expect("challenge_response"), "heartbeat_response");
}

TEST_CASE("G-24: half a message of the last session does not eat the first one of the next") {
    Attached at;
    at.host.send_raw("\n{\"version\":3,\"revision\":1,\"msg_type\":\"chal");
    at.host.disconnect();
    at.host.attach(at.guest.host_socket());
}

TEST_CASE("G-23: a message cut short by its sender does not take the next one with it") {
    Attached at;
    at.host.send_raw(
        "\n{\"version\":3,\"revision\":1,\"msg_type\":\"action_notify\",\"sequence\":9,\"event_ty");
    at.host.exchange();
}

TEST_CASE("Bytes of an earlier host that were never read are not this session's") {
    Attached at;
    at.host.disconnect();
    for (int i = 0; i < 20; ++i) {
        const FileDescriptor stale = connect_unix(at.guest.host_socket());
        const std::string bytes = challenge_line(666);
        CHECK(::write(stale.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    }
    at.host.attach(at.guest.host_socket());
    while (const auto response = at.host.lines().take("msg_type", "challenge_response"))
        CHECK(number(*response, "heartbeat_response") != 666);
}

TEST_CASE("10,000 rapid reconnects leave nobody stuck (G-25, G-27)") {
    Attached at;
    for (int i = 0; i < 10000; ++i) {
        at.host.connection().adopt(connect_unix(at.guest.host_socket()));
        if (i % 100 == 0)
            at.host.expect("init");
    }
    at.host.disconnect();
    at.host.attach(at.guest.host_socket());
    CHECK(at.guest.process().running());
}

TEST_CASE("A pty serves as the port") {
    const PseudoTerminal terminal = open_pseudo_terminal();
    GuestUnderTest guest({.device = terminal.slave_path});
    ScriptedHost host(guest.stage);
    host.connection().adopt(FileDescriptor(::dup(terminal.master.get())));
    host.expect("init");
    host.exchange();
}

TEST_CASE("A Unix socket to connect to serves as the port, and is tried again for ever") {
    const ScratchDirectory directory;
    GuestUnderTest guest({.device = directory / "qemu.sock"});
    ScriptedHost host(guest.stage);
    for (int i = 0; i < 3; ++i) {
        const Listener qemu(guest.stage, directory / "qemu.sock",
                            [&host](FileDescriptor fd) { host.connection().adopt(std::move(fd)); });
        host.expect("init");
        host.exchange();
        host.disconnect();
        host.forget();
    }
}

TEST_CASE("A host that never reads costs the guest's applications nothing (G-29)") {
    Attached at;
    at.host.connection().hold_reading(true);
    for (int i = 0; i < 20000; ++i)
        at.host.send_raw(challenge_line(i));
    ScriptedApplication app(at.guest.stage, "db", RecordVersion::V3);
    app.interval_ms = 20;
    app.join(at.guest.application_socket());
    at.guest.stage.until([&] { return app.challenges() >= 5; }, "the application's heartbeat");
    at.guest.stage.until([&] { return at.host.connection().flushed(); }, "the daemon to take all challenges");
    at.host.disconnect();
    at.host.connection().hold_reading(false);
    at.host.attach(at.guest.host_socket());
}

TEST_CASE("Bad lines are refused and counted by their reason, and the next good one works") {
    const auto [what, line, reason] = GENERATE(table<const char*, std::string, const char*>({
        {"not JSON", "hello", "not_json"},
        {"an array", "[1,2,3]", "not_json"},
        {"nested beyond reason", std::string(2000, '['), "not_json"},
        {"two objects on a line", R"({"version":3}{"version":3})", "not_json"},
        {"longer than any message", "{\"version\":3,\"x\":\"" + std::string(70000, 'x') + "\"}", "overlong"},
        {"no msg_type", R"({"version":3,"revision":1,"sequence":1})", "missing_field"},
        {"G-01: version as a long text",
         "{\"version\":\"" + std::string(500, 'A') +
             R"(","revision":1,"msg_type":"challenge","sequence":1,"heartbeat_challenge":1})",
         "wrong_type"},
        {"G-56: version as a double",
         R"({"version":3.0,"revision":1,"msg_type":"challenge","sequence":1,"heartbeat_challenge":1})",
         "wrong_type"},
        {"version 2",
         R"({"version":2,"revision":1,"msg_type":"challenge","sequence":1,"heartbeat_challenge":1})",
         "bad_version"},
        {"an unknown message", R"({"version":3,"revision":1,"msg_type":"bogus","sequence":1})",
         "unknown_message"},
        {"G-01: msg_type of 3000 bytes",
         R"({"version":3,"revision":1,"msg_type":")" + std::string(3000, 'm') + R"(","sequence":1})", ""},
        {"a challenge without its number",
         R"({"version":3,"revision":1,"msg_type":"challenge","sequence":1})", "missing_field"},
        {"a challenge as text",
         R"({"version":3,"revision":1,"msg_type":"challenge","sequence":1,"heartbeat_challenge":"7"})",
         "wrong_type"},
        {"a challenge as a double",
         R"({"version":3,"revision":1,"msg_type":"challenge","sequence":1,"heartbeat_challenge":7.5})",
         "wrong_type"},
        {"a challenge of 2^31",
         R"({"version":3,"revision":1,"msg_type":"challenge","sequence":1,"heartbeat_challenge":2147483648})",
         "out_of_range"},
        {"a challenge beyond 64 bits",
         R"({"version":3,"revision":1,"msg_type":"challenge","sequence":1,"heartbeat_challenge":99999999999999999999999})",
         ""},
        {"an action without its timeout",
         R"({"version":3,"revision":1,"msg_type":"action_notify","sequence":1,"invocation_id":1,"event_type":"stop","notification_type":"revocable"})",
         "missing_field"},
        {"a guest's own message",
         R"({"version":3,"revision":1,"msg_type":"challenge_response","sequence":1,"heartbeat_response":1,"heartbeat_health":"healthy"})",
         "unknown_message"},
    }));
    INFO(what);
    Attached at;
    const double before = at.guest.metric("vnf_guest_host_lines_rejected_total", reason);
    at.host.send_line(line);
    at.host.exchange();
    CHECK(at.guest.metric("vnf_guest_host_lines_rejected_total", reason) == before + 1);
    CHECK_FALSE(at.host.has("challenge_response"));
    CHECK_FALSE(at.host.has("action_response"));
}

TEST_CASE("A flood of garbage is survived, and the log does not grow with it") {
    Attached at;
    std::string flood;
    for (int i = 0; i < 50000; ++i)
        flood += "\n{\"version\":3,\"garbage\":" + std::to_string(i) + "\n";
    at.host.send_raw(flood);
    at.guest.stage.until([&] { return at.host.connection().flushed(); }, "the daemon to take the flood");
    at.host.exchange();
    CHECK(at.guest.process().output().size() < 200000);
}

}  // namespace
}  // namespace vnf::test
