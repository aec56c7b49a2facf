// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// host-agent's command line, signals and life. Exit status: 0 after SIGTERM or SIGINT, 1 when it can't start,
// 2 for a wrong command line.
#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <csignal>
#include <cstdio>
#include <filesystem>

#include "host-agent/api_server.hpp"
#include "host-agent/host_agent.hpp"
#include "host-agent/version.hpp"
#include "runtime/daemon_signals.hpp"
#include "runtime/descriptor_limit.hpp"
#include "runtime/log.hpp"
#include "runtime/run_directory.hpp"
#include "runtime/service_notify.hpp"
#include "runtime/settings.hpp"

namespace vnf::host {
namespace {

namespace asio = boost::asio;

struct Options {
    std::string config, directory, api_socket, log_level;
    std::vector<std::string> guests;
    bool check_config = false, version = false;
};

void describe(CLI::App& app, Options& options) {
    app.add_option("--config", options.config, "Settings (YAML); read again on SIGHUP");
    app.add_option("--directory", options.directory,
                   "Watch this directory for cgcs.heartbeat.<uuid>.sock, instead of those of the settings");
    app.add_option("--guest", options.guests, "A guest, ID=SOCKET; may be given again and again")
        ->take_all()
        ->allow_extra_args(false);
    app.add_option("--api-socket", options.api_socket, "Control interface, a Unix socket");
    app.add_option("--log-level", options.log_level, "error, warning, info or debug")
        ->check(CLI::IsMember({"error", "warning", "info", "debug"}));
    app.add_flag("--check-config", options.check_config,
                 "Read the settings, say what is wrong with them, and end");
    app.add_flag("--version", options.version, "Print the version and end");
}

GuestSpec guest_of(const std::string& text) {
    const std::size_t equals = text.find('=');
    GuestSpec guest;
    guest.id = text.substr(0, equals);
    if (equals == std::string::npos || !is_instance_id(guest.id)) {
        throw std::runtime_error("--guest " + text +
                                 ": must be ID=SOCKET, ID of A-Z, a-z, 0-9, '.', '_', '-'");
    }
    auto address = runtime::parse_port_address(text.substr(equals + 1));
    if (const auto* wrong = std::get_if<std::string>(&address)) {
        throw std::runtime_error("--guest " + text + ": " + *wrong);
    }
    guest.socket = std::get<runtime::PortAddress>(std::move(address));
    return guest;
}

/// The file, or none, and the command line on top: the same at the start and at each reload.
AgentSettings settings_of(const Options& options) {
    AgentSettings settings = options.config.empty() ? default_settings() : load_settings(options.config);
    if (!options.directory.empty()) {
        settings.directories = {std::filesystem::absolute(options.directory).lexically_normal().string()};
    }
    if (!options.api_socket.empty()) {
        settings.api_socket = options.api_socket;
    }
    settings.log_level = runtime::log_level_of(options.log_level).value_or(settings.log_level);
    for (const std::string& text : options.guests) {
        settings.guests.push_back(guest_of(text));
    }
    return settings;
}

/// Only the defaults are created: a configured directory that is missing is somebody's mistake.
void create_default_directories(const AgentSettings& settings) {
    const std::string api_directory = std::filesystem::path(settings.api_socket).parent_path();
    if (api_directory == runtime::run_directory()) {
        runtime::ensure_private_directory(api_directory);
    }
    for (const std::string& directory : settings.directories) {
        if (directory == runtime::default_guest_directory()) {
            runtime::ensure_private_directory(directory);
        }
    }
}

void reload(HostAgent& agent, const Options& options) {
    runtime::notify_reloading();
    try {
        agent.reload(settings_of(options));
    } catch (const std::exception& error) {
        agent.reload_refused(error.what());
    }
    runtime::notify_ready();
}

void serve(const Options& options, AgentSettings settings) {
    // One for each guest, and some.
    runtime::raise_descriptor_limit();
    std::signal(SIGPIPE, SIG_IGN);
    create_default_directories(settings);
    asio::io_context io(1);
    runtime::DaemonSignals signals(io, {SIGTERM, SIGINT});
    HostAgent agent(io, std::move(settings));
    ApiServer api(io, agent, runtime::inherited_socket("api"));
    signals.handle([&agent, &options] { reload(agent, options); }, [&io](int) { io.stop(); });
    const runtime::ServiceWatchdog watchdog(io);
    agent.start();
    api.start();
    runtime::log_info("started", {{"version", program_version},
                                  {"api", agent.settings().api_socket},
                                  {"actuator", agent.context().actuator->name()},
                                  {"guests", agent.sessions().size()}});
    runtime::notify_ready();
    io.run();
    runtime::notify_stopping();
    runtime::log_info("stopped");
    api.stop();
}

int run(const Options& options) {
    runtime::set_log_name("host-agent");
    AgentSettings settings = settings_of(options);
    runtime::set_log_level(settings.log_level);
    if (options.check_config) {
        std::puts("settings are good");
        return 0;
    }
    serve(options, std::move(settings));
    return 0;
}

}  // namespace
}  // namespace vnf::host

int main(int argc, char** argv) {
    vnf::host::Options options;
    CLI::App app("Heartbeats guests, asks for their votes and acts on their failures.", "host-agent");
    vnf::host::describe(app, options);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    if (options.version) {
        std::printf("host-agent %s\n", std::string(vnf::host::program_version).c_str());
        return 0;
    }
    try {
        return vnf::host::run(options);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "host-agent: %s\n", error.what());
        return 1;
    }
}
