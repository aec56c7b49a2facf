// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What is refused, with which error, and what a host answers.
#include <catch2/catch.hpp>

#include "tests/wire/vector_file.hpp"
#include "wire/heartbeat_message.hpp"

namespace {

using namespace vnf::wire;
using vnf::test::read_vectors;

template <typename Result>
std::string error_of(const Result& result) {
    const auto* const error = std::get_if<ParseError>(&result);
    return error == nullptr ? "none" : to_string(*error);
}

}  // namespace

TEST_CASE("G-01, G-56: what is not of the right type, range or shape from a host is refused by name") {
    for (const auto& vector : read_vectors("heartbeat_refused_lines.txt", "host")) {
        CAPTURE(vector.lines.at(0));
        CHECK(error_of(parse_host_message(vector.lines.at(0))) == vector.lines.at(1));
    }
}

TEST_CASE("H-01, H-03: what is not of the right type, range or shape from a guest is refused by name") {
    for (const auto& vector : read_vectors("heartbeat_refused_lines.txt", "guest")) {
        CAPTURE(vector.lines.at(0));
        CHECK(error_of(parse_guest_message(vector.lines.at(0))) == vector.lines.at(1));
    }
}

TEST_CASE("a refused line is answered as the old host answered it") {
    for (const auto& vector : read_vectors("heartbeat_refused_lines.txt", "guest")) {
        const auto& line = vector.lines.at(0);
        CAPTURE(line);
        const auto result = parse_guest_message(line);
        REQUIRE(std::holds_alternative<ParseError>(result));
        const auto text = nack_text(std::get<ParseError>(result), inspect_refused(line).msg_type);
        CHECK(text.value_or("-") == vector.lines.at(2));
    }
}

TEST_CASE("a refused line gives up its type and id where it has them") {
    const auto both = inspect_refused(R"({"msg_type":"init","invocation_id":6})");
    CHECK(both.msg_type == "init");
    CHECK(both.invocation_id == 6);

    const auto no_id = inspect_refused(R"({"msg_type":"init","invocation_id":"6"})");
    CHECK(no_id.msg_type == "init");
    CHECK_FALSE(no_id.invocation_id);

    CHECK(inspect_refused("garbage").msg_type.empty());
    CHECK_FALSE(inspect_refused("garbage").invocation_id);
}

TEST_CASE("a type that is too long for a NACK is left out of it") {
    const std::string longest(31, 't');
    CHECK(inspect_refused(R"({"msg_type":")" + longest + R"("})").msg_type == longest);
    CHECK(inspect_refused(R"({"msg_type":"t)" + longest + R"("})").msg_type.empty());
}

TEST_CASE("a line at the limit is read and one byte more is overlong") {
    const std::string head = R"({"version":3,"revision":1,"msg_type":"exit","sequence":1,"log_msg":"")";
    const auto padded = [&head](std::size_t size) {
        return head + std::string(size - head.size() - 1, ' ') + "}";
    };
    CHECK(error_of(parse_guest_message(padded(heartbeat_line_limit))) == "none");
    CHECK(error_of(parse_guest_message(padded(heartbeat_line_limit + 1))) == "overlong");
    CHECK(error_of(parse_host_message(padded(heartbeat_line_limit + 1))) == "overlong");
}

TEST_CASE("a later version is read as version 3") {
    const std::string line = R"({"version":4,"revision":9,"msg_type":"exit","sequence":1,"log_msg":"bye"})";
    CHECK(error_of(parse_host_message(line)) == "none");
    CHECK(error_of(parse_guest_message(line)) == "none");
}

TEST_CASE("a negative id and challenge are read, as an old peer may send them") {
    const std::string line =
        R"({"version":3,"revision":1,"msg_type":"challenge","sequence":-1,"heartbeat_challenge":-2147483648})";
    const auto result = parse_host_message(line);
    REQUIRE(error_of(result) == "none");
    const auto& received = std::get<Received<HostMessage>>(result);
    CHECK(received.sequence == -1);
    CHECK(std::get<Challenge>(received.message).challenge == -2147483647 - 1);
}
