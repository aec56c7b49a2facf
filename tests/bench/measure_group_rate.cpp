// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Many broadcasts of 32 bytes: how many a second arrive without a loss, and what becomes of more than that. At overload
// the sender does not wait for anybody; each broadcast that it was not told to keep ("queue full") must be heard, or
// somebody must be told of its loss, one by one.
#include <fmt/core.h>
#include <poll.h>

#include <array>

#include "tests/bench/footprint.hpp"
#include "tests/bench/group_measures.hpp"
#include "tests/bench/placement.hpp"

namespace vnf::bench {
namespace {

constexpr std::size_t text_size = 32;

/// What became of a flood.
struct Flood {
    std::uint64_t sent = 0, held_back = 0;
    Tally tally;
    std::uint64_t accounted_for() const { return tally.heard + tally.told(); }
};

enum class Reader { Reads, Sleeps };  ///< the receiving application, while the flood lasts

void await_either(const GroupPath& path, int timeout_ms) {
    std::array<pollfd, 2> waiting{pollfd{path.sender.fd(), POLLOUT, 0},
                                  pollfd{path.receiver.fd(), POLLIN, 0}};
    ::poll(waiting.data(), waiting.size(), timeout_ms);
}

/// Until all is accounted for, or nothing more came for 2 s.
void settle(GroupPath& path, Flood& flood) {
    std::uint64_t before = 0;
    harness::Deadline quiet(std::chrono::seconds(2));
    while (flood.accounted_for() < flood.sent && !quiet.passed()) {
        path.sender.drain(flood.tally);
        path.receiver.drain(flood.tally);
        if (std::exchange(before, flood.accounted_for()) != flood.accounted_for())
            quiet = harness::Deadline(std::chrono::seconds(2));
        window(std::chrono::milliseconds(1));
    }
}

Flood flood_with(GroupPath& path, std::uint64_t count, Reader reader) {
    const std::string packet = broadcast_packet(std::string(text_size, 'x'));
    Flood flood;
    while (flood.sent < count) {
        const bool taken = path.sender.try_send(packet);
        ++(taken ? flood.sent : flood.held_back);
        if (!taken)
            await_either(path, 1000);
        if (reader == Reader::Reads)
            path.receiver.drain(flood.tally);
    }
    settle(path, flood);
    return flood;
}

void flood_rows(Report& report, const std::string& what, const Flood& flood) {
    const auto row = [&](const char* figure, std::uint64_t value, const char* aim, std::optional<bool> met) {
        report.add({"overload, " + what + ": " + figure, "", static_cast<double>(value), {}, aim, met});
    };
    const std::uint64_t silent = flood.sent - std::min(flood.sent, flood.accounted_for());
    row("broadcasts taken", flood.sent, "", {});
    row("sender told 'queue full'", flood.held_back, ">= 1", flood.held_back > 0);
    row("losses told", flood.tally.told(), "", {});
    row("lost silently", silent, "0", silent == 0);
}

}  // namespace

void pass_many(GroupPath& path, std::string_view packet, std::uint64_t count) {
    Tally tally;
    for (std::uint64_t sent = 0; tally.heard < count;) {
        for (; sent < count && sent - tally.heard < rate_window; ++sent)
            path.sender.send(packet);
        path.receiver.receive(tally);
        if (tally.told() > 0)
            throw std::runtime_error(fmt::format("{} of {} broadcasts were lost", tally.told(), sent));
    }
}

double rate_of(const Samples& batches, std::uint64_t count) {
    return static_cast<double>(count) / (batches.median() / 1e6);
}

void measure_group_rate(Report& report, const Options& options) {
    const OnProcessorOf guest(Half::Guest);
    GroupPath ours(Kind::Ours);
    GroupPath floor(Kind::Floor);
    const std::string packet = broadcast_packet(std::string(text_size, 'x'));
    const std::uint64_t batch = options.quick ? 500 : 5000;
    Samples our_times, floor_times;
    for (int i = 0; i < (options.quick ? 5 : 41); ++i) {
        our_times.time([&] { pass_many(ours, packet, batch); });
        floor_times.time([&] { pass_many(floor, packet, batch); });
    }
    const double our_rate = rate_of(our_times, batch), floor_rate = rate_of(floor_times, batch);
    report.add({fmt::format("broadcasts of {} B, sustained without loss", text_size), "1/s", our_rate,
                floor_rate, ">= floor / 3", our_rate >= floor_rate / 3});
}

void measure_group_overload(Report& report, const Options& options) {
    const OnProcessorOf guest(Half::Guest);
    const std::uint64_t count = options.quick ? 5000 : 200000;
    GroupPath path(Kind::Ours);
    flood_rows(report, "receiver reads", flood_with(path, count, Reader::Reads));
    flood_rows(report, "receiver sleeps", flood_with(path, count, Reader::Sleeps));
}

}  // namespace vnf::bench
