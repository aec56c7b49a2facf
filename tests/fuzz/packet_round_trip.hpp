// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What holds for every packet of our SEQPACKET sockets, in either direction: what was read of it is written again, and that
// is read as the same.
#pragma once

#include <string_view>
#include <variant>

#include "tests/fuzz/promise.hpp"
#include "wire/parse_error.hpp"

namespace vnf::fuzz {

/// `most`: how long what is written may be.
template <typename Record>
void packet_round_trip(std::string_view packet, std::size_t most,
                       std::variant<Record, wire::ParseError> (*parse)(std::string_view)) {
    const auto result = parse(packet);
    const auto* const record = std::get_if<Record>(&result);
    if (record == nullptr) {
        return;
    }
    const auto written = encode(*record);
    promise(written.size() <= most, "a packet within its bound");
    const auto again = parse(written);
    promise(std::holds_alternative<Record>(again) && std::get<Record>(again) == *record,
            "a record comes back");
}

}  // namespace vnf::fuzz
