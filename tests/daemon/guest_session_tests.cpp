// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// guest-client and its host: attaching, challenges, silence, leaving (heartbeat specification 1.5 to 1.9 and 8.4).
#include <catch2/catch.hpp>
#include <csignal>

#include "shipped_binaries.hpp"
#include "tests/daemon/guest_under_test.hpp"

namespace vnf::test {
namespace {

const std::string hasty_settings =
    "heartbeat:\n  init_retry_ms: 150\n  watchdog_shortest_ms: 100\n  interval_ms: 400\n";

TEST_CASE("The init to an old host has the old bytes, with the shipped configuration") {
    GuestUnderTest guest(
        {.settings = "capabilities: never\nheartbeat: {interval_ms: 1000, vote_s: 8, shutdown_notice_s: 8, "
                     "suspend_notice_s: 8, resume_notice_s: 13, restart_s: 600}\n"});
    ScriptedHost host(guest.stage);
    host.answer_init = false;
    host.connect(guest.host_socket());
    const Json init = host.expect("init");
    const std::string id = std::to_string(number(init, "invocation_id"));
    CHECK(
        host.raw() ==
        R"(
{"version":3,"revision":1,"msg_type":"init","sequence":1,"invocation_id":)" +
            id +
            R"(,"name":"vm1","heartbeat_interval_ms":1000,"vote_secs":9,"shutdown_notice_secs":9,)"
            R"("suspend_notice_secs":9,"resume_notice_secs":14,"restart_secs":601,"corrective_action":"reboot"}
)");
}

TEST_CASE("The old settings file is obeyed; what it does not know is a warning") {
    GuestUnderTest guest({.legacy_settings = "# shipped\nHB_INTERVAL=700\nVOTE = 7\nSHUTDOWN_NOTICE=\"6\"\n"
                                             "CORRECTIVE_ACTION=explode\nNO_SUCH_KEY=1\n"});
    ScriptedHost host(guest.stage);
    host.connect(guest.host_socket());
    const Json init = host.expect("init");
    CHECK(number(init, "heartbeat_interval_ms") == 700);
    CHECK(number(init, "vote_secs") == 8);
    CHECK(number(init, "shutdown_notice_secs") == 7);
    CHECK(text(init, "corrective_action") == "reboot");
    CHECK_THAT(guest.process().output(), Catch::Contains("NO_SUCH_KEY"));
}

TEST_CASE("Without an init_ack the init is repeated with a new id and the next sequence") {
    GuestUnderTest guest({.settings = hasty_settings});
    ScriptedHost host(guest.stage);
    host.answer_init = false;
    host.connect(guest.host_socket());
    const Json first = host.expect("init");
    const Json second = host.expect("init");
    CHECK(number(first, "invocation_id") != number(second, "invocation_id"));
    CHECK(number(second, "sequence") == number(first, "sequence") + 1);
}

TEST_CASE("An init_ack for the init before the last one is accepted") {
    GuestUnderTest guest({.settings = "heartbeat:\n  init_retry_ms: 1000\n"});
    ScriptedHost host(guest.stage);
    host.answer_init = false;
    host.connect(guest.host_socket());
    const Json first = host.expect("init");
    host.expect("init");
    host.acknowledge(number(first, "invocation_id"));
    CHECK(text(host.exchange(), "heartbeat_health") == "healthy");
}

TEST_CASE("G-55: an init_ack with an id that was never sent, 0 included, attaches nobody") {
    GuestUnderTest guest({.settings = hasty_settings});
    ScriptedHost host(guest.stage);
    host.answer_init = false;
    host.connect(guest.host_socket());
    const Json first = host.expect("init");
    host.acknowledge(0);
    host.acknowledge(number(first, "invocation_id") ^ 1);
    host.challenge(5);
    const Json second = host.expect("init");
    CHECK_FALSE(host.has("challenge_response"));
    host.acknowledge(number(second, "invocation_id"));
    host.exchange();
}

TEST_CASE("A challenge before the init_ack is not answered, one in the same bytes as the init_ack is") {
    GuestUnderTest guest;
    ScriptedHost host(guest.stage);
    host.answer_init = false;
    host.connect(guest.host_socket());
    const Json init = host.expect("init");
    host.send_raw(
        "\n{\"version\":3,\"revision\":1,\"msg_type\":\"challenge\",\"sequence\":1,\"heartbeat_challenge\":"
        "41}\n"
        "\n{\"version\":3,\"revision\":1,\"msg_type\":\"init_ack\",\"sequence\":2,\"invocation_id\":" +
        std::to_string(number(init, "invocation_id")) +
        "}\n\n{\"version\":3,\"revision\":1,\"msg_type\":\"challenge\",\"sequence\":3,\"heartbeat_"
        "challenge\":42}\n");
    const Json response = host.expect("challenge_response");
    CHECK(number(response, "heartbeat_response") == 42);
    CHECK_FALSE(host.has("challenge_response"));
}

TEST_CASE("A challenge is echoed with all keys that an old host needs, in the old order") {
    GuestUnderTest guest({.settings = "capabilities: never\n"});
    ScriptedHost host(guest.stage);
    host.connect(guest.host_socket());
    host.expect("init");
    host.challenge(2147483647);
    host.expect("challenge_response");
    CHECK(
        host.raw().find(
            "\n{\"version\":3,\"revision\":1,\"msg_type\":\"challenge_response\",\"sequence\":2,"
            "\"heartbeat_response\":2147483647,\"heartbeat_health\":\"healthy\",\"corrective_action\":\"") !=
        std::string::npos);
    CHECK_THAT(host.raw(), Catch::Contains("\",\"log_msg\":\"\"}\n"));
}

TEST_CASE(
    "While not enabled a vote is accepted and a notification completed, and the answer says so (G-57)") {
    GuestUnderTest guest;
    ScriptedHost host(guest.stage);
    host.answer_init = false;
    host.connect(guest.host_socket());
    host.expect("init");
    host.notify(5, "stop", "revocable", 9000);
    const Json vote = host.expect("action_response");
    CHECK(number(vote, "invocation_id") == 5);
    CHECK(text(vote, "vote_result") == "accept");
    CHECK_FALSE(text(vote, "log_msg").empty());
    host.notify(6, "stop", "irrevocable", 9000);
    const Json notification = host.expect("action_response");
    CHECK(text(notification, "vote_result") == "complete");
    CHECK_FALSE(text(notification, "log_msg").empty());
}

TEST_CASE("A host that stops to challenge is asked again by init, and taken back") {
    GuestUnderTest guest({.settings = hasty_settings});
    ScriptedHost host(guest.stage);
    host.attach(guest.host_socket());
    host.forget();
    const Json again = host.expect("init");  // the watchdog's
    CHECK(number(again, "sequence") > 1);
    host.exchange();
}

TEST_CASE("With capabilities named by both the interval below 400 ms is asked for after the init") {
    GuestUnderTest guest({.settings = "heartbeat:\n  interval_ms: 20\n"});
    ScriptedHost host(guest.stage);
    host.capabilities = all_capabilities;
    host.connect(guest.host_socket());
    CHECK(number(host.expect("init"), "heartbeat_interval_ms") == 400);
    CHECK(number(host.expect("interval"), "heartbeat_interval_ms") == 20);
}

TEST_CASE("To an old host no message and no key of ours is ever sent") {
    GuestUnderTest guest({.settings = "heartbeat:\n  interval_ms: 20\n"});
    ScriptedHost host(guest.stage);
    host.attach(guest.host_socket());
    ScriptedApplication app(guest.stage, "db", RecordVersion::V3);
    app.join(guest.application_socket());
    app.close();  // a failure that ours would be pushed
    guest.stage.until([&] { return text(host.exchange(), "heartbeat_health") == "unhealthy"; }, "ill health");
    for (const Json& message : host.lines().messages())
        CHECK(text(message, "msg_type") == "challenge_response");
}

TEST_CASE("SIGTERM says exit to the host, and the exit status is 0") {
    GuestUnderTest guest;
    ScriptedHost host(guest.stage);
    host.attach(guest.host_socket());
    guest.process().signal(SIGTERM);
    host.expect("exit");
    CHECK(guest.process().wait() == ExitStatus{false, 0});
}

TEST_CASE("SIGTERM without a host ends at once") {
    GuestUnderTest guest;
    guest.process().signal(SIGTERM);
    CHECK(guest.process().wait() == ExitStatus{false, 0});
}

TEST_CASE("A nack and an exit from the host are read and change nothing") {
    GuestUnderTest guest;
    ScriptedHost host(guest.stage);
    host.attach(guest.host_socket());
    host.send_line(
        R"({"version":3,"revision":1,"msg_type":"nack","sequence":9,"invocation_id":6,"log_msg":"no \"such\" thing"})");
    host.send_line(R"({"version":3,"revision":1,"msg_type":"exit","sequence":10,"log_msg":"bye"})");
    host.exchange();
    CHECK_FALSE(host.has("init"));
}

TEST_CASE("Two daemons: the second does not steal the application socket of the first (G-31)") {
    GuestUnderTest first;
    const Completed second = run(
        {guest_client_path, "--device", "listen:" + (first.scratch / "other.sock"), "--application-socket",
         first.application_socket(), "--control-socket", first.scratch / "other-control.sock"},
        first.scratch / "second.log");
    CHECK(second.status.code != 0);
    CHECK_THAT(second.output, Catch::Contains(first.application_socket()));
    ScriptedApplication app(first.stage, "db", RecordVersion::V2);
    app.join(first.application_socket());
}

}  // namespace
}  // namespace vnf::test
