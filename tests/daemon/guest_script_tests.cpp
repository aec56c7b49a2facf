// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Health and event scripts of guest-client (specification 3.5, defects G-20, G-21, G-39 to G-45, G-48).
#include <catch2/catch.hpp>
#include <fstream>

#include "tests/daemon/guest_under_test.hpp"

namespace vnf::test {
namespace {

/// A script that the daemon of this test runs; its directory outlives the daemon.
struct Scripted {
    explicit Scripted(const std::string& event_script_body)
        : guest({.legacy_settings = "EVENT_NOTIFICATION_SCRIPT=" +
                                    directory.write_script("event", event_script_body) + "\n"}) {
        host.capabilities = all_capabilities;
        host.attach(guest.host_socket());
    }
    Json ask(std::string_view notification = "revocable", std::int64_t timeout_ms = 5000) {
        host.notify(71, "live_migrate_begin", notification, timeout_ms);
        return host.expect("action_response");
    }
    const ScratchDirectory directory;
    GuestUnderTest guest;
    ScriptedHost host{guest.stage};
};

TEST_CASE("An event script is given the old words, and its exit status and first line decide") {
    const auto [body, result] = GENERATE(table<const char*, const char*>({
        {"exit 0", "accept"},
        {"echo 'not today'; echo second; exit 1", "reject"},
        {"exit 2", "error"},
        {"kill -9 $$", "error"},
        {"exec /nonexistent/interpreter", "error"},
    }));
    INFO(body);
    Scripted at("echo \"$@\" > $(dirname $0)/arguments\n" + std::string(body));
    const Json answer = at.ask();
    CHECK(text(answer, "vote_result") == result);
    CHECK(read_file(at.directory.path() / "arguments") == "revocable live_migrate_begin\n");
    if (result == std::string("reject")) {
        CHECK_THAT(text(answer, "log_msg"), Catch::Contains("not today"));
        CHECK_THAT(text(answer, "log_msg"), !Catch::Contains("second"));
    }
}

TEST_CASE("G-39: a script whose interpreter is missing is an error, never a reject") {
    const ScratchDirectory directory;
    const std::string script =
        directory.write("event", "#!/nonexistent/interpreter\n", std::filesystem::perms::owner_all);
    GuestUnderTest guest({.legacy_settings = "EVENT_NOTIFICATION_SCRIPT=" + script + "\n"});
    ScriptedHost host(guest.stage);
    host.capabilities = all_capabilities;
    host.attach(guest.host_socket());
    host.notify(71, "stop", "revocable", 5000);
    CHECK(text(host.expect("action_response"), "vote_result") == "error");
}

TEST_CASE("A hung event script is a timeout, and none of its processes is left") {
    Scripted at("sleep 600 & echo $! > $(dirname $0)/child; wait");
    CHECK(text(at.ask("revocable", 500), "vote_result") == "timeout");
    const std::string child = read_file(at.directory.path() / "child");
    REQUIRE_FALSE(child.empty());
    const std::filesystem::path grandchild = "/proc/" + child.substr(0, child.find('\n')) + "/cmdline";
    at.guest.stage.until(
        [&] {
            at.host.exchange();
            return read_file(grandchild).empty();  // gone, or a zombie of nobody
        },
        "the end of the script's child");
}

TEST_CASE("A script's reject stands although every application accepts") {
    Scripted at("exit 1");
    ScriptedApplication app(at.guest.stage, "db", RecordVersion::V3);
    app.vote = VoteResult::Accept;
    app.join(at.guest.application_socket());
    CHECK(text(at.ask(), "vote_result") == "reject");
}

TEST_CASE("G-21: quotes, backslashes and control characters in a script's line can't lose its reject") {
    const bool ours = GENERATE(false, true);
    Scripted at(R"(printf 'a "quoted" \\ back\tslash \001 {}\nmore\n'; exit 1)");
    if (!ours) {
        at.host.disconnect();
        at.host.capabilities.clear();
        at.host.attach(at.guest.host_socket());
    }
    const Json answer = at.ask();
    CHECK(text(answer, "vote_result") == "reject");
    CHECK_THAT(text(answer, "log_msg"), Catch::Contains("quoted"));
    if (!ours)
        CHECK(text(answer, "log_msg").find_first_of("\"\\\n\t\x01") == std::string::npos);
}

TEST_CASE("G-41: a script that prints without end neither spins nor blocks anybody") {
    Scripted at("yes | head -c 10000000; exit 0");
    CHECK(text(at.ask("revocable", 20000), "vote_result") == "accept");
}

/// The health script's verdict by a file, so that a test can change it.
struct Doctor {
    explicit Doctor(const std::string& body)
        : guest({.settings = "health_script:\n  path: " + directory.write_script("health", body) +
                             "\n  interval_s: 1\n  timeout_ms: 1000\n"}) {
        host.capabilities = all_capabilities;
        host.attach(guest.host_socket());
    }
    const ScratchDirectory directory;
    GuestUnderTest guest;
    ScriptedHost host{guest.stage};
};

TEST_CASE("G-40: a health script is well with 0 and nothing else") {
    const auto status = GENERATE("exit 1", "exit 2", "exit 127", "kill -SEGV $$");
    Doctor doctor(std::string("cd $(dirname $0); test -e well || { echo ill; ") + status + "; }; exit 0");
    const Json ill = doctor.host.expect("health");
    CHECK(text(ill, "heartbeat_health") == "unhealthy");
    CHECK(text(ill, "cause") == "script_unhealthy");
    doctor.directory.write("well", "");
    CHECK(text(doctor.host.expect("health"), "cause") == "recovered");
}

TEST_CASE("G-20: a hung health script is reported as such, and recovers") {
    Doctor doctor("cd $(dirname $0); test -e well || exec sleep 600; exit 0");
    CHECK(text(doctor.host.expect("health"), "cause") == "script_hung");
    doctor.directory.write("well", "");
    CHECK(text(doctor.host.expect("health"), "cause") == "recovered");
}

}  // namespace
}  // namespace vnf::test
