// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The records between applications and guest-client: version 2 (228 bytes, heartbeat specification 2.2) and
// version 3 (real length, docs/protocol.md section 2). Both are little endian. One stream carries version 2
// until both sides agreed on version 3; RecordDecoder holds one connection's partial input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "wire/heartbeat_words.hpp"
#include "wire/parse_error.hpp"

namespace vnf::wire {

inline constexpr std::string_view record_magic = "FDFDA5A5";
inline constexpr std::size_t record_header_size = 20;
inline constexpr std::size_t record_v2_size = 228;
/// A version-3 record is 20 to this many bytes, its header's `size` says how many.
inline constexpr std::size_t record_v3_limit = 1024;
/// The header's revision by which a version-2 INIT and INIT_ACK agree on version 3.
inline constexpr std::uint8_t record_v3_offer_revision = 2;
inline constexpr std::size_t record_v2_name_limit = 39;   ///< bytes without the NUL
inline constexpr std::size_t record_v2_text_limit = 191;  ///< bytes without the NUL
inline constexpr std::size_t record_v3_name_limit = 63;
inline constexpr std::size_t record_v3_text_limit = 223;
inline constexpr std::size_t record_v3_origin_limit = 63;

/// What the end of a connection without a deregistration means.
enum class SilentClose : std::uint32_t { DaemonDefault = 0, Healthy = 1, Failed = 2 };

// ---- application to daemon -----------------------------------------------------------------------------

/// Version 2 INIT. `revision` 2 asks for version 3 (docs/protocol.md 2.1).
struct RecordInit {
    std::uint8_t revision = 1;
    std::string name{};
    std::uint32_t interval_ms = 0, vote_secs = 0, shutdown_notice_secs = 0, suspend_notice_secs = 0,
                  resume_notice_secs = 0;
    CorrectiveAction corrective_action = CorrectiveAction::Unknown;
    friend bool operator==(const RecordInit&, const RecordInit&) = default;
};

/// Version 3 REGISTER; times in milliseconds.
struct RecordRegister {
    std::string name{};
    std::uint32_t interval_ms = 0, vote_ms = 0, shutdown_notice_ms = 0, suspend_notice_ms = 0,
                  resume_notice_ms = 0;
    CorrectiveAction corrective_action = CorrectiveAction::Unknown;
    SilentClose silent_close = SilentClose::DaemonDefault;
    friend bool operator==(const RecordRegister&, const RecordRegister&) = default;
};

/// FINAL in version 2, DEREGISTER in version 3.
struct RecordDeregister {
    std::string log{};
    friend bool operator==(const RecordDeregister&, const RecordDeregister&) = default;
};

struct RecordChallengeResponse {
    std::uint32_t challenge = 0;
    Health health = Health::Healthy;
    CorrectiveAction corrective_action = CorrectiveAction::None;
    std::string log{};
    friend bool operator==(const RecordChallengeResponse&, const RecordChallengeResponse&) = default;
};

/// `event` and `notification` are on the wire in version 2 only; never trusted (defect G-17).
struct RecordActionResponse {
    std::uint32_t invocation_id = 0;
    Event event = Event::Unknown;
    Notification notification = Notification::Unknown;
    VoteResult vote = VoteResult::Unknown;
    std::string log{};
    friend bool operator==(const RecordActionResponse&, const RecordActionResponse&) = default;
};

/// Version 3 only.
struct RecordHealthPush {
    Health health = Health::Healthy;
    CorrectiveAction corrective_action = CorrectiveAction::None;
    std::string log{};
    friend bool operator==(const RecordHealthPush&, const RecordHealthPush&) = default;
};

/// Version 3 only.
struct RecordActionExtend {
    std::uint32_t invocation_id = 0;
    std::uint32_t extra_ms = 0;
    std::string log{};
    friend bool operator==(const RecordActionExtend&, const RecordActionExtend&) = default;
};

using ApplicationRecord = std::variant<RecordInit, RecordRegister, RecordDeregister, RecordChallengeResponse,
                                       RecordActionResponse, RecordHealthPush, RecordActionExtend>;

// ---- daemon to application -----------------------------------------------------------------------------

/// Version 2 INIT_ACK; `revision` 2 says that version 3 follows.
struct RecordInitAck {
    std::uint8_t revision = 1;
    bool accepted = false;
    friend bool operator==(const RecordInitAck&, const RecordInitAck&) = default;
};

/// Version 3 REGISTER_ACK.
struct RecordRegisterAck {
    bool accepted = false;
    std::uint32_t interval_ms = 0;  ///< the interval in force
    std::string log{};              ///< why not, if not
    friend bool operator==(const RecordRegisterAck&, const RecordRegisterAck&) = default;
};

struct RecordChallenge {
    std::uint32_t challenge = 0;
    friend bool operator==(const RecordChallenge&, const RecordChallenge&) = default;
};

/// `timeout_ms` and `origin` are on the wire in version 3 only; 0 and empty from a version-2 peer.
struct RecordActionNotify {
    std::uint32_t invocation_id = 0;
    Event event = Event::Unknown;
    Notification notification = Notification::Unknown;
    std::uint32_t timeout_ms = 0;
    std::string origin{};
    friend bool operator==(const RecordActionNotify&, const RecordActionNotify&) = default;
};

/// Why an application need not answer any more.
enum class CancelReason : std::uint32_t {
    Unknown = 0,
    HostCancelled = 1,
    DeadlinePassed = 2,
    HostLost = 3,
    AlreadyDecided = 4,  ///< another application's reject decided the vote
};
std::string_view word(CancelReason reason);

/// Version 3 only.
struct RecordActionCancel {
    std::uint32_t invocation_id = 0;
    CancelReason reason = CancelReason::Unknown;
    std::string log{};
    friend bool operator==(const RecordActionCancel&, const RecordActionCancel&) = default;
};

/// Version 3 only: the answer to RecordActionExtend.
struct RecordActionExtended {
    std::uint32_t invocation_id = 0;
    bool granted = false;
    std::uint32_t remaining_ms = 0;
    friend bool operator==(const RecordActionExtended&, const RecordActionExtended&) = default;
};

using DaemonRecord = std::variant<RecordInitAck, RecordRegisterAck, RecordChallenge, RecordActionNotify,
                                  RecordActionCancel, RecordActionExtended>;

// ---- codec ---------------------------------------------------------------------------------------------

enum class RecordVersion : std::uint8_t { V2 = 2, V3 = 3 };

/// The record's bytes. Texts are cut at the version's limit on a UTF-8 boundary; a NUL ends them. In version
/// 3 a byte that is not UTF-8 becomes a question mark, in version 2 it goes out as it is. A record that does
/// not exist in `version` is the caller's fault (assert; no bytes without assertions).
std::string encode(const ApplicationRecord& record, std::uint32_t sequence, RecordVersion version);
std::string encode(const DaemonRecord& record, std::uint32_t sequence, RecordVersion version);

/// A number outside its enumeration in a record becomes Unknown (corrective action, event, notification,
/// vote, cancel reason) or DaemonDefault (silent close); health is healthy for 1 alone. Other numbers are
/// passed on as they are: their ranges are the session's. An unterminated version-2 text ends at its field
/// (section 8.3); what is not UTF-8 in it becomes question marks, while in version 3 it is BadText.
template <typename Record>
struct DecodedRecord {
    std::uint32_t sequence = 0;
    Record record;
};

/// Finds records in a stream. Version 2 resynchronises on the magic, as the old daemon was meant to (G-36);
/// version 3 does not: a bad header there ends the connection (`broken()`).
template <typename Record>
class RecordDecoder {
  public:
    using Result = std::variant<DecodedRecord<Record>, ParseError>;

    /// Appends what was read. Never holds more than one maximal record beyond what the caller leaves
    /// undecoded.
    void feed(std::string_view bytes);

    /// The next record or error in the input, or nothing when more bytes are needed. After an error the
    /// decoder has moved past what was bad: call again.
    std::optional<Result> next();

    /// From the next record on; the peer has agreed (docs/protocol.md 2.1).
    void switch_to(RecordVersion version) { version_ = version; }
    RecordVersion version() const { return version_; }

    /// True after a framing error in version 3: nothing that follows can be trusted, and nothing is decoded.
    bool broken() const { return broken_; }

    std::size_t pending() const { return buffer_.size() - taken_; }

    /// As after construction: version 2, no input.
    void reset();

  private:
    std::string_view unread() const { return std::string_view(buffer_).substr(taken_); }
    std::optional<Result> next_v2();
    std::optional<Result> next_v3();

    std::string buffer_;
    std::size_t taken_ = 0;  ///< bytes at the front of buffer_ that are done with
    RecordVersion version_ = RecordVersion::V2;
    bool broken_ = false;
};

extern template class RecordDecoder<ApplicationRecord>;
extern template class RecordDecoder<DaemonRecord>;

using ApplicationRecordDecoder = RecordDecoder<ApplicationRecord>;
using DaemonRecordDecoder = RecordDecoder<DaemonRecord>;

}  // namespace vnf::wire
