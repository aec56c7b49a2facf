// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// How each record is written. Reading is in record_layout.cpp, finding records in a stream in
// record_decoder.cpp.
#include "wire/application_record.hpp"

#include <cassert>

#include "wire/record_fields.hpp"
#include "wire/record_layout.hpp"

namespace vnf::wire {
namespace {

template <typename Enumeration>
std::uint32_t number(Enumeration value) {
    return static_cast<std::uint32_t>(value);
}

/// Timeout and error are the daemon's own results: no application votes so, and no record has a number for
/// them.
std::uint32_t vote_number(VoteResult vote) {
    return vote <= VoteResult::Complete ? number(vote) : 0;
}

std::uint8_t revision_of(const RecordInit& record) {
    return record.revision;
}
std::uint8_t revision_of(const RecordInitAck& record) {
    return record.revision;
}
template <typename Record>
std::uint8_t revision_of(const Record& /*record*/) {
    return 1;
}

/// Version-2 bodies: each overload is one line of the table in section 2.2 and returns its type.
TypeV2 write_v2(FieldWriter& out, const RecordInit& record) {
    out.fixed_text(record.name, record_v2_name_limit);
    for (const auto value : {record.interval_ms, record.vote_secs, record.shutdown_notice_secs,
                             record.suspend_notice_secs, record.resume_notice_secs}) {
        out.u32(value);
    }
    out.u32(number(record.corrective_action));
    return TypeV2::Init;
}

TypeV2 write_v2(FieldWriter& out, const RecordInitAck& record) {
    out.u32(record.accepted ? 1 : 0);
    return TypeV2::InitAck;
}

TypeV2 write_v2(FieldWriter& out, const RecordDeregister& record) {
    out.fixed_text(record.log, record_v2_text_limit);
    return TypeV2::Final;
}

TypeV2 write_v2(FieldWriter& out, const RecordChallenge& record) {
    out.u32(record.challenge);
    return TypeV2::Challenge;
}

TypeV2 write_v2(FieldWriter& out, const RecordChallengeResponse& record) {
    out.u32(record.challenge);
    out.u32(number(record.health));
    out.u32(number(record.corrective_action));
    out.fixed_text(record.log, record_v2_text_limit);
    return TypeV2::ChallengeResponse;
}

TypeV2 write_v2(FieldWriter& out, const RecordActionNotify& record) {
    out.u32(record.invocation_id);
    out.u32(number(record.event));
    out.u32(number(record.notification));
    return TypeV2::ActionNotify;
}

TypeV2 write_v2(FieldWriter& out, const RecordActionResponse& record) {
    out.u32(record.invocation_id);
    out.u32(number(record.event));
    out.u32(number(record.notification));
    out.u32(vote_number(record.vote));
    out.fixed_text(record.log, record_v2_text_limit);
    return TypeV2::ActionResponse;
}

/// Version-3 bodies, one line of docs/protocol.md 2.3 each.
TypeV3 write_v3(FieldWriter& out, const RecordRegister& record) {
    for (const auto value : {record.interval_ms, record.vote_ms, record.shutdown_notice_ms,
                             record.suspend_notice_ms, record.resume_notice_ms}) {
        out.u32(value);
    }
    out.u32(number(record.corrective_action));
    out.u32(number(record.silent_close));
    out.sized_text(record.name, record_v3_name_limit);
    return TypeV3::Register;
}

TypeV3 write_v3(FieldWriter& out, const RecordRegisterAck& record) {
    out.u32(record.accepted ? 1 : 0);
    out.u32(record.interval_ms);
    out.sized_text(record.log, record_v3_text_limit);
    return TypeV3::RegisterAck;
}

TypeV3 write_v3(FieldWriter& out, const RecordDeregister& record) {
    out.sized_text(record.log, record_v3_text_limit);
    return TypeV3::Deregister;
}

TypeV3 write_v3(FieldWriter& out, const RecordChallenge& record) {
    out.u32(record.challenge);
    return TypeV3::Challenge;
}

TypeV3 write_v3(FieldWriter& out, const RecordChallengeResponse& record) {
    out.u32(record.challenge);
    out.u32(number(record.health));
    out.u32(number(record.corrective_action));
    out.sized_text(record.log, record_v3_text_limit);
    return TypeV3::ChallengeResponse;
}

TypeV3 write_v3(FieldWriter& out, const RecordActionNotify& record) {
    out.u32(record.invocation_id);
    out.u32(number(record.event));
    out.u32(number(record.notification));
    out.u32(record.timeout_ms);
    out.sized_text(record.origin, record_v3_origin_limit);
    return TypeV3::Action;
}

TypeV3 write_v3(FieldWriter& out, const RecordActionResponse& record) {
    out.u32(record.invocation_id);
    out.u32(vote_number(record.vote));
    out.sized_text(record.log, record_v3_text_limit);
    return TypeV3::ActionResponse;
}

TypeV3 write_v3(FieldWriter& out, const RecordHealthPush& record) {
    out.u32(number(record.health));
    out.u32(number(record.corrective_action));
    out.sized_text(record.log, record_v3_text_limit);
    return TypeV3::Health;
}

TypeV3 write_v3(FieldWriter& out, const RecordActionCancel& record) {
    out.u32(record.invocation_id);
    out.u32(number(record.reason));
    out.sized_text(record.log, record_v3_text_limit);
    return TypeV3::ActionCancel;
}

TypeV3 write_v3(FieldWriter& out, const RecordActionExtend& record) {
    out.u32(record.invocation_id);
    out.u32(record.extra_ms);
    out.sized_text(record.log, record_v3_text_limit);
    return TypeV3::ActionExtend;
}

TypeV3 write_v3(FieldWriter& out, const RecordActionExtended& record) {
    out.u32(record.invocation_id);
    out.u32(record.granted ? 1 : 0);
    out.u32(record.remaining_ms);
    return TypeV3::ActionExtended;
}

FieldWriter start_record(RecordVersion version, std::uint8_t revision, std::uint32_t sequence) {
    FieldWriter out(version == RecordVersion::V2 ? record_v2_size : record_v3_limit / 2);
    out.raw(record_magic);
    out.u8(static_cast<std::uint8_t>(version));
    out.u8(revision);
    out.u16(0);  // the type and the size follow when the body is there
    out.u32(sequence);
    out.u32(0);
    return out;
}

std::string finish_record(FieldWriter& out, std::uint16_t type) {
    out.set_u16(record_type_offset, type);
    out.set_u32(record_size_offset, static_cast<std::uint32_t>(out.size()));
    return out.take();
}

template <typename Body>
constexpr bool exists_in_v2 = requires(FieldWriter& out, const Body& body) {
    write_v2(out, body);
};
template <typename Body>
constexpr bool exists_in_v3 = requires(FieldWriter& out, const Body& body) {
    write_v3(out, body);
};

template <typename Body>
std::string encode_v2(const Body& body, std::uint32_t sequence) {
    if constexpr (exists_in_v2<Body>) {
        auto out = start_record(RecordVersion::V2, revision_of(body), sequence);
        const auto type = write_v2(out, body);
        out.pad_to(record_v2_size);
        return finish_record(out, static_cast<std::uint16_t>(type));
    } else {
        assert(false && "a record of version 3 only");
        return {};
    }
}

template <typename Body>
std::string encode_v3(const Body& body, std::uint32_t sequence) {
    if constexpr (exists_in_v3<Body>) {
        auto out = start_record(RecordVersion::V3, 1, sequence);
        const auto type = write_v3(out, body);
        return finish_record(out, static_cast<std::uint16_t>(type));
    } else {
        assert(false && "a record of version 2 only");
        return {};
    }
}

template <typename Record>
std::string encode_any(const Record& record, std::uint32_t sequence, RecordVersion version) {
    return std::visit(
        [sequence, version](const auto& body) {
            return version == RecordVersion::V2 ? encode_v2(body, sequence) : encode_v3(body, sequence);
        },
        record);
}

}  // namespace

std::string_view word(CancelReason reason) {
    switch (reason) {
        case CancelReason::Unknown:
            return "unknown";
        case CancelReason::HostCancelled:
            return "host_cancelled";
        case CancelReason::DeadlinePassed:
            return "deadline_passed";
        case CancelReason::HostLost:
            return "host_lost";
        case CancelReason::AlreadyDecided:
            return "already_decided";
    }
    return "unknown";
}

std::string encode(const ApplicationRecord& record, std::uint32_t sequence, RecordVersion version) {
    return encode_any(record, sequence, version);
}

std::string encode(const DaemonRecord& record, std::uint32_t sequence, RecordVersion version) {
    return encode_any(record, sequence, version);
}

}  // namespace vnf::wire
