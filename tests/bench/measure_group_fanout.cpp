// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One sender behind a guest-client, 2 to 128 other members of its group, whose guests the driver plays. What a broadcast
// costs the sender must not depend on their number: until it has been sent on and the next is looked at, which is seen
// from the refusal of a next one that is too long. (That there is room for the next would depend on who the scheduler
// lets run first.) A status answer has an entry for each member; it is asked for alone and right behind a broadcast, whose
// fan-out is the difference.
#include <fmt/core.h>

#include "tests/bench/group_measures.hpp"
#include "tests/bench/placement.hpp"

namespace vnf::bench {
namespace {

constexpr std::array<std::size_t, 3> sizes{2, 16, 128};
constexpr std::size_t text_size = 32, too_long = 3051;
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
    }

    /// `text` is a new one each time.
    void broadcast(const std::string& text) {
        const std::string packet = broadcast_packet(text);
        last.time([&] {
            sender.send(packet);
            members.await_all(text);
        });
    }

    void broadcast_and_next(const std::string& text) {
        const std::string packet = broadcast_packet(text);
        sender_cost.time([&] {
            sender.send(packet);
            sender.send(refused_packet);
            sender.await_refusal();
        });
        members.await_all(text);
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
    const std::string refused_packet = broadcast_packet(std::string(too_long, 'x'));
    Samples sender_cost, last, status, status_behind;
};

void rows(Report& report, const FanOut& ours, const FanOut& floor, const FanOut& least, std::size_t count) {
    const std::string who = fmt::format("fan-out to {}", count);
    const double cost = ours.sender_cost.median();
    if (&ours == &least)
        report.add({who + ", sender, p50", "us", cost, {}, "", {}});
    else
        report.add({fmt::format("{} (beside {}), sender, p50", who, sizes.front()), "us", cost,
                    least.sender_cost.median(), "<= 1.5 x",
                    cost <= most_growth * least.sender_cost.median()});
    report.add({who + ", last receiver, p50", "us", ours.last.median(), floor.last.median(), "", {}});
    report.add(
        {who + ", last receiver, p99", "us", ours.last.percentile(99), floor.last.percentile(99), "", {}});
    report.add({who + ", status behind a broadcast (beside alone), p50",
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
            const auto text = [i](int which) {
                return fmt::format("{:0{}}", 3 * i + which, text_size);
            };
            ours[k]->broadcast(text(0));
            floors[k]->broadcast(text(0));
            ours[k]->broadcast_and_next(text(1));
            ours[k]->ask(text(2));
        }
    }
    for (std::size_t k = 0; k < sizes.size(); ++k)
        rows(report, *ours[k], *floors[k], *ours.front(), sizes.at(k));
}

}  // namespace vnf::bench
