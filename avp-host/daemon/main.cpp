// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// avp-host's command line, signals and life. Exit status: 0 after SIGTERM or SIGINT, 1 when it can't start, 2 for a
// wrong command line.
#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <csignal>
#include <cstdio>
#include <filesystem>

#include "avp-host/daemon/avp_host.hpp"
#include "avp-host/daemon/control_server.hpp"
#include "avp-host/daemon/handover.hpp"
#include "avp-host/daemon/planned_restart.hpp"
#include "avp-host/version.hpp"
#include "runtime/daemon_signals.hpp"
#include "runtime/descriptor_limit.hpp"
#include "runtime/program_run.hpp"
#include "runtime/run_directory.hpp"

namespace vnf::avp {
namespace {

namespace asio = boost::asio;

struct Options {
    std::string config, control_socket, log_level;
    bool check_config = false, version = false;
};

constexpr const char* footer =
    "Without --config: ports vm1 and vm2 on one switch, their sockets and the control socket in one folder\n"
    "  (/run/vnf-avp-host for root, else $XDG_RUNTIME_DIR/vnf-guest-sdk/avp; $VNF_RUN_DIR/avp if that is "
    "set).\n"
    "SIGHUP reads the settings again: the log level counts at once, what a device offers its guest from its\n"
    "  next attachment on; the rest needs a restart, and the log says what.\n"
    "SIGUSR2 restarts it in place: guests on sockets keep their devices, as over a migration. avpctl "
    "restart\n"
    "  does the same, and says what came of it.\n\n"
    "Example: avp-host --config /etc/vnf-guest-sdk/avp-host.yaml --check-config";

void describe(CLI::App& app, Options& options) {
    app.footer(footer);
    app.add_option("--config", options.config, "Settings (YAML); read again on SIGHUP");
    app.add_option("--control-socket", options.control_socket, "Control interface, a Unix socket");
    app.add_option("--log-level", options.log_level, "error, warning, info or debug")
        ->check(CLI::IsMember({"error", "warning", "info", "debug"}));
    app.add_flag("--check-config", options.check_config,
                 "Read the settings, say what is wrong with them, and end");
    app.add_flag("--version", options.version, "Print the version and end");
}

HostSettings settings_of(const Options& options) {
    HostSettings settings = options.config.empty() ? default_settings() : load_settings(options.config);
    if (!options.control_socket.empty())
        settings.control.path = std::filesystem::absolute(options.control_socket).lexically_normal();
    settings.log_level = runtime::log_level_of(options.log_level).value_or(settings.log_level);
    return settings;
}

/// Only the default one is created: a configured directory that is missing is somebody's mistake.
void create_default_directory(const HostSettings& settings) {
    const auto directory = runtime::default_avp_directory();
    std::vector<std::string> sockets{settings.control.path};
    for (const DevicePortSettings& port : settings.ports) {
        if (const auto* place = std::get_if<SocketPlace>(&port.presentation))
            sockets.push_back(place->socket.path);
    }
    for (const std::filesystem::path socket : sockets) {
        if (socket.parent_path() == directory)
            return runtime::ensure_private_directory(directory);
    }
}

void reload(AvpHost& host, const Options& options) {
    const auto left = runtime::reload_settings([&] { return host.reload(settings_of(options)); });
    for (const std::string& key : left)
        runtime::log_warning("setting needs a restart", {{"key", key}});
    runtime::log_info("settings reloaded",
                      {{"source", options.config.empty() ? "defaults" : options.config}});
}

int serve(const Options& options, HostSettings settings, char** arguments) {
    // For each guest its memory, sockets and eventfds.
    runtime::raise_descriptor_limit();
    create_default_directory(settings);
    asio::io_context io(1);
    runtime::DaemonSignals signals(io, {SIGTERM, SIGINT});
    AvpHost host(io, std::move(settings), take_handover());
    PlannedRestart restart(
        io, host, [&options] { settings_of(options); }, arguments);
    ControlServer control(io, host, restart);
    signals.handle([&] { reload(host, options); }, [&io](int) { io.stop(); });
    const runtime::ServiceWatchdog watchdog(io);
    host.start();
    control.start();
    runtime::log_info("started", {{"version", program_version},
                                  {"control", host.settings().control.path},
                                  {"ports", host.devices().size()},
                                  {"switches", host.switches().size()},
                                  {"workers", host.workers().size()}});
    runtime::notify_ready();
    io.run();
    runtime::notify_stopping();
    control.stop();
    host.stop();
    runtime::log_info("stopped");
    return 0;
}

/// For people: the complaint as it is, not as a line of the log.
int check(const Options& options) {
    try {
        settings_of(options);
    } catch (const runtime::SettingsError& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    std::puts("settings are good");
    return 0;
}

int run(const Options& options, char** arguments) {
    if (options.check_config)
        return check(options);
    HostSettings settings = settings_of(options);
    runtime::set_log_level(settings.log_level);
    return serve(options, std::move(settings), arguments);
}

}  // namespace
}  // namespace vnf::avp

int main(int argc, char** argv) {
    vnf::avp::Options options;
    CLI::App app(
        "Hosts AVP devices: guests see a network card each, with a switch, a TAP or another end behind it.",
        "avp-host");
    vnf::avp::describe(app, options);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    if (options.version) {
        std::printf("avp-host %s\n", std::string(vnf::avp::program_version).c_str());
        return 0;
    }
    return vnf::runtime::run_program("avp-host", [&options, argv] { return vnf::avp::run(options, argv); });
}
