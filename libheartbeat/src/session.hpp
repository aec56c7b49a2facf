// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One registration as a state machine: bytes from the daemon, the application's requests and the time go in;
// bytes for the daemon, events for the application and a deadline come out. No descriptor, no lock, no clock
// of its own.
//
// Policy. One INIT a connection (heartbeat specification 8.3); it asks for version 3 and an old daemon takes
// it as its own version 2. No answer within 5 s ends the attempt. After a lost or failed connection the wait
// doubles from the shortest to the longest back-off, each varied by a quarter so that applications don't come
// back in step; after a refusal it is the longest. A registration that succeeds starts the count anew.
// Leaving waits at most 1 s for the daemon to take the last record.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "open_actions.hpp"
#include "outbox.hpp"
#include "settings.hpp"
#include "vnf/heartbeat.h"
#include "wire/application_record.hpp"

namespace vnf::libheartbeat {

// ---- what the application is told ----

struct StateChanged {
    vnf_heartbeat_state state = VNF_HEARTBEAT_STATE_DISCONNECTED;
    vnf_heartbeat_error error = VNF_HEARTBEAT_OK;
    std::int32_t system_error = 0;
    std::uint32_t daemon_version = 0;
    std::uint32_t interval_ms = 0;
    std::string reason;
    friend bool operator==(const StateChanged&, const StateChanged&) = default;
};
struct HealthAsked {
    std::uint32_t challenge = 0;
    std::uint32_t connection = 0;
};
struct ActionOpened {
    OpenAction action;
};
struct ActionCancelled {
    std::uint64_t id = 0;
    vnf_heartbeat_cancel_reason reason = VNF_HEARTBEAT_CANCEL_UNKNOWN;
    std::string text;
};
struct ActionExtended {
    std::uint64_t id = 0;
    bool granted = false;
    std::uint32_t remaining_ms = 0;
};
using Event = std::variant<StateChanged, HealthAsked, ActionOpened, ActionCancelled, ActionExtended>;

struct HealthState {
    wire::Health health = wire::Health::Healthy;
    wire::CorrectiveAction corrective_action = wire::CorrectiveAction::None;
    std::string reason;
    friend bool operator==(const HealthState&, const HealthState&) = default;
};

// ---- the machine ----

class Session {
  public:
    /// `seed` varies the back-off.
    Session(Settings settings, std::uint32_t seed);

    // The edge's side.
    bool wants_connection(TimePoint now) const;
    bool has_connection() const;  ///< false: the edge closes what it has
    void connected(TimePoint now);
    void connect_failed(int system_error, TimePoint now);
    void connection_lost(int system_error, TimePoint now);
    void receive(std::string_view bytes, TimePoint now);
    /// What the time, or room in the outbox, makes due.
    void tick(TimePoint now);
    std::optional<TimePoint> deadline() const;
    Outbox& outbox() { return outbox_; }

    std::size_t event_count() const { return events_.size(); }
    std::optional<Event> next_event();

    // The application's side.
    const StateChanged& state() const { return told_; }
    const Settings& settings() const { return settings_; }
    bool is_deregistered() const { return phase_ == Phase::Leaving || phase_ == Phase::Resting; }
    bool is_leaving() const { return phase_ == Phase::Leaving; }
    void enter();  ///< after leave(): register again
    vnf_heartbeat_error leave(std::string_view reason, TimePoint now);
    void report_health(HealthState state);
    /// `answer` is the health callback's, if there is one.
    void answer_challenge(const HealthAsked& asked, const std::optional<HealthState>& answer);
    vnf_heartbeat_error respond(std::uint64_t id, vnf_heartbeat_vote vote, std::string_view reason);
    vnf_heartbeat_error extend(std::uint64_t id, std::uint32_t extra_ms, std::string_view reason);
    std::optional<std::uint32_t> remaining(std::uint64_t id, TimePoint now);

  private:
    enum class Phase {
        Waiting,              ///< no connection until retry_at_
        AwaitingInitAck,      ///< INIT is out
        AwaitingRegisterAck,  ///< the daemon speaks version 3, REGISTER is out
        Registered,
        Refused,  ///< no connection until retry_at_
        Leaving,  ///< the deregistration is in the outbox
        Resting,  ///< deregistered, no connection
    };

    void handle(const wire::RecordInitAck& ack, TimePoint now);
    void handle(const wire::RecordRegisterAck& ack, TimePoint now);
    void handle(const wire::RecordChallenge& challenge, TimePoint now);
    void handle(const wire::RecordActionNotify& notify, TimePoint now);
    void handle(const wire::RecordActionCancel& cancel, TimePoint now);
    void handle(const wire::RecordActionExtended& extended, TimePoint now);

    void tell_state(StateChanged state);
    void registered(std::uint32_t interval_ms);
    void refused(vnf_heartbeat_error error, std::string_view reason, TimePoint now);
    void disconnect(vnf_heartbeat_error error, int system_error, TimePoint now);
    void finish_leaving();
    void expire_actions(TimePoint now);
    void cancel(std::uint64_t id, vnf_heartbeat_cancel_reason reason, std::string_view text);
    void forget_actions();
    void push_health();
    bool speaks_v3() const { return decoder_.version() == wire::RecordVersion::V3; }
    std::uint64_t action_id(std::uint32_t invocation_id) const;
    bool send(const wire::ApplicationRecord& record, std::size_t limit);
    wire::RecordInit init_record() const;
    wire::RecordRegister register_record() const;

    Settings settings_;
    libhandle::BackOff back_off_;
    Phase phase_ = Phase::Waiting;
    bool return_after_leaving_ = false;
    TimePoint retry_at_{};
    TimePoint answer_by_{};  ///< for the Awaiting phases and Leaving
    std::uint32_t connection_ = 0;
    std::uint32_t sequence_ = 0;
    wire::DaemonRecordDecoder decoder_;
    Outbox outbox_;
    OpenActions actions_;
    HealthState pushed_;
    bool push_is_due_ = false;
    StateChanged told_;
    std::deque<Event> events_;
};

}  // namespace vnf::libheartbeat
