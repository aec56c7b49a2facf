// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Options of both programs, and the settings that follow from them: the command line wins over the file.
#pragma once

#include <optional>
#include <string>

#include "guest-scale-agent/settings.hpp"

namespace vnf::scale {

struct CommandLine {
    std::string config, address, client_address, client_user, helper, application_socket, control_socket,
        state_file, client_socket, metadata_url, log_level;
    std::string sysfs = "/sys";
    bool no_helper = false, check_config = false, dry_run = false, json = false;
};

/// Nothing: go on. Otherwise the exit status (help, version, wrong usage).
std::optional<int> parse_agent_line(int argc, char** argv, CommandLine& line);
std::optional<int> parse_restore_line(int argc, char** argv, CommandLine& line);

/// Throws runtime::SettingsError.
Settings settings_for(const CommandLine& line);

}  // namespace vnf::scale
