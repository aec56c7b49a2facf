// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What the pure cores of one guest ask their edge to do. A core appends to a vector that the caller lends, so
// that a heartbeat allocates nothing for it.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "host-agent/action_outcome.hpp"
#include "host-agent/journal_event.hpp"
#include "runtime/clock.hpp"
#include "wire/heartbeat_message.hpp"

namespace vnf::host {

struct SendMessage {
    wire::HostMessage message;
};

/// Ask the guest's run-state source; the answer is HeartbeatMonitor::run_state. Never asked without a source.
struct AskRunState {};

/// Something should be done about the guest. The policy that may refuse it is corrective_runner's.
struct Corrective {
    wire::CorrectiveAction action;  ///< Reboot, Stop or Log
    std::string_view cause;  ///< a literal: "heartbeat_loss", "gone", "unhealthy", "application_died", ...
    std::string reason;      ///< a guest's text or ours
    std::string application;
};

/// The guest is well again or was restarted: what has not begun need not begin.
struct Recovered {};

/// Close the connection and open it again after the pause.
struct Reconnect {
    runtime::Milliseconds pause;
};

/// An entry for the journal.
struct Report {
    JournalKind kind;
    JournalFields fields;
};

/// The open action is decided.
struct Decided {
    ActionOutcome outcome;
};

/// What the guest says of its load.
struct TellMetrics {
    wire::MetricValues values;
};

using Effect =
    std::variant<SendMessage, AskRunState, Corrective, Recovered, Reconnect, Report, Decided, TellMetrics>;
using Effects = std::vector<Effect>;

}  // namespace vnf::host
