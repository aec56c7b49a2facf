// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See planned_restart.hpp.
#include "avp-host/daemon/planned_restart.hpp"

#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "avp-host/daemon/handover.hpp"
#include "runtime/log.hpp"

namespace vnf::avp {
namespace {

using boost::system::error_code;

constexpr runtime::Milliseconds look_every{10};

}  // namespace

PlannedRestart::PlannedRestart(boost::asio::io_context& io, AvpHost& host, std::function<void()> check,
                               char** arguments)
    : host_(host),
      check_(std::move(check)),
      arguments_(arguments),
      program_(std::filesystem::read_symlink("/proc/self/exe")),
      signal_(io, SIGUSR2),
      timer_(io) {
    wait_for_signal();
}

void PlannedRestart::wait_for_signal() {
    signal_.async_wait([this](const error_code& error, int) {
        if (!error)
            begin();
    });
}

void PlannedRestart::begin() {
    runtime::log_info("restart asked for");
    asked_.clear();
    try {
        check_();
    } catch (const std::exception& error) {
        return give_up(error.what());
    }
    for (HostDevice& device : host_.devices()) {
        if (!device.port.presentation().has_guest())
            continue;
        if (!device.port.presentation().can_be_handed_over())
            return give_up(device.port.name() + ": its driver sits on files");
        device.port.prepare_handover();
        asked_.push_back(&device.port);
    }
    deadline_ = runtime::Clock::now() + kPatience;
    look_again();
}

void PlannedRestart::look_again() {
    const std::string why = obstacle();
    if (why.empty())
        return become_successor();
    if (runtime::Clock::now() >= deadline_)
        return give_up(why);
    timer_.expires_after(look_every);
    timer_.async_wait([this](const error_code& error) {
        if (!error)
            look_again();
    });
}

std::string PlannedRestart::obstacle() const {
    for (DevicePort* port : asked_) {
        if (!port->presentation().has_guest())
            continue;  // it has left since
        if (port->migration_answer() == MigrationAnswer::Refused)
            return port->name() + ": its driver can't let go of the device";
        if (port->migration_answer() != MigrationAnswer::Accepted)
            return port->name() + ": its driver has not let go of the device";
        if (!port->handover())
            return port->name() + ": its client is amid a message";
    }
    return {};
}

void PlannedRestart::become_successor() {
    std::vector<PortHandover> left;
    for (DevicePort* port : asked_) {
        if (auto handover = port->handover())
            left.push_back(std::move(*handover));
    }
    runtime::log_info("restarting", {{"program", program_}, {"guests", left.size()}});
    host_.stop_workers();
    leave(left);
    ::execv(program_.c_str(), arguments_);
    const auto error = runtime::last_error();
    take_back(left);
    host_.start_workers();
    give_up(program_ + ": " + error.message());
}

void PlannedRestart::give_up(const std::string& why) {
    for (DevicePort* port : asked_)
        port->cancel_handover();
    asked_.clear();
    runtime::log_error("not restarted, the guests keep this process", {{"why", why}});
    wait_for_signal();
}

}  // namespace vnf::avp
