// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A handle gives threads their masks back over the events of a vCPU, also those that never heard of it.

#include <catch2/catch.hpp>

#include "subscriber.hpp"
#include "tests/harness/scratch_directory.hpp"
#include "waiting_thread.hpp"

using namespace vnf;
using namespace std::chrono_literals;
using test::mask_of;
using test::set_mask;
using test::Subscriber;
using wire::Cpu;
using wire::ScaleDirection;

namespace {

/// A thread that is pinned to the second of two vCPUs, which goes.
class Stage : public test::TwoCpus {
  public:
    explicit Stage(std::int32_t keep_affinity = 0)
        : subscriber({.socket = directory_ / "s", .keep_affinity = keep_affinity}) {
        if (is_possible) {
            set_mask(worker_.id(), second);
            peer = subscriber.connect_with(agent_, both);
        }
    }

    pid_t worker() const { return worker_.id(); }
    /// The vCPU goes, and the kernel lets the thread run everywhere.
    void take_down() {
        peer->send(wire::ScaleAbout{7, ScaleDirection::Down, gone(), 60s});
        subscriber.expect<wire::ScaleReady>(*peer);
        set_mask(worker(), both);
        peer->send(wire::ScaleDone{7, ScaleDirection::Down, gone(), first});
        REQUIRE(subscriber.wait_until([this] { return !subscriber.dones.empty(); }));
    }
    void bring_up() {
        peer->send(wire::ScaleAbout{8, ScaleDirection::Up, gone(), 60s});
        subscriber.expect<wire::ScaleReady>(*peer);
        peer->send(wire::ScaleDone{8, ScaleDirection::Up, gone(), both});
        REQUIRE(subscriber.wait_until([this] { return subscriber.dones.back().event == 8; }));
    }

  private:
    Cpu gone() const { return *second.begin(); }

    harness::ScratchDirectory directory_;
    test::ScriptedScaleAgent agent_{directory_ / "s"};
    test::WaitingThread worker_;

  public:
    Subscriber subscriber;
    std::unique_ptr<test::ScalePeer> peer;
};

}  // namespace

TEST_CASE("a pinned thread has its mask again when its vCPU is back, and the application is told how many") {
    Stage stage;
    if (!stage.is_possible) {
        return;
    }
    stage.take_down();
    CHECK(stage.subscriber.dones.back().threads_repinned == 0);
    CHECK(mask_of(stage.worker()) == stage.both);
    stage.bring_up();
    CHECK(stage.subscriber.dones.back().threads_repinned == 1);
    CHECK(stage.subscriber.dones.back().threads_failed == 0);
    CHECK(mask_of(stage.worker()) == stage.second);
}

TEST_CASE("a thread that was pinned after the handle connected is re-pinned too") {
    Stage stage;
    if (!stage.is_possible) {
        return;
    }
    set_mask(stage.worker(), stage.both);
    CHECK(vnf_gs_record_affinity(stage.subscriber.handle) == VNF_GS_OK);
    set_mask(stage.worker(), stage.second);
    stage.take_down();
    stage.bring_up();
    CHECK(mask_of(stage.worker()) == stage.second);
}

TEST_CASE("a vCPU that goes and comes without an event costs a thread its mask no more than one with") {
    Stage stage;
    if (!stage.is_possible) {
        return;
    }
    set_mask(stage.worker(), stage.both);
    stage.peer->send(wire::ScaleState{stage.first, std::nullopt});
    stage.peer->send(wire::ScaleState{stage.both, std::nullopt});
    const auto before = stage.subscriber.states.size();
    REQUIRE(stage.subscriber.wait_until([&] { return stage.subscriber.states.size() == before + 2; }));
    CHECK(mask_of(stage.worker()) == stage.second);
}

TEST_CASE("an agent that can't say what is online makes no thread a loser") {
    Stage stage;
    if (!stage.is_possible) {
        return;
    }
    const auto before = stage.subscriber.states.size();
    stage.peer->send(wire::ScaleState{{}, std::nullopt});
    REQUIRE(stage.subscriber.wait_until([&] { return stage.subscriber.states.size() == before + 1; }));
    set_mask(stage.worker(), stage.both);
    stage.peer->send(wire::ScaleState{stage.both, std::nullopt});
    REQUIRE(stage.subscriber.wait_until([&] { return stage.subscriber.states.size() == before + 2; }));
    CHECK(mask_of(stage.worker()) == stage.both);
}

TEST_CASE("who does not want it is left alone, and may do it by hand") {
    Stage stage(1);
    if (!stage.is_possible) {
        return;
    }
    CHECK(vnf_gs_record_affinity(stage.subscriber.handle) == VNF_GS_OK);
    stage.take_down();
    stage.bring_up();
    CHECK(mask_of(stage.worker()) == stage.both);
    std::uint32_t threads = 0;
    CHECK(vnf_gs_restore_affinity(stage.subscriber.handle, &threads) == VNF_GS_OK);
    CHECK(threads == 1);
    CHECK(mask_of(stage.worker()) == stage.second);
    CHECK(vnf_gs_restore_affinity(stage.subscriber.handle, nullptr) == VNF_GS_OK);
}
