// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What one guest says on its port `cgcs.messaging`: bytes in, effects out. Pure. Policy:
//  - every LF ends a line, and a connect begins with an empty one: nothing that was cut costs the next message, and
//    nothing of one guest reaches another's parser (B-10). A line of blanks is nothing: it resynchronises;
//  - lines and bytes have the budgets of the heartbeat port, with room for the broadcasts that a guest may send; a flood
//    is disconnected for a while, as there;
//  - the only addresses that a guest reaches are its own group's, `cgcs.server_grp`, and its own for scaling (B-02);
//  - a request that is none is counted by reason, reported (limited by reason) and refused with a nack (limited). So are
//    a broadcast above the guest's rate and what is above its budget; such nacks say how many there were, the last one
//    after a pause if need be, and as often as it takes to find room for it.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "host-agent/group_counters.hpp"
#include "host-agent/guest_channel.hpp"
#include "host-agent/guest_effect.hpp"
#include "host-agent/report_budgets.hpp"
#include "runtime/rate_budget.hpp"
#include "wire/line_framing.hpp"
#include "wire/messaging_envelope.hpp"
#include "wire/server_group_message.hpp"

namespace vnf::host {

struct MessagingRules {
    ChannelRules channel;
    std::uint64_t broadcast_burst = 100;
    std::chrono::nanoseconds broadcast_period{20000000};
};

struct AnswerStatus {
    std::int32_t seq;
    std::string reply_to;
};
struct PassBroadcast {
    wire::BroadcastText text;
    std::string reply_to;
};
struct SendNack {
    wire::GroupNack nack;
    std::string reply_to;
    std::uint64_t dropped = 0;  ///< so many messages it tells of, and not of a single one
};
/// The guest wrote to its own address for scaling.
struct PassScaleReply {
    wire::JsonText data;
};
using MessagingEffect =
    std::variant<AnswerStatus, PassBroadcast, SendNack, PassScaleReply, Report, Reconnect>;
using MessagingEffects = std::vector<MessagingEffect>;

class MessagingChannel {
  public:
    /// Both outlive the channel; the rules may change between connects.
    MessagingChannel(const MessagingRules& rules, GroupCounters& totals);

    void connected();
    /// The guest's own; empty: none. May change with the settings.
    void scale_address(std::string address) { scale_address_ = std::move(address); }
    void bytes(std::string_view bytes, TimePoint now, MessagingEffects& out);
    /// The engine did not take a broadcast after all.
    void not_passed(const std::string& reply_to, std::string_view why, TimePoint now, MessagingEffects& out);
    /// A request that the session refused.
    void refuse(std::string_view msg_type, std::string why, const std::string& reply_to, TimePoint now,
                MessagingEffects& out);
    /// There was no room for it. The number in it is told later.
    void not_told(const SendNack& nack);
    void disconnected();
    void due(TimePoint now, MessagingEffects& out);
    TimePoint deadline() const;

    /// A status query on this connection said that it understands a gap.
    bool understands_gap() const { return understands_gap_; }
    std::uint64_t messages() const { return messages_; }
    std::uint64_t rejected() const { return rejected_; }
    std::uint64_t broadcasts() const { return broadcasts_; }

  private:
    /// Refused since the last nack that said so.
    struct Untold {
        std::uint64_t count = 0;
        std::string why, reply_to;
    };

    void take_line(std::string_view line, TimePoint now, MessagingEffects& out);
    void take(const wire::PortEnvelope& envelope, TimePoint now, MessagingEffects& out);
    void take_broadcast(const wire::Broadcast& broadcast, const std::string& reply_to, TimePoint now,
                        MessagingEffects& out);
    void drop(TimePoint now, MessagingEffects& out);
    void flood(std::string_view what, MessagingEffects& out);
    void report(std::string_view reason, std::string_view field, TimePoint now, MessagingEffects& out);
    void count_rejected(wire::ParseReason reason);
    void overloaded(std::string_view why, const std::string& reply_to, TimePoint now, MessagingEffects& out);
    void tell(Untold& untold, std::string_view msg_type, TimePoint now, MessagingEffects& out);

    const MessagingRules& rules_;
    GroupCounters& totals_;
    wire::LineAssembler lines_;
    runtime::RateBudget message_budget_, drop_budget_, byte_budget_, broadcast_budget_, nack_budget_;
    ReportBudgets reports_;  ///< by reason
    std::string scale_address_;
    bool closing_ = false, understands_gap_ = false;
    Untold overload_;  ///< broadcasts
    Untold dropped_;   ///< messages above the budget, unread
    std::uint64_t messages_ = 0, rejected_ = 0, broadcasts_ = 0;
};

}  // namespace vnf::host
