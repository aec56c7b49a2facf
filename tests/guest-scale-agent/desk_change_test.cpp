// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The change itself: up and its helper, kernels that refuse or lie, vCPUs that others switch, quotas.
#include <catch2/catch.hpp>

#include "tests/guest-scale-agent/desk_bench.hpp"

namespace vnf::scale::test {
namespace {

TEST_CASE("The answer is not kept waiting by the disk, and what changes nothing is not written again") {
    DeskBench at;
    at.ask(at.up(1));
    at.kernel();
    CHECK(at.count<ScaleDesk::Remember>() == 1);  // never was written before
    at.ask(at.up(1));
    at.kernel();
    CHECK(at.replies().size() == 2);
    CHECK(at.count<ScaleDesk::Remember>() == 1);
    at.ask(at.down());
    at.kernel();
    REQUIRE(at.count<ScaleDesk::Remember>() == 2);
    CHECK(std::holds_alternative<ScaleDesk::Remember>(at.effects.back()));
    CHECK(at.effects_of<ScaleDesk::Remember>().back().offline == wire::CpuSet{3});
}

TEST_CASE(
    "Up: the named vCPU comes, applications hear before and after, then the helper is told, then the host") {
    DeskBench at(true);
    at.cpus.online = {0, 1, 2};
    const auto app = at.application("app");
    at.ask(DeskBench::up(3));
    CHECK(at.count<ScaleDesk::RunHelper>() == 0);
    REQUIRE(at.told<wire::ScaleAbout>(app).size() == 1);
    CHECK(at.told<wire::ScaleAbout>(app)[0].direction == ScaleDirection::Up);
    CHECK(at.told<wire::ScaleAbout>(app)[0].cpu == wire::Cpu(3));
    at.ready(app);
    at.kernel();
    CHECK(at.told<wire::ScaleDone>(app).size() == 1);
    CHECK(at.replies().empty());
    const auto run = at.effects_of<ScaleDesk::RunHelper>().at(0);
    CHECK(run.direction == ScaleDirection::Up);
    CHECK(run.cpu == wire::Cpu(3));
    CHECK(run.expected == wire::CpuSet{0, 1, 2, 3});
    at.helper(wire::Cpu(1));  // its status is only logged
    CHECK(at.reply<wire::ScaledUp>() == wire::ScaledUp{3, {0, 1, 2, 3}});
    CHECK(at.desk.last()->chooser == ChosenBy::Host);
}

TEST_CASE("Up: a helper that hangs is stopped, and the answer is a success in its time") {
    DeskBench at(true);
    at.cpus.online = {0, 1, 2};
    at.ask(DeskBench::up(3, Milliseconds(2500)));
    at.kernel();
    at.pass(Milliseconds(1999));
    CHECK(at.replies().empty());
    at.pass(Milliseconds(1));
    CHECK(at.count<ScaleDesk::StopHelper>() == 1);
    CHECK(at.reply<wire::ScaledUp>().cpu == wire::Cpu(3));
}

TEST_CASE("Already there is success, and nobody is disturbed for it") {
    DeskBench at;
    const auto app = at.application("app");
    at.ask(DeskBench::up(2));
    at.kernel();
    CHECK(at.reply<wire::ScaledUp>() == wire::ScaledUp{2, {0, 1, 2, 3}});
    CHECK(at.told<wire::ScaleAbout>(app).empty());
    CHECK(at.told<wire::ScaleDone>(app).empty());
}

TEST_CASE("A vCPU that is not there fails in the old words, and nobody is asked about it") {
    DeskBench at;
    const auto app = at.application("app");
    at.ask(DeskBench::up(7));
    at.end_switch({false, "can't open cpu online path: No such file or directory"});
    CHECK(at.failure() == "can't open cpu online path: No such file or directory");
    CHECK(at.reply<wire::ScaleFailed>().echo == wire::ScaleEcho{"cpu", "up"});
    CHECK(at.reply<wire::ScaleFailed>().online == wire::CpuSet{0, 1, 2, 3});
    CHECK(at.told<wire::ScaleAbout>(app).empty());
    CHECK(at.told<wire::ScaleAbandoned>(app).empty());
}

TEST_CASE("A kernel that refuses: the applications and the host hear it, and nothing is kept") {
    DeskBench at;
    const auto app = at.application("app");
    at.ask(DeskBench::down());
    at.ready(app);
    at.ready(app);
    at.end_switch({false, "can't write cpu3/online: Device or resource busy"});
    CHECK(at.failure() == "failed to set cpu 3 offline: can't write cpu3/online: Device or resource busy");
    CHECK(at.told<wire::ScaleAbandoned>(app).size() == 1);
    CHECK(at.count<ScaleDesk::Remember>() == 0);
}

TEST_CASE("A kernel that says done and shows another list is not believed") {
    DeskBench at;
    at.ask(DeskBench::down());
    at.end_switch({true, {}});
    CHECK_THAT(at.failure(), Catch::StartsWith("failed to set cpu 3 offline: "));
    CHECK(at.reply<wire::ScaleFailed>().online == wire::CpuSet{0, 1, 2, 3});
    at.ask(DeskBench::down());
    at.cpus.readable = false;
    at.end_switch({true, {}});
    CHECK_THAT(at.failure(), Catch::StartsWith("failed to set cpu 3 offline: "));
}

TEST_CASE("A vCPU that a rule of the guest brings back is seen, counted and told") {
    DeskBench at;
    const auto app = at.application("app");
    at.ask(DeskBench::down());
    at.ready(app);
    at.ready(app);
    at.kernel();
    at.cpus.online.insert(3);
    at.pass(Milliseconds(1000));
    CHECK(at.desk.counters().changed_elsewhere == 1);
    CHECK(at.told<wire::ScaleState>(app).back().online == wire::CpuSet{0, 1, 2, 3});
    at.desk.look(at.now);
    CHECK(at.desk.counters().changed_elsewhere == 1);
}

TEST_CASE("Our own change is never taken for another's") {
    DeskBench at;
    at.ask(DeskBench::down());
    at.cpus.online.erase(3);
    at.desk.look(at.now);  // the kernel's event is faster than the end of the write
    at.end_switch({true, {}});
    at.pass(Milliseconds(5000));
    CHECK(at.desk.counters().changed_elsewhere == 0);
}

TEST_CASE("A request that was no good has its answer, with the state for a host of ours") {
    DeskBench at;
    at.desk.refused(
        "scale-1",
        {{{"cpu", "sideways"}, "unknown direction"}, wire::ParseReason::UnknownWord, ScalePeer::Ours});
    at.collect();
    CHECK(at.failure() == "unknown direction");
    CHECK(at.reply<wire::ScaleFailed>().online == wire::CpuSet{0, 1, 2, 3});
}

TEST_CASE("Quotas hold for all applications and for each user") {
    DeskBench at(false, {3, 2});
    CHECK(at.application("a", 1) != 0);
    CHECK(at.application("b", 1) != 0);
    CHECK(at.desk.application_opened({1, 1}, at.now) == 0);
    const auto last = at.application("c", 2);
    CHECK(last != 0);
    CHECK(at.desk.application_opened({1, 3}, at.now) == 0);
    at.leave(last);
    CHECK(at.application("d", 3) != 0);
    CHECK(at.desk.applications().refused_clients() == 2);
}

TEST_CASE("An application learns the state when it says its name, and what would go next") {
    DeskBench at;
    const auto app = at.application("app");
    REQUIRE(at.told<wire::ScaleState>(app).size() == 1);
    CHECK(at.told<wire::ScaleState>(app)[0].online == wire::CpuSet{0, 1, 2, 3});
    CHECK(at.told<wire::ScaleState>(app)[0].next == wire::Cpu(3));
}

}  // namespace
}  // namespace vnf::scale::test
