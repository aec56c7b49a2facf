// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One guest's conversation: bytes in, effects out. Pure: it holds the line assembler, the heartbeat monitor,
// the open action and the guest's budgets; guest_session moves the bytes. Policy for what a guest sends:
//  - messages above the budget are dropped and counted; a guest that goes on, or sends more bytes than its
//    byte budget, is disconnected for `flood_pause`;
//  - a refused line is counted by reason, answered with the old host's NACK (limited) and reported (limited);
//  - messages of a capability that this session has not are ignored and counted.
// One action at a time: an old guest mixes up two (G-15), so after a cancellation that it can't be told of,
// the guest stays busy until the cancelled action's deadline or answer.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "host-agent/action_transaction.hpp"
#include "host-agent/agent_counters.hpp"
#include "host-agent/guest_effect.hpp"
#include "host-agent/heartbeat_monitor.hpp"
#include "runtime/rate_budget.hpp"
#include "wire/line_framing.hpp"

namespace vnf::host {

struct ChannelRules {
    std::uint64_t message_burst = 400;
    std::chrono::microseconds message_period{5000};
    std::uint64_t byte_burst = 256 * 1024;
    std::chrono::nanoseconds byte_period{1000};
    /// Messages dropped before the connection is closed; one is forgiven each 10 ms.
    std::uint64_t flood_after = 1000;
    Milliseconds flood_pause{5000};
};

struct GuestRules {
    HeartbeatRules heartbeat;
    ChannelRules channel;
};

class GuestChannel {
  public:
    /// Lowest timeout sent to an old guest, which answers a second before it (8.2, 5).
    static constexpr Milliseconds old_guest_timeout{2000};

    struct Asked {
        std::int32_t invocation_id;
    };
    struct Busy {
        std::string reason;
    };
    /// Asked: `Decided` follows. ActionOutcome: decided at once, the guest can't be asked.
    using Beginning = std::variant<Asked, ActionOutcome, Busy>;

    /// All three outlive the channel; the rules may change between calls.
    GuestChannel(const GuestRules& rules, runtime::RandomSource& random, AgentCounters& totals);

    void connected(TimePoint now, Effects& out);
    void disconnected(ClosedBy by, std::string_view why, TimePoint now, Effects& out);
    void bytes(std::string_view bytes, TimePoint now, Effects& out);
    void due(TimePoint now, Effects& out);
    TimePoint deadline() const;

    Beginning begin_action(ActionRequest request, TimePoint now, Effects& out);
    /// False when no action is open.
    bool cancel_action(const std::string& reason, TimePoint now, Effects& out);

    /// The bytes of a message as this guest understands it.
    std::string encode(const wire::HostMessage& message);

    HeartbeatMonitor& monitor() { return monitor_; }
    const HeartbeatMonitor& monitor() const { return monitor_; }
    const std::optional<ActionTransaction>& action() const { return action_; }
    std::uint32_t messages() const { return messages_; }
    std::uint32_t rejected() const { return rejected_; }
    std::uint32_t ignored() const { return ignored_; }

  private:
    void take_line(std::string_view line, TimePoint now, Effects& out);
    void refuse(std::string_view line, const wire::ParseError& error, TimePoint now, Effects& out);
    void report_refused(const wire::ParseError& error, TimePoint now, Effects& out);
    void ignore(IgnoredReason reason);
    void flood(std::string_view what, Effects& out);
    void drop(TimePoint now, Effects& out);
    bool negotiated(wire::Capability capability);

    void take(const wire::Init& init, TimePoint now, Effects& out);
    void take(const wire::ChallengeResponse& answer, TimePoint now, Effects& out);
    void take(const wire::ActionResponse& answer, TimePoint now, Effects& out);
    void take(const wire::Exit& exit, TimePoint now, Effects& out);
    void take(const wire::HealthPush& push, TimePoint now, Effects& out);
    void take(const wire::IntervalChange& change, TimePoint now, Effects& out);
    void take(const wire::ActionExtend& wish, TimePoint now, Effects& out);
    void take(const wire::MetricsReport& report, TimePoint now, Effects& out);

    bool can_be_asked(const ActionRequest& request) const;
    Milliseconds timeout_of(const ActionRequest& request) const;
    std::int32_t new_invocation_id();
    void decide(ActionOutcome outcome, Effects& out);
    void interrupt_action(const std::string& why, TimePoint now, Effects& out);
    void answer_without_question(const wire::ActionResponse& answer, TimePoint now, Effects& out);

    const GuestRules& rules_;
    runtime::RandomSource& random_;
    AgentCounters& totals_;
    wire::LineAssembler lines_;
    HeartbeatMonitor monitor_;
    std::optional<ActionTransaction> action_;
    std::int32_t last_invocation_id_ = 0;
    /// A cancelled action that an old guest is still working on.
    std::int32_t abandoned_id_ = 0;
    TimePoint busy_until_{};
    runtime::RateBudget message_budget_, drop_budget_, byte_budget_, nack_budget_, report_budget_;
    std::int32_t nack_id_ = 0, sequence_ = 0;
    bool closing_ = false;
    std::uint32_t messages_ = 0, rejected_ = 0, ignored_ = 0;
};

}  // namespace vnf::host
