// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A vCPU goes, a vCPU comes: what the application is told, what it may answer, and when not.

#include <catch2/catch.hpp>

#include "subscriber.hpp"
#include "tests/harness/scratch_directory.hpp"

using namespace vnf;
using namespace std::chrono_literals;
using test::set_of;
using test::Subscriber;
using wire::Cpu;
using wire::CpuSet;
using wire::ScaleAbout;
using wire::ScaleDirection;

namespace {

struct Stage {
    explicit Stage(std::int32_t answer = VNF_GS_ANSWER_READY, bool has_callbacks = true)
        : subscriber({.socket = directory / "s", .answer = answer, .has_callbacks = has_callbacks}),
          peer(subscriber.connect_with(agent)) {}

    void about(std::uint32_t event, ScaleDirection direction, std::optional<Cpu> cpu,
               std::chrono::milliseconds deadline = 60s) {
        const auto told = subscriber.abouts.size();
        peer->send(ScaleAbout{event, direction, cpu, deadline});
        REQUIRE(subscriber.wait_until([this, told] { return subscriber.abouts.size() > told; }));
    }
    /// Nothing more was sent than what was taken: a record behind it comes next.
    bool is_silent() {
        peer->send(wire::ScaleState{{0}, std::nullopt});
        subscriber.wait_until([this] { return set_of(subscriber.info().online) == CpuSet{0}; }, peer.get());
        peer->poll();
        return peer->waiting_records() == 0;
    }

    harness::ScratchDirectory directory;
    test::ScriptedScaleAgent agent{directory / "s"};
    Subscriber subscriber;
    std::unique_ptr<test::ScalePeer> peer;
};

}  // namespace

TEST_CASE("before a vCPU goes the application is told, and its return says ready") {
    Stage stage;
    stage.about(7, ScaleDirection::Down, std::nullopt, 8500ms);
    const auto& about = stage.subscriber.abouts.back();
    CHECK(about.event == 7);
    CHECK(about.direction == VNF_GS_DOWN);
    CHECK(about.cpu == -1);
    CHECK(about.next_down == 3);
    CHECK(about.timeout_ms <= 8500);
    CHECK(set_of(about.online) == CpuSet{0, 1, 2, 3});
    CHECK(stage.subscriber.expect<wire::ScaleReady>(*stage.peer).event == 7);
    CHECK(stage.is_silent());
}

TEST_CASE("after it went the application is told which one and what is left") {
    Stage stage;
    stage.about(7, ScaleDirection::Down, Cpu(2));
    CHECK(stage.subscriber.abouts.back().cpu == 2);
    stage.peer->send(wire::ScaleDone{7, ScaleDirection::Down, 2, {0, 1, 3}});
    REQUIRE(stage.subscriber.wait_until([&] { return !stage.subscriber.dones.empty(); }));
    const auto& done = stage.subscriber.dones.back();
    CHECK(done.event == 7);
    CHECK(done.happened == 1);
    CHECK(done.direction == VNF_GS_DOWN);
    CHECK(done.cpu == 2);
    CHECK(set_of(done.online) == CpuSet{0, 1, 3});
    CHECK(std::string(done.reason).empty());
    CHECK(set_of(stage.subscriber.info().online) == CpuSet{0, 1, 3});
    CHECK(stage.subscriber.info().next_down == -1);
}

TEST_CASE("what did not happen is told with its reason") {
    Stage stage;
    stage.about(7, ScaleDirection::Down, std::nullopt);
    stage.peer->send(wire::ScaleAbandoned{7, ScaleDirection::Down, {0, 1, 2, 3}, "db: a backup is running"});
    REQUIRE(stage.subscriber.wait_until([&] { return !stage.subscriber.dones.empty(); }));
    CHECK(stage.subscriber.dones.back().happened == 0);
    CHECK(stage.subscriber.dones.back().cpu == -1);
    CHECK(std::string(stage.subscriber.dones.back().reason) == "db: a backup is running");
}

TEST_CASE("a vCPU that comes is told before and after, and can neither be refused nor chosen") {
    Stage stage(VNF_GS_ANSWER_LATER);
    stage.about(8, ScaleDirection::Up, Cpu(3));
    CHECK(stage.subscriber.abouts.back().direction == VNF_GS_UP);
    CHECK(stage.subscriber.abouts.back().cpu == 3);
    CHECK(vnf_gs_refuse(stage.subscriber.handle, 8, "no") == VNF_GS_ERROR_NOT_A_DOWN);
    CHECK(vnf_gs_choose(stage.subscriber.handle, 8, 1) == VNF_GS_ERROR_NOT_A_DOWN);
    CHECK(vnf_gs_ready(stage.subscriber.handle, 8) == VNF_GS_OK);
    CHECK(stage.subscriber.expect<wire::ScaleReady>(*stage.peer).event == 8);
}

TEST_CASE("the application names the vCPU, and the last word before ready counts") {
    Stage stage;
    stage.subscriber.on_about = [&stage] {
        CHECK(vnf_gs_choose(stage.subscriber.handle, 7, 1) == VNF_GS_OK);
        CHECK(vnf_gs_choose(stage.subscriber.handle, 7, 2) == VNF_GS_OK);
    };
    stage.about(7, ScaleDirection::Down, std::nullopt);
    stage.subscriber.expect<wire::ScaleReady>(*stage.peer);
    std::optional<Cpu> last;
    while (const auto choice = stage.peer->take<wire::ScaleChoose>()) {
        last = choice->cpu;
    }
    CHECK(last == Cpu(2));
    CHECK(vnf_gs_choose(stage.subscriber.handle, 7, 1) == VNF_GS_ERROR_NO_EVENT);
}

TEST_CASE(
    "vCPU 0, one that is not online and one that is none can't be named, nor any where the helper has") {
    Stage stage(VNF_GS_ANSWER_LATER);
    stage.about(7, ScaleDirection::Down, std::nullopt);
    for (const std::int32_t cpu : {0, -1, 4, 4095, 4096, 65536, INT32_MAX, INT32_MIN}) {
        CAPTURE(cpu);
        CHECK(vnf_gs_choose(stage.subscriber.handle, 7, cpu) == VNF_GS_ERROR_BAD_CPU);
    }
    stage.about(8, ScaleDirection::Down, Cpu(3));
    CHECK(vnf_gs_choose(stage.subscriber.handle, 8, 1) == VNF_GS_ERROR_CHOSEN);
}

TEST_CASE("the application refuses with a reason, and its return adds nothing") {
    Stage stage;
    stage.subscriber.on_about = [&stage] {
        CHECK(vnf_gs_refuse(stage.subscriber.handle, 7, "a backup is running") == VNF_GS_OK);
        CHECK(vnf_gs_ready(stage.subscriber.handle, 7) == VNF_GS_ERROR_NO_EVENT);
    };
    stage.about(7, ScaleDirection::Down, std::nullopt);
    const auto refusal = stage.subscriber.expect<wire::ScaleRefuse>(*stage.peer);
    CHECK(refusal.event == 7);
    CHECK(refusal.reason == "a backup is running");
    CHECK(stage.is_silent());
}

TEST_CASE("a long reason is cut, one that is no text is refused") {
    Stage stage(VNF_GS_ANSWER_LATER);
    stage.about(7, ScaleDirection::Down, std::nullopt);
    CHECK(vnf_gs_refuse(stage.subscriber.handle, 7, nullptr) == VNF_GS_ERROR_BAD_REASON);
    CHECK(vnf_gs_refuse(stage.subscriber.handle, 7, "\xFF") == VNF_GS_ERROR_BAD_REASON);
    CHECK(vnf_gs_refuse(stage.subscriber.handle, 7, std::string(1000, 'r').c_str()) == VNF_GS_OK);
    CHECK(stage.subscriber.expect<wire::ScaleRefuse>(*stage.peer).reason == std::string(399, 'r'));
}

TEST_CASE("an application that answers later is not answered for") {
    Stage stage(VNF_GS_ANSWER_LATER);
    stage.about(7, ScaleDirection::Down, std::nullopt);
    stage.peer->poll();
    CHECK(stage.peer->waiting_records() == 0);
    CHECK(vnf_gs_ready(stage.subscriber.handle, 6) == VNF_GS_ERROR_NO_EVENT);
    CHECK(vnf_gs_ready(stage.subscriber.handle, 7) == VNF_GS_OK);
    CHECK(stage.subscriber.expect<wire::ScaleReady>(*stage.peer).event == 7);
    CHECK(vnf_gs_ready(stage.subscriber.handle, 7) == VNF_GS_ERROR_NO_EVENT);
}

TEST_CASE("an answer behind the deadline is refused") {
    Stage stage(VNF_GS_ANSWER_LATER);
    stage.about(7, ScaleDirection::Down, std::nullopt, 0ms);
    CHECK(stage.subscriber.abouts.back().timeout_ms == 0);
    CHECK(vnf_gs_ready(stage.subscriber.handle, 7) == VNF_GS_ERROR_TOO_LATE);
    CHECK(vnf_gs_refuse(stage.subscriber.handle, 7, "no") == VNF_GS_ERROR_TOO_LATE);
}

TEST_CASE("a new event takes the place of one that never ended") {
    Stage stage(VNF_GS_ANSWER_LATER);
    stage.about(7, ScaleDirection::Down, std::nullopt);
    stage.about(8, ScaleDirection::Down, std::nullopt);
    CHECK(vnf_gs_ready(stage.subscriber.handle, 7) == VNF_GS_ERROR_NO_EVENT);
    CHECK(vnf_gs_ready(stage.subscriber.handle, 8) == VNF_GS_OK);
}

TEST_CASE("a handle without callbacks does not hold a vCPU up") {
    Stage stage(VNF_GS_ANSWER_LATER, false);
    stage.peer->send(ScaleAbout{7, ScaleDirection::Down, std::nullopt, 60s});
    CHECK(stage.subscriber.expect<wire::ScaleReady>(*stage.peer).event == 7);
}
