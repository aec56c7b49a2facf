// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Requests that meet, a kernel that hangs, an agent that is killed or stopped in the middle, the set over a restart.
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <map>

#include "shipped_binaries.hpp"
#include "tests/daemon/scale_stage.hpp"

namespace vnf::test {
namespace {

TEST_CASE("Requests that come while one runs are answered one after another, each to its own sender") {
    if (!enter_own_network())
        return;
    ScaleGuest at({.helper = "exit 0"});
    for (const char* from : {"scale-1", "scale-2", "scale-3"})
        at.ask(scale_down(), from);
    at.ask(scale_up(1, "[0,1]"), "scale-4");
    CHECK(at.answer("scale-1") == scaled_down(3, "[0,1,2]"));
    CHECK(at.answer("scale-2") == scaled_down(2, "[0,1]"));
    CHECK(at.answer("scale-3") == scaled_down(1, "[0]"));
    CHECK(at.answer("scale-4") == scaled_up(1, "[0,1]"));
}

TEST_CASE("A flood of requests: each has one answer, those beyond the queue at once") {
    if (!enter_own_network())
        return;
    ScaleGuest at({.helper = "sleep 1000"});
    constexpr int requests = 40;
    for (int i = 0; i < requests; ++i)
        at.ask(scale_down(3000), "scale-" + std::to_string(i));
    at.stage.until([&] { return at.client.host.waiting() == requests; }, "an answer to each");
    std::map<std::string, int> answers;
    for (const std::string& line : at.client.host.lines())
        ++answers[line.substr(line.find("dest_addr"))];
    CHECK(answers.size() == requests);
    CHECK(at.agent.counter("too_many") == requests - 17);
    at.client.round_trip();
    CHECK(at.client.host.waiting() == requests);
}

TEST_CASE(
    "A kernel that hangs costs a failure in time; what it did then is told, and the next request waits for "
    "it") {
    if (!enter_own_network())
        return;
    ScaleGuest at;
    ScaleApplication app(at.stage, at.agent.application_socket());
    at.agent.machine.set_manner(3, "hang");
    at.ask(scale_down(1000));
    app.send(wire::ScaleReady{app.about().event});
    app.send(wire::ScaleReady{app.about().event});
    CHECK(at.answer() == scale_failed("down", "cpu 3 is still being switched down"));
    at.ask(scale_down(60000));
    CHECK(
        at.exchange(
            R"({"version":2,"msg_type":"scale_request","timeout_ms":1000,"resource":"cpu","direction":"status"})") ==
        R"({"result":"success","online_cpus":[0,1,2,3],"version":2,"resource":"cpu","direction":"status"})");
    at.agent.machine.release(3);
    CHECK(app.expect<wire::ScaleDone>("the late end").cpu == wire::Cpu(3));
    app.send(wire::ScaleReady{app.about().event});
    app.send(wire::ScaleReady{app.about().event});
    CHECK(at.answer() == scaled_down(2, "[0,1]"));
    CHECK(at.agent.counter("late_end") == 1);
}

TEST_CASE("An agent that is killed in the middle answers nothing, and the next one begins from what is") {
    if (!enter_own_network())
        return;
    ScaleGuest at(
        {.helper =
             "[ -e \"$(dirname \"$0\")/said\" ] && exit 0\n: > \"$(dirname \"$0\")/said\"\nsleep 1000"});
    ScaleApplication app(at.stage, at.agent.application_socket());
    at.ask(scale_down());
    at.stage.until([&] { return std::filesystem::exists(at.agent.scratch / "said"); }, "the helper to run");
    at.agent.end(SIGKILL);
    at.stage.until([&] { return !app.connected(); }, "the application to see it");
    CHECK(at.exchange(scale_down()) == scale_failed("down", "no scale agent listens in the guest"));
    at.agent.restart();
    CHECK(at.exchange(scale_down()) == scaled_down(3, "[0,1,2]"));
    CHECK(at.client.host.waiting() == 0);
}

TEST_CASE(
    "For an agent that is gone guest-client answers at once, in the old keys, and what it would have "
    "answered") {
    if (!enter_own_network())
        return;
    ScaleGuest at;
    at.agent.end(SIGKILL);
    const std::string gone = "no scale agent listens in the guest";
    at.client.host.say(
        R"({"data":{"version":2,"msg_type":"scale_request","timeout_ms":9000,"resource":"cpu","direction":"down"},"version":2,"dest_addr":"cgcs.scale","source_addr":"scale-00000001"})");
    CHECK(
        at.client.host.expect_line() ==
        R"({"data":{"result":"fail","err_msg":"no scale agent listens in the guest","version":2,"resource":"cpu","direction":"down"},"version":2,"dest_addr":"scale-00000001","source_addr":"cgcs.scale"})");
    CHECK(at.exchange(scale_up(3, "[0,1,2,3]")) == scale_failed("up", gone));
    CHECK(
        at.exchange(
            R"({"version":2,"msg_type":"scale_request","timeout_ms":9000,"resource":"cpu","direction":"status","refusal":true})") ==
        R"({"result":"fail","err_msg":"no scale agent listens in the guest","version":2,"resource":"cpu","direction":"status","absent":true})");
    CHECK(at.exchange(R"({"version":2,"msg_type":"scale_request","resource":"cpu","direction":"down"})") ==
          scale_failed("down", "failed to parse timeout_ms"));
    at.ask(R"({"version":2,"msg_type":"nack","log_msg":"what?"})");
    at.ask(R"({"version":1,"msg_type":"scale_request","timeout_ms":1,"resource":"cpu","direction":"down"})");
    at.ask("7");
    at.client.host.say(port_line(scale_down(), "cgcs.other", "scale-00000001"));
    at.client.round_trip();
    CHECK(at.client.host.waiting() == 0);
    at.agent.restart();
    CHECK(at.exchange(scale_down()) == scaled_down(3, "[0,1,2]"));
}

TEST_CASE("For an agent that does not read any more guest-client answers what is beyond its queue") {
    if (!enter_own_network())
        return;
    ScaleGuest at;
    at.agent.process().signal(SIGSTOP);
    constexpr int requests =
        1200;  // beyond the kernel's queue at its largest usual bound, 512, and ours, 256
    for (int i = 0; i < requests; ++i)
        at.ask(scale_down());
    CHECK(at.answer() == scale_failed("down", "the scale agent of the guest does not read"));
    at.agent.process().signal(SIGCONT);
}

TEST_CASE("An agent that is stopped answers first") {
    if (!enter_own_network())
        return;
    ScaleGuest at({.helper = ": > \"$(dirname \"$0\")/said\"\nsleep 1000"});
    at.ask(scale_down());
    at.stage.until([&] { return std::filesystem::exists(at.agent.scratch / "said"); }, "the helper to run");
    at.agent.process().signal(SIGTERM);
    CHECK(at.answer() == scale_failed("down", "guest-scale-agent ends"));
    CHECK(at.agent.process().wait() == ExitStatus{false, 0});
}

TEST_CASE("An agent that was paused past the time of a request writes nothing") {
    if (!enter_own_network())
        return;
    ScaleGuest at({.helper = ": > \"$(dirname \"$0\")/said\"\nsleep 1000"});
    at.ask(scale_down(1000));
    at.stage.until([&] { return std::filesystem::exists(at.agent.scratch / "said"); }, "the helper to run");
    at.agent.process().signal(SIGSTOP);
    const Deadline over(Milliseconds(1100));
    at.stage.until([&] { return over.passed(); }, "the request's time to pass");
    at.agent.process().signal(SIGCONT);
    CHECK_THAT(at.answer(), Catch::Contains(R"("result":"fail","err_msg":"no time is left)"));
    CHECK(at.agent.machine.online() == "0-3");
}

TEST_CASE("The offline set is on disk after each change, whole") {
    if (!enter_own_network())
        return;
    ScaleGuest at;
    const auto on_disk = [&at] {
        return read_file(at.agent.state_file());
    };
    at.exchange(scale_down());
    at.stage.until([&] { return on_disk() == "3\n"; }, "the first set on disk");
    at.exchange(scale_down());
    at.stage.until([&] { return on_disk() == "2-3\n"; }, "the second set on disk");
    at.exchange(scale_up(3, "[0,1,3]"));
    at.stage.until([&] { return on_disk() == "2\n"; }, "the third set on disk");
    at.exchange(scale_down());
    at.agent.end(SIGTERM);
    CHECK(on_disk() == "2-3\n");
    CHECK_FALSE(std::filesystem::exists(at.agent.state_file() + ".new"));
}

TEST_CASE("A guest-client that restarts finds the agent, and the exchange goes on") {
    if (!enter_own_network())
        return;
    ScaleGuest at;
    at.exchange(scale_down());
    at.client.guest.restart();
    at.client.host.attach(at.client.guest.messaging_socket());
    at.stage.until([&] { return text(at.client.guest.status("/v1/group"), "state") == "up"; }, "the link");
    CHECK(at.exchange(scale_up(3, "[0,1,2,3]")) == scaled_up(3, "[0,1,2,3]"));
}

TEST_CASE("A settings error of the agent names file, line and key; a good file and a reload are taken") {
    if (!enter_own_network())
        return;
    const ScratchDirectory directory;
    const auto [content, where] = GENERATE(table<std::string, std::string>({
        {"helper:\n  path: bin/sh\n", ":2: helper.path"},
        {"adress: x\n", ":1: adress"},
        {"applications:\n  limit: 0\n", ":2: applications.limit"},
        {"restore:\n  metadata_url: file:///etc/passwd\n", ":2: restore.metadata_url"},
        {"messaging:\n  address: \"a b\"\n", ":2: messaging.address"},
    }));
    const std::string file = directory.write("bad.yaml", content);
    const Completed result =
        run({guest_scale_agent_path, "--config", file, "--check-config"}, directory / "out");
    CHECK(result.status.code == 1);
    CHECK_THAT(result.output, Catch::Contains(file + where));
    CHECK(
        run({guest_scale_restore_path, "--config", file, "--check-config"}, directory / "out").status.code ==
        1);
    Stage stage;
    ScaleAgentUnderTest agent(stage, {.settings = "helper:\n  path: /nowhere\n"});
    CHECK(agent.control("POST", "/v1/reload").status == 200);
    agent.scratch.write("agent.yaml", content);
    CHECK(agent.control("POST", "/v1/reload").status == 422);
    CHECK_THAT(agent.control("GET", "/metrics").body, Catch::Contains("vnf_scale_cpus_online 4"));
}

}  // namespace
}  // namespace vnf::test
