// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Drains a decoder, for tests.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "wire/application_record.hpp"

namespace vnf::test {

template <typename Record>
struct Drained {
    std::vector<wire::DecodedRecord<Record>> records;
    std::vector<std::string> errors;
};

/// Feeds `bytes` and adds what comes out to `drained`.
template <typename Record>
void drain(wire::RecordDecoder<Record>& decoder, std::string_view bytes, Drained<Record>& drained) {
    decoder.feed(bytes);
    while (auto result = decoder.next()) {
        if (const auto* error = std::get_if<wire::ParseError>(&*result)) {
            drained.errors.push_back(to_string(*error));
        } else {
            drained.records.push_back(std::get<wire::DecodedRecord<Record>>(*result));
        }
    }
}

template <typename Record>
Drained<Record> drain(std::string_view bytes, wire::RecordVersion version) {
    wire::RecordDecoder<Record> decoder;
    decoder.switch_to(version);
    Drained<Record> drained;
    drain(decoder, bytes, drained);
    return drained;
}

/// The record in `bytes`, which must be one, whole and accepted.
template <typename Record>
wire::DecodedRecord<Record> only_record(std::string_view bytes, wire::RecordVersion version) {
    const auto drained = drain<Record>(bytes, version);
    REQUIRE(drained.errors.empty());
    REQUIRE(drained.records.size() == 1);
    return drained.records.front();
}

}  // namespace vnf::test
