// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What a guest may ask its server group, and the nack for everything else.
#include <catch2/catch.hpp>

#include "wire/server_group_message.hpp"

namespace {

using namespace vnf::wire;

std::variant<GroupRequest, GroupRequestError> parse(std::string_view data) {
    return parse_group_request(std::get<JsonText>(JsonText::parse(data)));
}

GroupRequest read(std::string_view data) {
    return std::get<GroupRequest>(parse(data));
}

/// "reason type: log".
std::string refusal(std::string_view data) {
    const auto result = parse(data);
    const auto* const error = std::get_if<GroupRequestError>(&result);
    return error == nullptr ? "read"
                            : std::string(word(error->reason)) + ' ' + error->msg_type + ": " + error->log;
}

std::string broadcast(const std::string& data) {
    return R"({"version":2,"msg_type":"broadcast","data":)" + data + '}';
}

}  // namespace

TEST_CASE("a query says whether its guest understands gap, by true alone") {
    CHECK(read(R"({"gap":true,"seq":7,"msg_type":"status_query","version":2})") ==
          GroupRequest(StatusQuery{7, true}));
    for (const auto* const other : {"false", "null", "1", R"("true")", "{}"}) {
        CHECK(read(R"({"version":2,"msg_type":"status_query","seq":7,"gap":)" + std::string(other) + '}') ==
              GroupRequest(StatusQuery{7, false}));
    }
}

TEST_CASE("a sequence is any integer of 32 bits and nothing else") {
    const auto query = [](const std::string& seq) {
        return refusal(R"({"version":2,"msg_type":"status_query","seq":)" + seq + '}');
    };
    for (const auto* const good : {"0", "1", "-1", "2147483647", "-2147483648"}) {
        CHECK(query(good) == "read");
    }
    CHECK(query("2147483648") == "out_of_range status_query: seq is out of range");
    CHECK(query("-2147483649") == "out_of_range status_query: seq is out of range");
    CHECK(query("99999999999999999999") == "out_of_range status_query: seq is out of range");
    for (const auto* const bad : {"1.0", "1e0", R"("1")", "true", "[]"}) {
        CHECK(query(bad) == "wrong_type status_query: seq has the wrong type");
    }
    CHECK(query("null") == "missing_field status_query: seq is missing");
    CHECK(refusal(R"({"version":2,"msg_type":"status_query"})") ==
          "missing_field status_query: seq is missing");
}

TEST_CASE("B-05: a broadcast without text is refused, and the sender is told") {
    CHECK(refusal(R"({"version":2,"msg_type":"broadcast"})") == "missing_field broadcast: data is missing");
    CHECK(refusal(broadcast("null")) == "missing_field broadcast: data is missing");
    for (const auto* const bad : {"1", "true", "{}", R"(["x"])"}) {
        CHECK(refusal(broadcast(bad)) == "wrong_type broadcast: data has the wrong type");
    }
}

TEST_CASE("a broadcast beyond the limits is refused, and the sender is told which") {
    CHECK(refusal(broadcast('"' + std::string(3050, 'x') + '"')) == "read");
    CHECK(refusal(broadcast('"' + std::string(3051, 'x') + '"')) ==
          "out_of_range broadcast: data: the text is longer than 3050 bytes");
    CHECK(refusal(broadcast('"' + std::string(1976, '/') + '"')) ==
          "out_of_range broadcast: data: the text is longer than 3951 bytes when it is escaped");
    CHECK(refusal(broadcast(R"("a\u0000b")")) == "bad_text broadcast: data has a NUL in it");
}

TEST_CASE("a sender's escapes do not count, only what they mean") {
    std::string escaped;
    for (int i = 0; i < 3050; ++i) {
        escaped += "\\u0078";
    }
    CHECK(std::get<Broadcast>(read(broadcast('"' + escaped + '"'))).text.text() == std::string(3050, 'x'));
}

TEST_CASE("a request's version is 2, and its type is told even if it is not") {
    const auto version = [](const std::string& text) {
        return refusal(R"({"version":)" + text + R"(,"msg_type":"status_query","seq":1})");
    };
    for (const auto* const good : {"2", "2.0", R"("2")"}) {
        CHECK(version(good) == "read");
    }
    for (const auto* const bad : {"1", "3", R"("version")", "{}"}) {
        CHECK(version(bad) == "bad_version status_query: version is not 2");
    }
    CHECK(version("null") == "missing_field status_query: version is missing");
    CHECK(refusal(R"({"msg_type":"status_query","seq":1})") ==
          "missing_field status_query: version is missing");
}

TEST_CASE("B-03: an unknown type is refused with its name, cut and cleaned") {
    const auto type = [](const std::string& json) {
        return refusal(R"({"version":2,"msg_type":)" + json + '}');
    };
    CHECK(type(R"("bogus")") == "unknown_message bogus: got server group message with invalid type bogus");
    CHECK(type(R"("")") == "unknown_message : got server group message with invalid type ");
    CHECK(type(R"("Broadcast")").starts_with("unknown_message Broadcast"));
    CHECK(type(R"("gap")").starts_with("unknown_message gap"));
    const std::string most(nack_type_limit, 'x');
    CHECK(type('"' + most + '"').starts_with("unknown_message " + most + ':'));
    CHECK(type('"' + most + "y\"") == "out_of_range " + most + ": msg_type is out of range");
    CHECK(type(R"("a\u0000b")") == "bad_text a b: msg_type has a NUL in it");
    CHECK(type(R"("broadcast\u0000")").starts_with("bad_text broadcast :"));
    CHECK(type("null") == "missing_field unknown: msg_type is missing");
    CHECK(type("7") == "wrong_type unknown: msg_type has the wrong type");
    CHECK(refusal("{}") == "missing_field unknown: version is missing");
}

TEST_CASE("B-03: data that is no object is refused") {
    for (const auto* const data : {"1", "true", "[]", R"("status_query")", "null"}) {
        CHECK(refusal(data) == "not_json unknown: the message is no JSON object");
    }
}

TEST_CASE("of equal keys of a request the first counts, unknown ones are dropped") {
    CHECK(
        read(
            R"({"x":[{}],"version":2,"msg_type":"broadcast","data":"a","data":"b","msg_type":"status_query","version":1})") ==
        GroupRequest(Broadcast{std::get<BroadcastText>(BroadcastText::of("a"))}));
}
