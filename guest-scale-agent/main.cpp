// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// guest-scale-agent: start, signals, stop. Exit status: 0 stopped as asked, 1 could not start, 2 wrong usage.
#include <boost/asio/io_context.hpp>
#include <csignal>
#include <cstdio>
#include <filesystem>

#include "guest-scale-agent/command_line.hpp"
#include "guest-scale-agent/control_server.hpp"
#include "guest-scale-agent/scale_agent.hpp"
#include "runtime/daemon_signals.hpp"
#include "runtime/program_run.hpp"
#include "runtime/run_directory.hpp"
#include "runtime/service_notify.hpp"

namespace {

using namespace vnf;

void prepare_run_directory(const scale::Settings& settings) {
    const auto directory = runtime::run_directory();
    for (const auto* socket : {&settings.application_socket, &settings.control_socket}) {
        if (std::filesystem::path(socket->path).parent_path() == directory &&
            !std::filesystem::exists(directory)) {
            runtime::ensure_private_directory(directory);
        }
    }
}

class Daemon {
  public:
    Daemon(scale::CommandLine line, const scale::Settings& settings)
        : line_(std::move(line)),
          agent_(io_, settings, line_.sysfs),
          control_(io_, agent_, [this] { return reload(); }),
          watchdog_(io_) {
        signals_.handle([this] { reload(); }, [this](int signal) { stop(signal); });
    }

    void run() {
        control_.start();
        agent_.start();
        runtime::notify_ready();
        io_.run();
    }

  private:
    std::vector<std::string> reload() {
        return runtime::reload_settings([this] {
            std::vector<std::string> keys = agent_.apply(scale::settings_for(line_));
            for (const std::string& key : keys) {
                runtime::log_warning("setting needs a restart", {{"key", key}});
            }
            runtime::log_info("settings reloaded", {{"source", agent_.settings().source}});
            return keys;
        });
    }

    void stop(int signal) {
        runtime::log_info("stopping", {{"signal", signal}});
        runtime::notify_stopping();
        control_.stop();
        agent_.shut_down([this] { io_.stop(); });
    }

    boost::asio::io_context io_{1};
    runtime::DaemonSignals signals_{io_, {SIGTERM, SIGINT, SIGQUIT}};
    scale::CommandLine line_;
    scale::ScaleAgent agent_;
    scale::ControlServer control_;
    runtime::ServiceWatchdog watchdog_;
};

int run(const scale::CommandLine& line) {
    const scale::Settings settings = scale::settings_for(line);
    runtime::set_log_level(settings.log_level);
    if (line.check_config) {
        std::printf("%s: good\n", settings.source.c_str());
        return 0;
    }
    prepare_run_directory(settings);
    Daemon daemon(line, settings);
    runtime::log_info("guest-scale-agent started", {{"address", "@" + settings.requests.address},
                                                    {"settings", settings.source},
                                                    {"helper", settings.helper},
                                                    {"applications", settings.application_socket.path}});
    daemon.run();
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    scale::CommandLine line;
    if (const auto status = scale::parse_agent_line(argc, argv, line)) {
        return *status;
    }
    return runtime::run_program("guest-scale-agent", [&line] { return run(line); });
}
