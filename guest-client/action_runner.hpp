// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Carries one action at a time to the applications and the event script, and its answers back. Which action that is
// and what the host hears is the session's, what the answers amount to is Action's.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "guest-client/action.hpp"
#include "guest-client/application_table.hpp"
#include "guest-client/host_session.hpp"
#include "guest-client/scripts.hpp"
#include "runtime/metrics.hpp"

namespace vnf::guest {

struct ActionCounters {
    std::array<std::uint64_t, 6> results{};  ///< by wire::VoteResult
    std::uint64_t stray_answers = 0, extensions_granted = 0, extensions_refused = 0;
    runtime::LatencyHistogram latency;
};

/// The last action that came to a decision, for people.
struct DecidedAction {
    wire::Event event;
    wire::Notification notification;
    std::string origin;
    Decision decision;
    runtime::Milliseconds took{0};
};

class ActionRunner {
  public:
    ActionRunner(ApplicationTable& applications, ApplicationSink& sink, Scripts& scripts,
                 HostSession& session, RandomId random);

    void start(const HostSession::StartAction& order, runtime::TimePoint now);
    void stop(const HostSession::StopAction& order);
    void extended(const HostSession::Extended& answer, runtime::TimePoint now);

    void answered(ApplicationKey key, const wire::RecordActionResponse& response);
    void extend(ApplicationKey key, const wire::RecordActionExtend& wish, runtime::TimePoint now);
    void left(ApplicationKey key, bool failed, const std::string& reason);
    void script_ended(HostSession::ActionSerial serial, const EventFinding& finding);
    void timer(runtime::TimePoint now);
    /// Does what has to be done, and hands a decision to the session. Call once a turn.
    void settle(runtime::TimePoint now);

    runtime::TimePoint next_deadline() const;
    bool running() const { return running_.has_value(); }
    const Action* action() const { return running_ ? &running_->action : nullptr; }
    const std::optional<DecidedAction>& last() const { return last_; }
    const ActionCounters& counters() const { return counters_; }
    /// What the event script's end is to be told to.
    void set_on_script(std::function<void(HostSession::ActionSerial, const EventFinding&)> on_script) {
        on_script_ = std::move(on_script);
    }

  private:
    struct Running {
        HostSession::ActionSerial serial;
        std::uint32_t id;
        runtime::TimePoint started;
        Action action;
    };
    void ask_applications(runtime::TimePoint now);
    void ask_script(runtime::TimePoint now);
    void perform(const Action::Dismiss& effect);
    void perform(const Action::AnswerExtension& effect);
    void perform(const Action::AskHost& effect);
    void perform_all(runtime::TimePoint now);

    ApplicationTable& applications_;
    ApplicationSink& sink_;
    Scripts& scripts_;
    HostSession& session_;
    RandomId random_;
    std::function<void(HostSession::ActionSerial, const EventFinding&)> on_script_;
    std::optional<Running> running_;
    std::optional<DecidedAction> last_;
    bool host_refused_ = false;
    ActionCounters counters_;
};

}  // namespace vnf::guest
