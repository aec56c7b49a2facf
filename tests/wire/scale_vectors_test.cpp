// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Golden scale messages and records, both ways: the bytes give the value, the value gives the bytes.
#include <catch2/catch.hpp>

#include "tests/wire/describe_scale.hpp"
#include "tests/wire/vector_file.hpp"

namespace {

using namespace vnf::wire;
using vnf::test::bytes_of;
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

template <typename Record, typename Parse>
void check_records(std::string_view sender, Parse parse) {
    for (const auto& vector : read_vectors("scale_records.txt", sender)) {
        const auto bytes = bytes_of(vector);
        const auto result = parse(bytes);
        REQUIRE(std::holds_alternative<Record>(result));
        const auto& record = std::get<Record>(result);
        CHECK(describe(record) == vector.lines.back());
        CHECK(encode(record) == bytes);
    }
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
    check_records<ScaleClientRecord>("library", parse_scale_client_record);
    check_records<ScaleAgentRecord>("agent", parse_scale_agent_record);
}

TEST_CASE("the scale records and messages quoted in docs/protocol.md are the vectors") {
    std::string quoted;
    for (const auto& line : vnf::test::read_text("docs/protocol.md")) {
        if (line.starts_with("    ")) {
            quoted += line.substr(4) + "\n";
        }
    }
    for (const auto& vector : read_vectors("scale_records.txt")) {
        std::string block = vector.sender + "\n";
        for (const auto& line : vector.lines) {
            block += line + "\n";
        }
        CAPTURE(block);
        CHECK(quoted.find(block) != std::string::npos);
    }
    std::size_t found = 0;
    for (const auto& vector : read_vectors("scale_messages.txt")) {
        found += quoted.find(vector.lines.at(0) + "\n") != std::string::npos ? 1U : 0U;
    }
    CHECK(found == 8);
}
