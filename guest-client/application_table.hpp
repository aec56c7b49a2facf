// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Every application of the guest: admission, registration in both record versions, heartbeats, departures,
// and what all that means for the guest's health. Pure: records and times in, calls to the sink and the
// health board out.
//
// Policy. A connection that ends without FINAL or DEREGISTER is a silent close: as the application declared,
// else as the settings say for its record version. A failed one ails as a death, under its name and user,
// until somebody of the same name and user registers or deregisters, or until `dead_hold` has passed. An
// application that stops reading is failed whatever it declared: the daemon ends it, not it itself.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "guest-client/application.hpp"
#include "guest-client/health.hpp"

namespace vnf::guest {

enum class Departure : std::uint8_t {
    Closed,        ///< the peer's end was closed
    ProcessEnded,  ///< its process is gone, whoever still holds the socket
    NotReading,    ///< its bounded write queue is full
    Flood,         ///< registers too often
    BadFraming,    ///< version 3: nothing it says can be trusted any more
    Unregistered,  ///< never said what it is
};
std::string_view word(Departure departure);
inline constexpr std::size_t departure_count = 6;

/// What the table asks of its surroundings. None of these may call back into the table.
class ApplicationSink {
  public:
    virtual ~ApplicationSink() = default;
    /// False if the record could not even be queued.
    virtual bool send(ApplicationKey key, const wire::DaemonRecord& record, wire::RecordVersion version) = 0;
    /// From the next byte on the application speaks version 3.
    virtual void switch_to_version_3(ApplicationKey key) = 0;
    /// End the connection; the table has forgotten it already, or closed() follows.
    virtual void disconnect(ApplicationKey key) = 0;
    virtual void action_answered(ApplicationKey key, const wire::RecordActionResponse& response) = 0;
    virtual void action_extension(ApplicationKey key, const wire::RecordActionExtend& wish) = 0;
    /// It has no voice any more; `failed` if it left without saying so. `reason` says how.
    virtual void application_left(ApplicationKey key, bool failed, const std::string& reason) = 0;
};

struct ApplicationPolicy {
    std::size_t limit = 1024, per_user = 1024;
    bool silent_close_v2_failed = false, silent_close_v3_failed = true;
    runtime::Milliseconds dead_hold{0};  ///< 0: until it registers again
    bool offer_version_3 = true;
};

struct ApplicationCounters {
    std::uint64_t registrations = 0, refused_registrations = 0, refused_limit = 0, challenges = 0,
                  answers = 0, wrong_answers = 0, timeouts = 0, health_reports = 0, deaths = 0,
                  unexpected_records = 0, dead_forgotten = 0;
    std::array<std::uint64_t, departure_count> departures{};
};

class ApplicationTable {
  public:
    ApplicationTable(ApplicationPolicy policy, RandomId random, HealthBoard& health, ApplicationSink& sink);

    void set_policy(const ApplicationPolicy& policy) { policy_ = policy; }

    /// The new connection's key; 0 if a quota refuses it.
    ApplicationKey opened(Application::Peer peer);
    void record(ApplicationKey key, const wire::ApplicationRecord& record, runtime::TimePoint now);
    void closed(ApplicationKey key, Departure departure, runtime::TimePoint now);
    void timer(runtime::TimePoint now);
    /// Whose time is up unless something of it is waiting to be read: the surroundings read before timer().
    std::vector<ApplicationKey> about_to_time_out(runtime::TimePoint now) const;
    void stalled(runtime::Clock::duration stall);
    runtime::TimePoint next_deadline() const;

    const Application* find(ApplicationKey key) const;
    /// In the order of their keys.
    std::vector<const Application*> registered() const;
    std::vector<const Application*> all() const;
    std::size_t size() const { return applications_.size(); }
    struct Dead {
        std::string name;
        std::uint32_t uid = 0;
        runtime::TimePoint until;
    };
    const std::map<std::uint32_t, Dead>& dead() const { return dead_; }
    const ApplicationCounters& counters() const { return counters_; }

  private:
    struct Entry {
        Application app;
        runtime::TimePoint scheduled = runtime::never;  ///< its place in deadlines_
    };

    void take(Application& app, const wire::RecordInit& init, runtime::TimePoint now);
    void take(Application& app, const wire::RecordRegister& registration, runtime::TimePoint now);
    void take(Application& app, const wire::RecordDeregister& goodbye, runtime::TimePoint now);
    void take(Application& app, const wire::RecordChallengeResponse& answer, runtime::TimePoint now);
    void take(Application& app, const wire::RecordActionResponse& answer, runtime::TimePoint now);
    void take(Application& app, const wire::RecordHealthPush& health, runtime::TimePoint now);
    void take(Application& app, const wire::RecordActionExtend& wish, runtime::TimePoint now);

    bool admit_registration(Application& app, runtime::TimePoint now);
    void enroll(Application& app, Registration registration, runtime::TimePoint now);
    void set_health(const Application& app, wire::Health health, wire::CorrectiveAction action,
                    const std::string& log, runtime::TimePoint now);
    void ail(const Application& app, wire::HealthCause cause, wire::CorrectiveAction action,
             std::string reason, runtime::TimePoint now);
    void bury(const Application& app, const std::string& reason, runtime::TimePoint now);
    void forget_dead(const std::string& name, std::uint32_t uid);
    void expire_dead(runtime::TimePoint now);
    void handle_due(Application& app, runtime::TimePoint now);
    void reschedule(Entry& entry);
    void unschedule(Entry& entry);
    void expel(const Application& app, Departure departure, runtime::TimePoint now);

    ApplicationPolicy policy_;
    RandomId random_;
    HealthBoard& health_;
    ApplicationSink& sink_;
    std::unordered_map<ApplicationKey, Entry> applications_;
    std::unordered_map<std::uint32_t, std::size_t> per_user_;
    std::set<std::pair<runtime::TimePoint, ApplicationKey>> deadlines_;
    std::map<std::uint32_t, Dead> dead_;
    runtime::TimePoint dead_due_ = runtime::never;
    ApplicationKey next_key_ = 1;
    std::uint32_t next_death_ = 1;
    ApplicationCounters counters_;
};

}  // namespace vnf::guest
