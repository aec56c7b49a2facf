// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Scaling through the whole chain: the shipped host-agent, guest-client and guest-scale-agent, a kernel and an application.
#include <catch2/catch.hpp>

#include "shipped_binaries.hpp"
#include "tests/daemon/agent_under_test.hpp"
#include "tests/daemon/scale_stage.hpp"

namespace vnf::test {
namespace {

struct ScaleChain {
    explicit ScaleChain(ScaleAgentOptions options = {}, const std::string& section = {})
        : host(
              "guests:\n  - {id: vm1, socket: @/vm1.hb, messaging: @/vm1.sock, name: instance-00000001, "
              "scaling: {min: 2, max: 4}}\nscaling: {state_directory: @/state" +
              section + "}\n"),
          client({.device = "listen:" + (host.scratch / "vm1.hb"),
                  .arguments = {"--messaging-device", "listen:" + (host.scratch / "vm1.sock"),
                                "--group-socket", host.scratch / "group.sock"}}),
          agent(stage, std::move(options)) {
        stage.until([this] { return state("capability") == "true" && state("connected") == "true"; },
                    "a guest of ours that scales");
    }
    std::string state(const char* key) {
        const Json scale = host.api("GET", "/v1/instances/vm1/scale").json();
        return boost::json::serialize(scale.at(key));
    }
    HttpAnswer scale(const std::string& direction) {
        return host.api("POST", "/v1/instances/vm1/scale", R"({"direction":")" + direction + R"("})");
    }

    AgentUnderTest host;
    Stage& stage = host.stage;
    GuestUnderTest client;
    ScaleAgentUnderTest agent;
};

TEST_CASE("The host takes vCPUs down to the least and gives them back, and both sides say the same") {
    if (!enter_own_network())
        return;
    ScaleChain at;
    CHECK(at.scale("down").status == 200);
    CHECK(at.agent.machine.online() == "0,1,2");
    CHECK(at.state("online_cpus") == "[0,1,2]");
    CHECK(at.scale("down").status == 200);
    CHECK(at.scale("down").status != 200);
    CHECK(at.agent.machine.online() == "0,1");
    CHECK(at.scale("up").status == 200);
    CHECK(at.agent.machine.online() == "0,1,2");
    CHECK(at.state("online_cpus") == "[0,1,2]");
}

TEST_CASE("An application's refusal is binding for a host of ours") {
    if (!enter_own_network())
        return;
    ScaleChain at;
    ScaleApplication db(at.stage, at.agent.application_socket(), "db");
    HttpCall call(at.stage, at.host.api_socket(), "POST", "/v1/instances/vm1/scale",
                  R"({"direction":"down"})");
    db.send(wire::ScaleRefuse{db.about().event, "a backup is running"});
    const HttpAnswer answer = call.answer();
    CHECK(answer.status == 409);
    CHECK_THAT(answer.body, Catch::Contains("db: a backup is running"));
    CHECK(at.agent.machine.online() == "0-3");
    CHECK(at.state("online_cpus") == "[0,1,2,3]");
}

TEST_CASE("A guest that boots again is told what was offline, and takes it offline before its applications") {
    if (!enter_own_network())
        return;
    ScaleChain at;
    REQUIRE(at.scale("down").status == 200);
    at.client.restart();
    at.stage.until(
        [&] { return boost::json::serialize(at.client.status("/v1/scale").at("offline_cpus")) == "[3]"; },
        "the host's word");
    const ScaleMachine booted;
    Process restore(
        ProcessSpec{.argv = {guest_scale_restore_path, "--sysfs-root", booted.root(), "--state-file",
                             at.host.scratch / "kept", "--guest-client-socket", at.client.control_socket()},
                    .environment = ScaleMachine::environment(),
                    .output_file = at.host.scratch / "restore.log"});
    at.stage.until([&restore] { return !restore.running(); }, "the restore to end");
    CHECK(restore.wait() == ExitStatus{false, 0});
    CHECK(booted.online() == "0,1,2");
    CHECK(read_file(at.host.scratch / "kept") == "3\n");
}

TEST_CASE("A scale agent that is gone: the operator hears so at once, sees it, and nothing is taken") {
    if (!enter_own_network())
        return;
    ScaleChain at;
    const auto events = at.host.events();
    CHECK(at.state("agent") == R"("unknown")");
    REQUIRE(at.scale("down").status == 200);
    CHECK(at.state("agent") == R"("listens")");
    at.agent.end(SIGKILL);
    const HttpAnswer down = at.scale("down");
    CHECK(down.status == 409);
    CHECK_THAT(down.body, Catch::Contains(R"("no_agent")"));
    CHECK_THAT(down.body, Catch::Contains("no scale agent listens in the guest"));
    CHECK(at.state("agent") == R"("absent")");
    CHECK(at.state("online_cpus") == "[0,1,2]");
    events->expect("kind", "scale_agent_absent");
    CHECK(at.host.metric("vnf_host_scale_guests_without_agent") == 1);
    at.agent.restart();
    CHECK(at.scale("down").status == 200);
    CHECK(at.state("agent") == R"("listens")");
    events->expect("kind", "scale_agent_back");
    CHECK(at.host.metric("vnf_host_scale_guests_without_agent") == 0);
}

TEST_CASE("A scale agent that died before the host asked is found by the host's own question") {
    if (!enter_own_network())
        return;
    ScaleChain at({}, ", check_ms: 50");
    at.stage.until([&] { return at.state("agent") == R"("listens")"; }, "a first answer");
    at.agent.end(SIGKILL);
    at.stage.until([&] { return at.state("agent") == R"("absent")"; }, "the host to know");
    at.agent.restart();
    at.stage.until([&] { return at.state("agent") == R"("listens")"; }, "the host to know that it is back");
}

TEST_CASE("A metric of the guest reaches the host") {
    if (!enter_own_network())
        return;
    ScaleChain at;
    REQUIRE(http(at.stage, at.client.control_socket(), "PUT", "/v1/metrics", R"({"load":0.5})").status ==
            200);
    at.stage.until([&] { return at.state("metrics") == R"({"load":5E-1})"; }, "the metric");
}

}  // namespace
}  // namespace vnf::test
