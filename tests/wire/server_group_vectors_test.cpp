// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Golden server-group messages and group records, both ways: the bytes give the value, the value gives the bytes.
#include <catch2/catch.hpp>

#include "tests/wire/packet_bytes.hpp"

namespace {

using namespace vnf::wire;
using vnf::test::describe;
using vnf::test::read_vectors;
using vnf::test::Vector;

/// Checks what `parse` makes of the message, and what is written for it again.
template <typename Message, typename Parse>
void check_both_ways(const Vector& vector, Parse parse) {
    const auto& text = vector.lines.at(0);
    CAPTURE(text);
    const auto data = JsonText::parse(text);
    REQUIRE(std::holds_alternative<JsonText>(data));
    const auto result = parse(std::get<JsonText>(data));
    const auto* const message = std::get_if<Message>(&result);
    if constexpr (std::is_same_v<Message, GroupRequest>) {
        if (message == nullptr) {
            CHECK(describe(std::get<GroupRequestError>(result)) == vector.lines.at(1));
            return;
        }
    }
    REQUIRE(message != nullptr);
    CHECK(describe(*message) == vector.lines.at(1));
    const auto written = encode(*message);
    CHECK(written.text() == vector.lines.at(vector.lines.size() > 2 ? 2 : 0));
    CHECK(std::get<Message>(parse(written)) == *message);
}

}  // namespace

TEST_CASE("messages of guests to their server group are understood and reproduced byte by byte") {
    for (const auto& vector : read_vectors("server_group_messages.txt", "guest")) {
        check_both_ways<GroupRequest>(vector, parse_group_request);
    }
}

TEST_CASE("messages of hosts to a server group are understood and reproduced byte by byte") {
    for (const auto& vector : read_vectors("server_group_messages.txt", "host")) {
        check_both_ways<GroupEvent>(vector, parse_group_event);
    }
}

TEST_CASE("group records of both directions are understood and reproduced byte by byte") {
    vnf::test::check_packets<GroupClientRecord>("group_records.txt", "library", parse_group_client_record);
    vnf::test::check_packets<GroupDaemonRecord>("group_records.txt", "daemon", parse_group_daemon_record);
}

TEST_CASE("the group records quoted in docs/protocol.md are the vectors") {
    vnf::test::check_quoted("group_records.txt");
}
