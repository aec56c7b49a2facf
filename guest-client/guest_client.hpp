// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The daemon: the cores, the edges and the one timer between them. Decides nothing itself.
//
// Policy. Whatever wakes the loop is one turn: the time is read once, a standstill of ours is told to those whose
// deadlines it must not hurt, the event goes to its core, and then effects run until there are none left. The timer is
// set to the earliest deadline that anybody asked for, and to nothing else.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guest-client/action_runner.hpp"
#include "guest-client/application_server.hpp"
#include "guest-client/application_table.hpp"
#include "guest-client/health.hpp"
#include "guest-client/host_session.hpp"
#include "guest-client/messaging.hpp"
#include "guest-client/scripts.hpp"
#include "guest-client/settings.hpp"
#include "guest-client/stall_watch.hpp"
#include "runtime/port.hpp"
#include "runtime/wakeup.hpp"
#include "wire/line_framing.hpp"

namespace vnf::guest {

struct ReloadReport {
    std::vector<std::string> needs_restart;  ///< keys that were changed but can't be applied
    std::vector<std::string> warnings;
    bool host_informed = true;  ///< false: the host learns with the next init
};

class GuestClient final : private runtime::PortHandler,
                          private ApplicationServer::Handler,
                          private ApplicationSink {
  public:
    /// Binds the application socket; throws if it can't. Without a second port there is no messaging.
    GuestClient(boost::asio::io_context& io, Settings settings, runtime::PortAddress port,
                const std::optional<runtime::PortAddress>& messaging_port);
    ~GuestClient() override;
    GuestClient(const GuestClient&) = delete;
    GuestClient& operator=(const GuestClient&) = delete;

    void start();
    /// Says goodbye to the host; `then` is called when that is done, within a second or so.
    void shut_down(std::function<void()> then);
    ReloadReport apply(Settings settings);
    HostSession::MetricsOutcome report(const wire::MetricValues& values);

    const Settings& settings() const { return settings_; }
    const HostSession& session() const { return session_; }
    const ApplicationTable& applications() const { return applications_; }
    const ApplicationServer& application_server() const { return server_; }
    const HealthBoard& health() const { return health_; }
    const ActionRunner& actions() const { return actions_; }
    const Scripts& scripts() const { return scripts_; }
    const runtime::Port& port() const { return port_; }
    /// Null if it is off.
    const std::shared_ptr<Messaging>& messaging() const { return messaging_; }
    const wire::LineAssembler& lines() const { return lines_; }
    const StallWatch& stalls() const { return stalls_; }
    const std::array<std::uint64_t, wire::parse_reason_count>& rejected_lines() const {
        return rejected_lines_;
    }
    std::uint64_t timer_wakeups() const { return wakeup_.count(); }
    runtime::TimePoint started() const { return started_; }

  private:
    void port_up() override;
    void port_down(std::string_view why) override;
    void port_bytes(std::string_view bytes) override;
    void port_maybe_new_session() override;

    void turn_begins() override;
    void turn_ends() override;
    ApplicationKey application_opened(Application::Peer peer) override;
    void application_record(ApplicationKey key, const wire::ApplicationRecord& record) override;
    void application_closed(ApplicationKey key, Departure departure) override;

    bool send(ApplicationKey key, const wire::DaemonRecord& record, wire::RecordVersion version) override;
    void switch_to_version_3(ApplicationKey key) override;
    void disconnect(ApplicationKey key) override;
    void action_answered(ApplicationKey key, const wire::RecordActionResponse& response) override;
    void action_extension(ApplicationKey key, const wire::RecordActionExtend& wish) override;
    void application_left(ApplicationKey key, bool failed, const std::string& reason) override;

    void line(std::string_view text);
    void health_script_ended(const HealthFinding& finding);
    void offer_scaling();
    void announced(const std::string& service);
    void tell_health();
    void run_effects();
    void perform(const HostSession::Send& effect);
    void perform(const HostSession::StateChanged& effect);
    void perform(const HostSession::StartAction& effect);
    void perform(const HostSession::StopAction& effect);
    void perform(const HostSession::Extended& effect);
    void perform(const HostSession::HostSaid& effect);
    void perform(const HostSession::Finished& effect);
    void report_actions();
    void timer_fired();
    void arm_timer();

    boost::asio::io_context& io_;
    Settings settings_;
    runtime::TimePoint now_, started_;
    StallWatch stalls_;
    HealthBoard health_;
    Verdict told_verdict_;
    HostSession session_;
    ApplicationTable applications_;
    ApplicationServer server_;
    Scripts scripts_;
    ActionRunner actions_;
    wire::LineAssembler lines_;
    runtime::Port port_;
    std::shared_ptr<Messaging> messaging_;
    runtime::Wakeup wakeup_;
    std::function<void()> on_finished_;
    std::array<std::uint64_t, wire::parse_reason_count> rejected_lines_{};
    std::uint64_t decided_ = 0;
    runtime::LogLimit line_log_, send_log_, action_log_{20};
};

}  // namespace vnf::guest
