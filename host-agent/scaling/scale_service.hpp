// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Scaling at the edge: each guest of the settings that has `scaling`, with its messaging port, the actuator, the store, the
// clock and the journal around the pure GuestScaling.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "host-agent/actuator.hpp"
#include "host-agent/deadline_timer.hpp"
#include "host-agent/event_recorder.hpp"
#include "host-agent/scaling/guest_scaling.hpp"
#include "host-agent/scaling/scale_channel.hpp"
#include "host-agent/scaling/scale_settings.hpp"
#include "host-agent/scaling/scale_store.hpp"
#include "runtime/metrics.hpp"
#include "runtime/rate_budget.hpp"

namespace vnf::host {

/// The agent, as scaling needs it.
class ScaleHost {
  public:
    virtual ~ScaleHost() = default;
    /// To `cgcs.scale` in the guest. False: not taken.
    virtual bool send_scale(const std::string& id, const wire::JsonText& data, const std::string& from) = 0;
    virtual bool messaging_connected(const std::string& id) const = 0;
    /// The guest named Capability::Scale in the session that it has.
    virtual bool scales(const std::string& id) const = 0;
    virtual Actuator& actuator() = 0;
};

struct ScaleCounters {
    /// By ScaleResult.
    std::array<std::uint64_t, scale_result_count> up{}, down{}, reconcile{};
    std::uint64_t refused = 0, no_answer = 0, late = 0, diverged = 0, checks = 0, nacks = 0, metrics = 0,
                  keep_failures = 0;
    runtime::LatencyHistogram latency;
};

class ScaleService final : public ScaleChannel {
  public:
    using OnDecided = std::function<void(const ScaleOutcome&)>;
    using Specs = std::map<std::string, std::shared_ptr<const ScalingSpec>, std::less<>>;

    /// All outlive the service.
    ScaleService(EventRecorder& recorder, DeadlineTimer& deadlines, ScaleHost& host,
                 const ScaleSettings& settings);
    ~ScaleService() override;
    ScaleService(const ScaleService&) = delete;
    ScaleService& operator=(const ScaleService&) = delete;

    /// These guests and no others; one whose entry is as before keeps what it is doing.
    void take_over(const ScaleSettings& settings, const Specs& specs);

    /// Null for a guest that the settings give no scaling.
    const GuestScaling* find(std::string_view id) const;
    const std::string& address_of(const std::string& id) const;
    /// Begun: `on_decided` is called once, perhaps from inside, unless the guest leaves the settings before.
    GuestScaling::Beginning begin(const std::string& id, ScaleTask task, std::string cause,
                                  OnDecided on_decided);
    /// An error, or empty.
    std::string set_offline(const std::string& id, const wire::CpuSet& offline, const std::string& cause);
    void metrics(const std::string& id, const wire::MetricValues& values);
    void initialized(const std::string& id);
    /// What a guest is told to hold offline; nothing: no scaling.
    std::optional<wire::CpuSet> offline_of(const std::string& id) const;

    const ScaleCounters& counters() const { return counters_; }
    const std::string& state_directory() const { return store_.directory(); }
    std::vector<std::string> ids() const;

    // ScaleChannel, from the messaging ports.
    std::string scale_address(const std::string& id) const override;
    void messaging_up(const std::string& id) override;
    void messaging_down(const std::string& id) override;
    void scale_reply(const std::string& id, const wire::JsonText& data) override;

  private:
    class Guest;
    using Guests = std::map<std::string, std::shared_ptr<Guest>, std::less<>>;
    std::shared_ptr<Guest> guest(std::string_view id) const;
    void add(const std::string& id, const std::shared_ptr<const ScalingSpec>& spec,
             const std::optional<KeptAccount>& before);

    EventRecorder& recorder_;
    DeadlineTimer& deadlines_;
    ScaleHost& host_;
    ScalingRules rules_;
    ScaleStore store_;
    ScaleCounters counters_;
    Guests guests_;
};

}  // namespace vnf::host
