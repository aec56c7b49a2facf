// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The records between libservergroup's handles and guest-client: one record a packet of a SEQPACKET socket
// (docs/protocol.md, section 4). Little endian: u8 version, u8 type, u16 0, u32 number, then the type's texts, each a
// u32 length and that many bytes. Bytes behind them are ignored (room for later versions). Standard library only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "wire/parse_error.hpp"

namespace vnf::wire {

inline constexpr std::uint8_t group_record_version = 1;
inline constexpr std::size_t group_record_header_size = 8;
/// A packet is never longer: a whole line of the port, and its header and lengths.
inline constexpr std::size_t group_record_limit = 64 * 1024 + 256;
inline constexpr std::size_t group_client_name_limit = 63;
inline constexpr std::size_t group_reason_limit = 400;
inline constexpr std::size_t group_type_limit = 63;
inline constexpr std::size_t group_source_limit = 107;
/// Broadcasts (whoever sends one checks its own limits), bodies and entries.
inline constexpr std::size_t group_text_limit = 64 * 1024;

// ---- library to daemon -----------------------------------------------------------------------------------

/// Type 1, first of all; answered by GroupLink, or by the end of the connection.
struct GroupHello {
    std::string name;  ///< of the program, for operators; at most 63 bytes of UTF-8
    friend bool operator==(const GroupHello&, const GroupHello&) = default;
};
/// Type 2.
struct GroupSend {
    std::string text;  ///< within the limits of a broadcast; checked again by the daemon
    friend bool operator==(const GroupSend&, const GroupSend&) = default;
};
/// Type 3. A new query replaces the one before.
struct GroupAsk {
    std::uint32_t query = 0;  ///< the client's own number
    friend bool operator==(const GroupAsk&, const GroupAsk&) = default;
};
using GroupClientRecord = std::variant<GroupHello, GroupSend, GroupAsk>;

// ---- daemon to library -----------------------------------------------------------------------------------

/// Type 17: whether the host can be reached; after GroupHello and at each change.
struct GroupLink {
    bool up = false;
    std::string reason;  ///< why not
    friend bool operator==(const GroupLink&, const GroupLink&) = default;
};
/// Type 18.
struct GroupHeard {
    std::string source, text;
    friend bool operator==(const GroupHeard&, const GroupHeard&) = default;
};
/// Type 19: `body` is JSON text (GroupBody::value), an object or a string.
struct GroupNotified {
    std::string body;
    friend bool operator==(const GroupNotified&, const GroupNotified&) = default;
};
/// Type 20: one member; `entry` is JSON text, as above.
struct GroupEntry {
    std::uint32_t query = 0;
    std::string entry;
    friend bool operator==(const GroupEntry&, const GroupEntry&) = default;
};
/// Type 21: the answer is complete.
struct GroupAnswered {
    std::uint32_t query = 0;
    friend bool operator==(const GroupAnswered&, const GroupAnswered&) = default;
};
/// Type 22: there will be no (more) answer.
struct GroupUnanswered {
    std::uint32_t query = 0;
    std::string reason;
    friend bool operator==(const GroupUnanswered&, const GroupUnanswered&) = default;
};
/// Type 23: the host refused a message of this type that this client sent within the last 5 s.
struct GroupRefusal {
    std::string msg_type, reason;
    friend bool operator==(const GroupRefusal&, const GroupRefusal&) = default;
};
/// Type 24: this client missed messages, here or on the way.
struct GroupMissed {
    std::uint32_t messages = 0;  ///< 0: unknown how many
    friend bool operator==(const GroupMissed&, const GroupMissed&) = default;
};
/// Type 25: accepted broadcasts of this client that were not handed to the host after all.
struct GroupUnsent {
    std::uint32_t messages = 0;
    std::string reason;
    friend bool operator==(const GroupUnsent&, const GroupUnsent&) = default;
};
using GroupDaemonRecord = std::variant<GroupLink, GroupHeard, GroupNotified, GroupEntry, GroupAnswered,
                                       GroupUnanswered, GroupRefusal, GroupMissed, GroupUnsent>;

// ---- codec -----------------------------------------------------------------------------------------------

/// Names, reasons and message types are cut and cleaned; another text beyond its limit, or one that is not UTF-8 or has
/// a NUL, is the caller's fault (assert).
std::string encode(const GroupClientRecord& record);
std::string encode(const GroupDaemonRecord& record);

/// One whole packet. BadVersion, UnknownMessage (an unknown type: ignore it), Overlong, MissingField for a packet that
/// ends before its record does, OutOfRange for a text beyond its limit, BadText for one that is not UTF-8 or has a NUL.
std::variant<GroupClientRecord, ParseError> parse_group_client_record(std::string_view packet);
std::variant<GroupDaemonRecord, ParseError> parse_group_daemon_record(std::string_view packet);

}  // namespace vnf::wire
