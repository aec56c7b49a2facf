// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A handle gives threads their masks back over the events of a vCPU, also those that never heard of it.

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <future>
#include <thread>

#include "subscriber.hpp"
#include "tests/harness/scratch_directory.hpp"

using namespace vnf;
using namespace std::chrono_literals;
using test::Subscriber;
using wire::Cpu;
using wire::CpuSet;
using wire::ScaleDirection;

namespace {

CpuSet mask_of(pid_t thread) {
    cpu_set_t mask;
    REQUIRE(::sched_getaffinity(thread, sizeof mask, &mask) == 0);
    CpuSet cpus;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (CPU_ISSET(cpu, &mask)) {
            cpus.insert(*Cpu::of(cpu));
        }
    }
    return cpus;
}

void set_mask(pid_t thread, const CpuSet& cpus) {
    cpu_set_t mask;
    CPU_ZERO(&mask);
    for (const Cpu cpu : cpus) {
        CPU_SET(cpu.number(), &mask);
    }
    REQUIRE(::sched_setaffinity(thread, sizeof mask, &mask) == 0);
}

/// The first two vCPUs of this process, and a thread of it that runs on the second of them.
class Stage {
  public:
    explicit Stage(std::int32_t keep_affinity = 0)
        : subscriber({.socket = directory_ / "s", .keep_affinity = keep_affinity}), thread_([this] {
              id_.set_value(static_cast<pid_t>(::syscall(SYS_gettid)));
              end_.get_future().wait();
          }) {
        const auto own = mask_of(0);
        auto at = own.begin();
        first = *at;
        last = ++at != own.end() ? *at : first;
        is_possible = first != last;
        if (!is_possible) {
            WARN("SKIPPED: one CPU has nothing to give back");
        }
        worker = id_.get_future().get();
        without.insert(first);
        pinned.insert(last);
        all = without | pinned;
        set_mask(worker, pinned);
        peer = subscriber.connect_with(agent_, all);
    }
    ~Stage() {
        end_.set_value();
        thread_.join();
    }
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    /// The vCPU goes, and the kernel lets the thread run everywhere.
    void take_down() {
        peer->send(wire::ScaleAbout{7, ScaleDirection::Down, last, 60s});
        subscriber.expect<wire::ScaleReady>(*peer);
        set_mask(worker, all);
        peer->send(wire::ScaleDone{7, ScaleDirection::Down, last, without});
        REQUIRE(subscriber.wait_until([this] { return !subscriber.dones.empty(); }));
    }
    void bring_up() {
        peer->send(wire::ScaleAbout{8, ScaleDirection::Up, last, 60s});
        subscriber.expect<wire::ScaleReady>(*peer);
        peer->send(wire::ScaleDone{8, ScaleDirection::Up, last, all});
        REQUIRE(subscriber.wait_until([this] { return subscriber.dones.back().event == 8; }));
    }

    bool is_possible = false;
    pid_t worker = 0;
    Cpu first{0}, last{0};
    CpuSet without{}, pinned{}, all{};

  private:
    harness::ScratchDirectory directory_;
    test::ScriptedScaleAgent agent_{directory_ / "s"};
    std::promise<pid_t> id_;
    std::promise<void> end_;

  public:
    Subscriber subscriber;
    std::unique_ptr<test::ScalePeer> peer;

  private:
    std::thread thread_;
};

}  // namespace

TEST_CASE("a pinned thread has its mask again when its vCPU is back, and the application is told how many") {
    Stage stage;
    if (!stage.is_possible) {
        return;
    }
    stage.take_down();
    CHECK(stage.subscriber.dones.back().threads_repinned == 0);
    CHECK(mask_of(stage.worker) == stage.all);
    stage.bring_up();
    CHECK(stage.subscriber.dones.back().threads_repinned == 1);
    CHECK(stage.subscriber.dones.back().threads_failed == 0);
    CHECK(mask_of(stage.worker) == stage.pinned);
}

TEST_CASE("a thread that was pinned after the handle connected is re-pinned too") {
    Stage stage;
    if (!stage.is_possible) {
        return;
    }
    set_mask(stage.worker, stage.all);
    CHECK(vnf_gs_record_affinity(stage.subscriber.handle) == VNF_GS_OK);
    set_mask(stage.worker, stage.pinned);
    stage.take_down();
    stage.bring_up();
    CHECK(mask_of(stage.worker) == stage.pinned);
}

TEST_CASE("a vCPU that goes and comes without an event costs a thread its mask no more than one with") {
    Stage stage;
    if (!stage.is_possible) {
        return;
    }
    set_mask(stage.worker, stage.all);
    stage.peer->send(wire::ScaleState{stage.without, std::nullopt});
    stage.peer->send(wire::ScaleState{stage.all, std::nullopt});
    const auto before = stage.subscriber.states.size();
    REQUIRE(stage.subscriber.wait_until([&] { return stage.subscriber.states.size() == before + 2; }));
    CHECK(mask_of(stage.worker) == stage.pinned);
}

TEST_CASE("an agent that can't say what is online makes no thread a loser") {
    Stage stage;
    if (!stage.is_possible) {
        return;
    }
    const auto before = stage.subscriber.states.size();
    stage.peer->send(wire::ScaleState{{}, std::nullopt});
    REQUIRE(stage.subscriber.wait_until([&] { return stage.subscriber.states.size() == before + 1; }));
    set_mask(stage.worker, stage.all);
    stage.peer->send(wire::ScaleState{stage.all, std::nullopt});
    REQUIRE(stage.subscriber.wait_until([&] { return stage.subscriber.states.size() == before + 2; }));
    CHECK(mask_of(stage.worker) == stage.all);
}

TEST_CASE("who does not want it is left alone, and may do it by hand") {
    Stage stage(1);
    if (!stage.is_possible) {
        return;
    }
    CHECK(vnf_gs_record_affinity(stage.subscriber.handle) == VNF_GS_OK);
    stage.take_down();
    stage.bring_up();
    CHECK(mask_of(stage.worker) == stage.all);
    std::uint32_t threads = 0;
    CHECK(vnf_gs_restore_affinity(stage.subscriber.handle, &threads) == VNF_GS_OK);
    CHECK(threads == 1);
    CHECK(mask_of(stage.worker) == stage.pinned);
    CHECK(vnf_gs_restore_affinity(stage.subscriber.handle, nullptr) == VNF_GS_OK);
}
