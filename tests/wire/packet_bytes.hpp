// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What group records and scale records have in common: how a packet is laid out, and what every vector of them must show.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <variant>

#include "tests/wire/describe_group.hpp"
#include "tests/wire/describe_scale.hpp"
#include "tests/wire/vector_file.hpp"

namespace vnf::test {

inline std::string u32(std::size_t value) {
    std::string out;
    for (unsigned shift = 0; shift < 32; shift += 8) {
        out += static_cast<char>(value >> shift & 0xFFU);
    }
    return out;
}

inline std::string text(const std::string& bytes) {
    return u32(bytes.size()) + bytes;
}

inline std::string packet_bytes(unsigned type, const std::string& body, unsigned version,
                                std::size_t number) {
    return std::string{static_cast<char>(version), static_cast<char>(type), 0, 0} + u32(number) + body;
}

/// What was understood, or why it was not.
template <typename Record>
std::string outcome(const std::variant<Record, wire::ParseError>& result) {
    const auto* const error = std::get_if<wire::ParseError>(&result);
    return error != nullptr ? to_string(*error) : describe(std::get<Record>(result));
}

/// A vector that is cut anywhere is refused, bytes behind it are ignored. `parse` gives the outcome.
template <typename Parse>
void check_cuts(const Vector& vector, Parse parse) {
    const auto bytes = bytes_of(vector);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        CAPTURE(vector.lines.back(), size);
        CHECK(parse(bytes.substr(0, size)).starts_with("missing_field"));
    }
    CHECK(parse(bytes + "later") == vector.lines.back());
    CHECK(parse(bytes + std::string(4, '\xFF')) == vector.lines.back());
}

/// The bytes give the record, the record gives the bytes.
template <typename Record, typename Parse>
void check_packets(const std::string& file, std::string_view sender, Parse parse) {
    for (const auto& vector : read_vectors(file, sender)) {
        const auto bytes = bytes_of(vector);
        const auto result = parse(bytes);
        REQUIRE(std::holds_alternative<Record>(result));
        const auto& record = std::get<Record>(result);
        CHECK(describe(record) == vector.lines.back());
        CHECK(encode(record) == bytes);
    }
}

}  // namespace vnf::test
