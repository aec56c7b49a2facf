// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Golden application records, both ways and both versions.
#include <catch2/catch.hpp>

#include "tests/wire/decoded_records.hpp"
#include "tests/wire/describe.hpp"
#include "tests/wire/vector_file.hpp"

namespace {

using namespace vnf::wire;
using vnf::test::bytes_of;
using vnf::test::read_vectors;

template <typename Record>
void check_both_ways(const std::string& file, std::string_view sender, RecordVersion version) {
    for (const auto& vector : read_vectors(file, sender)) {
        auto bytes = bytes_of(vector);
        bytes.resize(version == RecordVersion::V2 ? record_v2_size : bytes.size(), '\0');
        CAPTURE(vector.lines.back());
        const auto decoded = vnf::test::only_record<Record>(bytes, version);
        CHECK(vnf::test::describe(decoded) == vector.lines.back());
        CHECK(encode(decoded.record, decoded.sequence, version) == bytes);
    }
}

}  // namespace

TEST_CASE("captured records of an old application are understood and reproduced byte by byte") {
    check_both_ways<ApplicationRecord>("application_records_v2.txt", "app", RecordVersion::V2);
}

TEST_CASE("captured records of an old daemon are understood and reproduced byte by byte") {
    check_both_ways<DaemonRecord>("application_records_v2.txt", "daemon", RecordVersion::V2);
}

TEST_CASE("version-3 records of an application are understood and reproduced byte by byte") {
    check_both_ways<ApplicationRecord>("application_records_v3.txt", "app", RecordVersion::V3);
}

TEST_CASE("version-3 records of the daemon are understood and reproduced byte by byte") {
    check_both_ways<DaemonRecord>("application_records_v3.txt", "daemon", RecordVersion::V3);
}

TEST_CASE("the records quoted in docs/protocol.md are the version-3 vectors") {
    vnf::test::check_quoted("application_records_v3.txt");
}
