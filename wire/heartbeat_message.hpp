// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The messages of the channel `cgcs.heartbeat`, version 3 (heartbeat specification, sections 1.3-1.7),
// and what our own peers add to it by capability (docs/protocol.md, section 1). Values in, one line out
// and back; no clock, no state. Timing rules for old peers live in the session state machines.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "wire/cpu_list.hpp"
#include "wire/heartbeat_words.hpp"
#include "wire/metric_values.hpp"
#include "wire/parse_error.hpp"

namespace vnf::wire {

inline constexpr std::int32_t heartbeat_version = 3;
inline constexpr std::int32_t heartbeat_revision = 1;
/// Longest line accepted from any peer, without its LFs. Old peers send at most 1053.
inline constexpr std::size_t heartbeat_line_limit = 4096;
/// Longest message sent to an old peer, both LFs included: safe for every release (section 8.1).
inline constexpr std::size_t old_peer_message_limit = 1023;
inline constexpr std::size_t old_peer_log_limit = 191;
inline constexpr std::size_t old_peer_name_limit = 31;
inline constexpr std::size_t name_limit = 63;
/// Longest log_msg between peers of ours, in bytes of UTF-8 before escaping.
inline constexpr std::size_t log_limit = 223;
inline constexpr std::size_t origin_limit = 63;
inline constexpr std::chrono::milliseconds fast_interval_least{10}, fast_interval_most{60'000};
/// Longest list of offline vCPUs in an init_ack: with it the message stays within old_peer_message_limit. A host whose
/// set makes a longer one leaves the key out.
inline constexpr std::size_t offline_list_limit = 640;
/// What one ActionExtend may ask for.
inline constexpr std::chrono::milliseconds extension_most{600'000};

/// What a peer of ours can do beyond version 3. A set of bits; the words are in docs/protocol.md.
enum class Capability : std::uint32_t {
    HealthPush = 1U << 0,  ///< "health_push": guest sends `health` when its health changes
    ActionControl =
        1U << 1,  ///< "action_control": origin, unique id, exact deadline, cancel, extend, raw results
    FastInterval = 1U << 2,  ///< "fast_interval": `interval` message, 10 ms to 60 s
    GroupGap = 1U << 3,      ///< "group_gap": guest takes server-group message `gap` on cgcs.messaging
    Scale = 1U << 4,    ///< "scale": guest answers scale requests of ours; host says which vCPUs are offline
    Metrics = 1U << 5,  ///< "metrics": guest sends `metrics`
};

class Capabilities {
  public:
    constexpr Capabilities() = default;
    constexpr explicit Capabilities(std::uint32_t bits) : bits_(bits) {}
    static constexpr Capabilities all() { return Capabilities(0b111111); }
    constexpr bool has(Capability one) const { return (bits_ & static_cast<std::uint32_t>(one)) != 0; }
    constexpr bool empty() const { return bits_ == 0; }
    constexpr void add(Capability one) { bits_ |= static_cast<std::uint32_t>(one); }
    constexpr Capabilities without(Capability one) const {
        return Capabilities(bits_ & ~static_cast<std::uint32_t>(one));
    }
    constexpr std::uint32_t bits() const { return bits_; }
    friend constexpr Capabilities operator&(Capabilities a, Capabilities b) {
        return Capabilities(a.bits_ & b.bits_);
    }
    friend constexpr bool operator==(Capabilities, Capabilities) = default;

  private:
    std::uint32_t bits_ = 0;
};

inline constexpr std::array all_capabilities{Capability::HealthPush,   Capability::ActionControl,
                                             Capability::FastInterval, Capability::GroupGap,
                                             Capability::Scale,        Capability::Metrics};
std::string_view word(Capability capability);

// ---- guest to host -----------------------------------------------------------------------------------

struct Init {
    std::int32_t invocation_id = 0;
    std::string name{};
    std::chrono::milliseconds interval{1000};
    std::chrono::seconds vote{10}, shutdown_notice{10}, suspend_notice{10}, resume_notice{10}, restart{120};
    CorrectiveAction corrective_action = CorrectiveAction::Reboot;
    /// Empty: the key is not sent at all, and an old host sees old bytes.
    Capabilities capabilities{};
    friend bool operator==(const Init&, const Init&) = default;
};

struct ChallengeResponse {
    std::int32_t challenge = 0;
    Health health = Health::Healthy;
    CorrectiveAction corrective_action = CorrectiveAction::None;
    std::string log{};
    friend bool operator==(const ChallengeResponse&, const ChallengeResponse&) = default;
};

struct ActionResponse {
    std::int32_t invocation_id = 0;
    Event event = Event::Unknown;
    Notification notification = Notification::Unknown;
    VoteResult result = VoteResult::Unknown;
    std::string log{};
    friend bool operator==(const ActionResponse&, const ActionResponse&) = default;
};

/// Either side may say that it leaves; the old host never does.
struct Exit {
    std::string log{};
    friend bool operator==(const Exit&, const Exit&) = default;
};

/// What made the health of a HealthPush what it is.
enum class HealthCause : std::uint8_t {
    Recovered,             ///< "recovered": healthy again
    ApplicationDied,       ///< "application_died": its connection closed without a deregistration
    ApplicationTimeout,    ///< "application_timeout": it did not answer its challenges
    ApplicationUnhealthy,  ///< "application_unhealthy": it said so
    ScriptUnhealthy,       ///< "script_unhealthy"
    ScriptHung,            ///< "script_hung"
};
std::string_view word(HealthCause cause);
std::optional<HealthCause> health_cause_of(std::string_view text);

/// Capability HealthPush: msg_type "health".
struct HealthPush {
    Health health = Health::Healthy;
    CorrectiveAction corrective_action = CorrectiveAction::None;
    HealthCause cause = HealthCause::Recovered;
    std::string application{};  ///< at most name_limit bytes; empty when no application is the cause
    std::string log{};
    friend bool operator==(const HealthPush&, const HealthPush&) = default;
};

/// Capability FastInterval: msg_type "interval"; replaces the interval of the last init, 10 ms to 60 s.
struct IntervalChange {
    std::chrono::milliseconds interval{1000};
    friend bool operator==(const IntervalChange&, const IntervalChange&) = default;
};

/// Capability ActionControl: msg_type "action_extend"; asks for more time for a running action.
struct ActionExtend {
    std::int32_t invocation_id = 0;
    std::chrono::milliseconds extra{0};  ///< 1 ms to 600 s
    std::string log{};
    friend bool operator==(const ActionExtend&, const ActionExtend&) = default;
};

/// Capability Metrics: msg_type "metrics"; replaces what was sent under the same names.
struct MetricsReport {
    MetricValues values{};
    friend bool operator==(const MetricsReport&, const MetricsReport&) = default;
};

using GuestMessage = std::variant<Init, ChallengeResponse, ActionResponse, Exit, HealthPush, IntervalChange,
                                  ActionExtend, MetricsReport>;

// ---- host to guest -----------------------------------------------------------------------------------

struct InitAck {
    std::int32_t invocation_id = 0;
    Capabilities capabilities{};  ///< what both can do; empty: key not sent
    /// Capability Scale only: the vCPUs that the host holds offline; nothing: it does not know, and the key is not sent.
    std::optional<CpuSet> offline_cpus{};
    friend bool operator==(const InitAck&, const InitAck&) = default;
};

struct Challenge {
    std::int32_t challenge = 0;
    friend bool operator==(const Challenge&, const Challenge&) = default;
};

struct ActionNotify {
    std::int32_t invocation_id = 0;
    Event event = Event::Unknown;
    Notification notification = Notification::Unknown;
    std::chrono::milliseconds timeout{0};
    std::string origin{};  ///< capability ActionControl only: who asked; empty: key not sent
    friend bool operator==(const ActionNotify&, const ActionNotify&) = default;
};

struct Nack {
    std::int32_t invocation_id = 0;
    std::string log{};
    friend bool operator==(const Nack&, const Nack&) = default;
};

/// Capability ActionControl: msg_type "action_cancel"; the action will not happen, no answer is wanted.
struct ActionCancel {
    std::int32_t invocation_id = 0;
    std::string log{};
    friend bool operator==(const ActionCancel&, const ActionCancel&) = default;
};

/// Capability ActionControl: msg_type "action_extended"; the answer to ActionExtend.
struct ActionExtended {
    std::int32_t invocation_id = 0;
    std::chrono::milliseconds remaining{0};  ///< time left from now; unchanged deadline if refused
    bool granted = false;                    ///< on the wire "result": "granted" or "refused"
    friend bool operator==(const ActionExtended&, const ActionExtended&) = default;
};

using HostMessage = std::variant<InitAck, Challenge, ActionNotify, Nack, Exit, ActionCancel, ActionExtended>;

// ---- codec -------------------------------------------------------------------------------------------

/// How texts are written. OldPeer: printable ASCII only, no quote, no backslash (each replaced by a space
/// or an apostrophe), cut at the old limits, whole message at most 1023 bytes (section 8.1).
/// OurPeer: UTF-8, escaped as JSON, cut at our limits on a character boundary.
enum class PeerRules { OldPeer, OurPeer };

/// One complete message: LF, the object, LF. Never fails: numbers are clamped to what their field allows,
/// texts are cut and cleaned; messages that an old peer would not know are the caller's fault (assert).
/// `sequence` is the sender's counter, 0..2^31-1.
std::string encode(const GuestMessage& message, std::int32_t sequence, PeerRules rules);
std::string encode(const HostMessage& message, std::int32_t sequence, PeerRules rules);

template <typename Message>
struct Received {
    std::int32_t sequence = 0;
    Message message;
};

/// One line, without its LFs. `version` must be 3 or higher.
///
/// Keys: unknown ones are ignored; of equal keys the first counts (H-02). The keys of sections 1.5 and 1.6
/// are mandatory, except for `log_msg` and, in a challenge_response, `corrective_action`, which then is none
/// (section 8.2, 6). Words: unknown event and notification words of an action become Unknown, an unknown
/// result or corrective action likewise; any health word but "healthy" is unhealthy (section 1.5). A `cause`
/// or `result` that is no word of ours, or a cause that contradicts the health, is refused (UnknownWord).
/// Numbers: outside int32, negative durations, doubles, and numbers as texts are refused. A metric whose name is none or
/// whose number is not finite costs its message (OutOfRange). `offline_cpus` that are no list count as absent.
/// Texts: cut at our limits, a NUL and a raw control character count as spaces, what is not UTF-8 becomes
/// question marks. They never cost the message they came in.
std::variant<Received<HostMessage>, ParseError> parse_host_message(std::string_view line);

/// The same, from a guest. A log_msg whose quotes and backslashes an old guest left unescaped is taken as it
/// stands (G-21), if the line ends as a message does.
std::variant<Received<GuestMessage>, ParseError> parse_guest_message(std::string_view line);

/// The text of a NACK as the old host words it for this error (section 1.6); nothing where it stays silent.
std::optional<std::string> nack_text(const ParseError& error, std::string_view msg_type);

/// Best effort for a refused line: its msg_type if it has one of at most 31 bytes and its invocation_id, for
/// NACKs.
struct RefusedLine {
    std::string msg_type;
    std::optional<std::int32_t> invocation_id;
};
RefusedLine inspect_refused(std::string_view line);

}  // namespace vnf::wire
