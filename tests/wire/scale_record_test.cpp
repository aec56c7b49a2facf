// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Scale records beyond the golden ones: cut at every byte, at every limit, of later versions.
#include "wire/scale_record.hpp"

#include <catch2/catch.hpp>

#include "tests/wire/packet_bytes.hpp"

namespace {

using namespace vnf::wire;
using namespace std::string_literals;
using vnf::test::outcome;
using vnf::test::read_vectors;
using vnf::test::text;
using vnf::test::u32;

std::string from_library(std::string_view packet) {
    return outcome(parse_scale_client_record(packet));
}

std::string from_agent(std::string_view packet) {
    return outcome(parse_scale_agent_record(packet));
}

std::string packet(unsigned type, const std::string& body = {}, unsigned version = 1) {
    return vnf::test::packet_bytes(type, body, version, 9);
}

}  // namespace

TEST_CASE("a scale record that is cut anywhere is refused, bytes behind it are ignored") {
    for (const auto& vector : read_vectors("scale_records.txt")) {
        vnf::test::check_cuts(vector, vector.sender == "library" ? from_library : from_agent);
    }
}

TEST_CASE("the other direction's scale records and unknown types are unknown messages") {
    for (unsigned type = 0; type < 256; ++type) {
        if (type < 1 || type > 4) {
            CHECK(from_library(packet(type)) == "unknown_message type");
        }
        if (type < 17 || type > 20) {
            CHECK(from_agent(packet(type)) == "unknown_message type");
        }
    }
    CHECK(from_library(packet(2, {}, 2)) == "bad_version 2");
    CHECK(from_agent(packet(17, {}, 0)) == "bad_version 0");
}

TEST_CASE("a vCPU, a direction and a deadline beyond their ranges are refused") {
    CHECK(from_library(packet(4, u32(4095))) == "choose event=9 cpu=4095");
    CHECK(from_library(packet(4, u32(4096))) == "out_of_range cpu");
    CHECK(from_library(packet(4, u32(0xFFFFFFFF))) == "out_of_range cpu");
    CHECK(from_agent(packet(17, u32(4096) + text("0"))) == "out_of_range cpu");
    CHECK(from_agent(packet(18, u32(1) + u32(0xFFFFFFFF) + u32(0x7FFFFFFF))) ==
          "about event=9 direction=down cpu=any deadline_ms=2147483647");
    CHECK(from_agent(packet(18, u32(1) + u32(0xFFFFFFFE) + u32(1))) == "out_of_range cpu");
    CHECK(from_agent(packet(18, u32(1) + u32(1) + u32(0x80000000))) == "out_of_range deadline");
    CHECK(from_agent(packet(19, u32(1) + u32(0xFFFFFFFF) + text("0"))) == "out_of_range cpu");
    for (const std::size_t direction : {0U, 3U, 0xFFFFFFFFU}) {
        CHECK(from_agent(packet(18, u32(direction) + u32(1) + u32(1))) == "unknown_word direction");
    }
}

TEST_CASE("a set that is no list, and a text beyond its limit or none, are refused") {
    CHECK(from_agent(packet(17, u32(0) + text("0-"))) == "bad_text online");
    CHECK(from_agent(packet(17, u32(0) + text("4096"))) == "bad_text online");
    CHECK(from_agent(packet(17, u32(0) + u32(cpu_text_limit + 1))) == "out_of_range online");
    CHECK(from_library(packet(3, text(std::string(399, 'x')))).starts_with("refuse event=9"));
    CHECK(from_library(packet(3, text(std::string(400, 'x')))) == "out_of_range reason");
    CHECK(from_library(packet(1, text(std::string(63, 'x')))).starts_with("hello"));
    CHECK(from_library(packet(1, text(std::string(64, 'x')))) == "out_of_range name");
    for (const auto& bad : {"\xFF"s, "\xC3"s, "a\0b"s}) {
        CHECK(from_library(packet(1, text(bad))) == "bad_text name");
        CHECK(from_agent(packet(20, u32(1) + text("0") + text(bad))) == "bad_text reason");
    }
}

TEST_CASE("the largest set fits a packet, and a packet has a limit") {
    CpuSet even;
    for (int number = 0; number < 4096; number += 2) {
        even.insert(*Cpu::of(number));
    }
    const auto most =
        encode(ScaleAgentRecord(ScaleAbandoned{1, ScaleDirection::Up, even, std::string(999, 'r')}));
    CHECK(most.size() <= scale_record_limit);
    CHECK(from_agent(most).ends_with("reason=\"" + std::string(399, 'r') + '"'));
    const auto ready = packet(2);
    CHECK(from_library(ready + std::string(scale_record_limit - ready.size(), 'x')) == "ready event=9");
    CHECK(from_library(ready + std::string(scale_record_limit - ready.size() + 1, 'x')) == "overlong");
}
