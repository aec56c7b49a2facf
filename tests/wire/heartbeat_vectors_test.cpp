// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Golden lines of the host channel, both ways: the bytes give the value, the value gives the bytes.
#include <catch2/catch.hpp>

#include "tests/wire/describe.hpp"
#include "tests/wire/vector_file.hpp"

namespace {

using namespace vnf::wire;
using vnf::test::describe;
using vnf::test::read_vectors;

template <typename Message, typename Parse>
void check_both_ways(const std::string& file, std::string_view sender, PeerRules rules, Parse parse) {
    for (const auto& vector : read_vectors(file, sender)) {
        const auto& line = vector.lines.at(0);
        CAPTURE(line);
        const auto result = parse(line);
        REQUIRE(std::holds_alternative<Received<Message>>(result));
        const auto& received = std::get<Received<Message>>(result);
        CHECK(describe(received) == vector.lines.at(1));
        CHECK(encode(received.message, received.sequence, rules) == "\n" + line + "\n");
    }
}

}  // namespace

TEST_CASE("captured lines of an old guest are understood and reproduced byte by byte") {
    check_both_ways<GuestMessage>("heartbeat_lines.txt", "guest", PeerRules::OldPeer, parse_guest_message);
}

TEST_CASE("captured lines of an old host are understood and reproduced byte by byte") {
    check_both_ways<HostMessage>("heartbeat_lines.txt", "host", PeerRules::OldPeer, parse_host_message);
}

TEST_CASE("lines of our guest by capability are understood and reproduced byte by byte") {
    check_both_ways<GuestMessage>("heartbeat_capability_lines.txt", "guest", PeerRules::OurPeer,
                                  parse_guest_message);
}

TEST_CASE("lines of our host by capability are understood and reproduced byte by byte") {
    check_both_ways<HostMessage>("heartbeat_capability_lines.txt", "host", PeerRules::OurPeer,
                                 parse_host_message);
}

TEST_CASE("plain texts make the same bytes under both rules") {
    for (const auto& vector : read_vectors("heartbeat_lines.txt", "guest")) {
        const auto received = std::get<Received<GuestMessage>>(parse_guest_message(vector.lines.at(0)));
        CHECK(encode(received.message, 7, PeerRules::OldPeer) ==
              encode(received.message, 7, PeerRules::OurPeer));
    }
}

TEST_CASE("the examples of docs/protocol.md are the capability vectors") {
    const auto vectors = read_vectors("heartbeat_capability_lines.txt");
    std::size_t found = 0;
    for (const auto& line : vnf::test::read_text("docs/protocol.md")) {
        if (line.starts_with("    {\"version\":3")) {
            ++found;
            CHECK(std::any_of(vectors.begin(), vectors.end(),
                              [&line](const auto& vector) { return "    " + vector.lines.at(0) == line; }));
        }
    }
    CHECK(found > 0);
}
