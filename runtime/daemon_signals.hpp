// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The signals of a daemon, taken in its event loop: SIGHUP reads the settings again, as often as it comes; the first of
// those that end it stops it. Settings that are wrong change nothing: the daemon goes on as it was.
//
// Made before the daemon opens its sockets, as whoever can reach it may also signal it: until handle(), a signal waits.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <functional>
#include <initializer_list>

#include "runtime/log.hpp"
#include "runtime/service_notify.hpp"
#include "runtime/settings.hpp"

namespace vnf::runtime {

class DaemonSignals {
  public:
    DaemonSignals(boost::asio::io_context& io, std::initializer_list<int> ends);
    DaemonSignals(const DaemonSignals&) = delete;
    DaemonSignals& operator=(const DaemonSignals&) = delete;

    /// Once. `reload` has logged a SettingsError that it throws. `stop` is called once, with the signal. Both are called
    /// in the event loop, also for what came before.
    void handle(std::function<void()> reload, std::function<void(int)> stop);

  private:
    void wait_for_reload();
    void wait_for_stop();

    std::function<void()> reload_;
    std::function<void(int)> stop_;
    boost::asio::signal_set reload_signal_, stop_signals_;
};

/// What `apply` returns, with the service manager told that settings are being read and when that is over. A
/// SettingsError is logged and goes on to who asked.
template <typename Apply>
auto reload_settings(Apply&& apply) {
    notify_reloading();
    try {
        auto report = apply();
        notify_ready();
        return report;
    } catch (const SettingsError& error) {
        log_error("settings not reloaded, the old ones stay", {{"error", error.what()}});
        notify_ready();
        throw;
    }
}

}  // namespace vnf::runtime
