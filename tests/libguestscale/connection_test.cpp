// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A handle's connection to guest-scale-agent: found, lost and found again.

#include <catch2/catch.hpp>
#include <cerrno>

#include "subscriber.hpp"
#include "tests/harness/scratch_directory.hpp"

using namespace vnf;
using test::set_of;
using test::Subscriber;

namespace {

struct Stage {
    harness::ScratchDirectory directory;
    test::ScriptedScaleAgent agent{directory / "s"};
    Subscriber subscriber{{.socket = directory / "s"}};

    bool wait_for(vnf_gs_state state) {
        return subscriber.wait_until([this, state] { return subscriber.info().state == state; });
    }
};

}  // namespace

TEST_CASE("a handle says its name first and is connected when the agent has said what is online") {
    Stage stage;
    const auto peer = stage.subscriber.expect_connection(stage.agent);
    CHECK(stage.subscriber.expect<wire::ScaleHello>(*peer).name == "pool1");
    CHECK(stage.subscriber.info().state == VNF_GS_STATE_CONNECTING);
    CHECK(set_of(stage.subscriber.info().online).empty());
    peer->send(wire::ScaleState{{0, 1, 4095}, wire::Cpu(1)});
    REQUIRE(stage.wait_for(VNF_GS_STATE_CONNECTED));
    CHECK(set_of(stage.subscriber.info().online) == wire::CpuSet{0, 1, 4095});
    CHECK(stage.subscriber.info().next_down == 1);
    CHECK(set_of(stage.subscriber.states.back().online) == wire::CpuSet{0, 1, 4095});
    CHECK(vnf_gs_cpus_count(&stage.subscriber.states.back().online) == 3);
}

TEST_CASE("a set that changed without an event is told, what would go next alone is not") {
    Stage stage;
    const auto peer = stage.subscriber.connect_with(stage.agent);
    const auto before = stage.subscriber.states.size();
    peer->send(wire::ScaleState{{0, 1, 2, 3}, wire::Cpu(2)});
    peer->send(wire::ScaleState{{0, 1}, std::nullopt});
    REQUIRE(stage.subscriber.wait_until([&] { return stage.subscriber.info().next_down == -1; }));
    REQUIRE(stage.subscriber.states.size() == before + 1);
    CHECK(set_of(stage.subscriber.states.back().online) == wire::CpuSet{0, 1});
}

TEST_CASE("a handle comes back by itself after the agent has restarted") {
    Stage stage;
    const int fd = vnf_gs_get_fd(stage.subscriber.handle);
    auto peer = stage.subscriber.connect_with(stage.agent);
    stage.agent.stop();
    peer->hang_up();
    REQUIRE(stage.wait_for(VNF_GS_STATE_DISCONNECTED));
    CHECK(stage.subscriber.states.back().error == VNF_GS_ERROR_CONNECTION_LOST);
    CHECK(set_of(stage.subscriber.info().online) == wire::CpuSet{0, 1, 2, 3});
    stage.agent.start();
    const auto second = stage.subscriber.connect_with(stage.agent, {0, 1});
    CHECK(set_of(stage.subscriber.info().online) == wire::CpuSet{0, 1});
    CHECK(vnf_gs_get_fd(stage.subscriber.handle) == fd);
}

TEST_CASE("an event ends with the connection, and can't be answered any more") {
    Stage stage;
    auto peer = stage.subscriber.connect_with(stage.agent);
    peer->send(wire::ScaleAbout{7, wire::ScaleDirection::Down, wire::Cpu(3), std::chrono::seconds(60)});
    peer->hang_up();
    REQUIRE(stage.wait_for(VNF_GS_STATE_DISCONNECTED));
    CHECK(vnf_gs_ready(stage.subscriber.handle, 7) == VNF_GS_ERROR_NO_EVENT);
    CHECK(vnf_gs_refuse(stage.subscriber.handle, 7, "") == VNF_GS_ERROR_NO_EVENT);
    CHECK(vnf_gs_choose(stage.subscriber.handle, 7, 1) == VNF_GS_ERROR_NO_EVENT);
}

TEST_CASE("a record of a later agent is passed over, what is no record ends the connection") {
    Stage stage;
    const auto peer = stage.subscriber.connect_with(stage.agent);
    std::string packet = wire::encode(wire::ScaleAgentRecord(wire::ScaleState{{0}, std::nullopt}));
    packet[1] = 99;
    peer->send_bytes(packet);
    peer->send(wire::ScaleState{{0, 1}, std::nullopt});
    REQUIRE(stage.subscriber.wait_until([&] {
        return set_of(stage.subscriber.info().online) == wire::CpuSet{0, 1};
    }));
    peer->send_bytes("no record");
    REQUIRE(stage.subscriber.wait_until(
        [&] { return stage.subscriber.states.back().state == VNF_GS_STATE_DISCONNECTED; }));
    CHECK(stage.subscriber.states.back().error == VNF_GS_ERROR_PROTOCOL);
}

TEST_CASE("nobody there is told with its errno") {
    harness::ScratchDirectory directory;
    Subscriber subscriber{{.socket = directory / "s"}};
    REQUIRE(subscriber.wait_until([&] { return !subscriber.states.empty(); }));
    CHECK(subscriber.states.front().error == VNF_GS_ERROR_CONNECT_FAILED);
    CHECK(subscriber.states.front().system_error == ENOENT);
}

TEST_CASE("a dispatch reads at most 64 records and asks to be called again") {
    Stage stage;
    const auto peer = stage.subscriber.connect_with(stage.agent);
    for (std::uint32_t event = 1; event <= 100; ++event) {
        peer->send(wire::ScaleDone{event, wire::ScaleDirection::Up, 3, {0, 1, 2, 3}});
    }
    REQUIRE(vnf_gs_dispatch(stage.subscriber.handle) == VNF_GS_OK);
    CHECK(stage.subscriber.dones.size() == 64);
    REQUIRE(stage.subscriber.wait_until([&] { return stage.subscriber.dones.size() == 100; }));
    CHECK(stage.subscriber.dones.back().event == 100);
}
