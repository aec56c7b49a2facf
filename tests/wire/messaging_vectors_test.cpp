// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Golden envelopes of the channel cgcs.messaging, both ways.
#include <catch2/catch.hpp>

#include "tests/wire/vector_file.hpp"
#include "wire/messaging_envelope.hpp"

namespace {

using namespace vnf::wire;
using vnf::test::read_vectors;

std::string describe(const ServiceRequest& one) {
    return "dest_addr=" + one.dest_addr;
}
std::string describe(const PortEnvelope& one) {
    return "dest_addr=" + one.dest_addr + " source_addr=" + one.source_addr;
}
std::string describe(const ServiceDelivery& one) {
    return "source_addr=" + one.source_addr;
}
std::string describe(const HostServiceRequest& one) {
    return "dest_addr=" + one.dest_addr + " dest_instance=" + one.dest_instance;
}
std::string describe(const HostServiceDelivery& one) {
    return "source_addr=" + one.source_addr + " source_instance=" + one.source_instance;
}

/// Checks the meaning and returns the bytes that we write for it.
template <typename Message>
std::string written_again(const vnf::test::Vector& vector, std::variant<Message, ParseError> result) {
    REQUIRE(std::holds_alternative<Message>(result));
    const auto& message = std::get<Message>(result);
    CHECK(vector.lines.at(1).starts_with(describe(message) + ' '));
    CHECK(vector.lines.at(0).find(message.data.text()) != std::string::npos);
    return encode(message);
}

}  // namespace

TEST_CASE("captured envelopes of old guests and hosts are understood and reproduced byte by byte") {
    for (const auto& vector : read_vectors("messaging_envelopes.txt", "port")) {
        const auto& line = vector.lines.at(0);
        CAPTURE(line);
        CHECK(written_again(vector, parse_port_envelope(line)) == "\n" + line + "\n");
    }
    for (const auto& vector : read_vectors("messaging_envelopes.txt", "service_request")) {
        CHECK(written_again(vector, parse_service_request(vector.lines.at(0))) == vector.lines.at(0));
    }
    for (const auto& vector : read_vectors("messaging_envelopes.txt", "service_delivery")) {
        CHECK(written_again(vector, parse_service_delivery(vector.lines.at(0))) == vector.lines.at(0));
    }
    for (const auto& vector : read_vectors("messaging_envelopes.txt", "host_delivery")) {
        CHECK(written_again(vector, parse_host_service_delivery(vector.lines.at(0))) == vector.lines.at(0));
    }
}

TEST_CASE("an envelope of a host service with its keys in another order is understood") {
    for (const auto& vector : read_vectors("messaging_envelopes.txt", "host_request")) {
        const auto first = parse_host_service_request(vector.lines.at(0));
        const auto again = parse_host_service_request(written_again(vector, first));
        CHECK(std::get<HostServiceRequest>(again) == std::get<HostServiceRequest>(first));
    }
}

TEST_CASE("the envelopes quoted in docs/protocol.md are vectors") {
    const auto vectors = read_vectors("messaging_envelopes.txt", "port");
    std::size_t found = 0;
    for (const auto& line : vnf::test::read_text("docs/protocol.md")) {
        // An abridged one is for the eye.
        if (line.starts_with("    {\"data\"") && line.find("…") == std::string::npos) {
            ++found;
            CHECK(std::any_of(vectors.begin(), vectors.end(),
                              [&line](const auto& vector) { return "    " + vector.lines.at(0) == line; }));
        }
    }
    CHECK(found > 0);
}
