// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One guest at the edge: its port, its deadline, its run-state source and the actuator around the pure
// GuestChannel. An effect is carried out in the same turn of the loop in which its cause was read.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>

#include "host-agent/actuator.hpp"
#include "host-agent/corrective_runner.hpp"
#include "host-agent/deadline_timer.hpp"
#include "host-agent/event_recorder.hpp"
#include "host-agent/guest_channel.hpp"
#include "host-agent/guest_spec.hpp"
#include "runtime/port.hpp"

namespace vnf::host {

/// Who else wants to know what happens to guests. Called in the turn in which it was seen, before any limit.
class GuestObserver {
  public:
    virtual ~GuestObserver() = default;
    virtual void guest_event(const std::string& id, JournalKind kind, const JournalFields& fields) = 0;
    virtual void guest_metrics(const std::string& id, const wire::MetricValues& values) = 0;
    /// The vCPUs that the host holds offline; nothing: it does not know.
    virtual std::optional<wire::CpuSet> offline_cpus(const std::string& id) const = 0;
};

/// What all sessions share; outlives them.
struct SessionContext {
    boost::asio::io_context& io;
    GuestRules rules;
    CorrectiveRules corrective;
    CorrectiveBudgets budgets;
    bool reporting = true;
    AgentCounters counters;
    EventRecorder& recorder;
    DeadlineTimer& deadlines;
    std::unique_ptr<Actuator> actuator;
    runtime::KernelRandom random;
    Effects effects;  ///< lent to one session at a time
    GuestObserver* observer = nullptr;
};

class GuestSession final : public std::enable_shared_from_this<GuestSession>,
                           private runtime::PortHandler,
                           private DeadlineEntry {
  public:
    using OnDecided = std::function<void(const ActionOutcome&)>;
    using OnIdle = std::function<void(const std::string& id)>;

    /// `on_idle` is called whenever idle() may have become true; it must not destroy the session from inside.
    GuestSession(SessionContext& context, GuestSpec spec, OnIdle on_idle);
    ~GuestSession() override;

    void start();
    /// `on_decided` is called once if the action was asked, never from inside this call.
    GuestChannel::Beginning begin_action(ActionRequest request, OnDecided on_decided);
    bool cancel_action(const std::string& reason);
    void set_reporting(bool enabled);
    void rules_changed();

    const GuestSpec& spec() const { return spec_; }
    const GuestChannel& channel() const { return channel_; }
    const CorrectiveRunner& runner() const { return runner_; }
    bool reporting() const { return spec_.reporting; }
    bool connected() const { return port_.up(); }
    /// Not connected, and no corrective action runs or waits: nothing is lost with the session.
    bool idle() const;
    std::string port_text() const { return port_.describe(); }
    TimePoint state_since() const { return state_since_; }

  private:
    void port_up() override;
    void port_down(std::string_view why) override;
    void port_bytes(std::string_view bytes) override;
    void due(TimePoint now) override;

    template <typename Step>
    void run(Step step);
    void settle(TimePoint now);
    void apply(Effect& effect, TimePoint now);
    void carry_out(SendMessage& effect, TimePoint now);
    void carry_out(AskRunState& effect, TimePoint now);
    void carry_out(Corrective& effect, TimePoint now);
    void carry_out(Recovered& effect, TimePoint now);
    void carry_out(Reconnect& effect, TimePoint now);
    void carry_out(Report& effect, TimePoint now);
    void carry_out(Decided& effect, TimePoint now);
    void carry_out(TellMetrics& effect, TimePoint now);
    void carry_out(CorrectiveSteps& steps, TimePoint now);
    void begin_corrective(CorrectiveStart& start, TimePoint now);
    void corrective_ended(const Corrective& what, const ActuatorResult& result, TimePoint begun);
    void give_up_corrective(CorrectiveVerdict& verdict);
    void record(JournalKind kind, const JournalFields& fields);

    SessionContext& context_;
    GuestSpec spec_;
    OnIdle on_idle_;
    GuestChannel channel_;
    CorrectiveRunner runner_;
    std::unique_ptr<RunStateSource> source_;
    OnDecided on_decided_;
    runtime::RateBudget journal_budget_;
    GuestState seen_state_ = GuestState::WaitingConnection;
    TimePoint state_since_;
    bool closing_ = false;  ///< the end of the connection that is to come is ours
    runtime::Port port_;
};

}  // namespace vnf::host
