// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// guest-client: start, signals, stop. Exit status: 0 stopped as asked, 1 could not start, 2 wrong usage, 6 the device
// named on the command line does not exist (as the old daemon's).
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <csignal>
#include <cstdio>
#include <functional>

#include "guest-client/command_line.hpp"
#include "guest-client/control_server.hpp"
#include "guest-client/guest_client.hpp"
#include "guest-client/port_choice.hpp"
#include "guest-client/privileges.hpp"
#include "runtime/daemon_signals.hpp"
#include "runtime/descriptor_limit.hpp"
#include "runtime/program_run.hpp"
#include "runtime/run_directory.hpp"
#include "runtime/service_notify.hpp"

namespace {

using namespace vnf;

constexpr int exit_no_device = 6;

/// Only for one that the command line names: one from the settings is waited for, as hot-plugged ports come and go.
bool named_device_missing(const guest::CommandLine& line) {
    return line.device.starts_with("/dev/") && ::access(line.device.c_str(), F_OK) != 0;
}

void prepare_run_directory(const guest::Settings& settings) {
    const auto directory = runtime::run_directory();
    for (const auto* socket :
         {&settings.application_socket, &settings.control_socket, &settings.groups.socket}) {
        if (std::filesystem::path(socket->path).parent_path() == directory) {
            runtime::ensure_private_directory(directory);
        }
    }
}

class Daemon {
  public:
    Daemon(guest::CommandLine line, const guest::Settings& settings, const runtime::PortAddress& port)
        : line_(std::move(line)),
          client_(io_, settings, port, guest::messaging_port_for(settings, port)),
          control_(io_, settings.control_socket, client_, [this] { return reload(); }),
          watchdog_(io_) {
        signals_.handle([this] { reload(); }, [this](int signal) { stop(signal); });
    }

    void run() {
        control_.start();
        client_.start();
        runtime::notify_ready();
        io_.run();
    }

  private:
    guest::ReloadReport reload() {
        return runtime::reload_settings([this] {
            guest::ReloadReport report = client_.apply(guest::settings_for(line_));
            report_reload(report);
            return report;
        });
    }

    void report_reload(const guest::ReloadReport& report) const {
        for (const std::string& warning : report.warnings) {
            runtime::log_warning("settings", {{"warning", warning}});
        }
        for (const std::string& key : report.needs_restart) {
            runtime::log_warning("setting needs a restart", {{"key", key}});
        }
        runtime::log_info("settings reloaded",
                          {{"source", client_.settings().source}, {"host_informed", report.host_informed}});
    }

    void stop(int signal) {
        runtime::log_info("stopping", {{"signal", signal}});
        runtime::notify_stopping();
        control_.stop();
        client_.shut_down([this] { io_.stop(); });
    }

    boost::asio::io_context io_{1};
    runtime::DaemonSignals signals_{io_, {SIGTERM, SIGINT, SIGQUIT}};
    guest::CommandLine line_;
    guest::GuestClient client_;
    guest::ControlServer control_;
    runtime::ServiceWatchdog watchdog_;
};

int run(const guest::CommandLine& line) {
    const guest::Settings settings = guest::settings_for(line);
    runtime::set_log_level(settings.log_level);
    for (const std::string& warning : settings.warnings) {
        runtime::log_warning("settings", {{"warning", warning}});
    }
    if (line.check_config) {
        std::printf("%s: good\n", settings.source.c_str());
        return 0;
    }
    if (named_device_missing(line)) {
        runtime::log_error("device does not exist", {{"device", line.device}});
        return exit_no_device;
    }
    // Two for each application.
    runtime::raise_descriptor_limit();
    prepare_run_directory(settings);
    Daemon daemon(line, settings, guest::port_for(settings));
    guest::become(settings.user);
    runtime::log_info("guest-client started", {{"name", settings.session.name},
                                               {"settings", settings.source},
                                               {"applications", settings.application_socket.path},
                                               {"control", settings.control_socket.path}});
    daemon.run();
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    guest::CommandLine line;
    if (const auto status = guest::parse_command_line(argc, argv, line)) {
        return *status;
    }
    return runtime::run_program("guest-client", [&line] { return run(line); });
}
