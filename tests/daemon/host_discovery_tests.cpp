// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Which sockets host-agent believes in (the issue's "discovered sockets are checked"), and guests that come and go by
// directory, by settings and by HTTP.
#include <sys/stat.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <csignal>

#include "shipped_binaries.hpp"
#include "tests/daemon/agent_under_test.hpp"
#include "tests/harness/unix_socket.hpp"

namespace vnf::test {
namespace {

std::size_t count(AgentUnderTest& agent) {
    return agent.api("GET", "/v1/instances").json().at("instances").as_array().size();
}

TEST_CASE("A directory that anybody can write to is not believed, and is when that is mended") {
    AgentUnderTest agent;
    ::chmod(agent.guest_directory().c_str(), 0777);
    ScriptedGuest guest(agent.stage, agent.guest_socket(uuid_1));
    agent.events()->expect("kind", "socket_refused");
    CHECK(guest.connects() == 0);
    CHECK(count(agent) == 0);
    ::chmod(agent.guest_directory().c_str(), 0700);
    agent.await_state(uuid_1, "heartbeating");
}

TEST_CASE("What is not a socket of the right name and owner is refused with its reason") {
    AgentUnderTest agent;
    const auto events = agent.events();
    const std::string path = agent.guest_socket(uuid_1);
    SECTION("a plain file") {
        agent.scratch.write("guests/cgcs.heartbeat." + uuid_1 + ".sock", "");
        CHECK(text(events->expect("kind", "socket_refused"), "reason").find("not a socket") !=
              std::string::npos);
    }
    SECTION("a link to a socket") {
        const FileDescriptor listener = listen_unix(agent.scratch / "real.sock");
        REQUIRE(::symlink((agent.scratch / "real.sock").c_str(), path.c_str()) == 0);
        CHECK_THAT(text(events->expect("kind", "socket_refused"), "reason"), Catch::Contains("link"));
    }
    SECTION("a socket of somebody else") {
        if (::geteuid() != 0) {
            WARN("SKIPPED: only root can give a file away");
            return;
        }
        const FileDescriptor listener = listen_unix(agent.scratch / "theirs.sock");
        REQUIRE(::chown((agent.scratch / "theirs.sock").c_str(), 65534, 65534) == 0);
        REQUIRE(::rename((agent.scratch / "theirs.sock").c_str(), path.c_str()) == 0);
        CHECK_THAT(text(events->expect("kind", "socket_refused"), "reason"), Catch::Contains("owner"));
    }
    CHECK(count(agent) == 0);
}

TEST_CASE("Other names in the directory are not guests") {
    AgentUnderTest agent;
    const FileDescriptor first = listen_unix(agent.guest_directory() + "/cgcs.scale." + uuid_1 + ".sock");
    const FileDescriptor second = listen_unix(agent.guest_directory() + "/cgcs.heartbeat.short.sock");
    const FileDescriptor third =
        listen_unix(agent.guest_directory() + "/cgcs.heartbeat." + uuid_1 + ".sock.bak");
    ScriptedGuest guest(agent.stage, agent.guest_socket(uuid_2));
    agent.await_state(uuid_2, "heartbeating");
    CHECK(count(agent) == 1);
}

TEST_CASE("A guest that is gone leaves the list, and is a new one when it comes back") {
    AgentUnderTest agent;
    const auto events = agent.events();
    {
        ScriptedGuest guest(agent.stage, agent.guest_socket(uuid_1));
        agent.await_state(uuid_1, "heartbeating");
    }
    events->expect("kind", "instance_removed");
    CHECK(count(agent) == 0);
    ScriptedGuest guest(agent.stage, agent.guest_socket(uuid_1));
    agent.await_state(uuid_1, "heartbeating");
}

TEST_CASE("A guest is added and removed by HTTP, and stays when its socket is not there yet") {
    AgentUnderTest agent;
    const std::string socket = agent.scratch / "late.sock";
    CHECK(agent.api("POST", "/v1/instances", R"({"id":"late","socket":")" + socket + R"("})").status == 201);
    CHECK(text(agent.instance("late"), "state") == "waiting_connection");
    ScriptedGuest guest(agent.stage, socket);
    agent.await_state("late", "heartbeating");
    CHECK(agent.api("DELETE", "/v1/instances/late").status / 100 == 2);
    CHECK(agent.api("GET", "/v1/instances/late").status == 404);
    agent.stage.until([&] { return !guest.connected(); }, "host-agent to hang up");
}

TEST_CASE("Guests of the command line and of the settings are served") {
    const ScratchDirectory directory;
    AgentUnderTest agent("guests:\n  - id: of-settings\n    socket: " + (directory / "one.sock") + "\n",
                         {"--guest", "of-options=" + (directory / "two.sock")});
    ScriptedGuest one(agent.stage, directory / "one.sock");
    ScriptedGuest two(agent.stage, directory / "two.sock");
    agent.await_state("of-settings", "heartbeating");
    agent.await_state("of-options", "heartbeating");
}

TEST_CASE("A settings error names file, line and key, and stops the start") {
    const ScratchDirectory directory;
    const auto [content, where] = GENERATE(table<std::string, std::string>({
        {"log_level: info\nheartbeat:\n  missed_challenges: 1\n", ":3: heartbeat.missed_challenges"},
        {"heartbeet: {}\n", ":1: heartbeet"},
        {"actuator:\n  kind: exec\n", "actuator"},
        {"guests:\n  - id: a\n    socket: /x\n  - id: a\n    socket: /y\n", "is used twice"},
        {"log_level: [\n", ":"},
    }));
    INFO(content);
    const std::string file = directory.write("bad.yaml", content);
    for (const bool check : {true, false}) {
        std::vector<std::string> argv{host_agent_path, "--config", file, "--api-socket",
                                      directory / "api.sock"};
        if (check)
            argv.emplace_back("--check-config");
        const Completed result = run(argv, directory / "out");
        CHECK_FALSE(result.status.signalled);
        CHECK(result.status.code != 0);
        CHECK_THAT(result.output, Catch::Contains(file));
        CHECK_THAT(result.output, Catch::Contains(where));
    }
    const std::string good = directory.write("good.yaml", "log_level: info\n");
    CHECK(run({host_agent_path, "--config", good, "--check-config"}, directory / "out").status ==
          ExitStatus{false, 0});
}

TEST_CASE("A reload with an error keeps the old settings and says so; a good one is obeyed") {
    AgentUnderTest agent(exec_settings);
    const auto events = agent.events();
    ScriptedGuest guest(agent.stage, agent.guest_socket(uuid_1));
    agent.await_state(uuid_1, "heartbeating");
    agent.rewrite_settings("actuator:\n  kind: nonsense\n");
    agent.process().signal(SIGHUP);
    const Json refused = events->expect("kind", "settings_refused");
    CHECK_THAT(boost::json::serialize(refused), Catch::Contains("actuator.kind"));
    guest.answer_challenges = false;
    events->expect("kind", "corrective_done");
    CHECK_THAT(read_file(agent.scratch.path() / "acted"), Catch::Contains("heartbeat_loss"));
    agent.rewrite_settings("actuator:\n  kind: log\n");
    agent.process().signal(SIGHUP);
    events->expect("kind", "settings_reloaded");
}

TEST_CASE("SIGTERM ends host-agent with status 0 and takes its socket away") {
    AgentUnderTest agent;
    ScriptedGuest guest(agent.stage, agent.guest_socket(uuid_1));
    agent.await_state(uuid_1, "heartbeating");
    agent.process().signal(SIGTERM);
    CHECK(agent.process().wait() == ExitStatus{false, 0});
    CHECK_FALSE(std::filesystem::exists(agent.api_socket()));
}

}  // namespace
}  // namespace vnf::test
