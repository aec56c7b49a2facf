// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The vocabulary of the heartbeat service: actions, events, notifications, votes and their words.
// The numbers are those of the application records, the words those of the host channel; both come
// from the heartbeat specification (sections 1.7 and 2.2). No message layout lives here.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace vnf::wire {

enum class CorrectiveAction : std::uint32_t { Unknown = 0, None = 1, Reboot = 2, Stop = 3, Log = 4 };

enum class Event : std::uint32_t {
    Unknown = 0,
    Stop = 1,
    Reboot = 2,
    Suspend = 3,
    Pause = 4,
    Unpause = 5,
    Resume = 6,
    ResizeBegin = 7,
    ResizeEnd = 8,
    LiveMigrateBegin = 9,
    LiveMigrateEnd = 10,
    ColdMigrateBegin = 11,
    ColdMigrateEnd = 12,
};

/// Revocable is a vote, irrevocable a notification.
enum class Notification : std::uint32_t { Unknown = 0, Revocable = 1, Irrevocable = 2 };

/// Timeout and Error have no number in a version-2 record; they exist on the host channel only.
enum class VoteResult : std::uint32_t {
    Unknown = 0,
    Accept = 1,
    Reject = 2,
    Complete = 3,
    Timeout = 4,
    Error = 5
};

enum class Health : std::uint32_t { Unhealthy = 0, Healthy = 1 };

/// Which of the four declared timeouts governs an action (section 1.7).
enum class TimeoutClass { Vote, Shutdown, Suspend, Resume };

/// Every vote is of class Vote; a notification's class follows its event. An unknown event is of class
/// Shutdown when irrevocable, as the old daemon had it (section 2.6).
TimeoutClass timeout_class(Event event, Notification notification);

/// Stop wins over reboot over log over none; Unknown loses to everything (section 1.10).
CorrectiveAction stronger(CorrectiveAction left, CorrectiveAction right);

/// Words of the host channel: underscores, "unknown" for Unknown. Always static, never empty.
std::string_view word(CorrectiveAction action);
std::string_view word(Event event);
std::string_view word(Notification notification);
std::string_view word(VoteResult result);
std::string_view word(Health health);

/// Exact match of a word of the host channel; nothing for any other text. "unknown" is a word.
std::optional<CorrectiveAction> corrective_action_of(std::string_view text);
std::optional<Event> event_of(std::string_view text);
std::optional<Notification> notification_of(std::string_view text);
std::optional<VoteResult> vote_result_of(std::string_view text);
std::optional<Health> health_of(std::string_view text);

/// Every event but Unknown, in the order of the record's numbers.
inline constexpr std::array<Event, 12> all_events{
    Event::Stop,           Event::Reboot,           Event::Suspend,
    Event::Pause,          Event::Unpause,          Event::Resume,
    Event::ResizeBegin,    Event::ResizeEnd,        Event::LiveMigrateBegin,
    Event::LiveMigrateEnd, Event::ColdMigrateBegin, Event::ColdMigrateEnd};

}  // namespace vnf::wire
