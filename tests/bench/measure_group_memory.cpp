// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What a member costs host-agent and a client costs guest-client: resident and private memory with one and with 200, after
// each has taken part in a broadcast and a status answer.
#include <fmt/core.h>

#include <deque>

#include "tests/bench/footprint.hpp"
#include "tests/bench/group_measures.hpp"
#include "tests/bench/placement.hpp"

namespace vnf::bench {
namespace {

constexpr std::size_t many = 200;
const std::string text(32, 'x');

void rows(Report& report, const std::string& who, const Memory& ours, const Memory& floor) {
    report.add({who + ", resident", "KiB", ours.resident_kib, floor.resident_kib, "", {}});
    report.add({who + ", private", "KiB", ours.private_kib, floor.private_kib, "", {}});
}

void growth_row(Report& report, const std::string& who, const std::array<Memory, 2>& ours,
                const std::array<Memory, 2>& floor) {
    const auto each = [](const std::array<Memory, 2>& memory) {
        return (memory[1].resident_kib - memory[0].resident_kib) / static_cast<double>(many - 1);
    };
    report.add({who + ", resident", "KiB", each(ours), each(floor), "", {}});
}

/// Of a host with that many members: one sender, and the others played.
Memory host_memory(Kind kind, std::size_t count) {
    const GroupGuest guest(kind);
    PlayedMembers others(count - 1);
    std::vector<std::string> ports = others.ports();
    ports.push_back(guest.port());
    const GroupHost host(kind, ports);
    others.await_host();
    PacketChannel client(guest.client_socket());
    if (kind == Kind::Ours)
        client.join(count);
    else
        client.join_floor();
    client.send(broadcast_packet(text));
    others.await_all(text);
    return memory_of(host.pid());
}

/// Of a guest with that many clients, each of which hears a broadcast.
Memory guest_memory(Kind kind, std::size_t count) {
    const GroupGuest guest(kind), other(kind);
    const GroupHost host(kind, {guest.port(), other.port()});
    std::deque<PacketChannel> clients;
    PacketChannel sender(other.client_socket());
    for (std::size_t i = 0; i < count; ++i)
        clients.emplace_back(guest.client_socket());
    clients.push_back(std::move(sender));
    for (PacketChannel& client : clients) {
        if (kind == Kind::Ours)
            client.join(2);
        else
            client.join_floor();
    }
    clients.back().send(broadcast_packet(text));
    for (std::size_t i = 0; i < count; ++i)
        clients[i].await(text);
    return memory_of(guest.pid());
}

void compare(Report& report, const std::string& daemon, const std::string& what,
             Memory (*memory)(Kind, std::size_t)) {
    const std::array ours{memory(Kind::Ours, 1), memory(Kind::Ours, many)};
    const std::array floor{memory(Kind::Floor, 1), memory(Kind::Floor, many)};
    rows(report, fmt::format("{}, 1 {}", daemon, what), ours[0], floor[0]);
    rows(report, fmt::format("{}, {} {}s", daemon, many, what), ours[1], floor[1]);
    growth_row(report, fmt::format("{}, each further {}", daemon, what), ours, floor);
}

}  // namespace

void measure_group_memory(Report& report, const Options&) {
    compare(report, "host-agent", "member", host_memory);
    compare(report, "guest-client", "client", guest_memory);
}

}  // namespace vnf::bench
