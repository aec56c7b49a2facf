// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See heartbeat_rules.hpp.
#include "host-agent/heartbeat_rules.hpp"

#include <algorithm>

namespace vnf::host {

namespace {

using std::chrono::seconds;

seconds notice(seconds declared) {
    return std::clamp(declared, seconds(1), seconds(600));
}

}  // namespace

GuestParameters clamped(const wire::Init& init, const HeartbeatRules& rules) {
    GuestParameters guest;
    guest.name = init.name;
    guest.interval = std::clamp(init.interval, rules.interval_lowest, rules.interval_highest);
    guest.vote = notice(init.vote);
    guest.shutdown_notice = notice(init.shutdown_notice);
    guest.suspend_notice = notice(init.suspend_notice);
    guest.resume_notice = notice(init.resume_notice);
    guest.restart = std::clamp(init.restart, seconds(1), seconds(3600));
    guest.corrective_action = init.corrective_action;
    guest.capabilities = init.capabilities & rules.capabilities;
    return guest;
}

Milliseconds clamped_fast_interval(Milliseconds interval, const HeartbeatRules& rules) {
    return std::clamp(interval, rules.interval_fast_lowest, rules.interval_highest);
}

Milliseconds class_timeout(const GuestParameters& guest, wire::Event event, wire::Notification notification) {
    switch (wire::timeout_class(event, notification)) {
        case wire::TimeoutClass::Vote:
            return guest.vote;
        case wire::TimeoutClass::Shutdown:
            return guest.shutdown_notice;
        case wire::TimeoutClass::Suspend:
            return guest.suspend_notice;
        case wire::TimeoutClass::Resume:
            return guest.resume_notice;
    }
    return guest.vote;
}

bool announces_silence(wire::Event event) {
    const auto type = wire::timeout_class(event, wire::Notification::Irrevocable);
    return event != wire::Event::Unknown &&
           (type == wire::TimeoutClass::Shutdown || type == wire::TimeoutClass::Suspend);
}

bool announces_return(wire::Event event) {
    return wire::timeout_class(event, wire::Notification::Irrevocable) == wire::TimeoutClass::Resume;
}

}  // namespace vnf::host
