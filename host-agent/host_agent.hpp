// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The agent: which guests there are, and everything that they share. Guests come from the settings, from
// watched directories and from the control interface; an id belongs to whoever named it first. A discovered
// guest whose socket file is gone stays until its connection has ended and its corrective action is done.
#pragma once

#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "host-agent/agent_settings.hpp"
#include "host-agent/deadline_timer.hpp"
#include "host-agent/event_recorder.hpp"
#include "host-agent/guest_discovery.hpp"
#include "host-agent/guest_session.hpp"
#include "host-agent/scaling/scale_service.hpp"
#include "host-agent/server_groups.hpp"

namespace vnf::host {

class HostAgent final : private DiscoveryHandler,
                        private HeartbeatView,
                        private GuestObserver,
                        private ScaleHost {
  public:
    using Sessions = std::map<std::string, std::shared_ptr<GuestSession>, std::less<>>;
    enum class Adding : std::uint8_t { Added, Exists, Full };

    HostAgent(boost::asio::io_context& io, AgentSettings settings);
    ~HostAgent() override;
    HostAgent(const HostAgent&) = delete;
    HostAgent& operator=(const HostAgent&) = delete;

    void start();
    /// Takes over what differs; what needs a restart is named in the log and left as it is.
    void reload(AgentSettings settings);
    /// A reload that could not be read: the settings stay as they are.
    void reload_refused(const std::string& why);

    Adding add(GuestSpec spec);
    bool remove(std::string_view id);
    std::shared_ptr<GuestSession> find(std::string_view id) const;
    const Sessions& sessions() const { return sessions_; }
    void set_reporting(bool enabled);

    const AgentSettings& settings() const { return settings_; }
    SessionContext& context() { return context_; }
    const SessionContext& context() const { return context_; }
    Journal& journal() { return recorder_.journal(); }
    ServerGroups& groups() { return groups_; }
    const ServerGroups& groups() const { return groups_; }
    ScaleService& scaling() { return scaling_; }
    const ScaleService& scaling() const { return scaling_; }
    const std::vector<std::unique_ptr<GuestDiscovery>>& discoveries() const { return discoveries_; }
    /// Of all guests, removed ones included.
    MonitorCounters monitor_counters() const;
    TimePoint started_at() const { return started_at_; }

  private:
    void socket_found(const SocketName& socket, const std::string& path) override;
    void socket_lost(const SocketName& socket, const std::string& path) override;
    void socket_refused(const std::string& path, const std::string& why) override;
    bool has_heartbeat(const std::string& id) const override { return sessions_.contains(id); }
    bool understands_gap(const std::string& id) const override;
    void guest_event(const std::string& id, JournalKind kind, const JournalFields& fields) override;
    void guest_metrics(const std::string& id, const wire::MetricValues& values) override;
    std::optional<wire::CpuSet> offline_cpus(const std::string& id) const override;
    bool send_scale(const std::string& id, const wire::JsonText& data, const std::string& from) override;
    bool messaging_connected(const std::string& id) const override;
    bool scales(const std::string& id) const override;
    Actuator& actuator() override { return *context_.actuator; }
    void heartbeat_found(const std::string& id, const std::string& path);
    void heartbeat_lost(const std::string& id, const std::string& path);
    void messaging_found(const std::string& instance, const std::string& path);
    Adding add_heartbeat(GuestSpec spec);
    bool remove_heartbeat(std::string_view id);
    void maybe_idle(const std::string& id);
    void remove_if_orphaned(const std::string& id);
    void take_over_guests(const std::vector<GuestSpec>& guests);
    void take_over_scaling();
    void take_over_directories();
    void forget_unseen();
    void take_over_actuator(const AgentSettings& before);

    boost::asio::io_context& io_;
    AgentSettings settings_;
    EventRecorder recorder_;
    DeadlineTimer deadlines_;
    SessionContext context_;
    /// Replaced by a reload while they may still have work; they go with the agent.
    std::vector<std::unique_ptr<Actuator>> former_actuators_;
    Sessions sessions_;
    std::set<std::string> orphans_;  ///< discovered, the socket's file is gone
    std::set<SocketName> seen_;      ///< found since the directories were looked at anew
    std::vector<std::unique_ptr<GuestDiscovery>> discoveries_;
    MonitorCounters removed_;
    TimePoint started_at_;
    ScaleService scaling_;
    ServerGroups groups_;  ///< after scaling_, which its ports speak to
};

}  // namespace vnf::host
