// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See messaging_channel.hpp.
#include "host-agent/messaging_channel.hpp"

#include <utility>

namespace vnf::host {

namespace {

constexpr std::uint64_t nack_burst = 20;
constexpr Milliseconds nack_period{100};
constexpr Milliseconds forgive_period{10};

bool is_blank(std::string_view line) {
    return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

constexpr std::string_view of_broadcast = "broadcast", of_unread = "unknown";

}  // namespace

MessagingChannel::MessagingChannel(const MessagingRules& rules, GroupCounters& totals)
    : rules_(rules),
      totals_(totals),
      lines_(wire::messaging_line_limit),
      message_budget_(rules.channel.message_burst, rules.channel.message_period),
      drop_budget_(rules.channel.flood_after, forgive_period),
      byte_budget_(rules.channel.byte_burst, rules.channel.byte_period),
      broadcast_budget_(rules.broadcast_burst, rules.broadcast_period),
      nack_budget_(nack_burst, nack_period) {}

void MessagingChannel::connected() {
    lines_.reset();
    closing_ = false;
    understands_gap_ = false;
    message_budget_.change(rules_.channel.message_burst, rules_.channel.message_period);
    byte_budget_.change(rules_.channel.byte_burst, rules_.channel.byte_period);
    broadcast_budget_.change(rules_.broadcast_burst, rules_.broadcast_period);
}

void MessagingChannel::disconnected() {
    overload_.count = dropped_.count = 0;
}

void MessagingChannel::bytes(std::string_view bytes, TimePoint now, MessagingEffects& out) {
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
        count_rejected(wire::ParseReason::Overlong);
        report(word(wire::ParseReason::Overlong), {}, now, out);
        refuse(of_unread, "the message is too long", std::string(wire::server_group_address), now, out);
    }
}

void MessagingChannel::take_line(std::string_view line, TimePoint now, MessagingEffects& out) {
    if (closing_ || is_blank(line)) {
        return;
    }
    if (!message_budget_.take(now)) {
        drop(now, out);
        return;
    }
    ++messages_;
    ++totals_.messages;
    const auto parsed = wire::parse_port_envelope(line);
    if (const auto* error = std::get_if<wire::ParseError>(&parsed)) {
        count_rejected(error->reason);
        report(word(error->reason), error->field, now, out);
        return;
    }
    take(std::get<wire::PortEnvelope>(parsed), now, out);
}

void MessagingChannel::take(const wire::PortEnvelope& envelope, TimePoint now, MessagingEffects& out) {
    if (!scale_address_.empty() && envelope.dest_addr == scale_address_) {
        out.emplace_back(PassScaleReply{envelope.data});
        return;
    }
    if (envelope.dest_addr != wire::server_group_address) {
        ++totals_.foreign;
        ++rejected_;
        report("foreign_destination", "dest_addr", now, out);
        return;
    }
    const auto parsed = wire::parse_group_request(envelope.data);
    if (const auto* error = std::get_if<wire::GroupRequestError>(&parsed)) {
        count_rejected(error->reason);
        report(word(error->reason), {}, now, out);
        refuse(error->msg_type, error->log, envelope.source_addr, now, out);
        return;
    }
    const auto& request = std::get<wire::GroupRequest>(parsed);
    if (const auto* query = std::get_if<wire::StatusQuery>(&request)) {
        ++totals_.status_queries;
        understands_gap_ = understands_gap_ || query->understands_gap;
        out.emplace_back(AnswerStatus{query->seq, envelope.source_addr});
    } else {
        take_broadcast(std::get<wire::Broadcast>(request), envelope.source_addr, now, out);
    }
}

void MessagingChannel::take_broadcast(const wire::Broadcast& broadcast, const std::string& reply_to,
                                      TimePoint now, MessagingEffects& out) {
    if (!broadcast_budget_.take(now)) {
        overloaded("too many broadcasts", reply_to, now, out);
        return;
    }
    ++broadcasts_;
    ++totals_.broadcasts;
    out.emplace_back(PassBroadcast{broadcast.text, reply_to});
}

void MessagingChannel::drop(TimePoint now, MessagingEffects& out) {
    ++totals_.over_budget;
    ++dropped_.count;
    dropped_.why = "too many messages";
    dropped_.reply_to = wire::server_group_address;
    report("over_budget", {}, now, out);
    tell(dropped_, of_unread, now, out);
    if (!drop_budget_.take(now)) {
        flood("messages", out);
    }
}

void MessagingChannel::flood(std::string_view what, MessagingEffects& out) {
    closing_ = true;
    ++totals_.floods;
    out.emplace_back(Report{JournalKind::Flood,
                            {{"channel", std::string("messaging")},
                             {"what", std::string(what)},
                             {"pause_ms", std::int64_t{rules_.channel.flood_pause.count()}}}});
    out.emplace_back(Reconnect{rules_.channel.flood_pause});
}

void MessagingChannel::count_rejected(wire::ParseReason reason) {
    ++rejected_;
    ++totals_.rejected[static_cast<std::size_t>(reason)];
}

void MessagingChannel::report(std::string_view reason, std::string_view field, TimePoint now,
                              MessagingEffects& out) {
    if (reports_.take(reason, now)) {
        out.emplace_back(Report{JournalKind::MessageRejected,
                                {{"channel", std::string("messaging")},
                                 {"reason", std::string(reason)},
                                 {"field", std::string(field)}}});
    }
}

void MessagingChannel::refuse(std::string_view msg_type, std::string why, const std::string& reply_to,
                              TimePoint now, MessagingEffects& out) {
    if (nack_budget_.take(now)) {
        out.emplace_back(SendNack{{std::string(msg_type), std::move(why)}, reply_to});
    }
}

// ---- overload ------------------------------------------------------------------------------------------

void MessagingChannel::not_passed(const std::string& reply_to, std::string_view why, TimePoint now,
                                  MessagingEffects& out) {
    overloaded(why, reply_to, now, out);
}

void MessagingChannel::overloaded(std::string_view why, const std::string& reply_to, TimePoint now,
                                  MessagingEffects& out) {
    ++totals_.overload;
    ++overload_.count;
    overload_.why = why;
    overload_.reply_to = reply_to;
    if (reports_.take(why, now)) {
        out.emplace_back(Report{JournalKind::GroupOverload, {{"reason", std::string(why)}}});
    }
    tell(overload_, of_broadcast, now, out);
}

void MessagingChannel::tell(Untold& untold, std::string_view msg_type, TimePoint now, MessagingEffects& out) {
    if (untold.count == 0 || !nack_budget_.take(now)) {
        return;
    }
    const std::uint64_t count = std::exchange(untold.count, 0);
    out.emplace_back(SendNack{{std::string(msg_type), untold.why + ": " + std::to_string(count) + " dropped"},
                              untold.reply_to,
                              count});
}

void MessagingChannel::not_told(const SendNack& nack) {
    (nack.nack.orig_msg_type == of_broadcast ? overload_ : dropped_).count += nack.dropped;
}

void MessagingChannel::due(TimePoint now, MessagingEffects& out) {
    tell(overload_, of_broadcast, now, out);
    tell(dropped_, of_unread, now, out);
}

TimePoint MessagingChannel::deadline() const {
    return overload_.count + dropped_.count == 0 ? runtime::never : nack_budget_.next();
}

}  // namespace vnf::host
