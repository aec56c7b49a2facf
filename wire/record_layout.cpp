// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// How each record is read. A braced initialiser reads its fields from left to right: the members' order here
// is the order on the wire.
#include "wire/record_layout.hpp"

#include <optional>

#include "wire/record_fields.hpp"

namespace vnf::wire {
namespace {

CorrectiveAction read_action(FieldReader& in) {
    return in.enumerated("corrective_action", CorrectiveAction::Log, CorrectiveAction::Unknown);
}

Health read_health(FieldReader& in) {
    return in.enumerated("health", Health::Healthy, Health::Unhealthy);
}

Event read_event(FieldReader& in) {
    return in.enumerated("event", Event::ColdMigrateEnd, Event::Unknown);
}

Notification read_notification(FieldReader& in) {
    return in.enumerated("notification", Notification::Irrevocable, Notification::Unknown);
}

VoteResult read_vote(FieldReader& in) {
    return in.enumerated("vote", VoteResult::Complete, VoteResult::Unknown);
}

RecordInit read_init(FieldReader& in, std::uint8_t revision) {
    return {revision,
            in.fixed_text(record_v2_name_limit, "name"),
            in.u32("heartbeat_interval_ms"),
            in.u32("vote_secs"),
            in.u32("shutdown_notice_secs"),
            in.u32("suspend_notice_secs"),
            in.u32("resume_notice_secs"),
            read_action(in)};
}

RecordRegister read_register(FieldReader& in) {
    RecordRegister record;
    record.interval_ms = in.u32("interval_ms");
    record.vote_ms = in.u32("vote_ms");
    record.shutdown_notice_ms = in.u32("shutdown_notice_ms");
    record.suspend_notice_ms = in.u32("suspend_notice_ms");
    record.resume_notice_ms = in.u32("resume_notice_ms");
    record.corrective_action = read_action(in);
    record.silent_close = in.enumerated("silent_close", SilentClose::Failed, SilentClose::DaemonDefault);
    record.name = in.sized_text(record_v3_name_limit, "name");
    return record;
}

std::string read_log(FieldReader& in, RecordVersion version) {
    return version == RecordVersion::V2 ? in.fixed_text(record_v2_text_limit, "log")
                                        : in.sized_text(record_v3_text_limit, "log");
}

RecordChallengeResponse read_challenge_response(FieldReader& in, RecordVersion version) {
    return {in.u32("challenge"), read_health(in), read_action(in), read_log(in, version)};
}

RecordActionResponse read_action_response_v2(FieldReader& in) {
    return {in.u32("invocation_id"), read_event(in), read_notification(in), read_vote(in),
            read_log(in, RecordVersion::V2)};
}

RecordActionResponse read_action_response_v3(FieldReader& in) {
    RecordActionResponse record;
    record.invocation_id = in.u32("invocation_id");
    record.vote = read_vote(in);
    record.log = read_log(in, RecordVersion::V3);
    return record;
}

RecordActionNotify read_action_notify(FieldReader& in, RecordVersion version) {
    RecordActionNotify record{in.u32("invocation_id"), read_event(in), read_notification(in), 0, {}};
    if (version == RecordVersion::V3) {
        record.timeout_ms = in.u32("timeout_ms");
        record.origin = in.sized_text(record_v3_origin_limit, "origin");
    }
    return record;
}

RecordHealthPush read_health_push(FieldReader& in) {
    return {read_health(in), read_action(in), read_log(in, RecordVersion::V3)};
}

RecordActionExtend read_action_extend(FieldReader& in) {
    return {in.u32("invocation_id"), in.u32("extra_ms"), read_log(in, RecordVersion::V3)};
}

RecordRegisterAck read_register_ack(FieldReader& in) {
    return {in.flag("accepted"), in.u32("interval_ms"), read_log(in, RecordVersion::V3)};
}

RecordActionCancel read_action_cancel(FieldReader& in) {
    return {in.u32("invocation_id"),
            in.enumerated("reason", CancelReason::AlreadyDecided, CancelReason::Unknown),
            read_log(in, RecordVersion::V3)};
}

RecordActionExtended read_action_extended(FieldReader& in) {
    return {in.u32("invocation_id"), in.flag("granted"), in.u32("remaining_ms")};
}

template <typename Record>
using Body = std::optional<Record>;

Body<ApplicationRecord> application_body_v2(RecordHead head, FieldReader& in) {
    switch (static_cast<TypeV2>(head.type)) {
        case TypeV2::Init:
            return read_init(in, head.revision);
        case TypeV2::Final:
            return RecordDeregister{read_log(in, RecordVersion::V2)};
        case TypeV2::ChallengeResponse:
            return read_challenge_response(in, RecordVersion::V2);
        case TypeV2::ActionResponse:
            return read_action_response_v2(in);
        case TypeV2::InitAck:
        case TypeV2::Challenge:
        case TypeV2::ActionNotify:
            break;
    }
    return std::nullopt;
}

Body<ApplicationRecord> application_body_v3(RecordHead head, FieldReader& in) {
    switch (static_cast<TypeV3>(head.type)) {
        case TypeV3::Register:
            return read_register(in);
        case TypeV3::Deregister:
            return RecordDeregister{read_log(in, RecordVersion::V3)};
        case TypeV3::ChallengeResponse:
            return read_challenge_response(in, RecordVersion::V3);
        case TypeV3::ActionResponse:
            return read_action_response_v3(in);
        case TypeV3::Health:
            return read_health_push(in);
        case TypeV3::ActionExtend:
            return read_action_extend(in);
        case TypeV3::RegisterAck:
        case TypeV3::Challenge:
        case TypeV3::Action:
        case TypeV3::ActionCancel:
        case TypeV3::ActionExtended:
            break;
    }
    return std::nullopt;
}

Body<DaemonRecord> daemon_body_v2(RecordHead head, FieldReader& in) {
    switch (static_cast<TypeV2>(head.type)) {
        case TypeV2::InitAck:
            return RecordInitAck{head.revision, in.flag("accepted")};
        case TypeV2::Challenge:
            return RecordChallenge{in.u32("challenge")};
        case TypeV2::ActionNotify:
            return read_action_notify(in, RecordVersion::V2);
        case TypeV2::Init:
        case TypeV2::Final:
        case TypeV2::ChallengeResponse:
        case TypeV2::ActionResponse:
            break;
    }
    return std::nullopt;
}

Body<DaemonRecord> daemon_body_v3(RecordHead head, FieldReader& in) {
    switch (static_cast<TypeV3>(head.type)) {
        case TypeV3::RegisterAck:
            return read_register_ack(in);
        case TypeV3::Challenge:
            return RecordChallenge{in.u32("challenge")};
        case TypeV3::Action:
            return read_action_notify(in, RecordVersion::V3);
        case TypeV3::ActionCancel:
            return read_action_cancel(in);
        case TypeV3::ActionExtended:
            return read_action_extended(in);
        case TypeV3::Register:
        case TypeV3::Deregister:
        case TypeV3::ChallengeResponse:
        case TypeV3::ActionResponse:
        case TypeV3::Health:
        case TypeV3::ActionExtend:
            break;
    }
    return std::nullopt;
}

template <typename Record>
std::variant<Record, ParseError> checked(Body<Record> record, const FieldReader& in) {
    if (!record) {
        return ParseError{ParseReason::UnknownMessage, "type"};
    }
    if (in.error()) {
        return *in.error();
    }
    return *std::move(record);
}

}  // namespace

template <>
std::variant<ApplicationRecord, ParseError> read_body(RecordVersion version, RecordHead head,
                                                      std::string_view body) {
    FieldReader in(body);
    return checked(
        version == RecordVersion::V2 ? application_body_v2(head, in) : application_body_v3(head, in), in);
}

template <>
std::variant<DaemonRecord, ParseError> read_body(RecordVersion version, RecordHead head,
                                                 std::string_view body) {
    FieldReader in(body);
    return checked(version == RecordVersion::V2 ? daemon_body_v2(head, in) : daemon_body_v3(head, in), in);
}

}  // namespace vnf::wire
