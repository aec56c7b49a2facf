// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Workers as threads, with ports that make and count frames; how they rest.
#include "avp-host/ports/worker.hpp"

#include <sched.h>

#include <catch2/catch.hpp>
#include <deque>
#include <thread>

#include "avp-host/ports/counter_port.hpp"
#include "avp-host/ports/generator_port.hpp"
#include "avp-host/ports/learning_switch.hpp"
#include "avp-host/ports/port_pair.hpp"
#include "tests/harness/deadline.hpp"

using namespace vnf::avp;
using namespace std::chrono_literals;
using Rest = IdleBackoff::Rest;

namespace {

std::uint64_t counter(const EndPort& port, std::string_view name) {
    for (const auto& [key, value] : port.counters()) {
        if (key == name)
            return value;
    }
    throw std::logic_error("no such counter");
}

template <typename Condition>
bool comes_true(Condition condition) {
    const vnf::harness::Deadline deadline(vnf::harness::patience);
    while (!condition() && !deadline.passed())
        std::this_thread::yield();
    return condition();
}

GeneratorSettings some_frames(std::uint64_t frames) {
    GeneratorSettings settings;
    settings.sizes = {64, 576, 1500};
    settings.frames = frames;
    return settings;
}

/// Processors of the calling thread.
cpu_set_t processors() {
    cpu_set_t set;
    ::sched_getaffinity(0, sizeof set, &set);
    return set;
}

}  // namespace

TEST_CASE("a worker looks again, then lets others run, then sleeps twice as long each time up to its bound") {
    IdleBackoff backoff(IdleMode::Sleep, 30us);
    CHECK(backoff.after_round(true).kind == Rest::Kind::None);
    for (unsigned i = 0; i < IdleBackoff::kSpins; ++i)
        CHECK(backoff.after_round(false).kind == Rest::Kind::Spin);
    for (unsigned i = 0; i < IdleBackoff::kYields; ++i)
        CHECK(backoff.after_round(false).kind == Rest::Kind::Yield);
    for (const auto time : {5us, 10us, 20us, 30us, 30us}) {
        const Rest rest = backoff.after_round(false);
        CHECK(rest.kind == Rest::Kind::Sleep);
        CHECK(rest.time == time);
    }
    backoff.after_round(true);
    CHECK(backoff.after_round(false).kind == Rest::Kind::Spin);
}

TEST_CASE("a worker that is to poll never sleeps, and one with a short bound never sleeps longer") {
    IdleBackoff poll(IdleMode::Poll, 1us);
    IdleBackoff brief(IdleMode::Sleep, 1us);
    for (int i = 0; i < 1000; ++i) {
        REQUIRE(poll.after_round(false).kind == Rest::Kind::Spin);
        REQUIRE(brief.after_round(false).time <= 1us);
    }
}

TEST_CASE("a worker carries every frame of a generator to a switch's other ports, intact") {
    const IdleMode mode = GENERATE(IdleMode::Poll, IdleMode::Sleep);
    constexpr std::uint64_t frames = 20000;
    GeneratorPort generator(some_frames(frames));
    CounterPort one(true), two(true);
    PortGate gates[3];
    Attachment from("generator", generator, gates[0]), to_one("one", one, gates[1]),
        to_two("two", two, gates[2]);
    LearningSwitch fabric("lan", 300s, 1);
    fabric.add_port(from, {});
    fabric.add_port(to_one, {});
    fabric.add_port(to_two, {});
    const Worker worker({"worker", {}, mode, 100us}, {&fabric});
    REQUIRE(comes_true([&] { return counter(one, "frames") == frames && counter(two, "frames") == frames; }));
    CHECK(counter(one, "intact") == frames);
    CHECK(counter(two, "intact") == frames);
    CHECK(comes_true([&] { return worker.frames() == frames; }));
    CHECK(fabric.learnt(Clock::now()).size() == 1);
}

TEST_CASE(
    "whoever looks at a port again and again while frames go through gets in, and each frame is told of") {
    GeneratorPort generator(some_frames(GeneratorSettings::kForever));
    CounterPort sink(false);
    PortGate gates[2];
    Attachment from("generator", generator, gates[0]), to("sink", sink, gates[1]);
    LearningSwitch fabric("lan", 300s, 1);
    fabric.add_port(from, {});
    fabric.add_port(to, {});
    {
        const Worker worker({"worker"}, {&fabric});
        for (int looks = 0; looks < 2000; ++looks) {
            const auto held = gates[looks % 2].hold();
            CHECK(held.owns_lock());
        }
        REQUIRE(comes_true([&] { return counter(sink, "frames") > 1000; }));
    }
    CHECK(counter(generator, "made") == counter(sink, "frames") + to.counters().of(ForwardDrop::Unavailable));
}

TEST_CASE("two workers share nothing, and one with many forwarders serves them all") {
    std::deque<GeneratorPort> generators;
    std::deque<CounterPort> counters;
    std::deque<PortGate> gates(12);
    std::deque<Attachment> attachments;
    std::deque<PortPair> pairs;
    for (std::size_t i = 0; i < 6; ++i) {
        attachments.emplace_back("from", generators.emplace_back(some_frames(1000)), gates[2 * i]);
        attachments.emplace_back("to", counters.emplace_back(true), gates[2 * i + 1]);
        pairs.emplace_back(attachments[2 * i], attachments[2 * i + 1]);
    }
    const Worker one({"one"}, {&pairs[0], &pairs[1], &pairs[2]});
    const Worker two({"two"}, {&pairs[3], &pairs[4], &pairs[5]});
    for (const CounterPort& to : counters)
        CHECK(comes_true([&] { return counter(to, "intact") == 1000; }));
}

TEST_CASE("a worker is on the processor that it was given, and whoever made it stays where they were") {
    struct Where final : Forwarder {
        std::size_t run(TimePoint) override {
            cpu_set_t set = processors();
            count.store(CPU_COUNT(&set));
            cpu.store(::sched_getcpu());
            return 0;
        }
        std::atomic<int> count{0}, cpu{-1};
    };
    cpu_set_t before = processors();
    unsigned cpu = 0;
    while (!CPU_ISSET(cpu, &before))
        ++cpu;
    Where where;
    {
        const Worker worker({"pinned", cpu}, {&where});
        REQUIRE(comes_true([&] { return where.cpu.load() >= 0; }));
    }
    CHECK(where.count == 1);
    CHECK(where.cpu == static_cast<int>(cpu));
    cpu_set_t after = processors();
    CHECK(CPU_EQUAL(&before, &after));
}

TEST_CASE("a processor that is not there is refused by its number") {
    const unsigned cpu = GENERATE(1023U, 1024U, 4000000000U);
    CHECK_THROWS_WITH(Worker({"pinned", cpu}, {}), Catch::Contains(std::to_string(cpu)));
}
