// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Options to settings.
#include "guest-client/command_line.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>

#include "guest-client/legacy_settings.hpp"
#include "guest-client/version.hpp"

namespace vnf::guest {
namespace {

constexpr const char* native_settings_path = "/etc/vnf-guest-sdk/guest-client.yaml";
constexpr int usage_error = 2;

bool readable(const std::string& path) {
    return ::access(path.c_str(), R_OK) == 0;
}

Settings from_file(const CommandLine& line) {
    if (!line.config.empty()) {
        return load_settings(line.config);
    }
    if (!line.legacy_config.empty()) {
        return load_legacy_settings(line.legacy_config);
    }
    if (readable(native_settings_path)) {
        return load_settings(native_settings_path);
    }
    const std::string legacy(legacy_settings_path);
    return readable(legacy) ? load_legacy_settings(legacy) : default_settings();
}

}  // namespace

std::optional<int> parse_command_line(int argc, char** argv, CommandLine& line) {
    CLI::App app{
        "Guest daemon: heartbeat, health, votes and notifications between applications and the host."};
    app.set_version_flag("--version", std::string(program_version));
    app.add_option("--name", line.name, "name of this guest (default: the host name)");
    app.add_option(
        "--device", line.device,
        "port to the host: a virtio-serial port's name, a device, a socket, listen:PATH, vsock:CID:PORT");
    const auto config = app.add_option("--config", line.config, "settings file (YAML)");
    app.add_option("--legacy-config", line.legacy_config, "old guest_heartbeat.conf")->excludes(config);
    app.add_option("--application-socket", line.application_socket, "where applications connect");
    app.add_option("--control-socket", line.control_socket, "where guestctl connects");
    app.add_option("--messaging-device", line.messaging_device,
                   "port of cgcs.messaging: as --device, or off (server groups and other services)");
    app.add_option("--group-socket", line.group_socket, "where members of the server group connect");
    app.add_option("--log-level", line.log_level)
        ->check(CLI::IsMember({"error", "warning", "info", "debug"}));
    app.add_flag("--check-config", line.check_config, "read the settings, say what is wrong, and exit");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : usage_error;
    }
    return std::nullopt;
}

Settings settings_for(const CommandLine& line) {
    Settings settings = from_file(line);
    const auto override_with = [](const std::string& given, std::string& value) {
        if (!given.empty()) {
            value = given;
        }
    };
    override_with(line.name.substr(0, wire::name_limit), settings.session.name);
    override_with(line.device, settings.device);
    override_with(line.application_socket, settings.application_socket.path);
    override_with(line.control_socket, settings.control_socket.path);
    override_with(line.messaging_device, settings.messaging.device);
    override_with(line.group_socket, settings.groups.socket.path);
    settings.log_level = runtime::log_level_of(line.log_level).value_or(settings.log_level);
    return settings;
}

}  // namespace vnf::guest
