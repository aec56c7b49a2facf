// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What each record of an application does to its entry in the table. Ranges are checked here, once, so that
// everything behind works with durations that can't overflow (G-02, G-13).
#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "guest-client/application_table.hpp"

namespace vnf::guest {
namespace {

using runtime::Milliseconds;
using runtime::TimePoint;

Milliseconds seconds_of(std::uint32_t declared) {
    return std::clamp(Milliseconds(std::int64_t{declared} * 1000), Milliseconds(1000), longest_notice);
}

bool within(std::uint32_t value, Milliseconds lowest, Milliseconds highest) {
    return Milliseconds(value) >= lowest && Milliseconds(value) <= highest;
}

/// The first field out of its range, as docs/protocol.md names it.
std::optional<std::string> out_of_range(const wire::RecordRegister& record) {
    if (record.name.empty()) {
        return "name";
    }
    if (!within(record.interval_ms, fastest_interval_v3, slowest_interval_v3)) {
        return "interval_ms";
    }
    const std::pair<const char*, std::uint32_t> notices[] = {
        {"vote_ms", record.vote_ms},
        {"shutdown_notice_ms", record.shutdown_notice_ms},
        {"suspend_notice_ms", record.suspend_notice_ms},
        {"resume_notice_ms", record.resume_notice_ms}};
    for (const auto& [name, value] : notices) {
        if (!within(value, Milliseconds(1), longest_notice)) {
            return name;
        }
    }
    return std::nullopt;
}

Registration registration_of(const wire::RecordInit& init, bool failed_when_closed) {
    return {init.name,
            Milliseconds(init.interval_ms),
            seconds_of(init.vote_secs),
            seconds_of(init.shutdown_notice_secs),
            seconds_of(init.suspend_notice_secs),
            seconds_of(init.resume_notice_secs),
            init.corrective_action,
            failed_when_closed};
}

Registration registration_of(const wire::RecordRegister& record, bool failed_when_closed) {
    return {record.name,
            Milliseconds(record.interval_ms),
            Milliseconds(record.vote_ms),
            Milliseconds(record.shutdown_notice_ms),
            Milliseconds(record.suspend_notice_ms),
            Milliseconds(record.resume_notice_ms),
            record.corrective_action,
            failed_when_closed};
}

}  // namespace

void ApplicationTable::record(ApplicationKey key, const wire::ApplicationRecord& record, TimePoint now) {
    const auto place = applications_.find(key);
    if (place == applications_.end()) {
        return;
    }
    std::visit([&](const auto& one) { take(place->second.app, one, now); }, record);
    if (const auto still = applications_.find(key); still != applications_.end()) {
        reschedule(still->second);
    }
}

bool ApplicationTable::admit_registration(Application& app, TimePoint now) {
    if (app.may_register(now)) {
        return true;
    }
    expel(app, Departure::Flood, now);
    return false;
}

void ApplicationTable::take(Application& app, const wire::RecordInit& init, TimePoint now) {
    if (!admit_registration(app, now)) {
        return;
    }
    if (!within(init.interval_ms, fastest_interval_v2, slowest_interval_v2)) {
        ++counters_.refused_registrations;
        sink_.send(app.key(), wire::RecordInitAck{1, false}, wire::RecordVersion::V2);
        return;
    }
    if (init.revision >= 2 && policy_.offer_version_3) {
        health_.recover({HealthSource::Kind::Application, app.key()});
        app.await_register(now);
        sink_.send(app.key(), wire::RecordInitAck{2, true}, wire::RecordVersion::V2);
        sink_.switch_to_version_3(app.key());
        return;
    }
    sink_.send(app.key(), wire::RecordInitAck{1, true}, wire::RecordVersion::V2);
    enroll(app, registration_of(init, policy_.silent_close_v2_failed), now);
}

void ApplicationTable::take(Application& app, const wire::RecordRegister& record, TimePoint now) {
    if (!admit_registration(app, now)) {
        return;
    }
    if (const auto field = out_of_range(record)) {
        ++counters_.refused_registrations;
        sink_.send(app.key(), wire::RecordRegisterAck{false, 0, *field}, wire::RecordVersion::V3);
        return;
    }
    const bool failed = record.silent_close == wire::SilentClose::DaemonDefault
                            ? policy_.silent_close_v3_failed
                            : record.silent_close == wire::SilentClose::Failed;
    sink_.send(app.key(), wire::RecordRegisterAck{true, record.interval_ms, {}}, wire::RecordVersion::V3);
    enroll(app, registration_of(record, failed), now);
}

void ApplicationTable::enroll(Application& app, Registration registration, TimePoint now) {
    ++counters_.registrations;
    health_.recover({HealthSource::Kind::Application, app.key()});
    forget_dead(registration.name, app.peer().uid);
    app.register_as(std::move(registration), now);
}

void ApplicationTable::take(Application& app, const wire::RecordDeregister&, TimePoint) {
    if (!app.registered()) {
        ++counters_.unexpected_records;
        return;
    }
    health_.recover({HealthSource::Kind::Application, app.key()});
    forget_dead(app.registration().name, app.peer().uid);
    app.deregister();
    sink_.application_left(app.key(), false, {});
}

void ApplicationTable::take(Application& app, const wire::RecordChallengeResponse& answer, TimePoint now) {
    if (!app.answer(answer.challenge, now)) {
        ++counters_.wrong_answers;
        return;
    }
    ++counters_.answers;
    set_health(app, answer.health, answer.corrective_action, answer.log, now);
}

void ApplicationTable::take(Application& app, const wire::RecordHealthPush& push, TimePoint now) {
    if (!app.registered()) {
        ++counters_.unexpected_records;
        return;
    }
    ++counters_.health_reports;
    // One that does not answer is not well because it says so; its next answer counts.
    if (!app.timed_out()) {
        set_health(app, push.health, push.corrective_action, push.log, now);
    }
}

void ApplicationTable::take(Application& app, const wire::RecordActionResponse& answer, TimePoint) {
    sink_.action_answered(app.key(), answer);
}

void ApplicationTable::take(Application& app, const wire::RecordActionExtend& wish, TimePoint) {
    sink_.action_extension(app.key(), wish);
}

void ApplicationTable::set_health(const Application& app, wire::Health health, wire::CorrectiveAction action,
                                  const std::string& log, TimePoint now) {
    if (health == wire::Health::Healthy) {
        health_.recover({HealthSource::Kind::Application, app.key()});
        return;
    }
    const auto named =
        action == wire::CorrectiveAction::Unknown ? app.registration().corrective_action : action;
    ail(app, wire::HealthCause::ApplicationUnhealthy, named,
        log.empty() ? "Application " + app.registration().name + " is unhealthy." : log, now);
}

void ApplicationTable::ail(const Application& app, wire::HealthCause cause, wire::CorrectiveAction action,
                           std::string reason, TimePoint now) {
    health_.ail({HealthSource::Kind::Application, app.key()},
                {cause, action, app.registration().name, std::move(reason)}, now);
}

}  // namespace vnf::guest
