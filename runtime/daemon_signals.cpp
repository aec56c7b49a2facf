// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See daemon_signals.hpp.
#include "runtime/daemon_signals.hpp"

#include <csignal>
#include <utility>

namespace vnf::runtime {

DaemonSignals::DaemonSignals(boost::asio::io_context& io, std::initializer_list<int> ends)
    : reload_signal_(io, SIGHUP), stop_signals_(io) {
    for (const int signal : ends) {
        stop_signals_.add(signal);
    }
}

void DaemonSignals::handle(std::function<void()> reload, std::function<void(int)> stop) {
    reload_ = std::move(reload);
    stop_ = std::move(stop);
    wait_for_reload();
    wait_for_stop();
}

void DaemonSignals::wait_for_reload() {
    reload_signal_.async_wait([this](const boost::system::error_code& error, int) {
        if (error) {
            return;
        }
        try {
            reload_();
        } catch (const SettingsError&) {
            // Logged; the daemon goes on as it was.
        }
        wait_for_reload();
    });
}

void DaemonSignals::wait_for_stop() {
    stop_signals_.async_wait([this](const boost::system::error_code& error, int signal) {
        if (!error) {
            stop_(signal);
        }
    });
}

}  // namespace vnf::runtime
