// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One sender behind a guest-client, 2 to 128 other members of its group, whose guests the driver plays. What the sender
// waits for must not depend on their number: until its broadcast is taken and the next one would be. A status answer has
// an entry for each member; it is asked for alone and right behind a broadcast, whose fan-out is the difference.
#include <fmt/core.h>

#include "tests/bench/group_measures.hpp"
#include "tests/bench/placement.hpp"

namespace vnf::bench {
namespace {

constexpr std::array<std::size_t, 3> sizes{2, 16, 128};
/// One such packet fills the sender's buffer, so that the room for the next says that it was taken.
constexpr std::size_t text_size = 3000;
constexpr double most_growth = 1.5;

struct FanOut {
    FanOut(Kind which, std::size_t count)
        : kind(which), members(count), from(kind), sender(from.client_socket()) {
        std::vector<std::string> ports = members.ports();
        ports.push_back(from.port());
        host = std::make_unique<GroupHost>(kind, ports);
        members.await_host();
        if (kind == Kind::Ours)
            sender.join(count + 1);
        else
            sender.join_floor();
        members.drain();
        sender.small_buffer();
    }

    /// `text` is a new one each time.
    void broadcast(const std::string& text) {
        const std::string packet = broadcast_packet(text);
        const auto start = Samples::Clock::now();
        sender.send(packet);
        sender.await_room();
        const auto free = Samples::Clock::now();
        members.await_all(text);
        last.add(Samples::Clock::now() - start);
        sender_free.add(free - start);
    }

    void ask(const std::string& text) {
        status.time([this] { sender.ask_status(); });
        const std::string packet = broadcast_packet(text);
        status_behind.time([&] {
            sender.send(packet);
            sender.ask_status();
        });
        members.await_all(text);
    }

    Kind kind;
    PlayedMembers members;
    GroupGuest from;
    PacketChannel sender;
    std::unique_ptr<GroupHost> host;
    Samples sender_free, last, status, status_behind;
};

void rows(Report& report, const FanOut& ours, const FanOut& floor, const FanOut& least, std::size_t count) {
    const std::string who = fmt::format("fan-out to {}", count);
    report.add({who + ", sender may send again, p50",
                "us",
                ours.sender_free.median(),
                floor.sender_free.median(),
                "",
                {}});
    if (&ours != &least)
        report.add({fmt::format("{}, the same beside {} members", who, sizes.front()), "us",
                    ours.sender_free.median(), least.sender_free.median(), "<= 1.5 x",
                    ours.sender_free.median() <= most_growth * least.sender_free.median()});
    report.add({who + ", last receiver, p50", "us", ours.last.median(), floor.last.median(), "", {}});
    report.add(
        {who + ", last receiver, p99", "us", ours.last.percentile(99), floor.last.percentile(99), "", {}});
    report.add({who + ", status behind a broadcast beside alone, p50",
                "us",
                ours.status_behind.median(),
                ours.status.median(),
                "",
                {}});
}

}  // namespace

void measure_group_fan_out(Report& report, const Options& options) {
    const OnProcessorOf guest(Half::Guest);
    std::vector<std::unique_ptr<FanOut>> ours, floors;
    for (const std::size_t count : sizes) {
        ours.push_back(std::make_unique<FanOut>(Kind::Ours, count));
        floors.push_back(std::make_unique<FanOut>(Kind::Floor, count));
    }
    const int rounds = options.quick ? 30 : 1000;
    for (int i = 0; i < rounds; ++i) {
        for (std::size_t k = 0; k < sizes.size(); ++k) {
            const std::string text = fmt::format("{:08}{}", 2 * i, std::string(text_size - 8, 'x'));
            ours[k]->broadcast(text);
            floors[k]->broadcast(text);
            ours[k]->ask(fmt::format("{:08}{}", 2 * i + 1, std::string(text_size - 8, 'x')));
        }
    }
    for (std::size_t k = 0; k < sizes.size(); ++k)
        rows(report, *ours[k], *floors[k], *ours.front(), sizes.at(k));
}

}  // namespace vnf::bench
