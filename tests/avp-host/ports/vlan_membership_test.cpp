// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Which frames come in where, and with which tag they go out.
#include "avp-host/ports/vlan_membership.hpp"

#include <catch2/catch.hpp>

using vnf::avp::VlanMembership;
using Tci = std::optional<std::uint16_t>;
using Vlan = std::optional<vnf::avp::VlanId>;

TEST_CASE("an access port is in its VLAN with untagged frames only") {
    const auto port = VlanMembership::access(10);
    CHECK(port.ingress({}) == Vlan{10});
    CHECK(port.ingress(0xE000) == Vlan{10});  // a priority without a VLAN
    CHECK(port.ingress(10) == Vlan{});
    CHECK(port.ingress(11) == Vlan{});
    CHECK(port.egress(10, 0x600A) == Tci{});
    CHECK(port.contains(10));
    CHECK_FALSE(port.contains(0));
    CHECK(port.text() == "access 10");
}

TEST_CASE("a trunk takes the tags it was given and tags all that goes out") {
    const auto port = VlanMembership::trunk({10, 20, 21, 22, 4094}, {});
    CHECK(port.ingress(10) == Vlan{10});
    CHECK(port.ingress(0x7000 | 4094) == Vlan{4094});
    CHECK(port.ingress(11) == Vlan{});
    CHECK(port.ingress(4095) == Vlan{});
    CHECK(port.ingress({}) == Vlan{});
    CHECK(port.ingress(0xE000) == Vlan{});
    CHECK(port.egress(10, 0x6005) == Tci{0x600A});
    CHECK(port.egress(10, {}) == Tci{10});
    CHECK(port.text() == "trunk 10,20-22,4094");
}

TEST_CASE("a trunk's native VLAN is without a tag on both ways") {
    const auto port = VlanMembership::trunk({10}, vnf::avp::VlanId{5});
    CHECK(port.ingress({}) == Vlan{5});
    CHECK(port.ingress(5) == Vlan{5});
    CHECK(port.egress(5, 0x0005) == Tci{});
    CHECK(port.egress(10, {}) == Tci{10});
    CHECK(port.contains(5));
    CHECK(port.text() == "trunk 10 native 5");
}

TEST_CASE("an open port leaves tags as they are, and VLAN 0 is that of frames without one") {
    const auto port = VlanMembership::open();
    CHECK(port.ingress({}) == Vlan{0});
    CHECK(port.ingress(0xE000) == Vlan{0});
    CHECK(port.ingress(1) == Vlan{1});
    CHECK(port.ingress(4095) == Vlan{});
    CHECK(port.egress(0, {}) == Tci{});
    CHECK(port.egress(0, 0xE000) == Tci{0xE000});
    CHECK(port.egress(1, 0x2001) == Tci{0x2001});
    CHECK(port.egress(10, {}) == Tci{10});
    CHECK(port.text() == "open");
}
