// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The old library's words: with hyphens, and a word of their own for numbers outside the enumeration, 0
// included.

#include <array>
#include <cstddef>

#include "guest_heartbeat_api.h"

namespace {

/// `words` begins with the word of number 1.
template <std::size_t Count>
const char* word_in(const std::array<const char*, Count>& words, int number, const char* otherwise) {
    return number >= 1 && static_cast<std::size_t>(number) <= Count
               ? words[static_cast<std::size_t>(number) - 1]
               : otherwise;
}

}  // namespace

const char* guest_heartbeat_api_action_str(guest_heartbeat_api_action action) {
    static constexpr std::array words{"none", "reboot", "stop", "log"};
    return word_in(words, action, "action-???");
}

const char* guest_heartbeat_api_event_str(guest_heartbeat_api_event event) {
    static constexpr std::array words{"stop",
                                      "reboot",
                                      "suspend",
                                      "pause",
                                      "unpause",
                                      "resume",
                                      "resize-begin",
                                      "resize-end",
                                      "live-migrate-begin",
                                      "live-migrate-end",
                                      "cold-migrate-begin",
                                      "cold-migrate-end"};
    return word_in(words, event, "event-???");
}

const char* guest_heartbeat_api_notify_str(guest_heartbeat_api_notify notify) {
    static constexpr std::array words{"revocable", "irrevocable"};
    return word_in(words, notify, "notify-???");
}

const char* guest_heartbeat_api_vote_result_str(guest_heartbeat_api_vote_result vote) {
    static constexpr std::array words{"accept", "reject", "complete"};
    return word_in(words, vote, "vote-???");
}
