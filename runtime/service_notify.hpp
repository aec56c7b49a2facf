// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The service manager's side of a daemon: readiness, status, watchdog, inherited sockets. Everything is a no-op
// when the daemon was not started by one.
#pragma once

#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace vnf::runtime {

void notify_ready();
void notify_reloading();
void notify_stopping();
void notify_status(const std::string& text);

/// A listening socket passed in by its FileDescriptorName; nothing when there is none of that name and type.
std::optional<int> inherited_socket(std::string_view name, int type = SOCK_STREAM);

/// Pets the service manager's watchdog at half its period, from the loop, so that a stuck loop is restarted.
class ServiceWatchdog {
  public:
    explicit ServiceWatchdog(boost::asio::io_context& io);
    ~ServiceWatchdog();
    ServiceWatchdog(const ServiceWatchdog&) = delete;
    ServiceWatchdog& operator=(const ServiceWatchdog&) = delete;

  private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace vnf::runtime
