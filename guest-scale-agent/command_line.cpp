// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Options to settings.
#include "guest-scale-agent/command_line.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>

#include "guest-scale-agent/version.hpp"
#include "runtime/settings.hpp"

namespace vnf::scale {
namespace {

constexpr const char* settings_path = "/etc/vnf-guest-sdk/guest-scale-agent.yaml";
constexpr int usage_error = 2;

void add_shared(CLI::App& app, CommandLine& line) {
    app.set_version_flag("--version", std::string(program_version));
    app.add_option("--config", line.config, "settings file (YAML)");
    app.add_option("--state-file", line.state_file, "where the offline vCPUs are kept over a reboot");
    app.add_option("--sysfs-root", line.sysfs, "where sysfs is mounted")->capture_default_str();
    app.add_option("--log-level", line.log_level)
        ->check(CLI::IsMember({"error", "warning", "info", "debug"}));
    app.add_flag("--check-config", line.check_config, "read the settings, say what is wrong, and exit");
}

std::optional<int> parse(CLI::App& app, int argc, char** argv) {
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : usage_error;
    }
    return std::nullopt;
}

void override_with(const std::string& given, std::string& value) {
    if (!given.empty()) {
        value = given;
    }
}

}  // namespace

std::optional<int> parse_agent_line(int argc, char** argv, CommandLine& line) {
    CLI::App app{"Guest daemon: takes vCPUs offline and brings them back as the host asks."};
    add_shared(app, line);
    app.add_option("--address", line.address, "abstract name that the host's requests come to (cgcs.scale)");
    app.add_option("--client-address", line.client_address,
                   "abstract name of guest-client (cgcs.messaging); nobody else is heard");
    app.add_option("--client-user", line.client_user, "user whose guest-client is heard, beside root's");
    auto* helper = app.add_option("--helper", line.helper, "program that is asked which vCPU to give up");
    app.add_flag("--no-helper", line.no_helper, "there is no such program")->excludes(helper);
    app.add_option("--application-socket", line.application_socket, "where applications connect");
    app.add_option("--control-socket", line.control_socket, "where `guestctl scale` connects");
    return parse(app, argc, argv);
}

std::optional<int> parse_restore_line(int argc, char** argv, CommandLine& line) {
    CLI::App app{
        "Takes the vCPUs offline that were so before the boot: as the host says, else as the metadata "
        "service says, "
        "else as they were last."};
    add_shared(app, line);
    app.add_option("--guest-client-socket", line.client_socket, "control socket of guest-client");
    app.add_option("--metadata-url", line.metadata_url, "offline_cpuset of the metadata service");
    app.add_flag("--dry-run", line.dry_run, "say what would be done");
    return parse(app, argc, argv);
}

Settings settings_for(const CommandLine& line) {
    Settings settings = !line.config.empty()                 ? load_settings(line.config)
                        : ::access(settings_path, R_OK) == 0 ? load_settings(settings_path)
                                                             : default_settings();
    override_with(line.address, settings.requests.address);
    override_with(line.client_address, settings.requests.client_address);
    if (!line.client_user.empty()) {
        const auto user = runtime::user_id(line.client_user);
        if (!user) {
            throw runtime::SettingsError("command line", 0, "--client-user", "no user " + line.client_user);
        }
        settings.requests.allow.uids.push_back(*user);
    }
    override_with(line.helper, settings.helper);
    if (line.no_helper) {
        settings.helper.clear();
    }
    override_with(line.application_socket, settings.application_socket.path);
    override_with(line.control_socket, settings.control_socket.path);
    override_with(line.state_file, settings.state_file);
    override_with(line.client_socket, settings.restore.client_socket);
    override_with(line.metadata_url, settings.restore.metadata_url);
    if (!line.log_level.empty()) {
        settings.log_level = *runtime::log_level_of(line.log_level);
    }
    return settings;
}

}  // namespace vnf::scale
