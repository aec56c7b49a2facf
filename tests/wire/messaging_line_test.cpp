// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The stream of cgcs.messaging: the line assembler and the envelope together (server-group specification, 1.2).
#include <catch2/catch.hpp>

#include "tests/wire/collected_lines.hpp"
#include "wire/messaging_envelope.hpp"

namespace {

using namespace vnf::wire;
using vnf::test::feed;
using Outcomes = std::vector<std::string>;

/// The data of each envelope, or why its line was refused.
class Port {
  public:
    Outcomes take(std::string_view bytes) {
        Outcomes out;
        for (const auto& line : feed(lines_, bytes)) {
            const auto result = parse_port_envelope(line);
            const auto* const error = std::get_if<ParseError>(&result);
            out.push_back(error != nullptr ? to_string(*error) : std::get<PortEnvelope>(result).data.text());
        }
        return out;
    }
    LineAssembler& lines() { return lines_; }

  private:
    LineAssembler lines_{messaging_line_limit};
};

std::string object(int number) {
    return R"({"data":)" + std::to_string(number) + R"(,"version":2,"dest_addr":"b","source_addr":"a"})";
}

}  // namespace

TEST_CASE("a LF in front of the object may be there or not, CR and blanks around it too") {
    Port port;
    CHECK(port.take("\n" + object(1) + "\n") == Outcomes{"1"});
    CHECK(port.take(object(2) + "\n") == Outcomes{"2"});
    CHECK(port.take("\n\n\n" + object(3) + "\r\n\n") == Outcomes{"3"});
    CHECK(port.take(" \t" + object(4) + " \r \n") == Outcomes{"4"});
    CHECK(port.take("\n" + object(5) + "\n\n" + object(6) + "\n") == Outcomes{"5", "6"});
}

TEST_CASE("an object is taken however the stream is cut") {
    const auto stream = "\n" + object(1) + "\n\n" + object(2) + "\n";
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        Port port;
        auto outcomes = port.take(std::string_view(stream).substr(0, cut));
        for (auto& outcome : port.take(std::string_view(stream).substr(cut))) {
            outcomes.push_back(std::move(outcome));
        }
        CHECK(outcomes == Outcomes{"1", "2"});
    }
}

TEST_CASE("two objects on one line are one refused line") {
    Port port;
    CHECK(port.take(object(1) + object(2) + "\n" + object(3) + "\n") == Outcomes{"not_json", "3"});
}

TEST_CASE("B-10: an object that was cut off costs no other, whatever the next bytes begin with") {
    const auto part = object(1).substr(0, 20);
    for (const auto* const next : {"\n", "\n\n", " \n", "\r\n"}) {
        Port port;
        CHECK(port.take(part).empty());
        CHECK(port.take(next + object(2) + "\n") == Outcomes{"not_json", "2"});
    }
}

TEST_CASE("B-10: an object that was cut off by a disconnect is forgotten") {
    Port port;
    CHECK(port.take(object(1).substr(0, 20)).empty());
    port.lines().reset();
    CHECK(port.take(object(2) + "\n") == Outcomes{"2"});
}

TEST_CASE("what resynchronises an old parser is a refused line for ours at most") {
    Port port;
    CHECK(port.take(std::string(messaging_resynchronisation) + object(1) + "\n").back() == "1");
}

TEST_CASE("a line without end is dropped and counted, the next is taken") {
    Port port;
    CHECK(port.take(std::string(messaging_line_limit + 1, 'x')).empty());
    CHECK(port.take("yyy\n" + object(1) + "\n") == Outcomes{"1"});
    CHECK(port.lines().overlong() == 1);
    CHECK(port.lines().pending() == 0);
}
