// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Everything that can be set, with the defaults of a guest that nobody configured. Read from YAML here, from the old
// guest_heartbeat.conf in legacy_settings; docs/guest-client.md explains each key.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "guest-client/application_table.hpp"
#include "guest-client/host_session.hpp"
#include "guest-client/messaging_settings.hpp"
#include "runtime/log.hpp"
#include "runtime/socket_settings.hpp"

namespace vnf::guest {

struct ScriptSettings {
    std::string path;                   ///< empty: none
    runtime::Milliseconds interval{0};  ///< of the health script; 0: off
    runtime::Milliseconds timeout{0};   ///< 0: the interval, or the action's own time
    friend bool operator==(const ScriptSettings&, const ScriptSettings&) = default;
};

struct Settings {
    SessionSettings session;
    std::string device;  ///< empty: see docs/guest-client.md, "Which port"
    ApplicationPolicy applications;
    SocketSettings application_socket, control_socket;
    MessagingSettings messaging;
    GroupSettings groups;
    ScriptSettings health_script, event_script;
    bool legacy_script_exit = false;
    std::string user;  ///< empty: stay who we are
    runtime::LogLevel log_level = runtime::LogLevel::Info;

    std::string source;                 ///< the file, or "built-in defaults"
    std::vector<std::string> warnings;  ///< what the file says that is not used, for the log
};

/// The name of this machine, cut to what the host takes.
std::string default_name();
Settings default_settings();
/// Throws runtime::SettingsError.
Settings load_settings(const std::string& file);
Settings parse_settings(const std::string& text, const std::string& file_name);

/// What differs between two settings and can't be changed in a running daemon, by key.
std::vector<std::string> needs_restart(const Settings& running, const Settings& wanted);

}  // namespace vnf::guest
