// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Application records out of a stream: cut anywhere, merged, behind garbage, and across the switch of
// versions.
#include <catch2/catch.hpp>

#include "tests/wire/decoded_records.hpp"
#include "tests/wire/describe.hpp"

namespace {

using namespace vnf::wire;
using vnf::test::drain;
using vnf::test::Drained;
using Errors = std::vector<std::string>;

std::string challenge_response(std::uint32_t challenge, RecordVersion version = RecordVersion::V2) {
    return encode(ApplicationRecord(RecordChallengeResponse{challenge, Health::Healthy, {}, "fine"}),
                  challenge, version);
}

/// The challenges answered in `drained`, in order.
std::vector<std::uint32_t> challenges(const Drained<ApplicationRecord>& drained) {
    std::vector<std::uint32_t> numbers;
    for (const auto& one : drained.records) {
        numbers.push_back(std::get<RecordChallengeResponse>(one.record).challenge);
    }
    return numbers;
}

std::vector<std::uint32_t> challenges_in(std::string_view bytes) {
    return challenges(drain<ApplicationRecord>(bytes, RecordVersion::V2));
}

using Numbers = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("records split at every offset come out whole, in both versions") {
    for (const auto version : {RecordVersion::V2, RecordVersion::V3}) {
        const auto stream = challenge_response(1, version) + challenge_response(2, version);
        for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
            RecordDecoder<ApplicationRecord> decoder;
            decoder.switch_to(version);
            Drained<ApplicationRecord> drained;
            drain(decoder, stream.substr(0, cut), drained);
            drain(decoder, stream.substr(cut), drained);
            CAPTURE(cut);
            CHECK(drained.errors.empty());
            CHECK(challenges(drained) == Numbers{1, 2});
            CHECK(decoder.pending() == 0);
        }
    }
}

TEST_CASE("records that arrive byte by byte and ten in one read come out the same") {
    std::string stream;
    Numbers expected;
    for (std::uint32_t i = 0; i < 10; ++i) {
        stream += challenge_response(i);
        expected.push_back(i);
    }
    CHECK(challenges_in(stream) == expected);
    ApplicationRecordDecoder decoder;
    Drained<ApplicationRecord> drained;
    for (const char byte : stream) {
        drain(decoder, std::string(1, byte), drained);
        REQUIRE(decoder.pending() < record_v2_size);
    }
    CHECK(challenges(drained) == expected);
}

TEST_CASE("G-36: a record behind garbage of any length is found, however the stream is cut") {
    for (std::size_t length = 1; length <= 2 * record_v2_size + 1; length += length < 30 ? 1 : 37) {
        const auto stream = std::string(length, 'F') + challenge_response(7);
        for (std::size_t cut = 0; cut <= length + 12; ++cut) {
            ApplicationRecordDecoder decoder;
            Drained<ApplicationRecord> drained;
            drain(decoder, stream.substr(0, cut), drained);
            drain(decoder, stream.substr(cut), drained);
            if (challenges(drained) != Numbers{7}) {
                FAIL("garbage of " << length << " bytes, cut at " << cut);
            }
        }
    }
}

TEST_CASE("G-36: a magic that begins inside a false start is found") {
    const auto record = challenge_response(7);
    CHECK(challenges_in("FD" + record) == Numbers{7});
    CHECK(challenges_in("FDFDFDA5A5" + std::string(300, 'x') + record) == Numbers{7});
    CHECK(challenges_in("FDFDA5" + record) == Numbers{7});
    CHECK(challenges_in("FDFDA5A" + record) == Numbers{7});
}

TEST_CASE("G-36: garbage as long as what is missing of a record does not discard the next") {
    const auto record = challenge_response(7);
    CHECK(challenges_in(std::string(record_v2_size, 'x') + record) == Numbers{7});
    CHECK(challenges_in(std::string(record_v2_size - record_header_size, 'x') + record) == Numbers{7});
}

TEST_CASE("garbage is one error a read and holds no memory") {
    ApplicationRecordDecoder decoder;
    Drained<ApplicationRecord> drained;
    drain(decoder, std::string(100'000, 'x'), drained);
    CHECK(drained.errors == Errors{"bad_magic"});
    CHECK(decoder.pending() == 0);
}

TEST_CASE("a header of another version is skipped and the record behind it found") {
    auto wrong = challenge_response(1);
    wrong[8] = 3;
    const auto drained = drain<ApplicationRecord>(wrong + challenge_response(2), RecordVersion::V2);
    CHECK(challenges(drained) == Numbers{2});
    CHECK(drained.errors == Errors{"bad_version 3", "bad_magic"});
}

TEST_CASE("G-38: the size field of a version-2 record is not trusted") {
    for (const char size : {'\0', '\x01', '\xff'}) {
        auto record = challenge_response(1);
        record[16] = record[17] = record[18] = record[19] = size;
        CHECK(challenges_in(record + challenge_response(2)) == Numbers{1, 2});
    }
}

TEST_CASE("a record of the other direction or of no known type is one error and costs nothing else") {
    const auto daemon = encode(DaemonRecord(RecordChallenge{1}), 1, RecordVersion::V2);
    auto unknown = challenge_response(1);
    unknown[10] = 99;
    const auto drained =
        drain<ApplicationRecord>(daemon + unknown + challenge_response(2), RecordVersion::V2);
    CHECK(drained.errors == Errors{"unknown_message type", "unknown_message type"});
    CHECK(challenges(drained) == Numbers{2});
}

TEST_CASE("what follows the INIT_ACK of revision 2 in the same read is read as version 3") {
    const auto ack = encode(DaemonRecord(RecordInitAck{2, true}), 1, RecordVersion::V2);
    const auto registered = encode(DaemonRecord(RecordRegisterAck{true, 1000, ""}), 2, RecordVersion::V3);
    DaemonRecordDecoder decoder;
    decoder.feed(ack + registered);
    const auto first = decoder.next();
    REQUIRE(first);
    CHECK(std::get<RecordInitAck>(std::get<DecodedRecord<DaemonRecord>>(*first).record).revision == 2);
    decoder.switch_to(RecordVersion::V3);
    const auto second = decoder.next();
    REQUIRE(second);
    CHECK(std::holds_alternative<RecordRegisterAck>(std::get<DecodedRecord<DaemonRecord>>(*second).record));
}

TEST_CASE("a reset forgets the input, the version and the breach") {
    ApplicationRecordDecoder decoder;
    decoder.switch_to(RecordVersion::V3);
    decoder.feed(std::string(record_header_size, 'x'));
    CHECK(decoder.next());
    CHECK(decoder.broken());
    decoder.reset();
    CHECK_FALSE(decoder.broken());
    CHECK(decoder.version() == RecordVersion::V2);
    Drained<ApplicationRecord> drained;
    drain(decoder, challenge_response(3), drained);
    CHECK(challenges(drained) == Numbers{3});
}
