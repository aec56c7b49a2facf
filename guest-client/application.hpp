// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One application's connection: what it registered and the heartbeat that follows from it. Pure; texts,
// records and what its health means to the guest are the table's.
//
// Policy. The first challenge comes one interval after the registration, further ones every interval if the
// last was answered. Only the outstanding challenge is an answer, and once (G-08). Two intervals without an
// answer: timed out, until the next answer. A registration replaces what was (G-12). Deregistered: no
// challenge, no deadline (G-10).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "guest-client/random_id.hpp"
#include "runtime/clock.hpp"
#include "runtime/rate_budget.hpp"
#include "wire/application_record.hpp"

namespace vnf::guest {

using ApplicationKey = std::uint32_t;

/// Limits of what an application may declare. Version 2 has no upper ones on the wire; these keep every
/// product of them far from any overflow (G-13).
inline constexpr runtime::Milliseconds slowest_interval_v2{600000}, slowest_interval_v3{60000};
inline constexpr runtime::Milliseconds fastest_interval_v2{400}, fastest_interval_v3{10};
inline constexpr runtime::Milliseconds longest_notice{600000};

struct Registration {
    std::string name;
    runtime::Milliseconds interval{1000};
    runtime::Milliseconds vote{0}, shutdown_notice{0}, suspend_notice{0}, resume_notice{0};
    wire::CorrectiveAction corrective_action = wire::CorrectiveAction::Unknown;
    bool failed_when_closed = false;
    runtime::Milliseconds limit(wire::Event event, wire::Notification notification) const;
};

class Application {
  public:
    enum class Phase : std::uint8_t {
        Connected,         ///< has said nothing yet
        AwaitingRegister,  ///< agreed on version 3; its REGISTER has to come before `register_by`
        Registered,
        Deregistered,
    };
    struct Peer {
        std::int32_t pid = 0;
        std::uint32_t uid = 0;
    };

    friend std::string_view word(Phase phase);

    Application(ApplicationKey key, Peer peer) : key_(key), peer_(peer) {}

    ApplicationKey key() const { return key_; }
    const Peer& peer() const { return peer_; }
    Phase phase() const { return phase_; }
    bool registered() const { return phase_ == Phase::Registered; }
    wire::RecordVersion version() const { return version_; }
    const Registration& registration() const { return registration_; }
    bool timed_out() const { return timed_out_; }
    runtime::TimePoint last_answer() const { return last_answer_; }

    void await_register(runtime::TimePoint now);
    void register_as(Registration registration, runtime::TimePoint now);
    void deregister();
    /// False if another INIT or REGISTER so soon is a flood.
    bool may_register(runtime::TimePoint now) { return registrations_.take(now); }

    /// True if it answers the outstanding challenge.
    bool answer(std::uint32_t challenge, runtime::TimePoint now);

    enum class Due : std::uint8_t { Nothing, SendChallenge, TimedOut, NeverRegistered };
    /// What the time brings; call again until Nothing.
    Due due(runtime::TimePoint now);
    /// After SendChallenge: the number to send.
    std::uint32_t challenge(const RandomId& random, runtime::TimePoint now);
    bool times_out_by(runtime::TimePoint now) const { return times_out_ <= now; }
    runtime::TimePoint next_deadline() const;
    /// Time in which this daemon could not listen is not the application's.
    void shift(runtime::Clock::duration stall);

  private:
    ApplicationKey key_;
    Peer peer_;
    Phase phase_ = Phase::Connected;
    wire::RecordVersion version_ = wire::RecordVersion::V2;
    bool timed_out_ = false;
    std::optional<std::uint32_t> outstanding_;
    runtime::TimePoint next_challenge_ = runtime::never, times_out_ = runtime::never, last_answer_{};
    runtime::RateBudget registrations_{8, runtime::Milliseconds(500)};
    Registration registration_;
};

}  // namespace vnf::guest
