// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Connection, registration and leaving. What the application asks for and answers is in session_requests.cpp.

#include "session.hpp"

#include <algorithm>

#include "wire/text.hpp"

namespace vnf::libheartbeat {
namespace {

constexpr std::chrono::seconds answer_limit{5};
/// A version-3 daemon decides when time is up. This long after it should have, the action ends here.
constexpr std::chrono::seconds late_cancel_allowance{1};
/// An old daemon refuses (and the reference one dies of) less: defect G-02.
constexpr std::uint32_t old_shortest_interval_ms = 400;

std::uint32_t whole_seconds(std::uint32_t ms) {
    return (ms + 999) / 1000;
}

}  // namespace

Session::Session(Settings settings, std::uint32_t seed)
    : settings_(std::move(settings)), back_off_(settings_.back_off, seed) {}

// ---- connection ----

bool Session::wants_connection(TimePoint now) const {
    return (phase_ == Phase::Waiting || phase_ == Phase::Refused) && now >= retry_at_;
}

bool Session::has_connection() const {
    switch (phase_) {
        case Phase::AwaitingInitAck:
        case Phase::AwaitingRegisterAck:
        case Phase::Registered:
        case Phase::Leaving:
            return true;
        case Phase::Waiting:
        case Phase::Refused:
        case Phase::Resting:
            return false;
    }
    return false;
}

void Session::connected(TimePoint now) {
    ++connection_;
    decoder_ = {};
    outbox_.clear();
    phase_ = Phase::AwaitingInitAck;
    answer_by_ = now + answer_limit;
    send(init_record(), Outbox::protocol_limit);
    tell_state({.state = VNF_HEARTBEAT_STATE_CONNECTING, .reason = {}});
}

void Session::connect_failed(int system_error, TimePoint now) {
    disconnect(VNF_HEARTBEAT_ERROR_CONNECT_FAILED, system_error, now);
}

void Session::connection_lost(int system_error, TimePoint now) {
    disconnect(VNF_HEARTBEAT_ERROR_CONNECTION_LOST, system_error, now);
}

void Session::disconnect(vnf_heartbeat_error error, int system_error, TimePoint now) {
    outbox_.clear();
    if (phase_ == Phase::Leaving) {
        finish_leaving();
        return;
    }
    for (const std::uint64_t id : actions_.take_all())
        cancel(id, VNF_HEARTBEAT_CANCEL_CONNECTION_LOST, "connection to guest-client lost");
    phase_ = Phase::Waiting;
    retry_at_ = now + back_off_.next();
    tell_state({.state = VNF_HEARTBEAT_STATE_DISCONNECTED,
                .error = error,
                .system_error = system_error,
                .reason = {}});
}

void Session::tell_state(StateChanged state) {
    if (state == told_)
        return;
    told_ = state;
    events_.emplace_back(std::move(state));
}

// ---- records ----

void Session::receive(std::string_view bytes, TimePoint now) {
    decoder_.feed(bytes);
    while (has_connection()) {
        const auto result = decoder_.next();
        if (decoder_.broken())
            disconnect(VNF_HEARTBEAT_ERROR_PROTOCOL, 0, now);
        else if (!result)
            return;
        else if (const auto* decoded = std::get_if<wire::DecodedRecord<wire::DaemonRecord>>(&*result))
            std::visit([this, now](const auto& record) { handle(record, now); }, decoded->record);
    }
}

void Session::handle(const wire::RecordInitAck& ack, TimePoint now) {
    if (phase_ != Phase::AwaitingInitAck)
        return;
    const bool is_old = ack.revision < 2;
    if (!ack.accepted) {
        refused(VNF_HEARTBEAT_ERROR_REFUSED, "", now);
    } else if (is_old && settings_.require_version_3) {
        send(wire::RecordDeregister{"version 3 required"}, Outbox::protocol_limit);
        refused(VNF_HEARTBEAT_ERROR_NOT_SUPPORTED, "the daemon speaks version 2 only", now);
    } else if (is_old) {
        registered(std::max(settings_.interval_ms, old_shortest_interval_ms));
    } else {
        decoder_.switch_to(wire::RecordVersion::V3);
        phase_ = Phase::AwaitingRegisterAck;
        answer_by_ = now + answer_limit;
        send(register_record(), Outbox::protocol_limit);
    }
}

void Session::handle(const wire::RecordRegisterAck& ack, TimePoint now) {
    if (phase_ != Phase::AwaitingRegisterAck)
        return;
    if (!ack.accepted)
        refused(VNF_HEARTBEAT_ERROR_REFUSED, ack.log, now);
    else
        registered(ack.interval_ms);
}

void Session::registered(std::uint32_t interval_ms) {
    phase_ = Phase::Registered;
    back_off_.reset();
    tell_state({.state = VNF_HEARTBEAT_STATE_REGISTERED,
                .daemon_version = speaks_v3() ? 3U : 2U,
                .interval_ms = interval_ms,
                .reason = {}});
    // A new registration counts as healthy until it is told otherwise.
    push_is_due_ = pushed_.health == wire::Health::Unhealthy;
    push_health();
}

void Session::refused(vnf_heartbeat_error error, std::string_view reason, TimePoint now) {
    phase_ = Phase::Refused;
    retry_at_ = now + back_off_.longest();
    tell_state({.state = VNF_HEARTBEAT_STATE_REFUSED,
                .error = error,
                .reason = wire::clean_utf8(reason, VNF_HEARTBEAT_REASON_MAX)});
}

void Session::handle(const wire::RecordChallenge& challenge, TimePoint) {
    if (phase_ == Phase::Registered)
        events_.emplace_back(HealthAsked{challenge.challenge, connection_});
}

void Session::handle(const wire::RecordActionNotify& notify, TimePoint now) {
    if (phase_ != Phase::Registered)
        return;
    const auto timeout = speaks_v3() ? std::chrono::milliseconds(notify.timeout_ms)
                                     : class_timeout(settings_, notify.event, notify.notification);
    const OpenAction action{.id = action_id(notify.invocation_id),
                            .event = notify.event,
                            .notification = notify.notification,
                            .deadline = now + timeout,
                            .deadline_is_exact = speaks_v3(),
                            .origin = wire::clean_utf8(notify.origin, VNF_HEARTBEAT_ORIGIN_MAX)};
    if (const auto displaced = actions_.add(action))
        cancel(*displaced, VNF_HEARTBEAT_CANCEL_SUPERSEDED, "too many open actions");
    events_.emplace_back(ActionOpened{action});
}

void Session::handle(const wire::RecordActionCancel& record, TimePoint) {
    if (actions_.erase(action_id(record.invocation_id)))
        cancel(action_id(record.invocation_id), static_cast<vnf_heartbeat_cancel_reason>(record.reason),
               record.log);
}

void Session::handle(const wire::RecordActionExtended& extended, TimePoint now) {
    OpenAction* action = actions_.find(action_id(extended.invocation_id));
    if (action == nullptr)
        return;
    action->deadline = now + std::chrono::milliseconds(extended.remaining_ms);
    events_.emplace_back(ActionExtended{action->id, extended.granted, extended.remaining_ms});
}

void Session::cancel(std::uint64_t id, vnf_heartbeat_cancel_reason reason, std::string_view text) {
    events_.emplace_back(ActionCancelled{id, reason, wire::clean_utf8(text, VNF_HEARTBEAT_REASON_MAX)});
}

std::uint64_t Session::action_id(std::uint32_t invocation_id) const {
    return (std::uint64_t{connection_} << 32U) | invocation_id;
}

bool Session::send(const wire::ApplicationRecord& record, std::size_t limit) {
    const std::string bytes = wire::encode(record, sequence_ + 1, decoder_.version());
    if (!outbox_.push(bytes, limit))
        return false;
    ++sequence_;
    return true;
}

wire::RecordInit Session::init_record() const {
    return {.revision = 2,
            .name = settings_.name,
            .interval_ms = std::max(settings_.interval_ms, old_shortest_interval_ms),
            .vote_secs = whole_seconds(settings_.vote_ms),
            .shutdown_notice_secs = whole_seconds(settings_.shutdown_notice_ms),
            .suspend_notice_secs = whole_seconds(settings_.suspend_notice_ms),
            .resume_notice_secs = whole_seconds(settings_.resume_notice_ms),
            .corrective_action = settings_.corrective_action};
}

wire::RecordRegister Session::register_record() const {
    return {.name = settings_.name,
            .interval_ms = settings_.interval_ms,
            .vote_ms = settings_.vote_ms,
            .shutdown_notice_ms = settings_.shutdown_notice_ms,
            .suspend_notice_ms = settings_.suspend_notice_ms,
            .resume_notice_ms = settings_.resume_notice_ms,
            .corrective_action = settings_.corrective_action,
            .silent_close = settings_.silent_close};
}

// ---- time ----

void Session::tick(TimePoint now) {
    const bool is_late = now >= answer_by_;
    switch (phase_) {
        case Phase::AwaitingInitAck:
        case Phase::AwaitingRegisterAck:
            if (is_late)
                disconnect(VNF_HEARTBEAT_ERROR_NO_ANSWER, 0, now);
            break;
        case Phase::Registered:
            expire_actions(now);
            push_health();
            break;
        case Phase::Leaving:
            if (is_late || outbox_.empty())
                finish_leaving();
            break;
        case Phase::Waiting:
        case Phase::Refused:
        case Phase::Resting:
            break;
    }
}

void Session::expire_actions(TimePoint now) {
    const TimePoint limit = speaks_v3() ? now - late_cancel_allowance : now;
    while (const auto id = actions_.take_expired(limit))
        cancel(*id, VNF_HEARTBEAT_CANCEL_DEADLINE_PASSED, "deadline passed");
}

std::optional<TimePoint> Session::deadline() const {
    switch (phase_) {
        case Phase::Waiting:
        case Phase::Refused:
            return retry_at_;
        case Phase::AwaitingInitAck:
        case Phase::AwaitingRegisterAck:
        case Phase::Leaving:
            return answer_by_;
        case Phase::Registered:
            if (const auto first = actions_.first_deadline())
                return speaks_v3() ? *first + late_cancel_allowance : *first;
            return std::nullopt;
        case Phase::Resting:
            return std::nullopt;
    }
    return std::nullopt;
}

std::optional<Event> Session::next_event() {
    if (events_.empty())
        return std::nullopt;
    Event event = std::move(events_.front());
    events_.pop_front();
    return event;
}

}  // namespace vnf::libheartbeat
