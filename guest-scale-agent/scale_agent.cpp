// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Turns, and what is done in them.
#include "guest-scale-agent/scale_agent.hpp"

#include <unistd.h>

#include <cerrno>
#include <utility>

#include "guest-scale-agent/state_file.hpp"
#include "libguestscale/src/helper_contract.hpp"

namespace vnf::scale {

using runtime::Clock;
using End = runtime::ChildOutcome::End;

ScaleAgent::ScaleAgent(boost::asio::io_context& io, Settings settings, const std::string& sysfs_root)
    : io_(io),
      settings_(std::move(settings)),
      started_(Clock::now()),
      cpus_(sysfs_root),
      desk_(cpus_, settings_.applications, !settings_.helper.empty()),
      requests_(io, settings_.requests, *this),
      applications_(io, settings_.application_socket, *this),
      events_(io,
              [this] {
                  desk_.look(Clock::now());
                  settle();
              }),
      wakeup_(io,
              [this] {
                  desk_.timer(Clock::now());
                  settle();
              }),
      kernel_(io, Background::AtEnd::Drop),
      disk_(io, Background::AtEnd::Finish) {}

ScaleAgent::~ScaleAgent() = default;

void ScaleAgent::start() {
    events_.start();
    applications_.start();
    requests_.start();
    settle();
}

void ScaleAgent::shut_down(std::function<void()> then) {
    on_finished_ = std::move(then);
    desk_.shut_down(Clock::now());
    settle();
}

std::vector<std::string> ScaleAgent::apply(Settings settings) {
    std::vector<std::string> keys = needs_restart(settings_, settings);
    settings.requests.address = settings_.requests.address;
    settings.requests.client_address = settings_.requests.client_address;
    settings.control_socket = settings_.control_socket;
    settings.state_file = settings_.state_file;
    const auto allow = settings.application_socket.allow;
    settings.application_socket = settings_.application_socket;
    settings.application_socket.allow = allow;
    settings_ = std::move(settings);
    runtime::set_log_level(settings_.log_level);
    requests_.set_allow(settings_.requests.allow);
    applications_.set_allow(allow);
    desk_.apply(settings_.applications, !settings_.helper.empty());
    return keys;
}

// ---- events -----------------------------------------------------------------------------------------------

void ScaleAgent::host_said(std::string source, wire::ScaleInput input) {
    if (const auto* request = std::get_if<wire::ScaleRequest>(&input)) {
        desk_.requested(std::move(source), *request, Clock::now());
    } else if (auto* refused = std::get_if<wire::ScaleRefused>(&input)) {
        desk_.refused(std::move(source), std::move(*refused));
    } else if (const auto* nack = std::get_if<wire::ScaleNack>(&input); nack != nullptr) {
        if (note_log_.admit(Clock::now())) {
            runtime::log_warning("the host could not use an answer", {{"text", nack->log}});
        }
    }
    settle();
}

ApplicationKey ScaleAgent::application_opened(ApplicationPeer peer) {
    return desk_.application_opened(peer, Clock::now());
}

void ScaleAgent::application_said(ApplicationKey key, const wire::ScaleClientRecord& record) {
    desk_.application_said(key, record, Clock::now());
}

void ScaleAgent::application_closed(ApplicationKey key) {
    desk_.application_closed(key, Clock::now());
}

// ---- effects ----------------------------------------------------------------------------------------------

/// Effects cause effects: a helper that is not there has ended before it began.
void ScaleAgent::settle() {
    for (auto effects = desk_.take_effects(); !effects.empty(); effects = desk_.take_effects()) {
        for (const ScaleDesk::Effect& effect : effects) {
            std::visit([this](const auto& one) { perform(one); }, effect);
        }
    }
    wakeup_.set(desk_.next_deadline());
    if (on_finished_ && !desk_.busy()) {
        keeping_ = false;  // behind what is being written, and before our end
        keep_state();
        std::exchange(on_finished_, nullptr)();
    }
}

void ScaleAgent::perform(const ScaleDesk::RunHelper& effect) {
    helper_for_ = effect.direction;
    if (::access(settings_.helper.c_str(), F_OK) != 0 && errno == ENOENT) {
        return desk_.helper_ended({std::nullopt, "there is none", false}, Clock::now());
    }
    runtime::ChildSpec spec;
    spec.argv = effect.direction == wire::ScaleDirection::Down
                    ? guestscale::helper_down_arguments(settings_.helper)
                    : guestscale::helper_up_arguments(settings_.helper, *effect.cpu, effect.expected);
    spec.deadline = effect.time;
    helper_ = std::make_unique<runtime::ChildProcess>(
        io_, std::move(spec), [this](const runtime::ChildOutcome& outcome) { helper_ended(outcome); });
}

void ScaleAgent::helper_ended(const runtime::ChildOutcome& outcome) {
    HelperEnd end{std::nullopt, to_string(outcome), outcome.end == End::DeadlinePassed};
    if (outcome.end == End::Exited && helper_for_ == wire::ScaleDirection::Down) {
        end.choice = guestscale::verdict_of_exit(outcome.code).cpu;
    }
    if (!outcome.first_line.empty()) {
        end.what += ", saying \"" + outcome.first_line + '"';
    }
    desk_.helper_ended(end, Clock::now());
    settle();
}

void ScaleAgent::perform(const ScaleDesk::StopHelper&) {
    helper_.reset();
}

void ScaleAgent::perform(const ScaleDesk::Switch& effect) {
    kernel_.run([tree = cpus_.tree(), effect] { return switch_cpu(tree, effect); },
                [this](const SwitchEnd& end) {
                    desk_.switched(end, Clock::now());
                    settle();
                });
}

void ScaleAgent::perform(const ScaleDesk::Tell& effect) {
    const std::string packet = wire::encode(effect.record);
    for (const ApplicationKey key : effect.whom) {
        applications_.send(key, packet);
    }
}

void ScaleAgent::perform(const ScaleDesk::Expel& effect) {
    runtime::log_info("application disconnected", {{"application", effect.whom}, {"why", effect.why}});
    applications_.disconnect(effect.whom);
}

void ScaleAgent::perform(const ScaleDesk::Reply& effect) {
    requests_.answer(effect.to, wire::encode(effect.response, effect.peer));
    const auto* failed = std::get_if<wire::ScaleFailed>(&effect.response);
    if (failed != nullptr && note_log_.admit(Clock::now())) {
        runtime::log_warning("request failed", {{"direction", failed->echo.direction},
                                                {"reason", failed->reason},
                                                {"suppressed", note_log_.suppressed()}});
    }
}

void ScaleAgent::perform(const ScaleDesk::Remember& effect) {
    to_keep_ = effect.offline;
    keep_state();
}

void ScaleAgent::perform(const ScaleDesk::Note& effect) {
    if (note_log_.admit(Clock::now())) {
        runtime::log(effect.warning ? runtime::LogLevel::Warning : runtime::LogLevel::Info, effect.text);
    }
}

/// One at a time; of those that come meanwhile the last.
void ScaleAgent::keep_state() {
    if (settings_.state_file.empty() || keeping_ || !to_keep_) {
        return;
    }
    keeping_ = true;
    disk_.run(
        [path = settings_.state_file, offline = *std::exchange(to_keep_, std::nullopt)] {
            return write_state_file(path, offline);
        },
        [this](const std::string& problem) {
            keeping_ = false;
            if (!problem.empty() && problem != state_file_problem_) {
                runtime::log_error("the offline vCPUs can't be kept over a reboot", {{"error", problem}});
            }
            state_file_problem_ = problem;
            keep_state();
        });
}

}  // namespace vnf::scale
