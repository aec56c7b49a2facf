// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One handle as a state machine: records from guest-client (or from an old agent, in the same terms), the application's
// requests and the time go in; records for guest-client, events for the application and a deadline come out. No
// descriptor, no lock, no clock of its own.
//
// Policy. GroupHello first; no GroupLink within 5 s ends the attempt. After a lost or failed connection the wait doubles
// from the shortest to the longest back-off; the first GroupLink starts the count anew. An old agent is asked after every
// longest back-off whether guest-client's socket has appeared. One status request at a time, the newest: it ends with
// the answer, with the configured timeout, or with the link. What waits to be sent is bounded, and told when it is lost
// with the connection. Being able to hear again after not having been is a gap of unknown length.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "libhandle/back_off.hpp"
#include "membership.hpp"
#include "settings.hpp"
#include "vnf/servergroup.h"
#include "wire/group_member.hpp"
#include "wire/group_record.hpp"

namespace vnf::libservergroup {

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;

// ---- what the application is told ----

struct StateChanged {
    vnf_sg_state state = VNF_SG_STATE_DISCONNECTED;
    vnf_sg_error error = VNF_SG_OK;
    std::int32_t system_error = 0;
    std::string reason{};
    friend bool operator==(const StateChanged&, const StateChanged&) = default;
};
struct NoticeTaken {
    wire::GroupNotice notice;
    std::string json;
};
struct StatusEnded {
    vnf_sg_error error = VNF_SG_OK;
    std::string reason{};
    std::vector<MemberEntry> members{};
};
using Event = std::variant<StateChanged, wire::GroupHeard, NoticeTaken, StatusEnded, MemberChange,
                           wire::GroupMissed, wire::GroupRefusal, wire::GroupUnsent>;

// ---- the machine ----

class Session {
  public:
    static constexpr std::size_t send_limit = 256;
    static constexpr std::size_t list_limit = 4096;
    static constexpr std::size_t list_bytes_limit = 16 * 1024 * 1024;

    /// `seed` varies the back-off.
    Session(Settings settings, std::uint32_t seed);

    // The edge's side.
    bool wants_connection(TimePoint now) const;
    /// With an old agent: it is time to look for guest-client's socket, and whether the agent is still there.
    bool wants_look(TimePoint now) const;
    bool has_connection() const;  ///< false: the edge closes what it has
    bool has_old_agent() const { return phase_ == Phase::OldAgent; }
    void connected(TimePoint now);
    void found_old_agent(TimePoint now);
    void looked(TimePoint now);
    void connect_failed(vnf_sg_error error, int system_error, TimePoint now);
    void connection_lost(vnf_sg_error error, int system_error, TimePoint now);
    void receive(const wire::GroupDaemonRecord& record, TimePoint now);
    /// What the time makes due.
    void tick(TimePoint now);
    std::optional<TimePoint> deadline() const;
    std::deque<wire::GroupClientRecord>& outbox() { return outbox_; }

    std::size_t event_count() const { return events_.size(); }
    std::optional<Event> next_event();

    // The application's side.
    const StateChanged& state() const { return told_; }
    const Settings& settings() const { return settings_; }
    vnf_sg_error broadcast(std::string_view text);
    vnf_sg_error request_status(TimePoint now);
    /// An old agent did not take the record that was queued last: it is taken back, and so is its request.
    void take_back();

  private:
    enum class Phase {
        Waiting,       ///< no connection until retry_at_
        AwaitingLink,  ///< GroupHello is out
        Connected,     ///< told_ says whether the host is there
        OldAgent,      ///< datagrams; a look for better at retry_at_
    };
    struct StatusRequest {
        TimePoint deadline;
        std::vector<MemberEntry> members{};
        std::size_t bytes = 0;
        bool is_cut = false;
    };

    void handle(const wire::GroupLink& link);
    void handle(const wire::GroupHeard& heard);
    void handle(const wire::GroupNotified& notified);
    void handle(const wire::GroupEntry& entry);
    void handle(const wire::GroupAnswered& answered);
    void handle(const wire::GroupUnanswered& unanswered);
    void handle(const wire::GroupRefusal& refusal);
    void handle(const wire::GroupMissed& missed);
    void handle(const wire::GroupUnsent& unsent);

    vnf_sg_error can_send() const;
    void tell_state(StateChanged state);
    void tell_hearing();
    void end_status(vnf_sg_error error, std::string_view reason);
    void drop_outbox();
    bool is_asked(std::uint32_t query) const { return request_ && query == query_; }

    Settings settings_;
    libhandle::BackOff back_off_;
    Phase phase_ = Phase::Waiting;
    TimePoint retry_at_{};
    TimePoint answer_by_{};  ///< for AwaitingLink
    bool has_heard_before_ = false;
    std::uint32_t query_ = 0;
    std::optional<StatusRequest> request_;
    Membership membership_;
    std::deque<wire::GroupClientRecord> outbox_;
    StateChanged told_;
    std::deque<Event> events_;
};

}  // namespace vnf::libservergroup
