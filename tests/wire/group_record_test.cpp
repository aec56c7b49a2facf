// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Group records beyond the golden ones: cut at every byte, at every limit, of later versions.
#include "wire/group_record.hpp"

#include <catch2/catch.hpp>

#include "tests/wire/packet_bytes.hpp"

namespace {

using namespace vnf::wire;
using namespace std::string_literals;
using vnf::test::bytes_of;
using vnf::test::outcome;
using vnf::test::read_vectors;
using vnf::test::text;
using vnf::test::u32;

std::string from_library(std::string_view packet) {
    return outcome(parse_group_client_record(packet));
}

std::string from_daemon(std::string_view packet) {
    return outcome(parse_group_daemon_record(packet));
}

std::string packet(unsigned type, const std::string& body = {}, unsigned version = 1,
                   std::size_t number = 0) {
    return vnf::test::packet_bytes(type, body, version, number);
}

}  // namespace

TEST_CASE("a group record that is cut anywhere is refused, bytes behind it are ignored") {
    for (const auto& vector : read_vectors("group_records.txt")) {
        vnf::test::check_cuts(vector, vector.sender == "library" ? from_library : from_daemon);
    }
}

TEST_CASE("the other direction's records and unknown types are unknown messages") {
    for (const auto& vector : read_vectors("group_records.txt")) {
        const auto parse = vector.sender == "library" ? from_daemon : from_library;
        CHECK(parse(bytes_of(vector)) == "unknown_message type");
    }
    for (unsigned type = 0; type < 256; ++type) {
        if (type < 1 || type > 3) {
            CHECK(from_library(packet(type)) == "unknown_message type");
        }
        if (type < 17 || type > 25) {
            CHECK(from_daemon(packet(type)) == "unknown_message type");
        }
    }
}

TEST_CASE("another version is refused whatever follows") {
    CHECK(from_library(packet(3, {}, 0)) == "bad_version 0");
    CHECK(from_library(packet(3, {}, 2)) == "bad_version 2");
    CHECK(from_daemon(packet(21, {}, 255)) == "bad_version 255");
    CHECK(from_library(packet(3, {}, 1, 0xFFFFFFFF)) == "ask query=4294967295");
}

TEST_CASE("a length beyond the packet is refused without being believed") {
    CHECK(from_library(packet(2, u32(0xFFFFFFFF))) == "out_of_range text");
    CHECK(from_library(packet(2, u32(group_text_limit))) == "missing_field text");
    CHECK(from_library(packet(2, u32(group_text_limit + 1))) == "out_of_range text");
    CHECK(from_daemon(packet(18, text("a") + u32(5) + "bcde")) == "missing_field text");
}

TEST_CASE("a text beyond its limit is refused, at it taken") {
    struct Limit {
        unsigned type;
        std::string before;
        std::size_t limit;
        std::string behind;
    };
    for (const auto& one :
         {Limit{17, "", group_reason_limit, ""}, Limit{18, "", group_source_limit, text("")},
          Limit{18, text(""), group_text_limit, ""}, Limit{19, "", group_text_limit, ""},
          Limit{20, "", group_text_limit, ""}, Limit{22, "", group_reason_limit, ""},
          Limit{23, "", group_type_limit, text("")}, Limit{23, text(""), group_reason_limit, ""},
          Limit{25, "", group_reason_limit, ""}}) {
        CAPTURE(one.type);
        const auto at = packet(one.type, one.before + text(std::string(one.limit, 'x')) + one.behind);
        CHECK(std::holds_alternative<GroupDaemonRecord>(parse_group_daemon_record(at)));
        const auto above = packet(one.type, one.before + text(std::string(one.limit + 1, 'x')) + one.behind);
        CHECK(from_daemon(above).starts_with("out_of_range"));
    }
    CHECK(from_library(packet(1, text(std::string(63, 'x')))).starts_with("hello"));
    CHECK(from_library(packet(1, text(std::string(64, 'x')))) == "out_of_range name");
    CHECK(from_library(packet(2, text(std::string(group_text_limit, 'x')))).starts_with("send"));
}

TEST_CASE("a text that is not UTF-8 or has a NUL is refused") {
    for (const auto& bad : {"\xFF"s, "\xC3"s, "a\0b"s}) {
        CHECK(from_library(packet(1, text(bad))) == "bad_text name");
        CHECK(from_library(packet(2, text(bad))) == "bad_text text");
        CHECK(from_daemon(packet(18, text(bad) + text(""))) == "bad_text source");
        CHECK(from_daemon(packet(18, text("a") + text(bad))) == "bad_text text");
        CHECK(from_daemon(packet(19, text(bad))) == "bad_text body");
        CHECK(from_daemon(packet(23, text("a") + text(bad))) == "bad_text reason");
    }
}

TEST_CASE("a packet is at most 64 KiB and a little, and the largest record fits") {
    const auto most = encode(GroupDaemonRecord(
        GroupHeard{std::string(group_source_limit, 's'), std::string(group_text_limit, 'x')}));
    CHECK(most.size() <= group_record_limit);
    CHECK(std::holds_alternative<GroupDaemonRecord>(parse_group_daemon_record(most)));
    CHECK(from_library(packet(3, std::string(group_record_limit - group_record_header_size, 'x'))) ==
          "ask query=0");
    CHECK(from_library(packet(3, std::string(group_record_limit - group_record_header_size + 1, 'x'))) ==
          "overlong");
}

TEST_CASE("names and reasons are cut and cleaned when they are written") {
    CHECK(from_library(encode(GroupClientRecord(GroupHello{std::string(62, 'x') + "\xC3\xA9"}))) ==
          "hello name=\"" + std::string(62, 'x') + '"');
    CHECK(from_daemon(encode(GroupDaemonRecord(GroupLink{false, "a\0b\xFF"s}))) ==
          "link up=0 reason=\"a b?\"");
    CHECK(from_daemon(encode(GroupDaemonRecord(GroupRefusal{std::string(99, 't'), std::string(999, 'r')}))) ==
          "refusal msg_type=\"" + std::string(63, 't') + "\" reason=\"" + std::string(400, 'r') + '"');
}
