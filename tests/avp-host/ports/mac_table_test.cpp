// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Learning, moving, ageing, and the shares that ports have of the table.
#include "avp-host/ports/mac_table.hpp"

#include <catch2/catch.hpp>
#include <chrono>

using namespace vnf::avp;
using namespace std::chrono_literals;
using Learnt = MacTable::Learnt;

namespace {

constexpr std::uint64_t secret = 0x9E3779B97F4A7C15;
const TimePoint start{1h};

struct Table : MacTable {
    explicit Table(std::initializer_list<std::uint32_t> shares) : MacTable(10s, secret) {
        for (const std::uint32_t share : shares)
            add_port(share);
    }
};

}  // namespace

TEST_CASE("an address is found behind the port and in the VLAN where it was seen") {
    Table table{4, 4};
    CHECK(table.learn(0x020000000001, 0, 0, start) == Learnt::New);
    CHECK(table.learn(0x020000000001, 7, 1, start) == Learnt::New);
    CHECK(table.learn(0x020000000001, 0, 0, start) == Learnt::Known);
    CHECK(table.find(0x020000000001, 0, start) == PortIndex{0});
    CHECK(table.find(0x020000000001, 7, start) == PortIndex{1});
    CHECK_FALSE(table.find(0x020000000001, 8, start));
    CHECK_FALSE(table.find(0x020000000002, 0, start));
}

TEST_CASE("an address that is seen behind another port has moved, with its place in the shares") {
    Table table{1, 1};
    table.learn(1, 0, 0, start);
    CHECK(table.learn(1, 0, 1, start) == Learnt::Moved);
    CHECK(table.find(1, 0, start) == PortIndex{1});
    CHECK(table.learnt_at(0) == 0);
    CHECK(table.learnt_at(1) == 1);
    CHECK(table.learn(2, 0, 0, start) == Learnt::New);
    CHECK(table.learn(1, 0, 0, start) == Learnt::Full);
    CHECK(table.find(1, 0, start) == PortIndex{1});
}

TEST_CASE("an address is known for its age to the end, and not a moment longer, swept or not") {
    Table table{4};
    table.learn(1, 0, 0, start);
    CHECK(table.find(1, 0, start + 10s));
    CHECK_FALSE(table.find(1, 0, start + 10s + 1ns));
    CHECK(table.entries(start + 11s).empty());
    CHECK(table.size() == 1);
    table.sweep(start + 10s);
    CHECK(table.size() == 1);
    table.sweep(start + 10s + 1ns);
    CHECK(table.size() == 0);
    CHECK(table.learnt_at(0) == 0);
}

TEST_CASE("an address that goes on being seen does not age") {
    Table table{4};
    table.learn(1, 0, 0, start);
    CHECK(table.refresh(1, 0, 0, start + 9s));
    table.sweep(start + 15s);
    CHECK(table.find(1, 0, start + 19s));
    CHECK_FALSE(table.refresh(2, 0, 0, start));
    CHECK_FALSE(table.refresh(1, 1, 0, start));
}

TEST_CASE("a port that makes addresses up uses up its own share and nobody else's") {
    Table table{100, 3};
    std::uint64_t learnt = 0;
    for (MacKey mac = 1; mac <= 1000; ++mac)
        learnt += table.learn(mac, 0, 0, start) == Learnt::New ? 1 : 0;
    CHECK(learnt == 100);
    CHECK(table.learn(5000, 0, 1, start) == Learnt::New);
    CHECK(table.learn(5001, 0, 1, start) == Learnt::New);
    CHECK(table.learn(5002, 0, 1, start) == Learnt::New);
    CHECK(table.learn(5003, 0, 1, start) == Learnt::Full);
    CHECK(table.find(1, 0, start) == PortIndex{0});
    CHECK(table.find(5002, 0, start) == PortIndex{1});
    CHECK(table.size() == 103);
    table.sweep(start + 1min);
    CHECK(table.size() == 0);
    CHECK(table.learn(1001, 0, 0, start + 1min) == Learnt::New);
}

TEST_CASE("a port without a share, and one that comes when the table is in use, are both right") {
    Table table{0, 2};
    CHECK(table.learn(1, 0, 0, start) == Learnt::Full);
    CHECK(table.learn(2, 0, 1, start) == Learnt::New);
    table.add_port(1000);
    for (MacKey mac = 10; mac < 1010; ++mac)
        REQUIRE(table.learn(mac, 4094, 2, start) == Learnt::New);
    CHECK(table.find(2, 0, start) == PortIndex{1});
    CHECK(table.find(1009, 4094, start) == PortIndex{2});
    CHECK(table.entries(start).size() == 1001);
}
