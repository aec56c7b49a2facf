// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// SIGUSR2 or a request on the control socket: this process becomes a new one of the program that then lies where it was
// started from, and guests keep their devices, since QEMU would never connect again.
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
#include <string_view>
#include <vector>

#include "avp-host/daemon/avp_host.hpp"

namespace vnf::avp {

enum class RestartState { Idle, UnderWay, GivenUp };
std::string_view name_of(RestartState state);

/// What a restart that came to nothing failed of.
enum class RestartFault {
    None,
    Settings,  ///< the program could not start again with them
    Files,     ///< a driver sits on files, which can't be handed over
    Refused,   ///< a driver can't let go
    NoAnswer,  ///< a driver, or its client, was not ready in time
    Program,   ///< it can't be executed
};
std::string_view name_of(RestartFault fault);

class PlannedRestart {
  public:
    static constexpr runtime::Milliseconds kPatience{5000};

    /// `check` throws if the program could not start again. `arguments` are main's, and outlive this.
    PlannedRestart(boost::asio::io_context& io, AvpHost& host, std::function<void()> check, char** arguments);

    /// Nothing new if one is under way. This process runs on until the event loop does, so that an answer still leaves.
    void ask();
    RestartState state() const { return state_; }
    RestartFault fault() const { return fault_; }
    /// What it waits for, or why it was given up; empty if there is nothing to say.
    std::string why() const;
    /// Of this process's life: its successor has another one.
    const std::string& instance() const { return instance_; }

  private:
    struct Obstacle {
        RestartFault fault = RestartFault::None;  ///< None: every guest is ready
        std::string text{};
    };

    void wait_for_signal();
    void look_soon();
    void look();
    /// The first that keeps it waiting, or one that won't go away.
    Obstacle obstacle() const;
    void become_successor();
    void give_up(const Obstacle& why);

    AvpHost& host_;
    std::function<void()> check_;
    char** arguments_;
    std::string program_;
    boost::asio::signal_set signal_;
    boost::asio::steady_timer timer_;
    std::string instance_;
    RestartState state_ = RestartState::Idle;
    RestartFault fault_ = RestartFault::None;
    std::string why_;
    runtime::TimePoint deadline_{};
    std::vector<DevicePort*> asked_;
};

}  // namespace vnf::avp
