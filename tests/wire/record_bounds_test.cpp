// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Limits of application records: texts, sizes, numbers outside their enumerations.
#include <catch2/catch.hpp>

#include "tests/wire/decoded_records.hpp"
#include "wire/text.hpp"

namespace {

using namespace vnf::wire;
using namespace std::string_literals;
using vnf::test::drain;
using vnf::test::only_record;
using Errors = std::vector<std::string>;

template <typename Body>
Body read_back(const ApplicationRecord& record, RecordVersion version) {
    return std::get<Body>(only_record<ApplicationRecord>(encode(record, 1, version), version).record);
}

template <typename Body>
Body read_back(const DaemonRecord& record, RecordVersion version) {
    return std::get<Body>(only_record<DaemonRecord>(encode(record, 1, version), version).record);
}

void put_u32(std::string& bytes, std::size_t offset, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) {
        bytes[offset + i] = static_cast<char>(value >> (8 * i));
    }
}

/// A version-3 record with its size put right, or wrong.
std::string v3(std::uint16_t type, const std::string& body, std::optional<std::uint32_t> size = {}) {
    auto bytes = "FDFDA5A5\x03\x01"s + static_cast<char>(type) + '\0' + std::string(8, '\0') + body;
    put_u32(bytes, 16, size.value_or(static_cast<std::uint32_t>(bytes.size())));
    return bytes;
}

Errors errors_in_v3(const std::string& bytes) {
    return drain<ApplicationRecord>(bytes, RecordVersion::V3).errors;
}

}  // namespace

TEST_CASE("texts are cut at 39 and 191 bytes in version 2, at 63 and 223 in version 3") {
    for (const std::size_t size :
         {0U, 38U, 39U, 40U, 62U, 63U, 64U, 190U, 191U, 192U, 222U, 223U, 224U, 5000U}) {
        const std::string text(size, 'x');
        CHECK(read_back<RecordInit>(RecordInit{.name = text}, RecordVersion::V2).name.size() ==
              std::min(size, record_v2_name_limit));
        CHECK(read_back<RecordRegister>(RecordRegister{.name = text}, RecordVersion::V3).name.size() ==
              std::min(size, record_v3_name_limit));
        CHECK(read_back<RecordDeregister>(RecordDeregister{text}, RecordVersion::V2).log.size() ==
              std::min(size, record_v2_text_limit));
        CHECK(read_back<RecordDeregister>(RecordDeregister{text}, RecordVersion::V3).log.size() ==
              std::min(size, record_v3_text_limit));
        const RecordActionNotify notify{.origin = text};
        CHECK(read_back<RecordActionNotify>(DaemonRecord(notify), RecordVersion::V3).origin.size() ==
              std::min(size, record_v3_origin_limit));
    }
}

TEST_CASE("hostile texts pass through a record as valid UTF-8 without NUL") {
    for (const auto& text : {"quote \" backslash \\ newline \n tab \t"s, "nul\0hidden"s, "bad \xff\xc3"s,
                             "ö€"s, std::string(500, '\x80')}) {
        for (const auto version : {RecordVersion::V2, RecordVersion::V3}) {
            const auto log = read_back<RecordDeregister>(RecordDeregister{text}, version).log;
            CHECK(is_utf8(log));
            CHECK(log.find('\0') == std::string::npos);
        }
    }
    CHECK(read_back<RecordDeregister>(RecordDeregister{"nul\0hidden"s}, RecordVersion::V3).log == "nul");
    CHECK(read_back<RecordDeregister>(RecordDeregister{"a\"b\\c\nd"}, RecordVersion::V3).log == "a\"b\\c\nd");
}

TEST_CASE("a text is cut on a character boundary") {
    const std::string text = std::string(record_v3_text_limit - 1, 'x') + "ö";
    for (const auto version : {RecordVersion::V2, RecordVersion::V3}) {
        CHECK(is_utf8(read_back<RecordDeregister>(RecordDeregister{text}, version).log));
    }
    CHECK(read_back<RecordDeregister>(RecordDeregister{text}, RecordVersion::V3).log.size() ==
          record_v3_text_limit - 1);
}

TEST_CASE("an unterminated version-2 text ends at its field") {
    auto bytes =
        encode(ApplicationRecord(RecordInit{.name = std::string(39, 'n'), .interval_ms = 0x41414141}), 1,
               RecordVersion::V2);
    bytes[20 + 39] = 'N';
    const auto record = only_record<ApplicationRecord>(bytes, RecordVersion::V2);
    CHECK(std::get<RecordInit>(record.record).name == std::string(39, 'n') + "N");

    auto response = encode(ApplicationRecord(RecordActionResponse{}), 1, RecordVersion::V2);
    std::fill(response.begin() + 36, response.end(), 'x');
    const auto both = drain<ApplicationRecord>(response + response, RecordVersion::V2);
    REQUIRE(both.records.size() == 2);
    CHECK(std::get<RecordActionResponse>(both.records[0].record).log == std::string(192, 'x'));
}

TEST_CASE("a number outside its enumeration becomes unknown") {
    for (const std::uint32_t number : {13U, 0x7fffffffU, 0xffffffffU}) {
        auto bytes =
            encode(ApplicationRecord(RecordActionResponse{.invocation_id = 5}), 1, RecordVersion::V2);
        for (const std::size_t offset : {24U, 28U, 32U}) {
            put_u32(bytes, offset, number);
        }
        const auto response =
            std::get<RecordActionResponse>(only_record<ApplicationRecord>(bytes, RecordVersion::V2).record);
        CHECK(response == RecordActionResponse{.invocation_id = 5});

        bytes = encode(ApplicationRecord(RecordChallengeResponse{.challenge = 5}), 1, RecordVersion::V2);
        put_u32(bytes, 24, number);
        put_u32(bytes, 28, number);
        const auto health = std::get<RecordChallengeResponse>(
            only_record<ApplicationRecord>(bytes, RecordVersion::V2).record);
        CHECK(health.health == Health::Unhealthy);
        CHECK(health.corrective_action == CorrectiveAction::Unknown);
    }
}

TEST_CASE("timeout and error have no number in a record") {
    for (const auto version : {RecordVersion::V2, RecordVersion::V3}) {
        for (const auto vote : {VoteResult::Timeout, VoteResult::Error}) {
            const RecordActionResponse response{.vote = vote};
            const RecordActionResponse unknown{.vote = VoteResult::Unknown};
            CHECK(encode(ApplicationRecord(response), 1, version) ==
                  encode(ApplicationRecord(unknown), 1, version));
            CHECK(read_back<RecordActionResponse>(ApplicationRecord(response), version).vote ==
                  VoteResult::Unknown);
        }
    }
}

TEST_CASE("an unknown silent close is the daemon's choice and an unknown cancel reason unknown") {
    auto bytes =
        encode(ApplicationRecord(RecordRegister{.silent_close = SilentClose::Failed}), 1, RecordVersion::V3);
    put_u32(bytes, 20 + 6 * 4, 3);
    CHECK(std::get<RecordRegister>(only_record<ApplicationRecord>(bytes, RecordVersion::V3).record)
              .silent_close == SilentClose::DaemonDefault);
    auto cancel =
        encode(DaemonRecord(RecordActionCancel{.reason = CancelReason::HostLost}), 1, RecordVersion::V3);
    put_u32(cancel, 24, 5);
    CHECK(std::get<RecordActionCancel>(only_record<DaemonRecord>(cancel, RecordVersion::V3).record).reason ==
          CancelReason::Unknown);
}

TEST_CASE("every number of a version-2 INIT may be any number") {
    const RecordInit init{1, "x", 0xffffffff, 0x80000000, 0, 1, 2, CorrectiveAction::Stop};
    CHECK(read_back<RecordInit>(ApplicationRecord(init), RecordVersion::V2) == init);
}

TEST_CASE("a version-3 header with another magic, version or size ends the connection") {
    auto magic = v3(2, "\0\0"s);
    magic[3] = 'x';
    auto version = v3(2, "\0\0"s);
    version[8] = 2;
    for (const auto& [bytes, error] :
         {std::pair(magic, "bad_magic"), std::pair(version, "bad_version 2"),
          std::pair(v3(2, "", 19), "out_of_range size"), std::pair(v3(2, "", 0), "out_of_range size"),
          std::pair(v3(2, "", 1025), "overlong size"), std::pair(v3(2, "", 0xffffffff), "overlong size")}) {
        ApplicationRecordDecoder decoder;
        decoder.switch_to(RecordVersion::V3);
        vnf::test::Drained<ApplicationRecord> drained;
        drain(decoder, bytes + v3(2, "\0\0"s), drained);
        CHECK(drained.errors == Errors{error});
        CHECK(drained.records.empty());
        CHECK(decoder.broken());
        CHECK(decoder.pending() == 0);
    }
}

TEST_CASE("a version-3 record of 1024 bytes is read, what is beyond the known fields ignored") {
    const auto bytes = v3(2, "\2\0ok"s + std::string(record_v3_limit - record_header_size - 4, 'x'));
    REQUIRE(bytes.size() == record_v3_limit);
    const auto record = only_record<ApplicationRecord>(bytes, RecordVersion::V3);
    CHECK(std::get<RecordDeregister>(record.record).log == "ok");
}

TEST_CASE(
    "a version-3 body that is too short, or a text too long or no text, is rejected and the next record "
    "works") {
    const auto good = v3(2, "\2\0ok"s);
    for (const auto& [bytes, error] :
         {std::pair(v3(2, ""), "missing_field log"), std::pair(v3(2, "\2"s), "missing_field log"),
          std::pair(v3(2, "\2\0o"s), "missing_field log"),
          std::pair(v3(2, "\xe0\0"s + std::string(224, 'x')), "out_of_range log"),
          std::pair(v3(2, "\xff\xff"s), "out_of_range log"), std::pair(v3(2, "\1\0\0"s), "bad_text log"),
          std::pair(v3(2, "\1\0\xff"s), "bad_text log"),
          std::pair(v3(4, "\1\0\0\0"s), "missing_field health"),
          std::pair(v3(6, std::string(7, '\0')), "missing_field vote"),
          std::pair(v3(0, std::string(28, '\0')), "missing_field name"),
          std::pair(v3(11, ""), "unknown_message type"),
          std::pair(v3(3, "\0\0\0\0"s), "unknown_message type")}) {
        const auto drained = drain<ApplicationRecord>(bytes + good, RecordVersion::V3);
        CHECK(drained.errors == Errors{error});
        CHECK(drained.records.size() == 1);
    }
    CHECK(errors_in_v3(v3(2, "\xdf\0"s + std::string(223, 'x'))).empty());
}

TEST_CASE("the header's revision is ignored in version 3 and told in version 2") {
    auto bytes = v3(2, "\2\0ok"s);
    bytes[9] = 77;
    CHECK(errors_in_v3(bytes).empty());
    CHECK(read_back<RecordInit>(RecordInit{.revision = 2}, RecordVersion::V2).revision == 2);
    CHECK(read_back<RecordInitAck>(DaemonRecord(RecordInitAck{2, true}), RecordVersion::V2) ==
          RecordInitAck{2, true});
}
