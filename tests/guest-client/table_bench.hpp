// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The application table on a virtual clock, with applications that answer by a line of a test.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "guest-client/application_table.hpp"

namespace vnf::guest::test {

using runtime::Milliseconds;
using runtime::TimePoint;

class TableBench final : public ApplicationSink {
  public:
    struct Sent {
        ApplicationKey key;
        wire::DaemonRecord record;
        wire::RecordVersion version;
    };
    struct Left {
        ApplicationKey key;
        bool failed;
        std::string reason;
    };

    explicit TableBench(ApplicationPolicy policy = {})
        : table(
              policy, [this] { return ++last_id; }, health, *this) {}

    ApplicationKey open(std::uint32_t uid = 1000) { return table.opened({4711, uid}); }
    void say(ApplicationKey key, const wire::ApplicationRecord& record) { table.record(key, record, now); }
    void close(ApplicationKey key, Departure how = Departure::Closed) { table.closed(key, how, now); }

    static wire::RecordInit init(std::string name, std::uint32_t interval = 1000) {
        return {1, std::move(name), interval, 8, 5, 5, 5, wire::CorrectiveAction::Reboot};
    }
    static wire::RecordRegister registration(std::string name, std::uint32_t interval = 1000) {
        wire::RecordRegister record;
        record.name = std::move(name);
        record.interval_ms = interval;
        record.vote_ms = record.shutdown_notice_ms = record.suspend_notice_ms = record.resume_notice_ms =
            5000;
        record.corrective_action = wire::CorrectiveAction::Stop;
        return record;
    }
    ApplicationKey old_application(std::string name, std::uint32_t interval = 1000,
                                   std::uint32_t uid = 1000) {
        const ApplicationKey key = open(uid);
        say(key, init(std::move(name), interval));
        return key;
    }
    ApplicationKey new_application(std::string name, std::uint32_t interval = 1000,
                                   std::uint32_t uid = 1000) {
        const ApplicationKey key = open(uid);
        wire::RecordInit offer = init(name);
        offer.revision = wire::record_v3_offer_revision;
        say(key, offer);
        say(key, registration(std::move(name), interval));
        return key;
    }
    /// Runs the table's deadlines; `answering` applications answer each challenge healthy at once.
    void pass(Milliseconds by, const std::set<ApplicationKey>& answering = {}) {
        const TimePoint end = now + by;
        while (table.next_deadline() <= end) {
            now = std::max(now, table.next_deadline());
            table.timer(now);
            for (const ApplicationKey key : answering) {
                answer(key);
            }
        }
        now = end;
    }
    std::optional<std::uint32_t> challenge_of(ApplicationKey key) const {
        std::optional<std::uint32_t> last;
        for (const Sent& one : sent) {
            if (const auto* challenge = std::get_if<wire::RecordChallenge>(&one.record);
                challenge && one.key == key) {
                last = challenge->challenge;
            }
        }
        return last;
    }
    void answer(ApplicationKey key, wire::Health state = wire::Health::Healthy,
                wire::CorrectiveAction action = wire::CorrectiveAction::None) {
        if (const auto challenge = challenge_of(key); challenge && answered.insert(*challenge).second) {
            say(key, wire::RecordChallengeResponse{*challenge, state, action, "said so"});
        }
    }
    template <typename Record>
    std::vector<Record> sent_to(ApplicationKey key) const {
        std::vector<Record> some;
        for (const Sent& one : sent) {
            if (const auto* record = std::get_if<Record>(&one.record); record && one.key == key) {
                some.push_back(*record);
            }
        }
        return some;
    }
    bool healthy() const { return health.verdict().health == wire::Health::Healthy; }

    bool send(ApplicationKey key, const wire::DaemonRecord& record, wire::RecordVersion version) override {
        sent.push_back({key, record, version});
        return true;
    }
    void switch_to_version_3(ApplicationKey key) override { switched.push_back(key); }
    void disconnect(ApplicationKey key) override { disconnected.push_back(key); }
    void action_answered(ApplicationKey, const wire::RecordActionResponse&) override {}
    void action_extension(ApplicationKey, const wire::RecordActionExtend&) override {}
    void application_left(ApplicationKey key, bool failed, const std::string& reason) override {
        left.push_back({key, failed, reason});
    }

    TimePoint now{std::chrono::hours(1)};
    std::int32_t last_id = 0;
    HealthBoard health{wire::CorrectiveAction::Log};
    std::vector<Sent> sent;
    std::vector<ApplicationKey> switched, disconnected;
    std::vector<Left> left;
    std::set<std::uint32_t> answered;
    ApplicationTable table;
};

}  // namespace vnf::guest::test
