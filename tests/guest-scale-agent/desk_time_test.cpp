// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Deadlines: late helpers, silent applications, a kernel that does not come back, requests that wait (B-15).
#include <catch2/catch.hpp>

#include "tests/guest-scale-agent/desk_bench.hpp"

namespace vnf::scale::test {
namespace {

TEST_CASE("No write begins later than 500 ms before the deadline, and the answer is 100 ms before it") {
    const TimePoint start{std::chrono::hours(1)};
    const auto [timeout, last_write, answer] = GENERATE(table<int, int, int>({{9000, 8500, 8900},
                                                                              {2500, 2000, 2400},
                                                                              {1000, 500, 900},
                                                                              {999, 500, 900},
                                                                              {500, 250, 450},
                                                                              {401, 201, 361},
                                                                              {400, 200, 360},
                                                                              {399, 200, 360},
                                                                              {0, 200, 360}}));
    INFO(timeout);
    const ScaleTimes times = ScaleTimes::of(Milliseconds(timeout), start);
    CHECK(times.last_write == start + Milliseconds(last_write));
    CHECK(times.answer_by == start + Milliseconds(answer));
    CHECK(times.helper_by(start, true) < times.decide_by(start));
    CHECK(times.decide_by(start) < times.last_write);
}

TEST_CASE("B-15: a helper that hangs is stopped in time for the default choice") {
    DeskBench at(true);
    at.ask(DeskBench::down(Milliseconds(2500)));
    REQUIRE(at.count<ScaleDesk::RunHelper>() == 1);
    CHECK(at.effects_of<ScaleDesk::RunHelper>()[0].time == Milliseconds(1900));
    const TimePoint start = at.now;
    at.pass(Milliseconds(1899));
    CHECK(at.count<ScaleDesk::StopHelper>() == 0);
    at.pass(Milliseconds(1));
    CHECK(at.count<ScaleDesk::StopHelper>() == 1);
    REQUIRE(at.count<ScaleDesk::Switch>() == 1);
    CHECK(at.effects_of<ScaleDesk::Switch>()[0].not_after == start + Milliseconds(2000));
    at.kernel();
    CHECK(at.reply<wire::ScaledDown>().cpu == wire::Cpu(3));
    at.helper(wire::Cpu(1));  // what a late one says is nobody's business
    CHECK(at.replies().size() == 1);
    CHECK(at.count<ScaleDesk::Switch>() == 1);
}

TEST_CASE("A helper that hangs is counted once, whoever sees its deadline first") {
    DeskBench at(true);
    at.ask(DeskBench::down(Milliseconds(2500)));
    const bool desk_first = GENERATE(true, false);
    if (desk_first)
        at.pass(Milliseconds(1900));
    at.helper(std::nullopt, true);
    CHECK(at.desk.counters().helper_late == 1);
    REQUIRE(at.count<ScaleDesk::Switch>() == 1);
    at.kernel();
    CHECK(at.reply<wire::ScaledDown>().cpu == wire::Cpu(3));
}

TEST_CASE("B-15: a daemon that slept past the time writes nothing") {
    DeskBench at(true);
    at.ask(DeskBench::down(Milliseconds(2500)));
    at.now += Milliseconds(2001);
    at.helper(wire::Cpu(1));
    CHECK(at.count<ScaleDesk::Switch>() == 0);
    CHECK(at.failure() == "no time is left to switch cpu 1");
    at.ask(DeskBench::down(Milliseconds(2500)));
    at.now += Milliseconds(2000);
    at.helper(wire::Cpu(1));
    CHECK(at.count<ScaleDesk::Switch>() == 1);
}

TEST_CASE("Silent applications count as ready, in both questions, before it is too late to write") {
    DeskBench at;
    const auto silent = at.application("silent"), chooser = at.application("chooser");
    at.ask(DeskBench::down(Milliseconds(2500)));
    const auto asked = at.told<wire::ScaleAbout>(silent)[0].deadline;
    CHECK(asked == Milliseconds(950));
    at.choose(chooser, 2);
    at.pass(asked - Milliseconds(1));
    CHECK(at.told<wire::ScaleAbout>(silent).size() == 1);
    at.pass(Milliseconds(1));
    REQUIRE(at.told<wire::ScaleAbout>(silent).size() == 2);
    CHECK(at.told<wire::ScaleAbout>(silent)[1].cpu == wire::Cpu(2));
    at.pass(Milliseconds(1000));
    REQUIRE(at.count<ScaleDesk::Switch>() == 1);
    at.kernel();
    CHECK(at.reply<wire::ScaledDown>().cpu == wire::Cpu(2));
    CHECK(at.desk.counters().silent_applications == 2);
    at.ready(silent);
    CHECK(at.desk.counters().unexpected_records == 1);
}

TEST_CASE("A helper leaves the applications their time") {
    DeskBench at(true);
    at.application("app");
    at.ask(DeskBench::down(Milliseconds(9000)));
    CHECK(at.effects_of<ScaleDesk::RunHelper>()[0].time == Milliseconds(5600));
    at.pass(Milliseconds(9000));  // nobody says anything
    REQUIRE(at.count<ScaleDesk::Switch>() == 1);
    CHECK(at.replies().size() == 1);
}

TEST_CASE("A kernel that does not come back costs a failure at its time, and what it does then is told") {
    DeskBench at;
    const auto app = at.application("app");
    at.ask(DeskBench::down(Milliseconds(2500)));
    at.ready(app);
    at.ready(app);
    at.pass(Milliseconds(2399));
    CHECK(at.replies().empty());
    at.pass(Milliseconds(1));
    CHECK(at.failure() == "cpu 3 is still being switched down");
    CHECK(at.desk.phase() == Phase::Overdue);
    at.ask(DeskBench::down(Milliseconds(2500)));
    CHECK(at.desk.waiting() == 1);
    SECTION("it comes back, and the next one begins") {
        at.kernel();
        CHECK(at.told<wire::ScaleDone>(app).size() == 1);
        CHECK(at.effects_of<ScaleDesk::Remember>().back().offline == wire::CpuSet{3});
        CHECK(at.replies().size() == 1);
        CHECK(at.desk.counters().late_ends == 1);
        CHECK(at.desk.phase() == Phase::ApplicationsChoose);
    }
    SECTION("it fails after all") {
        at.end_switch({false, "busy"});
        CHECK(at.told<wire::ScaleAbandoned>(app).size() == 1);
        CHECK(at.count<ScaleDesk::Remember>() == 0);
    }
    SECTION("it never comes back, and the next one is answered in its time") {
        at.pass(Milliseconds(2000));
        CHECK(at.replies().size() == 2);
        CHECK(at.failure() == "another change took this one's time");
        CHECK(at.desk.waiting() == 0);
    }
}

TEST_CASE("Requests wait for their turn, and each has one answer to its own sender") {
    DeskBench at;
    at.ask(DeskBench::down(), "first");
    at.ask(DeskBench::down(), "second");
    at.ask(DeskBench::up(3), "third");
    CHECK(at.count<ScaleDesk::Switch>() == 1);
    at.kernel();
    at.kernel();
    at.kernel();
    REQUIRE(at.replies().size() == 3);
    CHECK(at.replies()[0].to == "first");
    CHECK(std::get<wire::ScaledDown>(at.replies()[0].response) == wire::ScaledDown{3, {0, 1, 2}});
    CHECK(std::get<wire::ScaledDown>(at.replies()[1].response) == wire::ScaledDown{2, {0, 1}});
    CHECK(at.replies()[2].to == "third");
    CHECK(std::get<wire::ScaledUp>(at.replies()[2].response) == wire::ScaledUp{3, {0, 1, 3}});
}

TEST_CASE("The queue holds its limit, and one more is answered at once") {
    DeskBench at;
    for (std::size_t i = 0; i <= ScaleDesk::queue_limit; ++i) {
        at.ask(DeskBench::down());
    }
    CHECK(at.desk.waiting() == ScaleDesk::queue_limit);
    CHECK(at.replies().empty());
    at.ask(DeskBench::down(), "one-more");
    REQUIRE(at.replies().size() == 1);
    CHECK(at.replies()[0].to == "one-more");
    CHECK(at.failure() == "too many requests wait for their turn");
    at.pass(Milliseconds(9000));
    CHECK(at.replies().size() == ScaleDesk::queue_limit + 2);
}

TEST_CASE("A status is answered while a change runs") {
    DeskBench at;
    at.ask(DeskBench::down());
    at.ask({wire::ScaleStatus{}, Milliseconds(1000), ScalePeer::Ours}, "asker");
    REQUIRE(at.replies().size() == 1);
    CHECK(at.replies()[0].to == "asker");
    CHECK(at.reply<wire::ScaleOnline>().online == wire::CpuSet{0, 1, 2, 3});
}

TEST_CASE("Who does not say its name leaves after its time") {
    DeskBench at;
    const auto key = at.desk.application_opened({1, 1}, at.now);
    at.pass(Milliseconds(4999));
    CHECK(at.count<ScaleDesk::Expel>() == 0);
    at.pass(Milliseconds(1));
    REQUIRE(at.count<ScaleDesk::Expel>() == 1);
    CHECK(at.effects_of<ScaleDesk::Expel>()[0].whom == key);
    CHECK(at.desk.applications().all().empty());
}

TEST_CASE("Whoever is asked when the daemon ends is answered") {
    DeskBench at(true);
    at.ask(DeskBench::down(), "first");
    at.ask(DeskBench::down(), "second");
    at.desk.shut_down(at.now);
    at.collect();
    REQUIRE(at.replies().size() == 2);
    CHECK(at.failure() == "guest-scale-agent ends");
    CHECK(at.desk.waiting() == 0);
    CHECK_FALSE(at.desk.busy());
    at.ask(DeskBench::down(), "third");
    CHECK(at.replies().size() == 3);
}

TEST_CASE("A change that the kernel is at when the daemon ends is answered as it ends") {
    DeskBench at(true);
    at.cpus.online.erase(3);
    at.ask(DeskBench::up(3));
    at.desk.shut_down(at.now);
    at.collect();
    CHECK(at.replies().empty());
    CHECK(at.desk.busy());
    at.kernel();
    CHECK(at.reply<wire::ScaledUp>().cpu == wire::Cpu(3));
    CHECK(at.count<ScaleDesk::RunHelper>() == 0);
    CHECK_FALSE(at.desk.busy());
}

}  // namespace
}  // namespace vnf::scale::test
