// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Starting scripts and taking their ends.
#include "guest-client/scripts.hpp"

#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace vnf::guest {
namespace {

using runtime::Milliseconds;
using runtime::TimePoint;

void report_one(std::string_view which, const std::string& path) {
    if (!path.empty() && ::access(path.c_str(), X_OK) != 0) {
        const std::error_code error(errno, std::generic_category());
        runtime::log_error("script can't be run",
                           {{"script", which}, {"path", path}, {"error", error.message()}});
    }
}

}  // namespace

Scripts::Scripts(boost::asio::io_context& io, OnHealth on_health)
    : io_(io), on_health_(std::move(on_health)) {}

void Scripts::apply(const Settings& settings, TimePoint now) {
    const bool rescheduled = health_ != settings.health_script;
    health_ = settings.health_script;
    event_ = settings.event_script;
    legacy_exit_ = settings.legacy_script_exit;
    if (rescheduled) {
        health_run_.reset();
        next_health_ = runtime::never;
        if (enabled_) {
            enable(now);
        }
    }
}

void Scripts::report_unusable() const {
    report_one("health", health_.path);
    report_one("event", event_.path);
}

void Scripts::enable(TimePoint now) {
    enabled_ = true;
    const bool configured = !health_.path.empty() && health_.interval.count() > 0;
    if (configured && next_health_ == runtime::never) {
        next_health_ = now + health_.interval;
    }
}

void Scripts::disable() {
    enabled_ = false;
    health_run_.reset();
}

TimePoint Scripts::next_deadline() const {
    return enabled_ && !health_run_ ? next_health_ : runtime::never;
}

void Scripts::timer(TimePoint now) {
    if (next_deadline() <= now) {
        start_health(now);
    }
}

void Scripts::start_health(TimePoint now) {
    ++counters_.health_runs;
    next_health_ = now + health_.interval;
    runtime::ChildSpec spec;
    spec.argv = {health_.path};
    spec.deadline = health_.timeout.count() > 0 ? health_.timeout : health_.interval;
    spec.first_line_limit = wire::log_limit;
    health_run_ = std::make_unique<runtime::ChildProcess>(
        io_, std::move(spec), [this](const runtime::ChildOutcome& outcome) { health_ended(outcome); });
}

void Scripts::health_ended(const runtime::ChildOutcome& outcome) {
    health_run_.reset();
    last_health_ = health_finding(outcome, legacy_exit_);
    switch (last_health_.finding) {
        case ScriptFinding::Healthy:
            break;
        case ScriptFinding::Unhealthy:
            ++counters_.health_unhealthy;
            break;
        case ScriptFinding::Hung:
            ++counters_.health_hung;
            break;
        case ScriptFinding::NotRun:
            ++counters_.health_not_run;
            break;
    }
    on_health_(last_health_);
}

Milliseconds Scripts::event_limit(Milliseconds action_limit) const {
    return event_.timeout.count() > 0 ? std::min(event_.timeout, action_limit) : action_limit;
}

void Scripts::run_event(wire::Event event, wire::Notification notification, Milliseconds limit,
                        OnEvent on_event) {
    ++counters_.event_runs;
    runtime::ChildSpec spec;
    spec.argv = {event_.path, std::string(word(notification)), std::string(word(event))};
    spec.deadline = limit;
    spec.first_line_limit = wire::log_limit;
    event_run_ = std::make_unique<runtime::ChildProcess>(
        io_, std::move(spec), [this, then = std::move(on_event)](const runtime::ChildOutcome& outcome) {
            const EventFinding finding = event_finding(outcome);
            counters_.event_errors += finding.vote == wire::VoteResult::Error ? 1 : 0;
            then(finding);
        });
}

}  // namespace vnf::guest
