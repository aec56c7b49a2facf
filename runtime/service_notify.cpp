// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The service manager's protocol is libsystemd's; here only what a daemon says when.
#include "runtime/service_notify.hpp"

#include <systemd/sd-daemon.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdlib>

#include "runtime/clock.hpp"
#include "runtime/log.hpp"

namespace vnf::runtime {
namespace {

void send(const std::string& state) {
    const int result = sd_notify(0, state.c_str());
    if (result < 0)
        log_debug("the service manager did not take a notification", {{"errno", -result}});
}

/// sd_listen_fds_with_names() returns a null-terminated array that is the caller's.
struct Names {
    char** list = nullptr;
    Names() = default;
    Names(const Names&) = delete;
    Names& operator=(const Names&) = delete;
    ~Names() {
        for (char** name = list; name != nullptr && *name != nullptr; ++name)
            std::free(*name);
        std::free(static_cast<void*>(list));
    }
};

}  // namespace

void notify_ready() {
    send("READY=1");
}

void notify_reloading() {
    // Type=notify-reload of systemd 253 wants the time; older ones ignore it.
    const auto now = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now().time_since_epoch());
    send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(now.count()));
}

void notify_stopping() {
    send("STOPPING=1");
}

void notify_status(const std::string& text) {
    std::string line = text;
    std::replace(line.begin(), line.end(), '\n', ' ');  // a line break would begin another assignment
    send("STATUS=" + line);
}

std::optional<int> inherited_socket(std::string_view name) {
    Names names;
    const int count = sd_listen_fds_with_names(0, &names.list);
    for (int i = 0; i < count; ++i) {
        if (name != names.list[i])
            continue;
        const int fd = SD_LISTEN_FDS_START + i;
        if (sd_is_socket(fd, AF_UNSPEC, SOCK_STREAM, 1) > 0)
            return fd;
        log_warning("an inherited descriptor is not a listening stream socket", {{"name", name}, {"fd", fd}});
    }
    return std::nullopt;
}

class ServiceWatchdog::Impl : public std::enable_shared_from_this<Impl> {
  public:
    Impl(boost::asio::io_context& io, std::chrono::microseconds period) : timer_(io), period_(period) {}

    void pet() {
        send("WATCHDOG=1");
        timer_.expires_after(period_);
        timer_.async_wait([self = weak_from_this()](const boost::system::error_code& error) {
            const auto alive = self.lock();
            if (alive && !error)
                alive->pet();
        });
    }

  private:
    boost::asio::steady_timer timer_;
    std::chrono::microseconds period_;
};

ServiceWatchdog::ServiceWatchdog(boost::asio::io_context& io) {
    std::uint64_t limit_us = 0;
    const int enabled = sd_watchdog_enabled(0, &limit_us);
    if (enabled < 0)
        log_warning("the service manager's watchdog setting is unusable and ignored", {{"errno", -enabled}});
    if (enabled <= 0)
        return;
    impl_ = std::make_shared<Impl>(io, std::chrono::microseconds(std::max<std::uint64_t>(limit_us / 2, 1)));
    impl_->pet();
}

ServiceWatchdog::~ServiceWatchdog() = default;

}  // namespace vnf::runtime
