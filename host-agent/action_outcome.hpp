// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// How a vote or a notification ended: what HTTP answers and the journal keeps.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wire/heartbeat_words.hpp"

namespace vnf::host {

enum class ActionResult : std::uint8_t {
    Accept,     ///< a vote: the guest agrees (it may have said `complete`: old guests without a handler do)
    Reject,     ///< the guest objects; only a vote is stopped by it
    Complete,   ///< a notification: the guest is ready
    Timeout,    ///< no answer in time, or the guest's own applications gave none
    Error,      ///< the guest failed to decide, or its session ended meanwhile
    Unknown,    ///< the guest answered with a word that means nothing
    Cancelled,  ///< called off by whoever asked
};
std::string_view word(ActionResult result);

struct ActionOutcome {
    std::int32_t invocation_id = 0;
    wire::Event event = wire::Event::Unknown;
    wire::Notification notification = wire::Notification::Unknown;
    ActionResult result = ActionResult::Unknown;
    bool allowed = false;
    std::vector<std::string> reasons;
    std::chrono::microseconds latency{0};
    bool answered_in_time = true;  ///< false: the documented rule decided, not the guest
};

}  // namespace vnf::host
