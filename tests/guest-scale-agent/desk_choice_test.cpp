// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Whose word counts when a vCPU goes, and what is asked of whom (specification 4.3, 4.5).
#include <catch2/catch.hpp>

#include "tests/guest-scale-agent/desk_bench.hpp"

namespace vnf::scale::test {
namespace {

TEST_CASE("With nobody to ask the highest online vCPU goes, and the answer shows what is online then") {
    DeskBench at;
    at.ask(DeskBench::down());
    REQUIRE(at.count<ScaleDesk::Switch>() == 1);
    CHECK(at.effects_of<ScaleDesk::Switch>()[0].cpu == wire::Cpu(3));
    CHECK_FALSE(at.effects_of<ScaleDesk::Switch>()[0].online);
    CHECK(at.replies().empty());
    at.kernel();
    REQUIRE(at.replies().size() == 1);
    CHECK(at.replies()[0].to == "scale-00000001");
    CHECK(at.reply<wire::ScaledDown>() == wire::ScaledDown{3, {0, 1, 2}});
    CHECK(at.effects_of<ScaleDesk::Remember>().back().offline == wire::CpuSet{3});
    CHECK(at.desk.last()->chooser == ChosenBy::Default);
}

TEST_CASE("The helper's word counts before everybody's, also of a vCPU that is offline already") {
    DeskBench at(true);
    const auto app = at.application("pool");
    at.ask(DeskBench::down());
    REQUIRE(at.count<ScaleDesk::RunHelper>() == 1);
    CHECK(at.told<wire::ScaleAbout>(app).empty());
    at.helper(wire::Cpu(1));
    REQUIRE(at.told<wire::ScaleAbout>(app).size() == 1);
    CHECK(at.told<wire::ScaleAbout>(app)[0].cpu == wire::Cpu(1));
    at.ready(app);
    at.kernel();
    CHECK(at.reply<wire::ScaledDown>().cpu == wire::Cpu(1));
    CHECK(at.desk.last()->chooser == ChosenBy::Helper);

    at.ask(DeskBench::down());
    at.helper(wire::Cpu(1));
    CHECK(at.told<wire::ScaleAbout>(app).size() == 1);  // nothing will change
    at.kernel();
    CHECK(at.reply<wire::ScaledDown>() == wire::ScaledDown{1, {0, 2, 3}});
}

TEST_CASE(
    "B-16: a helper that names nothing, vCPU 0 or one that is not there leaves the choice to the others") {
    const auto choice =
        GENERATE(std::optional<wire::Cpu>(), std::optional<wire::Cpu>(wire::Cpu(0)),
                 std::optional<wire::Cpu>(wire::Cpu(4)), std::optional<wire::Cpu>(wire::Cpu(254)));
    DeskBench at(true);
    at.ask(DeskBench::down());
    at.helper(choice);
    at.kernel();
    CHECK(at.reply<wire::ScaledDown>().cpu == wire::Cpu(3));
}

TEST_CASE("An application names the vCPU, and the others are told which one it is before it goes") {
    DeskBench at;
    const auto chooser = at.application("chooser"), other = at.application("other");
    at.ask(DeskBench::down());
    CHECK_FALSE(at.told<wire::ScaleAbout>(chooser).at(0).cpu);
    CHECK_FALSE(at.told<wire::ScaleAbout>(other).at(0).cpu);
    at.ready(other);
    at.choose(chooser, 2);
    CHECK(at.told<wire::ScaleAbout>(chooser).size() == 1);
    REQUIRE(at.told<wire::ScaleAbout>(other).size() == 2);
    CHECK(at.told<wire::ScaleAbout>(other)[1].cpu == wire::Cpu(2));
    CHECK(at.count<ScaleDesk::Switch>() == 0);
    at.ready(other);
    at.kernel();
    CHECK(at.reply<wire::ScaledDown>() == wire::ScaledDown{2, {0, 1, 3}});
    for (const auto key : {chooser, other}) {
        REQUIRE(at.told<wire::ScaleDone>(key).size() == 1);
        CHECK(at.told<wire::ScaleDone>(key)[0].cpu == wire::Cpu(2));
        CHECK(at.told<wire::ScaleDone>(key)[0].online == wire::CpuSet{0, 1, 3});
    }
    CHECK(at.desk.last()->chooser == ChosenBy::Application);
}

TEST_CASE("Of several choices the first counts, if that vCPU can go, and the others are told") {
    DeskBench at;
    const auto first = at.application("first"), second = at.application("second"),
               third = at.application("third");
    at.ask(DeskBench::down());
    at.choose(third, GENERATE(wire::Cpu(0), wire::Cpu(9)));
    at.choose(second, 2);
    at.choose(first, 1);
    CHECK(at.told<wire::ScaleAbout>(second).size() == 1);
    CHECK(at.told<wire::ScaleAbout>(first).back().cpu == wire::Cpu(2));
    CHECK(at.told<wire::ScaleAbout>(third).back().cpu == wire::Cpu(2));
}

TEST_CASE("An application can't choose while the helper has, nor an offline vCPU") {
    DeskBench at(true);
    const auto app = at.application("pool");
    at.ask(DeskBench::down());
    at.helper(wire::Cpu(1));
    at.choose(app, 2);
    at.kernel();
    CHECK(at.reply<wire::ScaledDown>().cpu == wire::Cpu(1));
    at.ask(DeskBench::down());
    at.helper(std::nullopt);
    at.choose(app, 1);
    CHECK(at.told<wire::ScaleAbout>(app).back().cpu == wire::Cpu(3));
}

TEST_CASE("One refusal ends a down, and says whose and why") {
    DeskBench at;
    const auto db = at.application("db"), other = at.application("other");
    at.ask(DeskBench::down());
    at.refuse(db, "a backup is running");
    CHECK(at.failure() == "db: a backup is running");
    CHECK(at.reply<wire::ScaleFailed>().refused);
    CHECK(at.reply<wire::ScaleFailed>().online == wire::CpuSet{0, 1, 2, 3});
    CHECK(at.count<ScaleDesk::Switch>() == 0);
    CHECK(at.told<wire::ScaleAbandoned>(other).size() == 1);
    CHECK_FALSE(at.desk.phase());
    CHECK(at.desk.counters().refused_to_old_hosts == 0);
    at.ask(DeskBench::down(Milliseconds(9000), ScalePeer::Old));
    at.refuse(db, "still");
    CHECK(at.desk.counters().refused_to_old_hosts == 1);
}

TEST_CASE("A refusal in the second question counts too, and one of an up does not") {
    DeskBench at;
    const auto chooser = at.application("chooser"), other = at.application("other");
    at.ask(DeskBench::down());
    at.ready(other);
    at.choose(chooser, 2);
    at.refuse(other, "not that one");
    CHECK(at.failure() == "other: not that one");
    at.cpus.online.erase(3);
    at.ask(DeskBench::up(3));
    at.refuse(other, "no");
    at.ready(chooser);
    at.kernel();
    CHECK(at.reply<wire::ScaledUp>() == wire::ScaledUp{3, {0, 1, 2, 3}});
}

TEST_CASE("An application that leaves does not hold up a change, and one that comes is not asked") {
    DeskBench at;
    const auto stays = at.application("stays"), leaves = at.application("leaves");
    at.ask(DeskBench::down());
    at.ready(stays);
    at.leave(leaves);
    const auto late = at.application("late");
    at.ready(stays);
    REQUIRE(at.count<ScaleDesk::Switch>() == 1);
    at.kernel();
    CHECK(at.told<wire::ScaleAbout>(late).empty());
    CHECK(at.told<wire::ScaleDone>(late).empty());
    CHECK(at.told<wire::ScaleState>(late).back().online == wire::CpuSet{0, 1, 2});
    CHECK(at.told<wire::ScaleState>(late).back().next == wire::Cpu(2));
}

TEST_CASE("Answers to another event, twice, or while nothing is asked mean nothing") {
    DeskBench at;
    const auto app = at.application("app"), other = at.application("other");
    at.say(app, wire::ScaleReady{1});
    at.ask(DeskBench::down());
    at.say(app, wire::ScaleReady{at.event(app) + 1});
    at.say(app, wire::ScaleRefuse{at.event(app) + 1, "no"});
    CHECK(at.desk.phase() == Phase::ApplicationsChoose);
    at.ready(app);
    at.refuse(app, "too late");
    CHECK(at.desk.phase() == Phase::ApplicationsChoose);
    at.ready(other);
    CHECK(at.desk.phase() == Phase::ApplicationsPrepare);
    CHECK(at.desk.counters().unexpected_records == 4);
}

TEST_CASE("What can't go is said: all but vCPU 0 offline, and lists that can't be read") {
    DeskBench at;
    at.cpus.online = {0};
    at.ask(DeskBench::down());
    CHECK(at.failure() == "unable to find cpu to offline");
    at.cpus.readable = false;
    at.ask(DeskBench::down());
    CHECK(at.failure() == "can't read which vCPUs are online");
    CHECK_FALSE(at.reply<wire::ScaleFailed>().online);
}

}  // namespace
}  // namespace vnf::scale::test
