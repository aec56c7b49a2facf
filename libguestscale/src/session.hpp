// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One handle as a state machine: records from guest-scale-agent, the application's answers and the time go in; records for
// the agent, events for the application and a deadline come out. No descriptor, no lock, no clock of its own, no thread's
// affinity: the handle keeps that, when it delivers an event.
//
// Policy. ScaleHello first; no ScaleState within 5 s ends the attempt. After a lost or failed connection the wait doubles
// from the shortest to the longest back-off; the first ScaleState starts the count anew. One event at a time: a new one
// takes the place of one that never ended. It is answered once, before its deadline; a vCPU may be named anew until then.
// With the connection the event is gone.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "libhandle/back_off.hpp"
#include "settings.hpp"
#include "vnf/guestscale.h"
#include "wire/scale_record.hpp"

namespace vnf::guestscale {

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;

// ---- what the application is told ----

struct StateChanged {
    vnf_gs_state state = VNF_GS_STATE_DISCONNECTED;
    vnf_gs_error error = VNF_GS_OK;
    std::int32_t system_error = 0;
    std::optional<wire::Cpu> next{};
    wire::CpuSet online{};
};
struct AboutToScale {
    wire::ScaleAbout about;
    TimePoint deadline;
    std::optional<wire::Cpu> next{};
    wire::CpuSet online{};
};
struct Scaled {
    std::uint32_t event = 0;
    wire::ScaleDirection direction = wire::ScaleDirection::Down;
    std::optional<wire::Cpu> cpu{};  ///< nothing: it did not happen
    wire::CpuSet online{};
    std::string reason{};
};
using Event = std::variant<StateChanged, AboutToScale, Scaled>;

// ---- the machine ----

class Session {
  public:
    /// `seed` varies the back-off.
    Session(Settings settings, std::uint32_t seed);

    // The edge's side.
    bool wants_connection(TimePoint now) const { return phase_ == Phase::Waiting && now >= retry_at_; }
    bool has_connection() const { return phase_ != Phase::Waiting; }  ///< false: the edge closes what it has
    void connected(TimePoint now);
    void connection_lost(vnf_gs_error error, int system_error, TimePoint now);
    void receive(const wire::ScaleAgentRecord& record, TimePoint now);
    /// What the time makes due.
    void tick(TimePoint now);
    std::optional<TimePoint> deadline() const;
    std::deque<wire::ScaleClientRecord>& outbox() { return outbox_; }

    std::size_t event_count() const { return events_.size(); }
    std::optional<Event> next_event();

    // The application's side.
    const StateChanged& state() const { return told_; }
    const Settings& settings() const { return settings_; }
    vnf_gs_error ready(std::uint32_t event, TimePoint now);
    vnf_gs_error refuse(std::uint32_t event, std::string_view reason, TimePoint now);
    vnf_gs_error choose(std::uint32_t event, std::int32_t cpu, TimePoint now);

  private:
    enum class Phase {
        Waiting,        ///< no connection until retry_at_
        AwaitingState,  ///< ScaleHello is out
        Connected,
    };
    struct Open {
        wire::ScaleAbout about;
        TimePoint deadline;
        bool is_answered = false;
    };

    void handle(const wire::ScaleState& state, TimePoint now);
    void handle(const wire::ScaleAbout& about, TimePoint now);
    void handle(const wire::ScaleDone& done, TimePoint now);
    void handle(const wire::ScaleAbandoned& abandoned, TimePoint now);

    vnf_gs_error can_answer(std::uint32_t event, TimePoint now) const;
    void tell_state(StateChanged state);
    void end_event(Scaled scaled);

    Settings settings_;
    libhandle::BackOff back_off_;
    Phase phase_ = Phase::Waiting;
    TimePoint retry_at_{};
    TimePoint answer_by_{};  ///< for AwaitingState
    std::optional<Open> open_;
    std::deque<wire::ScaleClientRecord> outbox_;
    StateChanged told_;
    std::deque<Event> events_;
};

}  // namespace vnf::guestscale
