// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The host's policy for every guest, and what a guest declared within it. A guest asks; these bounds decide
// (defect H-04). Pure.
#pragma once

#include <chrono>
#include <string>

#include "runtime/clock.hpp"
#include "wire/heartbeat_message.hpp"

namespace vnf::host {

using runtime::Milliseconds;
using runtime::TimePoint;

struct HeartbeatRules {
    /// Consecutive unanswered challenges that are a loss (1.9: two).
    unsigned missed_challenges = 2;
    /// Without an init for this long the connection is closed, and opened again after `reconnect_pause` (8.2,
    /// 9). The wait doubles up to `init_wait_longest`.
    Milliseconds init_wait{15000}, init_wait_longest{120000}, reconnect_pause{100};
    /// Without an init for this long (reconnects included) the journal says so once.
    Milliseconds establish_limit{600000};
    /// An unchanged unhealthy state asks for its action again after this long.
    Milliseconds repeat_unhealthy{60000};
    /// How long a notification of stop, pause, suspend or resize switches loss detection off while the guest
    /// goes on answering, and one of a migration. A reboot has the guest's own restart time.
    Milliseconds announced_limit{120000}, migration_limit{600000};
    /// After a post-notification (resume and so on) a guest that was quiet has this long to answer.
    Milliseconds resume_limit{60000};
    /// How often a run-state source is asked about a guest that is not running.
    Milliseconds run_state_again{2000};
    /// What is done when the socket of an initialised guest ends unannounced.
    wire::CorrectiveAction gone_action = wire::CorrectiveAction::Log;
    /// What we name in init_ack; empty: old wire with every guest.
    wire::Capabilities capabilities = wire::Capabilities::all();
    /// Bounds of what a guest may declare.
    Milliseconds interval_lowest{400}, interval_fast_lowest{10}, interval_highest{60000};
    /// Bounds of one action: the default and extended deadlines never exceed `action_longest`.
    Milliseconds action_longest{600000};
};

/// What the last accepted init said, clamped. Before any init: what the old host assumed (1.10).
struct GuestParameters {
    std::string name;
    Milliseconds interval{1000};
    std::chrono::seconds vote{10}, shutdown_notice{10}, suspend_notice{10}, resume_notice{10}, restart{120};
    wire::CorrectiveAction corrective_action = wire::CorrectiveAction::Log;
    wire::Capabilities capabilities;  ///< what both can do
};

GuestParameters clamped(const wire::Init& init, const HeartbeatRules& rules);
Milliseconds clamped_fast_interval(Milliseconds interval, const HeartbeatRules& rules);

/// The declared timeout of the action's class, never another one's (H-21, H-22, H-23).
Milliseconds class_timeout(const GuestParameters& guest, wire::Event event, wire::Notification notification);

/// True for the events after which silence is expected: stop, reboot and every class-suspend event.
bool announces_silence(wire::Event event);
/// True for the events that say that the guest is back.
bool announces_return(wire::Event event);

}  // namespace vnf::host
