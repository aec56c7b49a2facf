// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The heartbeat of one application on a clock that is passed in.
#include "guest-client/application.hpp"

#include <algorithm>
#include <utility>

namespace vnf::guest {
namespace {

constexpr runtime::Milliseconds register_within{5000};  ///< docs/protocol.md 2.1

}  // namespace

runtime::Milliseconds Registration::limit(wire::Event event, wire::Notification notification) const {
    switch (wire::timeout_class(event, notification)) {
        case wire::TimeoutClass::Vote:
            return vote;
        case wire::TimeoutClass::Shutdown:
            return shutdown_notice;
        case wire::TimeoutClass::Suspend:
            return suspend_notice;
        case wire::TimeoutClass::Resume:
            return resume_notice;
    }
    return vote;
}

std::string_view word(Application::Phase phase) {
    switch (phase) {
        case Application::Phase::Connected:
            return "connected";
        case Application::Phase::AwaitingRegister:
            return "awaiting_register";
        case Application::Phase::Registered:
            return "registered";
        case Application::Phase::Deregistered:
            return "deregistered";
    }
    return "connected";
}

void Application::await_register(runtime::TimePoint now) {
    deregister();
    phase_ = Phase::AwaitingRegister;
    version_ = wire::RecordVersion::V3;
    times_out_ = now + register_within;
}

void Application::register_as(Registration registration, runtime::TimePoint now) {
    registration_ = std::move(registration);
    phase_ = Phase::Registered;
    timed_out_ = false;
    outstanding_.reset();
    last_answer_ = now;
    next_challenge_ = now + registration_.interval;
    times_out_ = now + 2 * registration_.interval;
}

void Application::deregister() {
    phase_ = Phase::Deregistered;
    timed_out_ = false;
    outstanding_.reset();
    next_challenge_ = times_out_ = runtime::never;
}

bool Application::answer(std::uint32_t challenge, runtime::TimePoint now) {
    if (!registered() || outstanding_ != challenge) {
        return false;
    }
    outstanding_.reset();
    timed_out_ = false;
    last_answer_ = now;
    // The challenge keeps its rhythm, unless it is overdue because the answer was.
    next_challenge_ = std::max(next_challenge_, now);
    times_out_ = now + 2 * registration_.interval;
    return true;
}

Application::Due Application::due(runtime::TimePoint now) {
    if (times_out_ <= now) {
        times_out_ = runtime::never;
        if (phase_ != Phase::Registered) {
            return Due::NeverRegistered;
        }
        timed_out_ = true;
        return Due::TimedOut;
    }
    return !outstanding_ && next_challenge_ <= now ? Due::SendChallenge : Due::Nothing;
}

std::uint32_t Application::challenge(const RandomId& random, runtime::TimePoint now) {
    outstanding_ = static_cast<std::uint32_t>(random());
    // A tick that was missed by more than an interval is not made up for.
    next_challenge_ = std::max(next_challenge_ + registration_.interval, now);
    return *outstanding_;
}

runtime::TimePoint Application::next_deadline() const {
    return outstanding_ ? times_out_ : std::min(next_challenge_, times_out_);
}

void Application::shift(runtime::Clock::duration stall) {
    for (runtime::TimePoint* deadline : {&next_challenge_, &times_out_}) {
        if (*deadline != runtime::never) {
            *deadline += stall;
        }
    }
}

}  // namespace vnf::guest
