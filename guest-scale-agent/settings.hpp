// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Everything that can be set about guest-scale-agent and guest-scale-restore, with the defaults of a guest that nobody
// configured: the old addresses and paths. docs/guest-scale-agent.md explains each key.
#pragma once

#include <string>
#include <vector>

#include "guest-scale-agent/applications.hpp"
#include "runtime/log.hpp"
#include "runtime/socket_settings.hpp"
#include "wire/messaging_envelope.hpp"

namespace vnf::scale {

struct RequestSettings {
    std::string address = std::string(wire::scale_address);
    std::string client_address = std::string(wire::messaging_agent_address);
    runtime::AllowList allow;  ///< whose guest-client counts
};

struct RestoreSettings {
    std::string client_socket;  ///< guest-client's control socket; empty: it is not asked
    runtime::Milliseconds client_wait{3000};
    std::string metadata_url = "http://169.254.169.254/latest/meta-data/offline_cpuset";  ///< empty: off
    runtime::Milliseconds metadata_timeout{2000};
};

struct Settings {
    RequestSettings requests;
    std::string helper = "/usr/sbin/app_scale_helper";  ///< empty: none
    runtime::SocketSettings application_socket, control_socket;
    ApplicationLimits applications;
    std::string state_file = "/var/lib/vnf-guest-sdk/offline_cpus";  ///< empty: none
    RestoreSettings restore;
    runtime::LogLevel log_level = runtime::LogLevel::Info;
    std::string source = "built-in defaults";
};

Settings default_settings();
/// Throws runtime::SettingsError.
Settings load_settings(const std::string& file);
Settings parse_settings(const std::string& text, const std::string& file_name);

/// What differs between two settings and can't be changed in a running daemon, by key.
std::vector<std::string> needs_restart(const Settings& running, const Settings& wanted);

}  // namespace vnf::scale
