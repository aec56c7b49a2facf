// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What travels in an envelope to and from `cgcs.server_grp` (server-group specification, sections 3.2-3.5), and the
// one message that our own peers add (docs/protocol.md, section 3). Which keys a status entry has is the host's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "wire/json_text.hpp"
#include "wire/parse_error.hpp"

namespace vnf::wire {

/// Longest broadcast: bytes as the application gave them, and as the old sender escapes them (section 3.5).
inline constexpr std::size_t broadcast_limit = 3050;
inline constexpr std::size_t broadcast_escaped_limit = 3951;
/// Longest source_instance, escaped: with it, a broadcast at its limit still fits an old client's 4096 bytes.
inline constexpr std::size_t source_instance_limit = 25;
/// Longest texts of a nack; longer ones are cut.
inline constexpr std::size_t nack_type_limit = 63;
inline constexpr std::size_t nack_log_limit = 400;

/// Appends `text` as json-c escapes it: also the slash (`\/`); control characters short or as \u00xx. Valid UTF-8 only.
void append_old_json_escaped(std::string& out, std::string_view text);
/// The number of bytes that appends.
std::size_t old_json_escaped_size(std::string_view text);

enum class BroadcastRefusal : std::uint8_t {
    TooLong,         ///< above broadcast_limit
    TooLongEscaped,  ///< above broadcast_escaped_limit
    NotText,         ///< not UTF-8, or with a NUL, which old peers cut it at
};
/// An English clause for the sender's error text.
std::string_view to_string(BroadcastRefusal refusal);

/// A text that every peer, old ones included, can carry. May be empty.
class BroadcastText {
  public:
    static std::variant<BroadcastText, BroadcastRefusal> of(std::string_view text);
    const std::string& text() const { return text_; }
    friend bool operator==(const BroadcastText&, const BroadcastText&) = default;

  private:
    explicit BroadcastText(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

/// Who sent a broadcast: 1 to 25 bytes as escaped, printable UTF-8. Its form is the host's business.
class SourceInstance {
  public:
    static std::optional<SourceInstance> of(std::string_view text);
    const std::string& text() const { return text_; }
    friend auto operator<=>(const SourceInstance&, const SourceInstance&) = default;

  private:
    explicit SourceInstance(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

// ---- guest to host ---------------------------------------------------------------------------------------

struct StatusQuery {
    std::int32_t seq = 0;  ///< any value; echoed
    /// The key "gap":true beside the old ones: the guest understands GroupGap.
    bool understands_gap = false;
    friend bool operator==(const StatusQuery&, const StatusQuery&) = default;
};

struct Broadcast {
    BroadcastText text;
    friend bool operator==(const Broadcast&, const Broadcast&) = default;
};

using GroupRequest = std::variant<StatusQuery, Broadcast>;

/// Why a request was refused, as the nack tells it.
struct GroupRequestError {
    std::string msg_type;  ///< as sent, cut and cleaned; "unknown" if there was none
    std::string log;       ///< names the key and what is wrong with it
    ParseReason reason;
};

// ---- host to guest ---------------------------------------------------------------------------------------

/// The body of a status or notification: an object, or a text that the sender says holds one (section 3.3).
struct GroupBody {
    JsonText value;  ///< an object or a string, never null
    /// What the old library hands out: an object spaced, a string's own text as it is.
    std::string as_old_text() const;
    /// The object; of a string, the object that it holds. Nothing if it holds none.
    std::optional<JsonText> object() const;
    friend bool operator==(const GroupBody&, const GroupBody&) = default;
};

struct StatusResponse {
    std::int32_t seq = 0;
    GroupBody entry;
    friend bool operator==(const StatusResponse&, const StatusResponse&) = default;
};

/// The `data` that nova repeats here is ignored.
struct StatusDone {
    std::int32_t seq = 0;
    friend bool operator==(const StatusDone&, const StatusDone&) = default;
};

struct GroupNotification {
    GroupBody body;  ///< wrapper or bare, as it came
    friend bool operator==(const GroupNotification&, const GroupNotification&) = default;
};

/// The inner version is not looked at: nova sends a text (section 1.3).
struct GroupBroadcast {
    std::string source_instance;  ///< as the host said, at most instance_name_limit bytes
    std::string text;             ///< valid UTF-8, without NUL, at most messaging_line_limit bytes
    friend bool operator==(const GroupBroadcast&, const GroupBroadcast&) = default;
};

struct GroupNack {
    std::string orig_msg_type;  ///< "unknown" if the peer did not say
    std::string log;            ///< may be empty
    friend bool operator==(const GroupNack&, const GroupNack&) = default;
};

/// msg_type "gap", only to a guest that said that it understands it: messages for it were lost.
struct GroupGap {
    std::int32_t missed = 0;  ///< how many; 0: unknown
    friend bool operator==(const GroupGap&, const GroupGap&) = default;
};

using GroupEvent =
    std::variant<StatusResponse, StatusDone, GroupNotification, GroupBroadcast, GroupNack, GroupGap>;

// ---- codec -----------------------------------------------------------------------------------------------

/// `data` of an envelope. A request's `version` is the integer 2 (or "2", 2.0). `data` of a broadcast must be a string
/// within the limits; null and missing are refused (B-05). Unknown keys are ignored; of equal keys the first counts.
std::variant<GroupRequest, GroupRequestError> parse_group_request(const JsonText& data);
/// No version is looked at, since the old library looks at none. Texts with a NUL are refused (BadText), those of a nack
/// are cut and cleaned. Unknown msg_type: UnknownMessage.
std::variant<GroupEvent, ParseError> parse_group_event(const JsonText& data);

/// Keys in the old order: version, msg_type, then the rest.
JsonText encode(const GroupRequest& request);
JsonText encode(const GroupEvent& event);

}  // namespace vnf::wire
