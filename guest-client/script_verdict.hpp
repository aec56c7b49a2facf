// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What the end of a script means (specification 3.5, design decision 8). Pure.
//
// Policy. 0 and 1 mean what they always meant. Any other end of a health script, a signal included, is unhealthy, and
// its deadline passing is a finding of its own (G-20, G-40); with legacy_script_exit they count as healthy, as in the
// old daemon. A script that could not be started says nothing about the guest: the verdict stays, and the failure is
// reported as what it is (G-39, G-45). A stopped child is not an ended one (G-44): that is ChildProcess's.
#pragma once

#include <optional>
#include <string>

#include "runtime/child_process.hpp"
#include "wire/heartbeat_message.hpp"

namespace vnf::guest {

enum class ScriptFinding : std::uint8_t {
    Healthy,
    Unhealthy,
    Hung,
    NotRun,  ///< it could not be started, or was cancelled: nothing was found
};
std::string_view word(ScriptFinding finding);

struct HealthFinding {
    ScriptFinding finding = ScriptFinding::NotRun;
    std::string text;  ///< the script's first line, or what happened to it
};
HealthFinding health_finding(const runtime::ChildOutcome& outcome, bool legacy_exit);

struct EventFinding {
    wire::VoteResult vote = wire::VoteResult::Error;
    std::string text;
};
EventFinding event_finding(const runtime::ChildOutcome& outcome);

}  // namespace vnf::guest
