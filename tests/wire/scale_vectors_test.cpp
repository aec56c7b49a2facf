// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Golden scale messages and records, both ways: the bytes give the value, the value gives the bytes.
#include <catch2/catch.hpp>

#include "tests/wire/packet_bytes.hpp"

namespace {

using namespace vnf::wire;
using vnf::test::describe;
using vnf::test::read_vectors;
using vnf::test::Vector;

JsonText data_of(const Vector& vector) {
    const auto data = JsonText::parse(vector.lines.at(0));
    REQUIRE(std::holds_alternative<JsonText>(data));
    return std::get<JsonText>(data);
}

/// The third line, or the first where what we write is what came.
const std::string& written_of(const Vector& vector) {
    return vector.lines.at(vector.lines.size() > 2 ? 2 : 0);
}

}  // namespace

TEST_CASE("scale requests of hosts are understood and reproduced byte by byte") {
    for (const auto& vector : read_vectors("scale_messages.txt", "host")) {
        CAPTURE(vector.lines.at(0));
        const auto input = parse_scale_request(data_of(vector));
        CHECK(describe(input) == vector.lines.at(1));
        if (const auto* const request = std::get_if<ScaleRequest>(&input)) {
            CHECK(encode(*request).text() == written_of(vector));
        }
        if (const auto* const nack = std::get_if<ScaleNack>(&input)) {
            CHECK(encode(*nack).text() == written_of(vector));
        }
    }
}

TEST_CASE("scale responses of guests are understood and reproduced byte by byte") {
    for (const auto& vector : read_vectors("scale_messages.txt", "guest")) {
        CAPTURE(vector.lines.at(0));
        const auto result = parse_scale_response(data_of(vector));
        REQUIRE(std::holds_alternative<ScaleResponse>(result));
        const auto& response = std::get<ScaleResponse>(result);
        CHECK(describe(response) == vector.lines.at(1));
        CHECK(encode(response, ScalePeer::Ours).text() == written_of(vector));
    }
}

TEST_CASE("scale records of both directions are understood and reproduced byte by byte") {
    vnf::test::check_packets<ScaleClientRecord>("scale_records.txt", "library", parse_scale_client_record);
    vnf::test::check_packets<ScaleAgentRecord>("scale_records.txt", "agent", parse_scale_agent_record);
}

TEST_CASE("the scale records and messages quoted in docs/protocol.md are the vectors") {
    vnf::test::check_quoted("scale_records.txt");
    const std::string quoted = vnf::test::protocol_quotes();
    std::size_t found = 0;
    for (const auto& vector : read_vectors("scale_messages.txt")) {
        found += quoted.find(vector.lines.at(0) + "\n") != std::string::npos ? 1U : 0U;
    }
    CHECK(found == 8);
}
