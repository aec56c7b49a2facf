// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What the command line says, and the settings that follow from it and from a file: read at start and at each reload in
// the same way. The command line wins over the file.
#pragma once

#include <optional>
#include <string>

#include "guest-client/settings.hpp"

namespace vnf::guest {

struct CommandLine {
    std::string name, device, config, legacy_config, application_socket, control_socket, messaging_device,
        group_socket, log_level;
    bool check_config = false;
};

/// Nothing: go on. Otherwise the exit status (help, version, wrong usage).
std::optional<int> parse_command_line(int argc, char** argv, CommandLine& line);

/// Throws runtime::SettingsError.
Settings settings_for(const CommandLine& line);

}  // namespace vnf::guest
