// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Masks of real threads, recorded and given back. What a kernel does to a thread whose vCPU goes is done here with
// sched_setaffinity(): the same mask, without taking a vCPU from the machine that runs the test.
#include "libguestscale/src/affinity.hpp"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <future>
#include <thread>

#include "libguestscale/src/cpu_tree.hpp"
#include "tests/harness/scratch_directory.hpp"

namespace {

using namespace vnf::guestscale;
using vnf::wire::Cpu;
using vnf::wire::CpuSet;

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

/// A thread that waits for its end.
class Worker {
  public:
    Worker() : thread_([this] { run(); }) { id_ = announced_.get_future().get(); }
    ~Worker() { end(); }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    pid_t id() const { return id_; }
    void end() {
        if (thread_.joinable()) {
            ended_.set_value();
            thread_.join();
        }
    }

  private:
    void run() {
        announced_.set_value(static_cast<pid_t>(::syscall(SYS_gettid)));
        ended_.get_future().wait();
    }
    std::promise<pid_t> announced_;
    std::promise<void> ended_;
    pid_t id_ = 0;
    std::thread thread_;
};

/// The first two vCPUs that this process may run on.
struct Stage {
    CpuSet all = mask_of(0);
    CpuSet one{}, other{};
    bool is_possible = all.count() >= 2;
    Worker worker;
    AffinityRecord record;

    Stage() {
        if (!is_possible) {
            WARN("SKIPPED: one CPU has nothing to give back");
            return;
        }
        auto at = all.begin();
        one.insert(*at);
        other.insert(*++at);
        all = one | other;
        set_mask(worker.id(), one);
    }
    void record_threads() { CHECK(record.record(::getpid()).threads >= 2); }
};

}  // namespace

TEST_CASE("a thread that lost its only vCPU gets it back, though nobody registered it") {
    Stage stage;
    if (!stage.is_possible) {
        return;
    }
    stage.record_threads();
    set_mask(stage.worker.id(), stage.all);
    stage.record.note_loss(stage.other);
    CHECK(stage.record.restore(stage.other).threads == 0);
    CHECK(mask_of(stage.worker.id()) == stage.all);
    CHECK(stage.record.restore(stage.all).threads == 1);
    CHECK(mask_of(stage.worker.id()) == stage.one);
    CHECK(stage.record.restore(stage.all).threads == 0);
}

TEST_CASE("a thread that its application moved elsewhere stays there") {
    Stage stage;
    if (!stage.is_possible) {
        return;
    }
    stage.record_threads();
    set_mask(stage.worker.id(), stage.other);
    stage.record.note_loss(stage.other);
    CHECK(stage.record.restore(stage.all).threads == 0);
    CHECK(mask_of(stage.worker.id()) == stage.other);
}

TEST_CASE("a thread that widened its mask though none of its vCPUs went keeps it") {
    Stage stage;
    if (!stage.is_possible) {
        return;
    }
    stage.record_threads();
    stage.record.note_loss(stage.all);
    set_mask(stage.worker.id(), stage.all);
    CHECK(stage.record.restore(stage.all).threads == 0);
    CHECK(mask_of(stage.worker.id()) == stage.all);
    CHECK(stage.record.restore_all().threads == 1);
    CHECK(mask_of(stage.worker.id()) == stage.one);
}

TEST_CASE("a second loss while the first lasts does not overwrite what was recorded") {
    Stage stage;
    if (!stage.is_possible) {
        return;
    }
    stage.record_threads();
    set_mask(stage.worker.id(), stage.all);
    stage.record.note_loss(stage.other);
    stage.record_threads();
    CHECK(stage.record.restore(stage.all).threads == 1);
    CHECK(mask_of(stage.worker.id()) == stage.one);
}

TEST_CASE("a thread that slept through it all has its mask still, and needs nothing") {
    Stage stage;
    if (!stage.is_possible) {
        return;
    }
    stage.record_threads();
    stage.record.note_loss(stage.other);
    CHECK(stage.record.restore(stage.all).threads == 0);
    CHECK(mask_of(stage.worker.id()) == stage.one);
}

TEST_CASE("a thread that ended is forgotten") {
    Stage stage;
    if (!stage.is_possible) {
        return;
    }
    stage.record_threads();
    const auto before = stage.record.size();
    stage.worker.end();
    stage.record.note_loss(stage.other);
    const auto outcome = stage.record.restore(stage.all);
    CHECK(outcome.failed == 0);
    CHECK(stage.record.size() < before);
}

TEST_CASE("a process that is not there has no threads") {
    AffinityRecord record;
    CHECK(record.record(0x7FFFFFF0).threads == 0);
    vnf::harness::ScratchDirectory empty;
    AffinityRecord nowhere(empty.path().string());
    CHECK(nowhere.record(1).threads == 0);
}

TEST_CASE("a thread whose files make no sense is passed over, one that started later is another one") {
    vnf::harness::ScratchDirectory proc;
    const auto thread = [&proc](const std::string& id, const std::string& stat, const std::string& status) {
        std::filesystem::create_directories(proc.path() / "7/task" / id);
        proc.write("7/task/" + id + "/stat", stat);
        proc.write("7/task/" + id + "/status", status);
    };
    const std::string stat = "8 (a) b) c) S 1 8 8 0 -1 1 2 3 4 5 6 7 8 9 20 0 1 0 ";
    const std::string status = "Name:\ta\nCpus_allowed:\tc\nCpus_allowed_list:\t0-1\nMems_allowed:\t1\n";
    thread("8", stat + "1234 0\n", status);
    thread("9", "9 (x", status);
    thread("10", stat + "x", status);
    thread("11", stat + "1 0\n", "Name:\ta\n");
    thread("12", stat + "1 0\n", "Name:\ta\nCpus_allowed_list:\t\n");
    thread("13", stat + "1 0\n", "Name:\ta\nCpus_allowed_list:\t9-1\n");
    thread("word", stat + "1 0\n", status);
    AffinityRecord record(proc.path().string());
    CHECK(record.record(7).threads == 1);
    thread("8", stat + "1235 0\n", status);
    record.note_loss({0});
    CHECK(record.restore({0, 1}).threads == 0);
    CHECK(record.size() == 0);
}
