// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Runs the health script by its interval and the event script for an action: one of each at a time, each with its own
// deadline. What their ends mean is script_verdict's.
//
// Policy. The first health run is one interval after the guest was first enabled, so that what it looks at has time to
// start; an interruption of the session does not put off the next one. A run that is still going when the next is due
// ends first: runs never overlap. The health script's deadline is its interval unless set.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "guest-client/script_verdict.hpp"
#include "guest-client/settings.hpp"

namespace vnf::guest {

struct ScriptCounters {
    std::uint64_t health_runs = 0, health_unhealthy = 0, health_hung = 0, health_not_run = 0, event_runs = 0,
                  event_errors = 0;
};

class Scripts {
  public:
    using OnHealth = std::function<void(const HealthFinding&)>;
    using OnEvent = std::function<void(const EventFinding&)>;

    Scripts(boost::asio::io_context& io, OnHealth on_health);

    void apply(const Settings& settings, runtime::TimePoint now);
    /// Says what is configured but can't be run.
    void report_unusable() const;

    void enable(runtime::TimePoint now);
    void disable();
    void timer(runtime::TimePoint now);
    runtime::TimePoint next_deadline() const;

    bool has_event_script() const { return !event_.path.empty(); }
    /// The event script's own time.
    runtime::Milliseconds event_limit(runtime::Milliseconds action_limit) const;
    void run_event(wire::Event event, wire::Notification notification, runtime::Milliseconds limit,
                   OnEvent on_event);
    void cancel_event() { event_run_.reset(); }

    const ScriptCounters& counters() const { return counters_; }
    const HealthFinding& last_health() const { return last_health_; }

  private:
    void start_health(runtime::TimePoint now);
    void health_ended(const runtime::ChildOutcome& outcome);

    boost::asio::io_context& io_;
    OnHealth on_health_;
    ScriptSettings health_, event_;
    bool legacy_exit_ = false, enabled_ = false;
    runtime::TimePoint next_health_ = runtime::never;
    HealthFinding last_health_;
    std::unique_ptr<runtime::ChildProcess> health_run_, event_run_;
    ScriptCounters counters_;
};

}  // namespace vnf::guest
