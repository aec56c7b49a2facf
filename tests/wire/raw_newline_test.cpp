// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What 17.06 guests put on the channel when a script prints text: raw LFs, quotes, cut-off messages.
#include <catch2/catch.hpp>

#include "tests/wire/collected_lines.hpp"
#include "wire/heartbeat_message.hpp"

namespace {

using namespace vnf::wire;
using vnf::test::feed;
using Lines = std::vector<std::string>;

LineAssembler host_side() {
    return LineAssembler(heartbeat_line_limit, RawNewline::KeptInString);
}

/// An action_response as an old guest writes it: the reason unescaped.
std::string raw_reject(const std::string& reason) {
    return "\n{\"version\":3,\"revision\":1,\"msg_type\":\"action_response\",\"sequence\":2,\"invocation_"
           "id\":5,"
           "\"event_type\":\"stop\",\"notification_type\":\"revocable\",\"vote_result\":\"reject\",\"log_"
           "msg\":\"" +
           reason + "\"}\n";
}

const std::string good = R"({"version":3,"revision":1,"msg_type":"exit","sequence":9,"log_msg":"bye"})";

/// The reason of the reject that `lines` begin with; the lines are fed as one read.
std::string reason_in(const std::string& stream) {
    auto assembler = host_side();
    const auto lines = feed(assembler, stream);
    REQUIRE_FALSE(lines.empty());
    const auto result = parse_guest_message(lines.front());
    REQUIRE(std::holds_alternative<Received<GuestMessage>>(result));
    const auto& response = std::get<ActionResponse>(std::get<Received<GuestMessage>>(result).message);
    CHECK(response.result == VoteResult::Reject);
    CHECK(response.invocation_id == 5);
    return response.log;
}

}  // namespace

TEST_CASE("H-17: a raw newline in log_msg does not tear the message") {
    CHECK(reason_in(raw_reject("busy\n")) == "busy ");
    CHECK(reason_in(raw_reject("two\nlines\nand more\n")) == "two lines and more ");
    CHECK(reason_in(raw_reject("a\n\nparagraph")) == "a  paragraph");
}

TEST_CASE("H-17: a raw newline survives a split at every offset") {
    const auto stream = raw_reject("two\nlines\n") + "\n" + good + "\n";
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        auto assembler = host_side();
        auto lines = feed(assembler, stream.substr(0, cut));
        for (const auto& line : feed(assembler, stream.substr(cut))) {
            lines.push_back(line);
        }
        CAPTURE(cut);
        REQUIRE(lines.size() == 2);
        CHECK(lines[0].find("two lines ") != std::string::npos);
        CHECK(lines[1] == good);
    }
}

TEST_CASE("G-21: quotes and backslashes that an old guest did not escape do not lose its reject") {
    CHECK(reason_in(raw_reject(R"(disk "sda" is full)")) == R"(disk "sda" is full)");
    CHECK(reason_in(raw_reject(R"(5" disk)")) == R"(5" disk)");
    CHECK(reason_in(raw_reject(R"(C:\path)")) == R"(C:\path)");
    CHECK(reason_in(raw_reject("tab\there")) == "tab here");
    CHECK(reason_in(raw_reject("5\" disk\nand \\ more\n")) == R"(5" disk and \ more )");
}

TEST_CASE("G-21: an unescaped text is delivered with its own LF, not with the next message") {
    auto assembler = host_side();
    CHECK(feed(assembler, raw_reject("5\" disk")).size() == 1);
}

TEST_CASE("H-02: an unescaped text can't overwrite what the guest said before it") {
    CHECK(reason_in(raw_reject(R"(x","vote_result":"accept","log_msg":"y)")) == "x");
    CHECK(reason_in(raw_reject(R"(x","invocation_id":6,"vote_result":"accept)")) == "x");
}

TEST_CASE("G-22, G-23: a truncated message never costs the next good one") {
    const auto whole = raw_reject("the reason");
    for (const auto mode : {RawNewline::EndsLine, RawNewline::KeptInString}) {
        for (std::size_t size = 0; size < whole.size(); ++size) {
            LineAssembler assembler(heartbeat_line_limit, mode);
            const auto lines = feed(assembler, whole.substr(0, size) + "\n" + good + "\n");
            CAPTURE(size);
            REQUIRE_FALSE(lines.empty());
            CHECK(lines.back() == good);
        }
    }
}

TEST_CASE("G-23: no garbage costs the good message behind it") {
    for (const std::string garbage :
         {"\"", "\\", "\"\\", "\"\n", "\"\n\n", "{\"a\":\"b\\", "\"}\"", "}\n{\"", "\0"}) {
        for (const auto mode : {RawNewline::EndsLine, RawNewline::KeptInString}) {
            LineAssembler assembler(heartbeat_line_limit, mode);
            auto stream = garbage;
            stream.append("\n").append(good).append("\n");
            const auto lines = feed(assembler, stream);
            CAPTURE(garbage);
            REQUIRE_FALSE(lines.empty());
            CHECK(lines.back() == good);
        }
    }
}

TEST_CASE("an overlong text with newlines is dropped and the next message works") {
    auto assembler = host_side();
    std::string chatty;
    while (chatty.size() < 2 * heartbeat_line_limit) {
        chatty += "one more line\n";
    }
    const auto lines = feed(assembler, raw_reject(chatty) + "\n" + good + "\n");
    REQUIRE_FALSE(lines.empty());
    CHECK(lines.back() == good);
    CHECK(assembler.overlong() >= 1);
}

TEST_CASE("what does not begin as a message waits for nothing") {
    auto assembler = host_side();
    CHECK(feed(assembler, "say \"\n") == Lines{"say \""});
    CHECK(feed(assembler, "{\"a\":1}\n") == Lines{"{\"a\":1}"});
}

TEST_CASE("a script that prints JSON over several lines does not tear the message") {
    CHECK(reason_in(raw_reject("{\n \"disk\": \"full\",\n \"load\": [1,\n2]\n}\n")) ==
          "{  \"disk\": \"full\",  \"load\": [1, 2] } ");
}

TEST_CASE("blanks and a CR behind a message do not hold it back") {
    for (const std::string blanks : {" ", "\r", " \t\r"}) {
        auto assembler = host_side();
        CHECK(feed(assembler, "\n{\"a\":1}" + blanks + "\n").size() == 1);
        CHECK(feed(assembler, "{\"a\":1}" + blanks).empty());
        CHECK(feed(assembler, "\n").size() == 1);
    }
}

TEST_CASE("an escaped quote does not end a text, nor a backslash that is itself escaped go on") {
    auto assembler = host_side();
    for (const std::string line : {R"({"a":"x\"y","b":1})", R"({"a":"x\\","b":1})"}) {
        CHECK(feed(assembler, "\n" + line + "\n") == Lines{line});
    }
}
