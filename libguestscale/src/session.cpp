// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "session.hpp"

#include <utility>

namespace vnf::guestscale {
namespace {

constexpr std::chrono::seconds answer_limit{5};

bool is_same(const StateChanged& left, const StateChanged& right) {
    // What would go next is part of the answer to a question, no news.
    return left.state == right.state && left.error == right.error &&
           left.system_error == right.system_error && left.online == right.online;
}

}  // namespace

Session::Session(Settings settings, std::uint32_t seed)
    : settings_(std::move(settings)), back_off_(settings_.back_off, seed) {}

// ---- connection ----

void Session::connected(TimePoint now) {
    phase_ = Phase::AwaitingState;
    answer_by_ = now + answer_limit;
    outbox_.clear();
    outbox_.emplace_back(wire::ScaleHello{settings_.name});
    tell_state({.state = VNF_GS_STATE_CONNECTING, .online = told_.online});
}

void Session::connection_lost(vnf_gs_error error, int system_error, TimePoint now) {
    phase_ = Phase::Waiting;
    retry_at_ = now + back_off_.next();
    outbox_.clear();
    open_.reset();
    tell_state({.state = VNF_GS_STATE_DISCONNECTED,
                .error = error,
                .system_error = system_error,
                .online = told_.online});
}

void Session::tell_state(StateChanged state) {
    const bool is_news = !is_same(state, told_);
    told_ = std::move(state);
    if (is_news)
        events_.emplace_back(told_);
}

// ---- records ----

void Session::receive(const wire::ScaleAgentRecord& record, TimePoint now) {
    if (has_connection())
        std::visit([this, now](const auto& one) { handle(one, now); }, record);
}

void Session::handle(const wire::ScaleState& state, TimePoint) {
    phase_ = Phase::Connected;
    back_off_.reset();
    tell_state({.state = VNF_GS_STATE_CONNECTED, .next = state.next, .online = state.online});
}

/// Before the first ScaleState there is no set to choose from: such an event goes on without this application.
void Session::handle(const wire::ScaleAbout& about, TimePoint now) {
    if (phase_ != Phase::Connected)
        return;
    open_ = Open{about, now + about.deadline};
    const bool is_down = about.direction == wire::ScaleDirection::Down;
    events_.emplace_back(
        AboutToScale{about, open_->deadline, is_down ? told_.next : std::nullopt, told_.online});
}

void Session::handle(const wire::ScaleDone& done, TimePoint) {
    end_event({done.event, done.direction, done.cpu, done.online, {}});
}

void Session::handle(const wire::ScaleAbandoned& abandoned, TimePoint) {
    end_event({abandoned.event, abandoned.direction, std::nullopt, abandoned.online, abandoned.reason});
}

/// Also of an event that was not told: the set is another one now.
void Session::end_event(Scaled scaled) {
    if (phase_ != Phase::Connected)
        return;
    if (open_ && open_->about.event == scaled.event)
        open_.reset();
    told_.online = scaled.online;
    told_.next.reset();
    events_.emplace_back(std::move(scaled));
}

// ---- answers ----

vnf_gs_error Session::can_answer(std::uint32_t event, TimePoint now) const {
    if (!open_ || open_->about.event != event || open_->is_answered)
        return VNF_GS_ERROR_NO_EVENT;
    return now < open_->deadline ? VNF_GS_OK : VNF_GS_ERROR_TOO_LATE;
}

vnf_gs_error Session::ready(std::uint32_t event, TimePoint now) {
    if (const vnf_gs_error error = can_answer(event, now); error != VNF_GS_OK)
        return error;
    outbox_.emplace_back(wire::ScaleReady{event});
    open_->is_answered = true;
    return VNF_GS_OK;
}

vnf_gs_error Session::refuse(std::uint32_t event, std::string_view reason, TimePoint now) {
    if (const vnf_gs_error error = can_answer(event, now); error != VNF_GS_OK)
        return error;
    if (open_->about.direction != wire::ScaleDirection::Down)
        return VNF_GS_ERROR_NOT_A_DOWN;
    outbox_.emplace_back(wire::ScaleRefuse{event, std::string(reason)});
    open_->is_answered = true;
    return VNF_GS_OK;
}

vnf_gs_error Session::choose(std::uint32_t event, std::int32_t number, TimePoint now) {
    if (const vnf_gs_error error = can_answer(event, now); error != VNF_GS_OK)
        return error;
    if (open_->about.direction != wire::ScaleDirection::Down)
        return VNF_GS_ERROR_NOT_A_DOWN;
    if (open_->about.cpu)
        return VNF_GS_ERROR_CHOSEN;
    const auto cpu = wire::Cpu::of(number);
    if (!cpu || *cpu == wire::Cpu(0) || !told_.online.contains(*cpu))
        return VNF_GS_ERROR_BAD_CPU;
    // What is not sent yet is replaced, so that what waits is bounded.
    std::erase_if(outbox_, [](const auto& one) { return std::holds_alternative<wire::ScaleChoose>(one); });
    outbox_.emplace_back(wire::ScaleChoose{event, *cpu});
    return VNF_GS_OK;
}

// ---- time ----

void Session::tick(TimePoint now) {
    if (phase_ == Phase::AwaitingState && now >= answer_by_)
        connection_lost(VNF_GS_ERROR_NO_ANSWER, 0, now);
}

std::optional<TimePoint> Session::deadline() const {
    switch (phase_) {
        case Phase::Waiting:
            return retry_at_;
        case Phase::AwaitingState:
            return answer_by_;
        case Phase::Connected:
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

}  // namespace vnf::guestscale
