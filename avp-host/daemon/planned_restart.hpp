// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// SIGUSR2: this process becomes a new one of the program that then lies where it was started from, and guests keep their
// devices, since QEMU would never connect again.
//
// Policy. The settings must be good. Every guest's driver is asked to let go of its device's memory, as for a migration;
// a driver that refuses, or does not answer in time, or sits on files, ends the attempt: those that have let go get
// their devices back. Then memory, sockets and eventfds go over exec(), and the successor tells the drivers to attach.
// Frames are lost as in a migration, and counters begin anew.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <string>
#include <vector>

#include "avp-host/daemon/avp_host.hpp"

namespace vnf::avp {

class PlannedRestart {
  public:
    static constexpr runtime::Milliseconds kPatience{5000};

    /// `check` throws if the program could not start again. `arguments` are main's, and outlive this.
    PlannedRestart(boost::asio::io_context& io, AvpHost& host, std::function<void()> check, char** arguments);

  private:
    void wait_for_signal();
    void begin();
    void look_again();
    /// Why not; empty: every guest is ready.
    std::string obstacle() const;
    void become_successor();
    void give_up(const std::string& why);

    AvpHost& host_;
    std::function<void()> check_;
    char** arguments_;
    std::string program_;
    boost::asio::signal_set signal_;
    boost::asio::steady_timer timer_;
    runtime::TimePoint deadline_{};
    std::vector<DevicePort*> asked_;
};

}  // namespace vnf::avp
