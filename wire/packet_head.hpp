// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The head that each packet of libservergroup's and libguestscale's sockets begins with: u8 version, u8 type, u16 0, u32
// number. Private to wire/; what follows which type is written in group_record.cpp and scale_record.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "wire/parse_error.hpp"
#include "wire/record_fields.hpp"

namespace vnf::wire {

inline constexpr std::size_t packet_head_size = 8;

/// Of one kind of socket.
struct PacketForm {
    std::uint8_t version;
    std::size_t limit;  ///< a packet is never longer
};

inline void write_packet_head(FieldWriter& out, const PacketForm& form, std::uint8_t type,
                              std::uint32_t number) {
    out.u8(form.version);
    out.u8(type);
    out.u16(0);
    out.u32(number);
}

/// Of a later version, or the other direction's.
inline constexpr ParseError unknown_packet_type{ParseReason::UnknownMessage, "type"};

inline std::optional<ParseError> check_packet_head(std::string_view packet, const PacketForm& form) {
    if (packet.size() > form.limit) {
        return ParseError{ParseReason::Overlong, {}};
    }
    if (packet.size() < packet_head_size) {
        return ParseError{ParseReason::MissingField, "header"};
    }
    if (const auto version = static_cast<std::uint8_t>(packet[0]); version != form.version) {
        return ParseError{ParseReason::BadVersion, "version", version};
    }
    return std::nullopt;
}

/// What `read` makes of type, number and the fields behind them, unless one of these is wrong.
template <typename Result, typename Read>
Result read_packet(std::string_view packet, const PacketForm& form, Read read) {
    if (const auto error = check_packet_head(packet, form)) {
        return *error;
    }
    FieldReader in(packet.substr(packet_head_size));
    auto result = read(static_cast<std::uint8_t>(packet[1]), load_u32(packet, 4), in);
    if (in.error()) {
        return *in.error();
    }
    return result;
}

}  // namespace vnf::wire
