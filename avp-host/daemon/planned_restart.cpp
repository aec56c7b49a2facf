// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See planned_restart.hpp.
#include "avp-host/daemon/planned_restart.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "avp-host/daemon/handover.hpp"
#include "runtime/log.hpp"
#include "runtime/random_source.hpp"

namespace vnf::avp {
namespace {

using boost::system::error_code;

constexpr runtime::Milliseconds look_every{10};

std::string random_name() {
    runtime::KernelRandom random;
    return fmt::format("{:08x}{:08x}", random.next(), random.next());
}

}  // namespace

std::string_view name_of(RestartState state) {
    switch (state) {
        case RestartState::Idle:
            return "idle";
        case RestartState::UnderWay:
            return "under_way";
        case RestartState::GivenUp:
            return "given_up";
    }
    return "unknown";
}

std::string_view name_of(RestartFault fault) {
    switch (fault) {
        case RestartFault::None:
            return "none";
        case RestartFault::Settings:
            return "bad_settings";
        case RestartFault::Files:
            return "on_files";
        case RestartFault::Refused:
            return "refused";
        case RestartFault::NoAnswer:
            return "no_answer";
        case RestartFault::Program:
            return "bad_program";
    }
    return "unknown";
}

PlannedRestart::PlannedRestart(boost::asio::io_context& io, AvpHost& host, std::function<void()> check,
                               char** arguments)
    : host_(host),
      check_(std::move(check)),
      arguments_(arguments),
      program_(std::filesystem::read_symlink("/proc/self/exe")),
      signal_(io, SIGUSR2),
      timer_(io),
      instance_(random_name()) {
    wait_for_signal();
}

void PlannedRestart::wait_for_signal() {
    signal_.async_wait([this](const error_code& error, int) {
        if (error)
            return;
        ask();
        wait_for_signal();
    });
}

void PlannedRestart::ask() {
    if (state_ == RestartState::UnderWay)
        return;
    runtime::log_info("restart asked for");
    state_ = RestartState::UnderWay;
    fault_ = RestartFault::None;
    asked_.clear();
    try {
        check_();
    } catch (const std::exception& error) {
        return give_up({RestartFault::Settings, error.what()});
    }
    for (HostDevice& device : host_.devices()) {
        if (!device.port.presentation().has_guest())
            continue;
        if (!device.port.presentation().can_be_handed_over())
            return give_up({RestartFault::Files, device.port.name() + ": its driver sits on files"});
        device.port.prepare_handover();
        asked_.push_back(&device.port);
    }
    deadline_ = runtime::Clock::now() + kPatience;
    look_soon();
}

void PlannedRestart::look_soon() {
    timer_.expires_after(look_every);
    timer_.async_wait([this](const error_code& error) {
        if (!error)
            look();
    });
}

void PlannedRestart::look() {
    const Obstacle why = obstacle();
    if (why.fault == RestartFault::None)
        return become_successor();
    if (why.fault == RestartFault::Refused || runtime::Clock::now() >= deadline_)
        return give_up(why);
    look_soon();
}

PlannedRestart::Obstacle PlannedRestart::obstacle() const {
    Obstacle found;
    for (DevicePort* port : asked_) {
        if (!port->presentation().has_guest())
            continue;  // it has left since
        if (port->migration_answer() == MigrationAnswer::Refused)
            return {RestartFault::Refused, port->name() + ": its driver can't let go of the device"};
        if (found.fault != RestartFault::None)
            continue;
        if (port->migration_answer() != MigrationAnswer::Accepted)
            found = {RestartFault::NoAnswer, port->name() + ": its driver has not let go of the device"};
        else if (!port->handover())
            found = {RestartFault::NoAnswer, port->name() + ": its client is amid a message"};
    }
    return found;
}

std::string PlannedRestart::why() const {
    return state_ == RestartState::UnderWay ? obstacle().text : why_;
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
    give_up({RestartFault::Program, program_ + ": " + error.message()});
}

void PlannedRestart::give_up(const Obstacle& why) {
    for (DevicePort* port : asked_)
        port->cancel_handover();
    asked_.clear();
    runtime::log_error("not restarted, the guests keep this process", {{"why", why.text}});
    state_ = RestartState::GivenUp;
    fault_ = why.fault;
    why_ = why.text;
}

}  // namespace vnf::avp
