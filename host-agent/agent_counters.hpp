// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What host-agent counts over all its guests, since it was started. Plain numbers; metrics_page writes them.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "runtime/metrics.hpp"
#include "wire/parse_error.hpp"

namespace vnf::host {

/// Why a well-formed message of a guest had no effect.
enum class IgnoredReason : std::uint8_t {
    BeforeInit,      ///< it needs a session
    NotNegotiated,   ///< it needs a capability that this connection has not
    WrongChallenge,  ///< an answer to no challenge of ours
    Unsolicited,     ///< an answer to no action of ours
    OverBudget,      ///< more messages than a guest may send
};
inline constexpr std::size_t ignored_reason_count = 5;
std::string_view word(IgnoredReason reason);

struct AgentCounters {
    std::uint64_t messages = 0, messages_sent = 0, bytes_received = 0;
    std::array<std::uint64_t, wire::parse_reason_count> rejected{};
    std::array<std::uint64_t, ignored_reason_count> ignored{};
    std::uint64_t floods = 0, nacks = 0, send_failures = 0;
    std::uint64_t gone = 0, reconnects = 0;
    std::uint64_t votes = 0, notifications = 0, rejects = 0, actions_expired = 0;
    std::uint64_t corrective_started = 0, corrective_done = 0, corrective_failed = 0,
                  corrective_suppressed = 0, corrective_dropped = 0;
    std::uint64_t sockets_refused = 0, journal_suppressed = 0;
    runtime::LatencyHistogram answer_latency, action_latency, corrective_latency;
};

}  // namespace vnf::host
