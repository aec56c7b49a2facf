// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Turns, effects and the timer. What the port and the applications report is at the end.
#include "guest-client/guest_client.hpp"

#include <algorithm>
#include <utility>

#include "runtime/service_notify.hpp"

namespace vnf::guest {

using runtime::Clock;
using runtime::TimePoint;

namespace {

bool scales(const MessagingSettings& settings) {
    switch (settings.scale) {
        case MessagingSettings::Scale::Auto:
            return ServiceSocket::is_there(std::string(wire::scale_address));
        case MessagingSettings::Scale::On:
            return true;
        case MessagingSettings::Scale::Off:
            return false;
    }
    return false;
}

/// The host may tell gaps in the group's messages to a guest that can hear them.
Settings offering_messaging(Settings settings, bool on) {
    if (on && !settings.session.offered.empty()) {
        settings.session.offered.add(wire::Capability::GroupGap);
        if (scales(settings.messaging)) {
            settings.session.offered.add(wire::Capability::Scale);
        }
    }
    return settings;
}

/// The service manager's socket is served without a port too: who connects there is told that there is none.
std::shared_ptr<Messaging> messaging_of(boost::asio::io_context& io, const Settings& settings,
                                        const std::optional<runtime::PortAddress>& port,
                                        Messaging::OnAnnounced on_announced) {
    const bool wanted = port || runtime::inherited_socket("server-group", SOCK_SEQPACKET);
    return wanted ? std::make_shared<Messaging>(io, settings, port, std::move(on_announced)) : nullptr;
}

}  // namespace

GuestClient::GuestClient(boost::asio::io_context& io, Settings settings, runtime::PortAddress port,
                         const std::optional<runtime::PortAddress>& messaging_port)
    : io_(io),
      settings_(offering_messaging(std::move(settings), messaging_port.has_value())),
      now_(Clock::now()),
      started_(now_),
      health_(settings_.session.corrective_action),
      session_(settings_.session, kernel_random_ids()),
      applications_(settings_.applications, kernel_random_ids(), health_, *this),
      server_(io, settings_.application_socket, *this),
      scripts_(io, [this](const HealthFinding& finding) { health_script_ended(finding); }),
      actions_(applications_, *this, scripts_, session_, kernel_random_ids()),
      lines_(wire::heartbeat_line_limit),
      port_(io, std::move(port), {}, *this),
      messaging_(messaging_of(io, settings_, messaging_port,
                              [this](const std::string& service) { announced(service); })),
      wakeup_(io, [this] { timer_fired(); }) {
    actions_.set_on_script([this](HostSession::ActionSerial serial, const EventFinding& finding) {
        turn_begins();
        actions_.script_ended(serial, finding);
        turn_ends();
    });
}

GuestClient::~GuestClient() = default;

void GuestClient::start() {
    turn_begins();
    scripts_.apply(settings_, now_);
    scripts_.report_unusable();
    server_.start();
    port_.start();
    if (messaging_) {
        messaging_->start();
    }
    session_.release(now_);
    turn_ends();
}

void GuestClient::shut_down(std::function<void()> then) {
    turn_begins();
    on_finished_ = std::move(then);
    if (messaging_) {
        messaging_->stop();
    }
    session_.shut_down(now_);
    turn_ends();
}

ReloadReport GuestClient::apply(Settings settings) {
    turn_begins();
    ReloadReport report{needs_restart(settings_, settings), settings.warnings, true};
    settings.device = settings_.device;
    settings.user = settings_.user;
    const auto keep_binding = [](SocketSettings& wanted, const SocketSettings& running) {
        wanted.path = running.path;
        wanted.mode = running.mode;
        wanted.group = running.group;
    };
    keep_binding(settings.application_socket, settings_.application_socket);
    keep_binding(settings.groups.socket, settings_.groups.socket);
    settings.control_socket = settings_.control_socket;
    settings.messaging.device = settings_.messaging.device;
    settings.messaging.address = settings_.messaging.address;
    settings_ =
        offering_messaging(std::move(settings), messaging_ != nullptr && messaging_->port() != nullptr);
    if (messaging_) {
        messaging_->apply(settings_);
    }
    runtime::set_log_level(settings_.log_level);
    health_.set_fallback(settings_.session.corrective_action);
    applications_.set_policy(settings_.applications);
    server_.set_allow(settings_.application_socket.allow);
    scripts_.apply(settings_, now_);
    scripts_.report_unusable();
    if (settings_.health_script.path.empty()) {
        health_.recover({HealthSource::Kind::Script, 0});
        health_.set_script_output({});
    }
    report.host_informed = session_.apply(settings_.session, now_);
    turn_ends();
    return report;
}

HostSession::MetricsOutcome GuestClient::report(const wire::MetricValues& values) {
    turn_begins();
    const auto outcome = session_.report(values, now_);
    turn_ends();
    return outcome;
}

/// The scale agent may come after us, and go: looked at when a host comes, and when it says that it is here.
void GuestClient::offer_scaling() {
    if (!messaging_ || messaging_->port() == nullptr || settings_.session.offered.empty()) {
        return;
    }
    wire::Capabilities offered = settings_.session.offered.without(wire::Capability::Scale);
    if (scales(settings_.messaging)) {
        offered.add(wire::Capability::Scale);
    }
    if (!(offered == settings_.session.offered)) {
        settings_.session.offered = offered;
        session_.apply(settings_.session, now_);
    }
}

void GuestClient::announced(const std::string& service) {
    if (service == wire::scale_address) {
        turn_begins();
        offer_scaling();
        turn_ends();
    }
}

// ---- turns ------------------------------------------------------------------------------------------------

void GuestClient::turn_begins() {
    now_ = Clock::now();
    const Clock::duration stall = stalls_.awake(now_);
    if (stall.count() > 0) {
        session_.stalled(stall);
        applications_.stalled(stall);
    }
}

void GuestClient::turn_ends() {
    tell_health();
    actions_.settle(now_);
    run_effects();
    report_actions();
    arm_timer();
}

void GuestClient::tell_health() {
    const Verdict& verdict = health_.verdict();
    if (verdict == told_verdict_) {
        return;
    }
    if (!same_state(verdict, told_verdict_)) {
        runtime::log(
            verdict.health == wire::Health::Healthy ? runtime::LogLevel::Info : runtime::LogLevel::Warning,
            "guest health changed",
            {{"health", word(verdict.health)},
             {"action", word(verdict.action)},
             {"cause", word(verdict.cause)},
             {"application", verdict.application},
             {"reason", verdict.log}});
    }
    told_verdict_ = verdict;
    session_.health(told_verdict_, now_);
}

/// Effects cause effects: an action that nobody has to be asked about is decided while it starts.
void GuestClient::run_effects() {
    for (auto effects = session_.take_effects(); !effects.empty(); effects = session_.take_effects()) {
        for (const HostSession::Effect& effect : effects) {
            std::visit([this](const auto& one) { perform(one); }, effect);
        }
        tell_health();
        actions_.settle(now_);
    }
}

void GuestClient::perform(const HostSession::Send& effect) {
    const auto outcome = port_.send(wire::encode(effect.message, effect.sequence, effect.rules));
    if (outcome != runtime::SendOutcome::Accepted && send_log_.admit(now_)) {
        runtime::log_warning("message to the host dropped",
                             {{"why", outcome == runtime::SendOutcome::QueueFull ? "queue full" : "no host"},
                              {"suppressed", send_log_.suppressed()}});
    }
}

void GuestClient::perform(const HostSession::StateChanged& effect) {
    const auto text = [](auto value) {
        return std::string(word(value));
    };
    runtime::log_info("Guest-Client heartbeat state change from " + text(effect.from) + " to " +
                      text(effect.to) + ", event=" + text(effect.event) + ".");
    if (effect.to == SessionState::Enabled) {
        // A verdict from before the interruption is of unknown age; the next run renews it.
        health_.recover({HealthSource::Kind::Script, 0});
        scripts_.enable(now_);
    } else if (effect.from == SessionState::Enabled) {
        scripts_.disable();
    }
}

void GuestClient::perform(const HostSession::StartAction& effect) {
    if (action_log_.admit(now_)) {
        runtime::log_info("action asked by the host", {{"event", word(effect.request.event)},
                                                       {"notification", word(effect.request.notification)},
                                                       {"timeout_ms", effect.request.timeout},
                                                       {"origin", effect.request.origin}});
    }
    actions_.start(effect, now_);
}

void GuestClient::perform(const HostSession::StopAction& effect) {
    if (action_log_.admit(now_)) {
        const auto reason = [&]() -> std::string_view {
            switch (effect.reason) {
                case HostSession::StopReason::HostCancelled:
                    return "cancelled by the host";
                case HostSession::StopReason::HostLost:
                    return "host lost";
                case HostSession::StopReason::Superseded:
                    return "superseded";
            }
            return "";
        }();
        runtime::log_info("action stopped", {{"why", reason}});
    }
    actions_.stop(effect);
}

void GuestClient::perform(const HostSession::Extended& effect) {
    actions_.extended(effect, now_);
}

void GuestClient::perform(const HostSession::HostSaid& effect) {
    if (line_log_.admit(now_)) {
        runtime::log_warning("host said", {{"message", effect.what}, {"text", effect.text}});
    }
}

void GuestClient::perform(const HostSession::Finished&) {
    port_.stop();
    if (on_finished_) {
        std::exchange(on_finished_, nullptr)();
    }
}

void GuestClient::report_actions() {
    const auto& results = actions_.counters().results;
    std::uint64_t decided = 0;
    for (const std::uint64_t one : results) {
        decided += one;
    }
    if (decided == decided_) {
        return;
    }
    decided_ = decided;
    const DecidedAction& last = *actions_.last();
    if (action_log_.admit(now_)) {
        runtime::log_info("action answered", {{"event", word(last.event)},
                                              {"notification", word(last.notification)},
                                              {"result", word(last.decision.result)},
                                              {"voices", last.decision.statements.size()},
                                              {"took_ms", last.took},
                                              {"reason", last.decision.log}});
    }
}

void GuestClient::arm_timer() {
    const TimePoint next = std::min({session_.next_deadline(), applications_.next_deadline(),
                                     actions_.next_deadline(), scripts_.next_deadline()});
    stalls_.sleeping(now_, next);
    wakeup_.set(next);
}

void GuestClient::timer_fired() {
    turn_begins();
    // Silence is judged only after what has already arrived was read.
    for (const ApplicationKey key : applications_.about_to_time_out(now_)) {
        server_.drain(key);
    }
    applications_.timer(now_);
    actions_.timer(now_);
    scripts_.timer(now_);
    session_.timer(now_);
    turn_ends();
}

// ---- the port ---------------------------------------------------------------------------------------------

void GuestClient::port_up() {
    turn_begins();
    lines_.reset();
    runtime::log_info("host channel up", {{"port", port_.describe()}});
    offer_scaling();
    session_.channel_up(now_);
    turn_ends();
}

void GuestClient::port_down(std::string_view why) {
    turn_begins();
    lines_.reset();
    runtime::log_info("host channel down", {{"why", why}});
    session_.channel_down(now_);
    turn_ends();
}

void GuestClient::port_maybe_new_session() {
    turn_begins();
    session_.maybe_new_session(now_);
    turn_ends();
}

void GuestClient::port_bytes(std::string_view bytes) {
    turn_begins();
    const std::uint64_t overlong = lines_.overlong();
    lines_.feed(bytes, [this](std::string_view text) { line(text); });
    rejected_lines_.at(static_cast<std::size_t>(wire::ParseReason::Overlong)) += lines_.overlong() - overlong;
    turn_ends();
}

void GuestClient::line(std::string_view text) {
    const auto parsed = wire::parse_host_message(text);
    if (const auto* error = std::get_if<wire::ParseError>(&parsed)) {
        ++rejected_lines_.at(static_cast<std::size_t>(error->reason));
        if (line_log_.admit(now_)) {
            runtime::log_warning("message of the host rejected", {{"reason", to_string(*error)},
                                                                  {"bytes", text.size()},
                                                                  {"suppressed", line_log_.suppressed()}});
        }
        return;
    }
    session_.received(std::get<0>(parsed).message, now_);
    // One message at a time, so that the answer to the first is not put together from the second.
    run_effects();
}

// ---- applications and scripts -----------------------------------------------------------------------------

ApplicationKey GuestClient::application_opened(Application::Peer peer) {
    return applications_.opened(peer);
}

void GuestClient::application_record(ApplicationKey key, const wire::ApplicationRecord& record) {
    applications_.record(key, record, now_);
}

void GuestClient::application_closed(ApplicationKey key, Departure departure) {
    if (const Application* app = applications_.find(key); app != nullptr && app->registered()) {
        runtime::log_info(
            "application left",
            {{"application", app->registration().name}, {"how", word(departure)}, {"pid", app->peer().pid}});
    }
    applications_.closed(key, departure, now_);
}

bool GuestClient::send(ApplicationKey key, const wire::DaemonRecord& record, wire::RecordVersion version) {
    return server_.send(key, record, version);
}

void GuestClient::switch_to_version_3(ApplicationKey key) {
    if (const Application* app = applications_.find(key)) {
        server_.switch_to_version_3(key, app->peer().pid);
    }
}

void GuestClient::disconnect(ApplicationKey key) {
    server_.disconnect(key);
}

void GuestClient::action_answered(ApplicationKey key, const wire::RecordActionResponse& response) {
    actions_.answered(key, response);
}

void GuestClient::action_extension(ApplicationKey key, const wire::RecordActionExtend& wish) {
    actions_.extend(key, wish, now_);
}

void GuestClient::application_left(ApplicationKey key, bool failed, const std::string& reason) {
    actions_.left(key, failed, reason);
}

void GuestClient::health_script_ended(const HealthFinding& finding) {
    turn_begins();
    constexpr HealthSource source{HealthSource::Kind::Script, 0};
    switch (finding.finding) {
        case ScriptFinding::Healthy:
            health_.recover(source);
            health_.set_script_output(finding.text);
            break;
        case ScriptFinding::Unhealthy:
            health_.ail(
                source,
                {wire::HealthCause::ScriptUnhealthy, settings_.session.corrective_action, {}, finding.text},
                now_);
            break;
        case ScriptFinding::Hung:
            health_.ail(
                source,
                {wire::HealthCause::ScriptHung, settings_.session.corrective_action, {}, finding.text}, now_);
            break;
        case ScriptFinding::NotRun:
            runtime::log_error("health script did not run", {{"why", finding.text}});
            break;
    }
    turn_ends();
}

}  // namespace vnf::guest
