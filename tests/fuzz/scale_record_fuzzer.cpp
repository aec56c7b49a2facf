// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Input: a packet of libguestscale's socket, read in both directions.
#include "tests/fuzz/promise.hpp"
#include "wire/scale_record.hpp"

using namespace vnf::wire;
using vnf::fuzz::promise;

namespace {

template <typename Record>
void round_trip(std::string_view packet, std::variant<Record, ParseError> (*parse)(std::string_view)) {
    const auto result = parse(packet);
    const auto* const record = std::get_if<Record>(&result);
    if (record == nullptr) {
        return;
    }
    const auto written = encode(*record);
    promise(written.size() <= scale_record_limit, "a packet within the limit");
    const auto again = parse(written);
    promise(std::holds_alternative<Record>(again) && std::get<Record>(again) == *record,
            "a record comes back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto packet = vnf::fuzz::text_of(data, size);
    round_trip(packet, parse_scale_client_record);
    round_trip(packet, parse_scale_agent_record);
    return 0;
}
