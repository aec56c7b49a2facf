// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The named reasons for which a message is refused. Every parser of wire/ reports with this one type,
// so that daemons can count rejections by reason.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace vnf::wire {

enum class ParseReason : std::uint8_t {
    NotJson,         ///< not a JSON text, or nested too deep, or not an object
    Overlong,        ///< longer than the format allows
    MissingField,    ///< a mandatory key is absent
    WrongType,       ///< a field has another JSON type than the specification's
    OutOfRange,      ///< a number outside its range, or a text above its length
    UnknownWord,     ///< an enumerated text that is not in the enumeration
    BadVersion,      ///< the peer speaks another version of the interface
    UnknownMessage,  ///< msg_type is not a message of this direction
    BadMagic,        ///< an application record does not start with its magic
    BadText,         ///< a text with a NUL or an invalid UTF-8 sequence where the format forbids it
};
inline constexpr std::size_t parse_reason_count = 10;

/// "not_json", "missing_field", ...: the value of the metrics label `reason`.
std::string_view word(ParseReason reason);

struct ParseError {
    ParseReason reason;
    /// The offending key (or record field), empty where none applies. Never text that a peer supplied.
    std::string_view field;
    /// For BadVersion the version received; otherwise 0.
    std::int64_t value = 0;
};

/// One line for a log: "missing_field heartbeat_response".
std::string to_string(const ParseError& error);

}  // namespace vnf::wire
