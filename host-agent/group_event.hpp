// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What happens to a member, and how its peers are told: one table (docs/protocol.md, section 3, "Events of a member")
// from the event to the `event_type`, the `state` and the task state of its status. What old nova told is told in nova's
// words; everything else goes out as `compute.instance.update` with the cause in `metadata`. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "host-agent/journal_event.hpp"
#include "host-agent/member_status.hpp"

namespace vnf::host {

enum class MemberEvent : std::uint8_t {
    // Told by whoever manages the machine (POST /v1/instances/ID/event).
    Created,
    Started,
    Stopped,
    Paused,
    Unpaused,
    Suspended,
    Resumed,
    Rebooted,
    Migrated,
    Resized,
    Rescued,
    Unrescued,
    Deleted,
    Failed,
    // Begun: announced to the guest by a notification, or as a corrective action.
    Stopping,
    Rebooting,
    Pausing,
    Suspending,
    Migrating,
    Resizing,
    // Seen on the guest's heartbeat.
    HeartbeatInitialized,
    HeartbeatLost,
    HeartbeatRegained,
    Running,  ///< an announced silence is over
    Unhealthy,
    Healthy,
    Gone,      ///< the machine's socket ended
    Returned,  ///< and is there again
    // Membership.
    Joined,
    Left,
    HostLost,  ///< the agent that served it is not there any more
};
inline constexpr std::size_t member_event_count = 31;

struct MemberEventRow {
    std::string_view word;        ///< of the HTTP interface and of `metadata.cause`
    std::string_view event_type;  ///< behind "compute.instance."
    std::string_view state;       ///< empty: as it was
    std::string_view task_state;
    bool by_request = false;  ///< may be told through the HTTP interface
};
const MemberEventRow& row_of(MemberEvent event);

/// The event of a word that the HTTP interface takes; nothing for any other.
std::optional<MemberEvent> requested_event(std::string_view word);
/// "created, started, ...".
std::string requested_event_words();

struct MemberChange {
    MemberEvent event;
    std::string reason{};  ///< for people; may hold a guest's text
    friend bool operator==(const MemberChange&, const MemberChange&) = default;
};

/// What an entry of the guest's journal is to its group; nothing for what is no peer's business.
std::optional<MemberChange> member_change(JournalKind kind, const JournalFields& fields);

/// The state before and after a change, as `update` tells it.
struct StateChange {
    std::string old_state, old_task_state, state, task_state;
};

/// Takes the event's state, task state and times over into the status.
StateChange apply(MemberEvent event, MemberStatus::WallTime time, MemberStatus& status);

/// The body of the notification: the entry with the event's extras, wrapped. Nothing if it can't be made short enough
/// for an old guest.
std::optional<wire::JsonText> notification_body(const MemberChange& change, const StateChange& states,
                                                const wire::JsonText& entry, MemberStatus::WallTime time);

/// The same from nothing but a member's last entry: its host is gone.
wire::JsonText lost_member_body(const wire::JsonText& last_entry, std::string_view cause,
                                MemberStatus::WallTime time);

}  // namespace vnf::host
