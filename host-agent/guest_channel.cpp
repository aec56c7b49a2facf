// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See guest_channel.hpp. Actions are in guest_actions.cpp.
#include "host-agent/guest_channel.hpp"

#include <algorithm>
#include <utility>

namespace vnf::host {

namespace {

using wire::Capability;

constexpr std::uint64_t limited_burst = 5;
constexpr Milliseconds nack_period{200};
constexpr Milliseconds report_period{10000};
constexpr Milliseconds forgive_period{10};

}  // namespace

GuestChannel::GuestChannel(const GuestRules& rules, runtime::RandomSource& random, AgentCounters& totals)
    : rules_(rules),
      random_(random),
      totals_(totals),
      lines_(wire::heartbeat_line_limit, wire::RawNewline::KeptInString),
      monitor_(rules.heartbeat, random),
      message_budget_(rules.channel.message_burst, rules.channel.message_period),
      drop_budget_(rules.channel.flood_after, forgive_period),
      byte_budget_(rules.channel.byte_burst, rules.channel.byte_period),
      nack_budget_(limited_burst, nack_period),
      report_budget_(limited_burst, report_period) {}

void GuestChannel::connected(TimePoint now, Effects& out) {
    lines_.reset();
    closing_ = false;
    nack_id_ = 0;
    busy_until_ = {};
    message_budget_.change(rules_.channel.message_burst, rules_.channel.message_period);
    byte_budget_.change(rules_.channel.byte_burst, rules_.channel.byte_period);
    monitor_.connected(now, out);
}

void GuestChannel::disconnected(ClosedBy by, std::string_view why, TimePoint now, Effects& out) {
    lines_.reset();
    interrupt_action("the guest's connection ended", now, out);
    monitor_.disconnected(by, why, now, out);
}

TimePoint GuestChannel::deadline() const {
    return action_ ? std::min(action_->deadline(), monitor_.deadline()) : monitor_.deadline();
}

void GuestChannel::due(TimePoint now, Effects& out) {
    if (action_ && now >= action_->deadline()) {
        ++totals_.actions_expired;
        decide(action_->expired(now), out);
    }
    monitor_.due(now, out);
}

std::string GuestChannel::encode(const wire::HostMessage& message) {
    sequence_ = sequence_ == INT32_MAX ? 1 : sequence_ + 1;
    const bool old = monitor_.parameters().capabilities.empty() || !monitor_.in_session();
    return wire::encode(message, sequence_, old ? wire::PeerRules::OldPeer : wire::PeerRules::OurPeer);
}

// ---- what arrives --------------------------------------------------------------------------------------

void GuestChannel::bytes(std::string_view bytes, TimePoint now, Effects& out) {
    if (closing_) {
        return;
    }
    totals_.bytes_received += bytes.size();
    if (!byte_budget_.take(now, bytes.size())) {
        flood("bytes", out);
        return;
    }
    const std::uint64_t overlong = lines_.overlong();
    lines_.feed(bytes, [this, now, &out](std::string_view line) { take_line(line, now, out); });
    for (std::uint64_t i = overlong; i < lines_.overlong(); ++i) {
        report_refused({wire::ParseReason::Overlong, {}, 0}, now, out);
    }
}

void GuestChannel::take_line(std::string_view line, TimePoint now, Effects& out) {
    if (closing_) {
        return;
    }
    if (!message_budget_.take(now)) {
        drop(now, out);
        return;
    }
    ++messages_;
    ++totals_.messages;
    const auto parsed = wire::parse_guest_message(line);
    if (const auto* error = std::get_if<wire::ParseError>(&parsed)) {
        refuse(line, *error, now, out);
        return;
    }
    const auto& received = std::get<wire::Received<wire::GuestMessage>>(parsed);
    std::visit([this, now, &out](const auto& message) { take(message, now, out); }, received.message);
}

void GuestChannel::drop(TimePoint now, Effects& out) {
    ignore(IgnoredReason::OverBudget);
    if (!drop_budget_.take(now)) {
        flood("messages", out);
    }
}

void GuestChannel::flood(std::string_view what, Effects& out) {
    closing_ = true;
    ++totals_.floods;
    out.emplace_back(Report{
        JournalKind::Flood,
        {{"what", std::string(what)}, {"pause_ms", std::int64_t{rules_.channel.flood_pause.count()}}}});
    out.emplace_back(Reconnect{rules_.channel.flood_pause});
}

void GuestChannel::ignore(IgnoredReason reason) {
    ++ignored_;
    ++totals_.ignored[static_cast<std::size_t>(reason)];
}

void GuestChannel::report_refused(const wire::ParseError& error, TimePoint now, Effects& out) {
    ++rejected_;
    ++totals_.rejected[static_cast<std::size_t>(error.reason)];
    if (report_budget_.take(now)) {
        out.emplace_back(
            Report{JournalKind::MessageRejected,
                   {{"reason", std::string(word(error.reason))}, {"field", std::string(error.field)}}});
    }
}

void GuestChannel::refuse(std::string_view line, const wire::ParseError& error, TimePoint now, Effects& out) {
    report_refused(error, now, out);
    if (!nack_budget_.take(now)) {
        return;
    }
    const wire::RefusedLine refused = wire::inspect_refused(line);
    if (refused.msg_type == "init" && refused.invocation_id) {
        nack_id_ = *refused.invocation_id;
    }
    if (auto text = wire::nack_text(error, refused.msg_type)) {
        ++totals_.nacks;
        out.emplace_back(SendMessage{wire::Nack{nack_id_, std::move(*text)}});
    }
}

bool GuestChannel::negotiated(Capability capability) {
    if (!monitor_.in_session()) {
        ignore(IgnoredReason::BeforeInit);
        return false;
    }
    if (!monitor_.parameters().capabilities.has(capability)) {
        ignore(IgnoredReason::NotNegotiated);
        return false;
    }
    return true;
}

void GuestChannel::take(const wire::Init& init, TimePoint now, Effects& out) {
    // An old guest has forgotten the action (G-19), and so has a restarted one of ours.
    interrupt_action("the guest began a new session", now, out);
    busy_until_ = {};
    nack_id_ = init.invocation_id;
    monitor_.received(init, now, out);
}

void GuestChannel::take(const wire::ChallengeResponse& answer, TimePoint now, Effects& out) {
    switch (monitor_.received(answer, now, out)) {
        case AnswerMatch::Outstanding:
        case AnswerMatch::Late:
            totals_.answer_latency.observe(monitor_.last_answer_took());
            return;
        case AnswerMatch::Mismatch:
            ignore(IgnoredReason::WrongChallenge);
            return;
        case AnswerMatch::Unexpected:
            ignore(IgnoredReason::BeforeInit);
            return;
    }
}

void GuestChannel::take(const wire::Exit& exit, TimePoint now, Effects& out) {
    if (!monitor_.in_session()) {
        ignore(IgnoredReason::BeforeInit);
        return;
    }
    interrupt_action("the guest left", now, out);
    monitor_.received(exit, now, out);
}

void GuestChannel::take(const wire::HealthPush& push, TimePoint now, Effects& out) {
    if (negotiated(Capability::HealthPush)) {
        monitor_.received(push, now, out);
    }
}

void GuestChannel::take(const wire::IntervalChange& change, TimePoint, Effects&) {
    if (negotiated(Capability::FastInterval)) {
        monitor_.received(change);
    }
}

void GuestChannel::take(const wire::MetricsReport& report, TimePoint, Effects& out) {
    if (negotiated(Capability::Metrics)) {
        out.emplace_back(TellMetrics{report.values});
    }
}

std::string_view word(IgnoredReason reason) {
    switch (reason) {
        case IgnoredReason::BeforeInit:
            return "before_init";
        case IgnoredReason::NotNegotiated:
            return "not_negotiated";
        case IgnoredReason::WrongChallenge:
            return "wrong_challenge";
        case IgnoredReason::Unsolicited:
            return "unsolicited";
        case IgnoredReason::OverBudget:
            return "over_budget";
    }
    return "unsolicited";
}

}  // namespace vnf::host
