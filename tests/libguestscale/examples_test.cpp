// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The worker pool as a process that a scripted agent scales, and the helper script on a folder that looks like /sys.

#include <sched.h>

#include <poll.h>
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <optional>
#include <string>
#include <vector>

#include "scale_examples.hpp"
#include "scripted_agent.hpp"
#include "tests/harness/deadline.hpp"
#include "tests/harness/process.hpp"
#include "tests/harness/scratch_directory.hpp"
#include "tests/libguestscale/fake_sysfs.hpp"

using namespace vnf;
using namespace std::chrono_literals;
using wire::Cpu;
using wire::CpuSet;
using wire::ScaleDirection;

namespace {

CpuSet own_cpus() {
    cpu_set_t mask;
    ::sched_getaffinity(0, sizeof mask, &mask);
    CpuSet cpus;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (CPU_ISSET(cpu, &mask)) {
            cpus.insert(*Cpu::of(cpu));
        }
    }
    return cpus;
}

std::string list_of(const CpuSet& cpus) {
    return "\"workers\":" + wire::format_cpu_array(cpus);
}

/// A pool on the vCPUs of this machine; the last of them goes and comes, as far as the agent says.
class Stage {
  public:
    explicit Stage(std::vector<std::string> options) {
        all = own_cpus();
        last = *all.last();
        without = all;
        without.erase(last);
        is_possible = !without.empty() && last != Cpu(0);
        if (!is_possible) {
            WARN("SKIPPED: a pool of one can't shrink");
            return;
        }
        options.insert(options.begin(), harness::worker_pool_path);
        options.insert(options.end(), {"--socket", directory_ / "s"});
        pool_.emplace(harness::ProcessSpec{.argv = options, .output_file = directory_ / "log"});
        wait_until([this] { return (peer = agent_.accept()) != nullptr; });
        peer->send(wire::ScaleState{all, last});
        expect("{\"event\":\"connected\"");
    }
    void wait_until(const std::function<bool()>& condition) {
        const harness::Deadline deadline(harness::patience);
        while (!condition()) {
            REQUIRE_FALSE(deadline.passed());
            if (peer) {
                peer->poll();
            }
            std::array<pollfd, 2> waiting{{{agent_.fd(), POLLIN, 0}, {peer ? peer->fd() : -1, POLLIN, 0}}};
            ::poll(waiting.data(), waiting.size(), 10);
        }
    }
    void expect(const std::string& text) {
        CAPTURE(text);
        wait_until([this, &text] { return log().find(text) != std::string::npos; });
    }
    template <typename Record>
    Record take() {
        std::optional<Record> record;
        wait_until([this, &record] { return (record = peer->take<Record>()).has_value(); });
        return *record;
    }
    void about(std::uint32_t event, ScaleDirection direction, std::optional<Cpu> cpu) const {
        peer->send(wire::ScaleAbout{event, direction, cpu, 60s});
    }
    harness::ExitStatus end() {
        pool_->signal(SIGTERM);
        return pool_->wait();
    }
    std::string log() const { return harness::read_file(directory_ / "log"); }

    bool is_possible = false;
    CpuSet all{}, without{};
    Cpu last{0};

  private:
    harness::ScratchDirectory directory_;
    test::ScriptedScaleAgent agent_{directory_ / "s"};

  public:
    std::unique_ptr<test::ScalePeer> peer;

  private:
    std::optional<harness::Process> pool_;
};

std::string event(const std::string& name, int cpu) {
    return "{\"event\":\"" + name + "\",\"cpu\":" + std::to_string(cpu) + ",";
}

int helper(const test::FakeSysfs& sysfs, const std::vector<std::string>& arguments,
           const std::string& reserved = "1") {
    std::vector<std::string> argv{"examples/scale-helper"};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    harness::Process process(
        {.argv = argv,
         .environment = {"SCALE_HELPER_SYSFS=" + sysfs.root(), "SCALE_HELPER_RESERVED=" + reserved},
         .output_file = sysfs.root() + "/log"});
    return process.wait().code;
}

}  // namespace

TEST_CASE("the worker pool ends a worker before its vCPU goes and starts one when it is back") {
    Stage stage({"--name", "pool"});
    if (!stage.is_possible) {
        return;
    }
    CHECK(stage.take<wire::ScaleHello>().name == "pool");
    CHECK(stage.log().find(list_of(stage.all)) != std::string::npos);
    stage.about(7, ScaleDirection::Down, std::nullopt);
    CHECK(stage.take<wire::ScaleChoose>().cpu == stage.last);
    CHECK(stage.take<wire::ScaleReady>().event == 7);
    stage.peer->send(wire::ScaleDone{7, ScaleDirection::Down, stage.last, stage.without});
    stage.expect(event("down", stage.last.number()) + list_of(stage.without));
    stage.about(8, ScaleDirection::Up, stage.last);
    stage.take<wire::ScaleReady>();
    stage.peer->send(wire::ScaleDone{8, ScaleDirection::Up, stage.last, stage.all});
    stage.expect(event("up", stage.last.number()) + list_of(stage.all));
    CHECK(stage.end() == harness::ExitStatus{});
    stage.expect("{\"event\":\"stop\"");
}

TEST_CASE("the worker pool refuses with its reason, and keeps its worker") {
    Stage stage({"--refuse", "a \"backup\" is running"});
    if (!stage.is_possible) {
        return;
    }
    stage.about(7, ScaleDirection::Down, stage.last);
    CHECK(stage.take<wire::ScaleRefuse>().reason == "a \"backup\" is running");
    stage.peer->send(wire::ScaleAbandoned{7, ScaleDirection::Down, stage.all, "refused"});
    stage.expect(event("abandoned", -1) + list_of(stage.all));
    stage.expect(R"("reason":"a \"backup\" is running"})");
}

TEST_CASE("the worker pool does not shrink below its least number") {
    Stage stage({"--min", "4095"});
    if (!stage.is_possible) {
        return;
    }
    stage.about(7, ScaleDirection::Down, stage.last);
    CHECK(stage.take<wire::ScaleRefuse>().reason == "the pool has its least number of workers");
}

TEST_CASE("the helper script names the highest vCPU that is not reserved and has a switch") {
    test::FakeSysfs sysfs("0-11", "0-3,6,9-11");
    for (const int cpu : {1, 2, 3, 6, 9, 10}) {
        sysfs.add(cpu, "1\n");
    }
    CHECK(helper(sysfs, {"--cpu_del"}) == 10);
    CHECK(helper(sysfs, {"--cpu_del"}, "9 10") == 6);
    CHECK(helper(sysfs, {"--cpu_del"}, "1 2 3 6 9 10") == 0);
    sysfs.write("online", "0-1\n");
    CHECK(helper(sysfs, {"--cpu_del"}) == 0);
    CHECK(helper(sysfs, {"--cpu_del"}, "") == 1);
}

TEST_CASE("the helper script is content with a vCPU that came, and with nothing else") {
    test::FakeSysfs sysfs("0-3", "0-3");
    CHECK(helper(sysfs, {"--cpu_add", "3", "[0,1,2,3]"}) == 0);
    CHECK(helper(sysfs, {}) == 255);
    CHECK(helper(sysfs, {"--cpu_add"}) == 255);
    CHECK(helper(sysfs, {"--cpu_del", "3"}) == 255);
    CHECK(helper(sysfs, {"--help"}) == 255);
}
