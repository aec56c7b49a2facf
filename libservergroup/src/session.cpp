// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "session.hpp"

#include <algorithm>
#include <utility>

#include "wire/server_group_message.hpp"
#include "wire/text.hpp"

namespace vnf::libservergroup {
namespace {

constexpr std::chrono::seconds answer_limit{5};

/// The object that a body holds; a text's own, if it holds one.
std::optional<wire::JsonText> object_in(std::string_view json) {
    auto parsed = wire::JsonText::parse(json);
    auto* const value = std::get_if<wire::JsonText>(&parsed);
    return value == nullptr ? std::nullopt : wire::GroupBody{std::move(*value)}.object();
}

vnf_sg_error error_of(wire::BroadcastRefusal refusal) {
    switch (refusal) {
        case wire::BroadcastRefusal::TooLong:
            return VNF_SG_ERROR_TOO_LONG;
        case wire::BroadcastRefusal::TooLongEscaped:
            return VNF_SG_ERROR_TOO_LONG_ESCAPED;
        case wire::BroadcastRefusal::NotText:
            return VNF_SG_ERROR_NOT_TEXT;
    }
    return VNF_SG_ERROR_NOT_TEXT;
}

}  // namespace

Session::Session(Settings settings, std::uint32_t seed)
    : settings_(std::move(settings)), back_off_(settings_.back_off, seed) {}

// ---- connection ----

bool Session::wants_connection(TimePoint now) const {
    return phase_ == Phase::Waiting && now >= retry_at_;
}

bool Session::wants_look(TimePoint now) const {
    return phase_ == Phase::OldAgent && now >= retry_at_;
}

bool Session::has_connection() const {
    return phase_ != Phase::Waiting;
}

void Session::connected(TimePoint now) {
    end_status(VNF_SG_ERROR_CONNECTION_LOST, "guest-client took the old agent's place");
    drop_outbox();
    phase_ = Phase::AwaitingLink;
    answer_by_ = now + answer_limit;
    outbox_.emplace_back(wire::GroupHello{settings_.name});
    tell_state({.state = VNF_SG_STATE_CONNECTING});
}

void Session::found_old_agent(TimePoint now) {
    phase_ = Phase::OldAgent;
    looked(now);
    tell_state({.state = VNF_SG_STATE_OLD_AGENT});
    tell_hearing();
}

void Session::looked(TimePoint now) {
    retry_at_ = now + back_off_.longest();
}

void Session::connect_failed(vnf_sg_error error, int system_error, TimePoint now) {
    connection_lost(error, system_error, now);
}

void Session::connection_lost(vnf_sg_error error, int system_error, TimePoint now) {
    phase_ = Phase::Waiting;
    retry_at_ = now + back_off_.next();
    end_status(VNF_SG_ERROR_CONNECTION_LOST, "connection to guest-client lost");
    drop_outbox();
    tell_state({.state = VNF_SG_STATE_DISCONNECTED, .error = error, .system_error = system_error});
}

void Session::drop_outbox() {
    const auto unsent = std::count_if(outbox_.begin(), outbox_.end(), [](const auto& record) {
        return std::holds_alternative<wire::GroupSend>(record);
    });
    outbox_.clear();
    if (unsent != 0)
        events_.emplace_back(
            wire::GroupUnsent{static_cast<std::uint32_t>(unsent), "connection to guest-client lost"});
}

void Session::tell_state(StateChanged state) {
    if (state == told_)
        return;
    told_ = state;
    events_.emplace_back(std::move(state));
}

void Session::tell_hearing() {
    if (std::exchange(has_heard_before_, true))
        events_.emplace_back(wire::GroupMissed{0});
}

// ---- records ----

void Session::receive(const wire::GroupDaemonRecord& record, TimePoint) {
    if (has_connection())
        std::visit([this](const auto& one) { handle(one); }, record);
}

void Session::handle(const wire::GroupLink& link) {
    if (phase_ == Phase::OldAgent)
        return;
    phase_ = Phase::Connected;
    back_off_.reset();
    const bool was_up = told_.state == VNF_SG_STATE_LINKED;
    if (!link.up)
        end_status(VNF_SG_ERROR_NO_LINK, link.reason);
    tell_state({.state = link.up ? VNF_SG_STATE_LINKED : VNF_SG_STATE_NO_LINK,
                .reason = link.up ? std::string() : wire::clean_utf8(link.reason, VNF_SG_REASON_MAX)});
    if (link.up && !was_up)
        tell_hearing();
}

void Session::handle(const wire::GroupHeard& heard) {
    events_.emplace_back(heard);
}

void Session::handle(const wire::GroupNotified& notified) {
    const auto body = object_in(notified.body);
    auto notice = body ? wire::read_group_notice(*body) : std::nullopt;
    if (!notice)
        return;
    if (auto change = membership_.take(*notice))
        events_.emplace_back(std::move(*change));
    events_.emplace_back(NoticeTaken{std::move(*notice), body->text()});
}

void Session::handle(const wire::GroupEntry& entry) {
    if (!is_asked(entry.query))
        return;
    const auto body = object_in(entry.entry);
    auto member = body ? wire::read_group_member(*body) : std::nullopt;
    if (!member)
        return;
    request_->bytes += body->text().size();
    request_->is_cut =
        request_->is_cut || request_->members.size() == list_limit || request_->bytes > list_bytes_limit;
    if (!request_->is_cut)
        request_->members.push_back({std::move(*member), body->text()});
}

void Session::handle(const wire::GroupAnswered& answered) {
    if (is_asked(answered.query))
        end_status(request_->is_cut ? VNF_SG_ERROR_TOO_MANY : VNF_SG_OK, {});
}

void Session::handle(const wire::GroupUnanswered& unanswered) {
    if (is_asked(unanswered.query))
        end_status(VNF_SG_ERROR_UNANSWERED, unanswered.reason);
}

void Session::handle(const wire::GroupRefusal& refusal) {
    if (refusal.msg_type == "status_query")
        end_status(VNF_SG_ERROR_UNANSWERED, refusal.reason);
    events_.emplace_back(refusal);
}

void Session::handle(const wire::GroupMissed& missed) {
    events_.emplace_back(missed);
}

void Session::handle(const wire::GroupUnsent& unsent) {
    events_.emplace_back(unsent);
}

void Session::end_status(vnf_sg_error error, std::string_view reason) {
    if (!request_)
        return;
    std::vector<MemberEntry> members = std::move(request_->members);
    request_.reset();
    for (MemberChange& change : membership_.take(members, error == VNF_SG_OK))
        events_.emplace_back(std::move(change));
    events_.emplace_back(StatusEnded{error, wire::clean_utf8(reason, VNF_SG_REASON_MAX), std::move(members)});
}

// ---- requests ----

vnf_sg_error Session::can_send() const {
    switch (phase_) {
        case Phase::Waiting:
        case Phase::AwaitingLink:
            return VNF_SG_ERROR_NOT_CONNECTED;
        case Phase::Connected:
            return told_.state == VNF_SG_STATE_LINKED ? VNF_SG_OK : VNF_SG_ERROR_NO_LINK;
        case Phase::OldAgent:
            return VNF_SG_OK;
    }
    return VNF_SG_ERROR_NOT_CONNECTED;
}

vnf_sg_error Session::broadcast(std::string_view text) {
    const auto checked = wire::BroadcastText::of(text);
    if (const auto* refusal = std::get_if<wire::BroadcastRefusal>(&checked))
        return error_of(*refusal);
    if (const vnf_sg_error error = can_send(); error != VNF_SG_OK)
        return error;
    if (outbox_.size() >= send_limit)
        return VNF_SG_ERROR_QUEUE_FULL;
    outbox_.emplace_back(wire::GroupSend{std::string(text)});
    return VNF_SG_OK;
}

vnf_sg_error Session::request_status(TimePoint now) {
    if (const vnf_sg_error error = can_send(); error != VNF_SG_OK)
        return error;
    std::erase_if(outbox_, [](const auto& record) { return std::holds_alternative<wire::GroupAsk>(record); });
    outbox_.emplace_back(wire::GroupAsk{query_ + 1});
    ++query_;
    request_ = StatusRequest{.deadline = now + settings_.status_timeout};
    return VNF_SG_OK;
}

void Session::take_back() {
    if (std::holds_alternative<wire::GroupAsk>(outbox_.back()))
        request_.reset();
    outbox_.pop_back();
}

// ---- time ----

void Session::tick(TimePoint now) {
    if (phase_ == Phase::AwaitingLink && now >= answer_by_)
        connection_lost(VNF_SG_ERROR_NO_ANSWER, 0, now);
    if (request_ && now >= request_->deadline)
        end_status(VNF_SG_ERROR_TIMED_OUT, {});
}

std::optional<TimePoint> Session::deadline() const {
    std::optional<TimePoint> next;
    if (phase_ == Phase::Waiting || phase_ == Phase::OldAgent)
        next = retry_at_;
    if (phase_ == Phase::AwaitingLink)
        next = answer_by_;
    if (request_)
        next = next ? std::min(*next, request_->deadline) : request_->deadline;
    return next;
}

std::optional<Event> Session::next_event() {
    if (events_.empty())
        return std::nullopt;
    Event event = std::move(events_.front());
    events_.pop_front();
    return event;
}

}  // namespace vnf::libservergroup
