// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The whole exchange: an old host at guest-client's port, guest-client, guest-scale-agent, a kernel. Byte for byte what the
// old agents wrote, and what is refused (specification 4.1 to 4.4).
#include <catch2/catch.hpp>

#include "tests/daemon/scale_stage.hpp"

namespace vnf::test {
namespace {

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

TEST_CASE("Captured lines of an old host are answered with the old guest's bytes") {
    if (!enter_own_network())
        return;
    ScaleGuest at;
    at.client.host.say(
        R"({"data":{"version":2,"msg_type":"scale_request","timeout_ms":2500,"resource":"cpu","direction":"down"},"version":2,"dest_addr":"cgcs.scale","source_addr":"scale-00000001"})");
    CHECK(
        at.client.host.expect_line() ==
        R"({"data":{"result":"success","offline_cpu":3,"online_cpus":[0,1,2],"version":2,"resource":"cpu","direction":"down"},"version":2,"dest_addr":"scale-00000001","source_addr":"cgcs.scale"})");
    CHECK(at.agent.machine.online() == "0,1,2");
    at.exchange(scale_down());
    at.client.host.say(
        R"({"data":{"version":2,"msg_type":"scale_request","timeout_ms":2500,"resource":"cpu","direction":"up","online_cpu":2,"online_cpus":[0,1]},"version":2,"dest_addr":"cgcs.scale","source_addr":"scale-00000001"})");
    CHECK(
        at.client.host.expect_line() ==
        R"({"data":{"result":"success","online_cpu":2,"online_cpus":[0,1,2],"version":2,"resource":"cpu","direction":"up"},"version":2,"dest_addr":"scale-00000001","source_addr":"cgcs.scale"})");
    at.ask(scale_up(7, "[0,1,2]"));
    CHECK(
        at.client.host.expect_line() ==
        R"({"data":{"result":"fail","err_msg":"can't open cpu online path: No such file or directory","version":2,"resource":"cpu","direction":"up"},"version":2,"dest_addr":"scale-00000001","source_addr":"cgcs.scale"})");
    CHECK(at.client.host.raw().front() == '\n');
    CHECK(has(at.client.host.raw(), "}\n\n{"));
}

TEST_CASE("Captured datagrams of an old guest agent are answered as the old scale agent did") {
    if (!enter_own_network())
        return;
    Stage stage;
    ServicePeer old_agent(stage, "cgcs.messaging");
    ScaleAgentUnderTest agent(stage);
    CHECK(has(old_agent.expect(), R"("dest_addr":"cgcs.messaging")"));  // its announcement
    old_agent.send(
        R"({"data":{"version":2,"msg_type":"scale_request","timeout_ms":2500,"resource":"cpu","direction":"down"},"version":2,"source_addr":"scale-00000001"})",
        "cgcs.scale");
    CHECK(
        old_agent.expect() ==
        R"({"data":{"result":"success","offline_cpu":3,"online_cpus":[0,1,2],"version":2,"resource":"cpu","direction":"down"},"version":2,"dest_addr":"scale-00000001"})");
    old_agent.send(
        R"({"data":{"version":2,"msg_type":"scale_request","timeout_ms":2500,"resource":"cpu","direction":"up","online_cpu":3,"online_cpus":[0,1,2]},"version":2,"source_addr":"scale-00000001"})",
        "cgcs.scale");
    CHECK(
        old_agent.expect() ==
        R"({"data":{"result":"success","online_cpu":3,"online_cpus":[0,1,2,3],"version":2,"resource":"cpu","direction":"up"},"version":2,"dest_addr":"scale-00000001"})");
}

TEST_CASE("Down to vCPU 0 and no further, and up again in any order") {
    if (!enter_own_network())
        return;
    ScaleGuest at;
    CHECK(at.exchange(scale_down()) == scaled_down(3, "[0,1,2]"));
    CHECK(at.exchange(scale_down()) == scaled_down(2, "[0,1]"));
    CHECK(at.exchange(scale_down()) == scaled_down(1, "[0]"));
    CHECK(at.exchange(scale_down()) == scale_failed("down", "unable to find cpu to offline"));
    CHECK(at.exchange(scale_up(2, "[0,2]")) == scaled_up(2, "[0,2]"));
    CHECK(at.exchange(scale_up(2, "[0,2]")) == scaled_up(2, "[0,2]"));
    CHECK(at.exchange(scale_up(0, "[0,2]")) == scaled_up(0, "[0,2]"));
    CHECK(at.exchange(scale_up(1, "[0,1,2]")) == scaled_up(1, "[0,1,2]"));
    CHECK(at.agent.machine.online() == "0,1,2");
}

TEST_CASE("The agent says yes to what the kernel did, and no to what it refused, hid or undid") {
    if (!enter_own_network())
        return;
    ScaleGuest at;
    at.agent.machine.set_manner(3, GENERATE("busy", "lie", "back"));
    const std::string said = at.exchange(scale_down());
    CHECK(has(said, R"({"result":"fail","err_msg":"failed to set cpu 3 offline: )"));
    CHECK_FALSE(has(said, "online_cpus"));
    CHECK(at.agent.machine.switch_of(3) == "1");
    const std::string to_ours = at.exchange(
        R"({"version":2,"msg_type":"scale_request","timeout_ms":9000,"resource":"cpu","direction":"down","refusal":true})");
    CHECK(has(to_ours, R"("online_cpus":[0,1,2,3])"));
    CHECK(at.exchange(scale_up(3, "[0,1,2,3]")) == scaled_up(3, "[0,1,2,3]"));
}

TEST_CASE("A version or message type that is not the old ones has no answer, and the next request has") {
    if (!enter_own_network())
        return;
    ScaleGuest at;
    for (const char* data : {
             R"({"version":1,"msg_type":"scale_request","timeout_ms":1,"resource":"cpu","direction":"down"})",
             R"({"msg_type":"scale_request","timeout_ms":1,"resource":"cpu","direction":"down"})",
             R"({"version":2,"timeout_ms":1,"resource":"cpu","direction":"down"})",
             R"({"version":2,"msg_type":null,"timeout_ms":1,"resource":"cpu","direction":"down"})",
             R"({"version":2,"msg_type":"scale","timeout_ms":1,"resource":"cpu","direction":"down"})",
             R"({"version":null,"msg_type":"scale_request"})",
             R"({"version":2,"msg_type":"nack","log_msg":"what?"})",
             "7",
             "[]",
         })
        at.ask(data);
    CHECK(at.exchange(scale_down()) == scaled_down(3, "[0,1,2]"));
    CHECK(at.agent.refused("unanswered") == 8);
    CHECK(at.client.host.waiting() == 0);
}

TEST_CASE("B-05, B-08: nulls, other types and shell text in any key are a failure, and nothing runs") {
    if (!enter_own_network())
        return;
    ScaleGuest at({.helper = "echo \"$@\" >> \"$(dirname \"$0\")/said\"; exit 0"});
    const std::string mark = at.agent.scratch / "broken-in";
    const std::string shell =
        R"("$(touch )" + mark + R"();`touch )" + mark + R"(`;' || touch )" + mark + R"( #")";
    for (const std::string& bad :
         {std::string("null"), shell, std::string("[]"), std::string("{}"), std::string("1.5"),
          std::string("-1"), std::string("true"), "[" + shell + "]", "[0," + shell + "]",
          std::string("[null]"), std::string("[4096]"), std::string("99999999999")}) {
        INFO(bad);
        const std::string head = R"({"version":2,"msg_type":"scale_request",)";
        const std::vector<std::string> requests{
            head + R"("timeout_ms":)" + bad + R"(,"resource":"cpu","direction":"down"})",
            head + R"("timeout_ms":100,"resource":)" + bad + R"(,"direction":"down"})",
            head + R"("timeout_ms":100,"resource":"cpu","direction":)" + bad + "}",
            head + R"("timeout_ms":100,"resource":"cpu","direction":"up","online_cpu":)" + bad +
                R"(,"online_cpus":[0]})",
        };
        for (const std::string& request : requests) {
            INFO(request);
            CHECK(has(at.exchange(request), R"("result":"fail")"));
        }
        if (bad != "[]")
            CHECK(has(
                at.exchange(
                    head +
                    R"("timeout_ms":100,"resource":"cpu","direction":"up","online_cpu":3,"online_cpus":)" +
                    bad + "}"),
                R"("result":"fail")"));
    }
    CHECK_FALSE(std::filesystem::exists(mark));
    CHECK(at.agent.said_by_helper().empty());
    CHECK(at.agent.machine.online() == "0-3");
    CHECK(at.exchange(scale_down()) == scaled_down(3, "[0,1,2]"));
}

TEST_CASE("B-08: only guest-client is heard at cgcs.scale: no other name, no name, no other user") {
    if (!enter_own_network())
        return;
    Stage stage;
    ScaleAgentUnderTest agent(stage);
    const std::string request = delivery(scale_down(), "scale-00000001");
    ServicePeer stranger(stage, "stranger"), nameless(stage, ""), group(stage, "cgcs.server_grp");
    for (ServicePeer* peer : {&stranger, &nameless, &group})
        peer->send(request, "cgcs.scale");
    stage.until([&] { return agent.refused("foreign_address") == 3; }, "three refusals");
    CHECK(agent.machine.online() == "0-3");
    CHECK(agent.counter("request") == 0);
    if (::geteuid() == 0) {
        ServicePeer client(stage, "cgcs.messaging");
        client.send_as(1234, request, "cgcs.scale");
        stage.until([&] { return agent.refused("not_allowed") == 1; }, "a refusal");
        client.send(request, "cgcs.scale");
        CHECK(has(client.expect(), R"("offline_cpu":3)"));
    } else {
        WARN("SKIPPED: only root can speak as somebody else");
    }
}

TEST_CASE("Another user's guest-client is heard if the settings say so") {
    if (!enter_own_network())
        return;
    if (::geteuid() != 0) {
        WARN("SKIPPED: only root can speak as somebody else");
        return;
    }
    Stage stage;
    ServicePeer client(stage, "cgcs.messaging");
    ScaleAgentUnderTest agent(stage, {.settings = "messaging:\n  allow: {users: [\"1234\"]}\n"});
    client.expect();
    client.send_as(1234, delivery(scale_down(), "s"), "cgcs.scale");
    CHECK(has(client.expect(), R"("offline_cpu":3)"));
}

TEST_CASE("A host of ours asks for the state and has it") {
    if (!enter_own_network())
        return;
    ScaleGuest at;
    at.exchange(scale_down());
    CHECK(
        at.exchange(
            R"({"version":2,"msg_type":"scale_request","timeout_ms":1000,"resource":"cpu","direction":"status","refusal":true})") ==
        R"({"result":"success","online_cpus":[0,1,2],"version":2,"resource":"cpu","direction":"status"})");
}

}  // namespace
}  // namespace vnf::test
