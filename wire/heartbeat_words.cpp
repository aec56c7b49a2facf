// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Each table is indexed by the number of its enumeration.
#include "wire/heartbeat_words.hpp"

#include <cstddef>

namespace vnf::wire {
namespace {

using namespace std::string_view_literals;

constexpr std::array action_words{"unknown"sv, "none"sv, "reboot"sv, "stop"sv, "log"sv};
constexpr std::array event_words{"unknown"sv,
                                 "stop"sv,
                                 "reboot"sv,
                                 "suspend"sv,
                                 "pause"sv,
                                 "unpause"sv,
                                 "resume"sv,
                                 "resize_begin"sv,
                                 "resize_end"sv,
                                 "live_migrate_begin"sv,
                                 "live_migrate_end"sv,
                                 "cold_migrate_begin"sv,
                                 "cold_migrate_end"sv};
constexpr std::array notification_words{"unknown"sv, "revocable"sv, "irrevocable"sv};
constexpr std::array vote_words{"unknown"sv, "accept"sv, "reject"sv, "complete"sv, "timeout"sv, "error"sv};
constexpr std::array health_words{"unhealthy"sv, "healthy"sv};

template <typename Value, std::size_t Count>
std::string_view word_in(const std::array<std::string_view, Count>& words, Value value) {
    const auto index = static_cast<std::size_t>(value);
    return index < Count ? words[index] : words[0];
}

template <typename Value, std::size_t Count>
std::optional<Value> value_in(const std::array<std::string_view, Count>& words, std::string_view text) {
    for (std::size_t index = 0; index < Count; ++index) {
        if (words[index] == text) {
            return static_cast<Value>(index);
        }
    }
    return std::nullopt;
}

constexpr int strength(CorrectiveAction action) {
    switch (action) {
        case CorrectiveAction::Unknown:
            return 0;
        case CorrectiveAction::None:
            return 1;
        case CorrectiveAction::Log:
            return 2;
        case CorrectiveAction::Reboot:
            return 3;
        case CorrectiveAction::Stop:
            return 4;
    }
    return 0;
}

}  // namespace

TimeoutClass timeout_class(Event event, Notification notification) {
    if (notification == Notification::Revocable) {
        return TimeoutClass::Vote;
    }
    switch (event) {
        case Event::Unknown:
        case Event::Stop:
        case Event::Reboot:
            return TimeoutClass::Shutdown;
        case Event::Suspend:
        case Event::Pause:
        case Event::ResizeBegin:
        case Event::LiveMigrateBegin:
        case Event::ColdMigrateBegin:
            return TimeoutClass::Suspend;
        case Event::Unpause:
        case Event::Resume:
        case Event::ResizeEnd:
        case Event::LiveMigrateEnd:
        case Event::ColdMigrateEnd:
            return TimeoutClass::Resume;
    }
    return TimeoutClass::Shutdown;
}

CorrectiveAction stronger(CorrectiveAction left, CorrectiveAction right) {
    return strength(left) >= strength(right) ? left : right;
}

std::string_view word(CorrectiveAction action) {
    return word_in(action_words, action);
}
std::string_view word(Event event) {
    return word_in(event_words, event);
}
std::string_view word(Notification notification) {
    return word_in(notification_words, notification);
}
std::string_view word(VoteResult result) {
    return word_in(vote_words, result);
}
std::string_view word(Health health) {
    return word_in(health_words, health);
}

std::optional<CorrectiveAction> corrective_action_of(std::string_view text) {
    return value_in<CorrectiveAction>(action_words, text);
}
std::optional<Event> event_of(std::string_view text) {
    return value_in<Event>(event_words, text);
}
std::optional<Notification> notification_of(std::string_view text) {
    return value_in<Notification>(notification_words, text);
}
std::optional<VoteResult> vote_result_of(std::string_view text) {
    return value_in<VoteResult>(vote_words, text);
}
std::optional<Health> health_of(std::string_view text) {
    return value_in<Health>(health_words, text);
}

}  // namespace vnf::wire
