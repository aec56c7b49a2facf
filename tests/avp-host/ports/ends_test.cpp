// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The ports of the host's own: null, echo, counter, generator, wired to each other or to the test's.
#include <catch2/catch.hpp>
#include <chrono>
#include <map>

#include "avp-host/ports/counter_port.hpp"
#include "avp-host/ports/echo_port.hpp"
#include "avp-host/ports/generator_port.hpp"
#include "avp-host/ports/null_port.hpp"
#include "avp-host/ports/port_pair.hpp"
#include "avp-host/ports/test_frame.hpp"
#include "tests/avp-host/ports/frame_box.hpp"

using namespace vnf::avp;
using namespace std::chrono_literals;
using vnf::runtime::TimePoint;

namespace {

template <typename End>
struct Attached {
    template <typename... Arguments>
    explicit Attached(Arguments&&... arguments)
        : end(std::forward<Arguments>(arguments)...), attachment("end", end, gate) {}
    std::map<std::string, std::uint64_t> counters() const {
        std::map<std::string, std::uint64_t> all;
        for (const auto& [name, value] : end.counters())
            all[std::string(name)] = value;
        return all;
    }
    End end;
    PortGate gate;
    Attachment attachment;
};

std::vector<KeptFrame> taken_from(Port& port) {
    std::array<Frame, kBurst> burst;
    std::vector<KeptFrame> all;
    const std::size_t count = port.receive(burst);
    for (std::size_t i = 0; i < count; ++i)
        all.push_back(FrameBox::keep(burst[i]));
    if (count != 0)
        port.done_with_received();
    return all;
}

TimePoint test_time{1h};
TimePoint test_now() {
    return test_time;
}

}  // namespace

TEST_CASE("an echo gives frames back with their addresses exchanged, tags and all, in order") {
    AttachedBox guest;
    Attached<EchoPort> echo(true);
    PortPair pair(guest.attachment, echo.attachment);
    guest.box.in = {frame_of(0x0200000000EE, 0x02000000000A, "one"),
                    with_tag(frame_of(0x0200000000EE, 0x02000000000A, std::string(9000, 'x')), 0x600A)};
    CHECK(pair.run(TimePoint{1h}) == 4);
    const auto back = guest.box.taken();
    REQUIRE(back.size() == 2);
    CHECK(back[0] == frame_of(0x02000000000A, 0x0200000000EE, "one"));
    CHECK(back[1] == with_tag(frame_of(0x02000000000A, 0x0200000000EE, std::string(9000, 'x')), 0x600A));
    CHECK(echo.counters()["echoed"] == 2);
}

TEST_CASE("an echo that is told to leaves addresses as they are") {
    AttachedBox guest;
    Attached<EchoPort> echo(false);
    PortPair pair(guest.attachment, echo.attachment);
    guest.box.in = {frame_of(1, 2, "one")};
    pair.run(TimePoint{1h});
    CHECK(guest.box.taken() == std::vector{frame_of(1, 2, "one")});
}

TEST_CASE("an echo turns frames around whatever their first segment is, and drops what has no addresses") {
    AttachedBox guest;
    Attached<EchoPort> echo(true);
    PortPair pair(guest.attachment, echo.attachment);
    guest.box.first_bytes = GENERATE(as<std::size_t>{}, 12, 14, 63, 64, 65, 9100);
    KeptFrame torso;
    torso.bytes.resize(11);
    for (const std::size_t size : {0U, 1U, 49U, 50U, 51U, 52U, 60U, 9000U})
        guest.box.in.push_back(frame_of(0x0200000000EE, 0x02000000000A, std::string(size, 'x')));
    guest.box.in.push_back(torso);
    guest.box.in.push_back(frame_of(1, 2, "behind it"));
    std::vector<KeptFrame> wanted;
    for (const std::size_t size : {0U, 1U, 49U, 50U, 51U, 52U, 60U, 9000U})
        wanted.push_back(frame_of(0x02000000000A, 0x0200000000EE, std::string(size, 'x')));
    wanted.push_back(frame_of(2, 1, "behind it"));
    // 65 bytes first and the rest in five: there is no segment left for what is cut off.
    const bool has_one_too_many = guest.box.first_bytes == 65;
    if (has_one_too_many)
        wanted.erase(wanted.end() - 2);
    CHECK(pair.run(TimePoint{1h}) == 10 + wanted.size());
    CHECK(guest.box.taken() == wanted);
    CHECK(echo.counters()["echoed"] == wanted.size());
    CHECK(echo.counters()["dropped_length"] == (has_one_too_many ? 2 : 1));
    CHECK(echo.attachment.counters().frames_from.value() == wanted.size());
    CHECK(echo.attachment.counters().frames_to.value() == wanted.size());
    CHECK(guest.attachment.counters().frames_from.value() == 10);
}

TEST_CASE("an echo holds two bursts, and drops and counts what finds it full") {
    EchoPort echo(true);
    std::array<Frame, kBurst> burst;
    const KeptFrame kept = frame_of(1, 2, "one");
    for (Frame& frame : burst)
        FrameBox::lend(kept, frame);
    CHECK(echo.transmit(burst) == kBurst);
    CHECK(echo.transmit(burst) == kBurst);
    CHECK(echo.transmit(std::span(burst).first(3)) == 0);
    CHECK(taken_from(echo).size() == kBurst);
    CHECK(echo.transmit(std::span(burst).first(3)) == 3);
    CHECK(taken_from(echo).size() == kBurst);
    CHECK(taken_from(echo).size() == 3);
    CHECK(taken_from(echo).empty());
    CHECK(echo.counters()[1].second == 3);
}

TEST_CASE("a null port takes everything and gives nothing") {
    NullPort port;
    std::array<Frame, 3> burst;
    CHECK(port.transmit(burst) == 3);
    CHECK(taken_from(port).empty());
}

TEST_CASE("what a generator makes a counter finds intact, each size of its list in turn") {
    GeneratorSettings settings;
    settings.sizes = {64, 65, 1500, 9238};
    settings.frames = 100;
    Attached<GeneratorPort> generator(settings);
    Attached<CounterPort> counter(true);
    PortPair pair(generator.attachment, counter.attachment);
    CHECK(pair.run(TimePoint{1h}) == 64);
    CHECK(pair.run(TimePoint{1h}) == 36);
    CHECK(pair.run(TimePoint{1h}) == 0);
    CHECK(generator.counters()["made"] == 100);
    auto found = counter.counters();
    CHECK(found["frames"] == 100);
    CHECK(found["bytes"] == 25 * (64 + 65 + 1500 + 9238));
    CHECK(found["intact"] == 100);
    CHECK(found["damaged"] + found["foreign"] + found["skipped"] + found["late"] == 0);
    generator.end.make_more(5);
    CHECK(pair.run(TimePoint{1h}) == 5);
    generator.end.make_more(GeneratorSettings::kForever);
    CHECK(pair.run(TimePoint{1h}) == kBurst);
    generator.end.rest();
    CHECK(pair.run(TimePoint{1h}) == 0);
}

TEST_CASE(
    "a counter sees every changed byte, a wrong length, a foreign frame, and numbers that are missing") {
    GeneratorSettings settings;
    settings.sizes = {200};
    GeneratorPort generator(settings);
    const auto made = taken_from(generator);
    CounterPort counter(true);
    const auto give = [&counter](const KeptFrame& kept) {
        Frame frame;
        FrameBox::lend(kept, frame);
        counter.transmit(std::span(&frame, 1));
    };
    const auto value = [&counter](std::string_view name) {
        for (const auto& [key, number] : counter.counters()) {
            if (key == name)
                return number;
        }
        throw std::logic_error("no such counter");
    };
    give(made[0]);
    give(made[3]);
    CHECK(value("skipped") == 2);
    give(made[1]);
    give(made[1]);
    CHECK(value("late") == 2);
    CHECK(value("intact") == 4);
    give(frame_of(1, 2, "not of a generator, but long enough to be one"));
    CHECK(value("foreign") == 1);
    // Cut off within what would make it one, and longer than any.
    KeptFrame cut = made[4];
    cut.bytes.resize(29);
    give(cut);
    CHECK(value("foreign") == 2);
    KeptFrame endless = made[4];
    endless.bytes.resize(20000);
    give(endless);
    CHECK(value("damaged") == 1);
    for (std::size_t at = 18; at < 22; ++at) {
        KeptFrame changed = made[4];
        changed.bytes[at] ^= std::byte{1};
        give(changed);
    }
    for (std::size_t at = kTestHeaderBytes; at < 200; ++at) {
        KeptFrame changed = made[4];
        changed.bytes[at] ^= std::byte{0x80};
        give(changed);
    }
    CHECK(value("damaged") == 1 + 4 + 170);
    // The header of one frame before the rest of another.
    KeptFrame mixed = made[5];
    std::copy(made[6].bytes.begin(), made[6].bytes.begin() + 30, mixed.bytes.begin());
    give(mixed);
    CHECK(value("damaged") == 176);
}

TEST_CASE("a generator keeps its rate on average, and makes up for at most a burst") {
    GeneratorSettings settings;
    settings.frames_per_second = 1000;
    GeneratorPort generator(settings, test_now);
    CHECK(taken_from(generator).empty());
    test_time += 3ms;
    CHECK(taken_from(generator).size() == 3);
    CHECK(taken_from(generator).empty());
    test_time += 500us;
    CHECK(taken_from(generator).empty());
    test_time += 500us;
    CHECK(taken_from(generator).size() == 1);
    test_time += 10s;
    CHECK(taken_from(generator).size() == kBurst);
    CHECK(taken_from(generator).empty());
}

TEST_CASE("a generator makes the smallest frames whole, from as many addresses as it is told") {
    GeneratorSettings settings;
    settings.sizes = {60, 61, 62, 63, 64};
    settings.flows = 3;
    GeneratorPort generator(settings);
    const auto made = taken_from(generator);
    REQUIRE(made.size() == kBurst);
    CounterPort counter(true);
    for (std::size_t i = 0; i < made.size(); ++i) {
        CHECK(made[i].bytes.size() == 60 + i % 5);
        CHECK(made[i].bytes[10] == std::byte{0});
        CHECK(made[i].bytes[11] == std::byte(0xFE + i % 3));
        Frame frame;
        FrameBox::lend(made[i], frame);
        counter.transmit(std::span(&frame, 1));
    }
    CHECK(counter.counters()[2] == std::pair<std::string_view, std::uint64_t>{"intact", kBurst});
}

TEST_CASE("a generator refuses sizes, flows and rates outside their bounds by name") {
    GeneratorSettings settings;
    const auto sizes = GENERATE(std::vector<std::uint16_t>{}, std::vector<std::uint16_t>{59},
                                std::vector<std::uint16_t>{64, 9239},
                                std::vector<std::uint16_t>(GeneratorSettings::kMostSizes + 1, 64));
    settings.sizes = sizes;
    CHECK_THROWS_WITH(GeneratorPort(settings), Catch::StartsWith("sizes: "));
    settings.sizes = std::vector<std::uint16_t>(GeneratorSettings::kMostSizes, 9238);
    CHECK_NOTHROW(GeneratorPort(settings));
    settings.flows = GENERATE(0U, GeneratorSettings::kMostFlows + 1);
    CHECK_THROWS_WITH(GeneratorPort(settings), Catch::StartsWith("flows: "));
    settings.flows = GeneratorSettings::kMostFlows;
    settings.frames_per_second = GeneratorSettings::kMostPerSecond + 1;
    CHECK_THROWS_WITH(GeneratorPort(settings), Catch::StartsWith("frames_per_second: "));
}

TEST_CASE("a pair loses nothing while the control thread has one of its ports") {
    AttachedBox guest;
    Attached<CounterPort> counter(false);
    PortPair pair(guest.attachment, counter.attachment);
    guest.box.in = {frame_of(1, 2), frame_of(1, 2)};
    {
        const auto held = counter.gate.hold();
        CHECK(pair.run(TimePoint{1h}) == 0);
    }
    CHECK(guest.box.in.size() == 2);
    CHECK(pair.run(TimePoint{2h}) == 2);
    CHECK(counter.counters()["frames"] == 2);
    CHECK(guest.box.polls == 1);
}
