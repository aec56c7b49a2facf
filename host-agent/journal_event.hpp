// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What can happen to a guest, as values: the entries of the journal and of its stream. The words are part of
// the HTTP interface (docs/host-agent.md lists them with their fields).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace vnf::host {

enum class JournalKind : std::uint8_t {
    InstanceAdded,
    InstanceRemoved,
    Connected,
    Disconnected,  ///< the connection ended before an init, or after an exit, or we closed it
    Gone,          ///< the connection of an initialised guest ended
    Initialized,   ///< an init was accepted
    Heartbeating,  ///< first healthy answer after an init, a loss or a pause
    Stopped,       ///< not heartbeating any more, for whatever reason
    Lost,          ///< heartbeat loss
    LossDeferred,  ///< silent, but its run-state source says that it is not running
    Unhealthy,
    Healthy,
    Suspended,       ///< loss detection off, because of a notification that was sent
    Resumed,         ///< loss detection on again
    Exit,            ///< the guest said that it leaves
    NotEstablished,  ///< connected for long and never initialised
    ActionAsked,     ///< a vote or notification was sent
    ActionExtended,
    ActionDecided,
    ActionIgnored,  ///< an answer that nobody asked for
    CorrectiveStarted,
    CorrectiveDone,
    CorrectiveFailed,
    CorrectiveSuppressed,
    CorrectiveGivenUp,  ///< as many failures as there are attempts
    CorrectiveDropped,  ///< the guest recovered before a delayed or repeated action began
    MessageRejected,
    Flood,
    SocketRefused,  ///< discovery found something it does not trust
    ReportingChanged,
    SettingsReloaded,
    SettingsRefused,
    MessagingConnected,
    MessagingDisconnected,
    GroupJoined,
    GroupLeft,
    GroupRefused,       ///< a membership that is none: no name, or the name is taken
    GroupChanged,       ///< an event of a member was told to its group
    GroupOverload,      ///< broadcasts of a guest were refused
    GroupMissed,        ///< mail that a guest could not be given
    GroupQueryRefused,  ///< a status query that got no answer
    GroupTooLong,       ///< what no old guest could take, even when emptied: not sent
    ScaleStarted,
    ScaleDone,
    ScalePartial,  ///< the host did its part, the guest did not
    ScaleFailed,
    ScaleLate,         ///< the guest answered, and nobody waited
    ScaleDiverged,     ///< the guest has other vCPUs online than the host has it
    ScaleInStep,       ///< it has the same again
    ScaleInterrupted,  ///< an agent before this one ended in the midst of an operation
    ScaleSet,          ///< an operator said which are online
    ScaleAgentAbsent,  ///< nobody in the guest listens to scale requests
    ScaleAgentBack,    ///< somebody does again
    ScaleNotKept,      ///< the account could not be written, or read
};

inline constexpr std::size_t journal_kind_count = 54;
/// "heartbeat_lost", "gone", ...
std::string_view word(JournalKind kind);

using JournalValue = std::variant<std::string, std::int64_t, bool>;
/// Keys are literals of this program; values may be a peer's text.
using JournalField = std::pair<std::string_view, JournalValue>;
using JournalFields = std::vector<JournalField>;

}  // namespace vnf::host
