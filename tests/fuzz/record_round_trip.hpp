// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What holds for every stream of application records, in either direction and version. Input: one byte for
// the pieces, one for the version, then the stream.
#pragma once

#include <string_view>
#include <variant>
#include <vector>

#include "tests/fuzz/promise.hpp"
#include "wire/application_record.hpp"

namespace vnf::fuzz {

template <typename Record>
using Records = std::vector<wire::DecodedRecord<Record>>;

template <typename Record>
void drain(wire::RecordDecoder<Record>& decoder, Records<Record>& records) {
    while (auto result = decoder.next()) {
        if (auto* decoded = std::get_if<wire::DecodedRecord<Record>>(&*result)) {
            records.push_back(std::move(*decoded));
        }
    }
    const auto limit =
        decoder.version() == wire::RecordVersion::V2 ? wire::record_v2_size : wire::record_v3_limit;
    promise(decoder.pending() < limit, "less than a record is held");
}

template <typename Record>
wire::DecodedRecord<Record> read_back(const wire::DecodedRecord<Record>& one, wire::RecordVersion version) {
    const auto bytes = wire::encode(one.record, one.sequence, version);
    promise(bytes.size() <= wire::record_v3_limit, "a record within the limit");
    wire::RecordDecoder<Record> decoder;
    decoder.switch_to(version);
    decoder.feed(bytes);
    Records<Record> records;
    drain(decoder, records);
    promise(records.size() == 1 && decoder.pending() == 0, "what was written is one record");
    promise(records.front().sequence == one.sequence, "the sequence comes back");
    return records.front();
}

template <typename Record>
void record_round_trip(std::string_view input) {
    const auto seed = take_byte(input);
    const auto version = (take_byte(input) & 1U) != 0 ? wire::RecordVersion::V3 : wire::RecordVersion::V2;
    wire::RecordDecoder<Record> whole;
    wire::RecordDecoder<Record> cut;
    whole.switch_to(version);
    cut.switch_to(version);

    Records<Record> records;
    whole.feed(input);
    drain(whole, records);
    Records<Record> cut_records;
    in_pieces(input, seed, [&cut, &cut_records](std::string_view piece) {
        cut.feed(piece);
        drain(cut, cut_records);
    });
    promise(records.size() == cut_records.size() && whole.broken() == cut.broken(), "cuts change nothing");
    for (std::size_t i = 0; i < records.size(); ++i) {
        promise(records[i].record == cut_records[i].record, "cuts change no record");
        const auto once = read_back(records[i], version);
        // A version-2 text without its NUL is one byte longer than what can be written.
        promise(version == wire::RecordVersion::V2 || once.record == records[i].record, "records come back");
        promise(read_back(once, version).record == once.record, "what can be written comes back as it was");
    }
}

}  // namespace vnf::fuzz
