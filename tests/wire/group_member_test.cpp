// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What is read of a status entry and of a notification.

#include "wire/group_member.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace vnf::wire;

namespace {

JsonText json(const std::string& text) {
    return std::get<JsonText>(JsonText::parse(text));
}

}  // namespace

TEST_CASE("an entry's texts are read, whatever else it has") {
    const auto member = read_group_member(json(
        R"({"vcpus":2,"instance_id":"u1","display_name":"vm \"1\"","hostname":"h","host":"compute-0",)"
        R"("state":"active","state_description":"rebooting","metadata":{"x":"y","cause":"gone","reason":"why"}})"));
    REQUIRE(member.has_value());
    CHECK(*member == GroupMember{.instance_id = "u1",
                                 .display_name = "vm \"1\"",
                                 .hostname = "h",
                                 .host = "compute-0",
                                 .state = "active",
                                 .state_description = "rebooting",
                                 .cause = "gone",
                                 .reason = "why"});
}

TEST_CASE("B-05: what is null, missing or of another type is an empty text") {
    for (const char* text : {"{}", R"({"host":null,"state":null,"metadata":null})",
                             R"({"host":7,"state":{},"metadata":[],"instance_id":[1]})",
                             R"({"metadata":{"cause":null,"reason":3}})", R"({"metadata":"text"})"}) {
        const auto member = read_group_member(json(text));
        REQUIRE(member.has_value());
        CHECK(*member == GroupMember{});
    }
}

TEST_CASE("what is no object is no member and no notification") {
    for (const char* text : {"null", "7", "[]", R"("{}")"}) {
        CHECK_FALSE(read_group_member(json(text)).has_value());
        CHECK_FALSE(read_group_notice(json(text)).has_value());
    }
    CHECK_FALSE(read_group_notice(json(R"({"payload":[]})")).has_value());
}

TEST_CASE("a member's text is cut at its limit, between characters") {
    const std::string long_text(group_member_text_limit - 1, 'x');
    const auto member = read_group_member(json(R"({"state":")" + long_text + "\xc3\xb6\"}"));
    REQUIRE(member.has_value());
    CHECK(member->state == long_text);
}

TEST_CASE("a notification is read from its wrapper or bare, and a null payload is none") {
    const auto wrapped = read_group_notice(
        json(R"({"payload":{"instance_id":"u1"},"event_type":"compute.instance.exists","timestamp":"t"})"));
    REQUIRE(wrapped.has_value());
    CHECK(wrapped->event_type == "compute.instance.exists");
    CHECK(wrapped->timestamp == "t");
    CHECK(wrapped->member.instance_id == "u1");
    CHECK(wrapped->entry.text() == R"({"instance_id":"u1"})");
    for (const char* text :
         {R"({"instance_id":"u1","event_type":"x"})", R"({"payload":null,"instance_id":"u1"})"}) {
        const auto bare = read_group_notice(json(text));
        REQUIRE(bare.has_value());
        CHECK(bare->event_type.empty());
        CHECK(bare->member.instance_id == "u1");
        CHECK(bare->entry.text() == text);
    }
}
