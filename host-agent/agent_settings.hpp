// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// host-agent's settings: read once, strictly, into plain values (docs/host-agent.md describes every key).
// Command-line options are applied on top by main.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "host-agent/corrective_runner.hpp"
#include "host-agent/exec_actuator.hpp"
#include "host-agent/group_settings.hpp"
#include "host-agent/guest_channel.hpp"
#include "host-agent/guest_spec.hpp"
#include "host-agent/scaling/scale_settings.hpp"
#include "host-agent/socket_trust.hpp"
#include "runtime/log.hpp"
#include "runtime/peer_credentials.hpp"

namespace vnf::host {

enum class ActuatorKind : std::uint8_t { Log, Exec };
enum class GuestMetrics : std::uint8_t { Auto, Always, Never };

/// Large fields first: there is one of these, but the analyser counts its padding.
struct AgentSettings {
    std::size_t most_guests = 20000;
    std::size_t journal_entries = 4096;
    std::string api_socket;
    runtime::AllowList api_allow;
    std::vector<std::string> directories;
    TrustedOwners trusted_owners;
    std::string qmp_pattern;
    std::vector<GuestSpec> guests;
    GuestRules rules;
    GroupSettings groups;
    ScaleSettings scaling;
    CorrectiveRules corrective;
    ExecRules exec;
    std::optional<gid_t> api_group;
    mode_t api_mode = 0660;
    runtime::LogLevel log_level = runtime::LogLevel::Info;
    ActuatorKind actuator = ActuatorKind::Log;
    GuestMetrics guest_metrics = GuestMetrics::Auto;
    bool reporting = true;
};

/// No file, no options: the default directory of guests and the default control socket.
AgentSettings default_settings();

/// Throws runtime::SettingsError.
AgentSettings load_settings(const std::string& file);
AgentSettings parse_settings(const std::string& text, const std::string& file_name);

}  // namespace vnf::host
