// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The daemon: the desk and everything that it wants done. Decides nothing itself. Whatever wakes the loop is one turn: the
// event goes to the desk, its effects run until there are none left, and the timer is set to the desk's next deadline.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "guest-scale-agent/application_server.hpp"
#include "guest-scale-agent/background.hpp"
#include "guest-scale-agent/cpu_events.hpp"
#include "guest-scale-agent/kernel_cpus.hpp"
#include "guest-scale-agent/request_socket.hpp"
#include "guest-scale-agent/scale_desk.hpp"
#include "guest-scale-agent/settings.hpp"
#include "runtime/child_process.hpp"
#include "runtime/wakeup.hpp"

namespace vnf::scale {

class ScaleAgent final : private RequestSocket::Handler, private ApplicationServer::Handler {
  public:
    /// Binds the applications' socket, if it can.
    ScaleAgent(boost::asio::io_context& io, Settings settings, const std::string& sysfs_root);
    ~ScaleAgent() override;
    ScaleAgent(const ScaleAgent&) = delete;
    ScaleAgent& operator=(const ScaleAgent&) = delete;

    void start();
    /// Answers what is not answered yet, a change that the kernel is at when it comes back or at its time; then `then`.
    void shut_down(std::function<void()> then);
    /// The keys that need a restart.
    std::vector<std::string> apply(Settings settings);

    const Settings& settings() const { return settings_; }
    const ScaleDesk& desk() const { return desk_; }
    const KernelCpus& cpus() const { return cpus_; }
    const RequestSocket& requests() const { return requests_; }
    const ApplicationServer& application_server() const { return applications_; }
    runtime::TimePoint started() const { return started_; }
    /// Why the last set could not be kept; empty if it was.
    const std::string& state_file_problem() const { return state_file_problem_; }

  private:
    void host_said(std::string source, wire::ScaleInput input) override;
    void host_turn_ends() override { settle(); }
    ApplicationKey application_opened(ApplicationPeer peer) override;
    void application_said(ApplicationKey key, const wire::ScaleClientRecord& record) override;
    void application_closed(ApplicationKey key) override;
    void application_turn_ends() override { settle(); }

    void settle();
    void perform(const ScaleDesk::RunHelper& effect);
    void perform(const ScaleDesk::StopHelper& effect);
    void perform(const ScaleDesk::Switch& effect);
    void perform(const ScaleDesk::Tell& effect);
    void perform(const ScaleDesk::Expel& effect);
    void perform(const ScaleDesk::Reply& effect);
    void perform(const ScaleDesk::Remember& effect);
    void perform(const ScaleDesk::Note& effect);
    void helper_ended(const runtime::ChildOutcome& outcome);
    void keep_state();

    boost::asio::io_context& io_;
    Settings settings_;
    runtime::TimePoint started_;
    KernelCpus cpus_;
    ScaleDesk desk_;
    RequestSocket requests_;
    ApplicationServer applications_;
    CpuEvents events_;
    runtime::Wakeup wakeup_;
    std::unique_ptr<runtime::ChildProcess> helper_;
    wire::ScaleDirection helper_for_{};
    std::optional<wire::CpuSet> to_keep_;
    bool keeping_ = false;
    std::function<void()> on_finished_;
    std::string state_file_problem_;
    runtime::LogLimit note_log_{20};
    Background kernel_, disk_;
};

}  // namespace vnf::scale
