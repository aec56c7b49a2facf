// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The numbers of the record types, where the header's fields are, and the reading of one whole record's body.
// Private to wire/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

#include "wire/application_record.hpp"

namespace vnf::wire {

inline constexpr std::size_t record_version_offset = 8;
inline constexpr std::size_t record_revision_offset = 9;
inline constexpr std::size_t record_type_offset = 10;
inline constexpr std::size_t record_sequence_offset = 12;
inline constexpr std::size_t record_size_offset = 16;

/// Version-2 numbers (specification 2.2).
enum class TypeV2 : std::uint16_t {
    Init = 0,
    InitAck = 1,
    Final = 2,
    Challenge = 3,
    ChallengeResponse = 4,
    ActionNotify = 5,
    ActionResponse = 6,
};

/// Version-3 numbers (docs/protocol.md 2.3).
enum class TypeV3 : std::uint16_t {
    Register = 0,
    RegisterAck = 1,
    Deregister = 2,
    Challenge = 3,
    ChallengeResponse = 4,
    Action = 5,
    ActionResponse = 6,
    Health = 7,
    ActionCancel = 8,
    ActionExtend = 9,
    ActionExtended = 10,
};

/// What a header says beyond its magic and version.
struct RecordHead {
    std::uint8_t revision = 1;
    std::uint16_t type = 0;
};

/// The record that `body` (everything behind the header) holds, if its type is one that such a peer sends.
template <typename Record>
std::variant<Record, ParseError> read_body(RecordVersion version, RecordHead head, std::string_view body);

template <>
std::variant<ApplicationRecord, ParseError> read_body(RecordVersion version, RecordHead head,
                                                      std::string_view body);
template <>
std::variant<DaemonRecord, ParseError> read_body(RecordVersion version, RecordHead head,
                                                 std::string_view body);

}  // namespace vnf::wire
