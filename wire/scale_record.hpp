// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The records between libguestscale's handles and guest-scale-agent: one record a packet of a SEQPACKET socket
// (docs/protocol.md, section 6). Little endian: u8 version, u8 type, u16 0, u32 number, then the type's numbers (u32 each)
// and texts (a u32 length and that many bytes). Bytes behind them are ignored (room for later versions). Standard
// library only.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "wire/cpu_list.hpp"
#include "wire/parse_error.hpp"
#include "wire/scale_words.hpp"

namespace vnf::wire {

inline constexpr std::uint8_t scale_record_version = 1;
inline constexpr std::size_t scale_client_name_limit = 63;
/// A packet is never longer: a set of vCPUs as a list, a reason, and what is around them.
inline constexpr std::size_t scale_record_limit = cpu_text_limit + 1024;

// ---- library to agent ------------------------------------------------------------------------------------

/// Type 1, first of all; answered by ScaleState, or by the end of the connection.
struct ScaleHello {
    std::string name;  ///< of the program, for operators; at most 63 bytes of UTF-8
    friend bool operator==(const ScaleHello&, const ScaleHello&) = default;
};
/// Type 2: the application has done what it had to; the change may begin.
struct ScaleReady {
    std::uint32_t event = 0;
    friend bool operator==(const ScaleReady&, const ScaleReady&) = default;
};
/// Type 3: the application needs its vCPUs. Of a down only.
struct ScaleRefuse {
    std::uint32_t event = 0;
    std::string reason;
    friend bool operator==(const ScaleRefuse&, const ScaleRefuse&) = default;
};
/// Type 4: the vCPU to give up, where ScaleAbout left that open; the last one counts. ScaleReady follows.
struct ScaleChoose {
    std::uint32_t event = 0;
    Cpu cpu;
    friend bool operator==(const ScaleChoose&, const ScaleChoose&) = default;
};
using ScaleClientRecord = std::variant<ScaleHello, ScaleReady, ScaleRefuse, ScaleChoose>;

// ---- agent to library ------------------------------------------------------------------------------------

/// Type 17: after ScaleHello, behind each ScaleDone and ScaleAbandoned, and when the set changed without an event.
struct ScaleState {
    CpuSet online;
    std::optional<Cpu> next;  ///< what would go if nobody chose: nothing if none can
    friend bool operator==(const ScaleState&, const ScaleState&) = default;
};
/// Type 18: about to happen. Answered by ScaleReady, ScaleRefuse, or silence until the deadline, which counts as ready.
struct ScaleAbout {
    std::uint32_t event = 0;
    ScaleDirection direction = ScaleDirection::Down;
    std::optional<Cpu> cpu;  ///< of a down: nothing if the application may choose
    std::chrono::milliseconds deadline{0};
    friend bool operator==(const ScaleAbout&, const ScaleAbout&) = default;
};
/// Type 19: it happened.
struct ScaleDone {
    std::uint32_t event = 0;
    ScaleDirection direction = ScaleDirection::Down;
    Cpu cpu;
    CpuSet online;
    friend bool operator==(const ScaleDone&, const ScaleDone&) = default;
};
/// Type 20: it did not happen after all, or not wholly; `online` is the state as it is.
struct ScaleAbandoned {
    std::uint32_t event = 0;
    ScaleDirection direction = ScaleDirection::Down;
    CpuSet online;
    std::string reason;
    friend bool operator==(const ScaleAbandoned&, const ScaleAbandoned&) = default;
};
using ScaleAgentRecord = std::variant<ScaleState, ScaleAbout, ScaleDone, ScaleAbandoned>;

// ---- codec -----------------------------------------------------------------------------------------------

/// Names and reasons are cut and cleaned, durations clamped.
std::string encode(const ScaleClientRecord& record);
std::string encode(const ScaleAgentRecord& record);

/// One whole packet. BadVersion, UnknownMessage (an unknown type: ignore it), Overlong, MissingField for a packet that
/// ends before its record does, OutOfRange for a text beyond its limit or a number beyond its range, UnknownWord for a
/// direction that is none, BadText for a text that is not UTF-8 or has a NUL, or a list that is none.
std::variant<ScaleClientRecord, ParseError> parse_scale_client_record(std::string_view packet);
std::variant<ScaleAgentRecord, ParseError> parse_scale_agent_record(std::string_view packet);

}  // namespace vnf::wire
