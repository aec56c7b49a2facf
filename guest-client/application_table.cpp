// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Connections come and go, time passes, the dead are remembered. What each record does is in
// application_records.cpp.
#include "guest-client/application_table.hpp"

#include <algorithm>
#include <utility>

namespace vnf::guest {

using runtime::TimePoint;

std::string_view word(Departure departure) {
    switch (departure) {
        case Departure::Closed:
            return "closed";
        case Departure::ProcessEnded:
            return "process_ended";
        case Departure::NotReading:
            return "not_reading";
        case Departure::Flood:
            return "flood";
        case Departure::BadFraming:
            return "bad_framing";
        case Departure::Unregistered:
            return "unregistered";
    }
    return "closed";
}

ApplicationTable::ApplicationTable(ApplicationPolicy policy, RandomId random, HealthBoard& health,
                                   ApplicationSink& sink)
    : policy_(policy), random_(std::move(random)), health_(health), sink_(sink) {}

ApplicationKey ApplicationTable::opened(Application::Peer peer) {
    if (applications_.size() >= policy_.limit || per_user_[peer.uid] >= policy_.per_user) {
        ++counters_.refused_limit;
        return 0;
    }
    ++per_user_[peer.uid];
    const ApplicationKey key = next_key_++;
    applications_.emplace(key, Entry{Application(key, peer)});
    return key;
}

void ApplicationTable::closed(ApplicationKey key, Departure departure, TimePoint now) {
    const auto place = applications_.find(key);
    if (place == applications_.end()) {
        return;
    }
    unschedule(place->second);
    const Application app = std::move(place->second.app);
    applications_.erase(place);
    if (--per_user_[app.peer().uid] == 0) {
        per_user_.erase(app.peer().uid);
    }
    ++counters_.departures[static_cast<std::size_t>(departure)];
    health_.recover({HealthSource::Kind::Application, key});
    const bool failed =
        app.registered() && (app.registration().failed_when_closed || departure == Departure::NotReading);
    const std::string reason = "Application " + app.registration().name +
                               (departure == Departure::NotReading ? " stopped reading." : " died.");
    if (failed) {
        bury(app, reason, now);
    }
    sink_.application_left(key, failed, reason);
}

void ApplicationTable::expel(const Application& app, Departure departure, TimePoint now) {
    const ApplicationKey key = app.key();
    closed(key, departure, now);
    sink_.disconnect(key);
}

void ApplicationTable::bury(const Application& app, const std::string& reason, TimePoint now) {
    ++counters_.deaths;
    if (dead_.size() >= policy_.limit) {
        health_.recover({HealthSource::Kind::DeadApplication, dead_.begin()->first});
        dead_.erase(dead_.begin());
        ++counters_.dead_forgotten;
    }
    const TimePoint until = policy_.dead_hold.count() == 0 ? runtime::never : now + policy_.dead_hold;
    const Registration& was = app.registration();
    const std::uint32_t death = next_death_++;
    dead_.emplace(death, Dead{was.name, app.peer().uid, until});
    dead_due_ = std::min(dead_due_, until);
    health_.ail({HealthSource::Kind::DeadApplication, death},
                {wire::HealthCause::ApplicationDied, was.corrective_action, was.name, reason}, now);
}

void ApplicationTable::forget_dead(const std::string& name, std::uint32_t uid) {
    std::erase_if(dead_, [&](const auto& entry) {
        const bool same = entry.second.name == name && entry.second.uid == uid;
        if (same) {
            health_.recover({HealthSource::Kind::DeadApplication, entry.first});
        }
        return same;
    });
}

void ApplicationTable::expire_dead(TimePoint now) {
    if (now < dead_due_) {
        return;
    }
    dead_due_ = runtime::never;
    std::erase_if(dead_, [&](const auto& entry) {
        if (entry.second.until > now) {
            dead_due_ = std::min(dead_due_, entry.second.until);
            return false;
        }
        health_.recover({HealthSource::Kind::DeadApplication, entry.first});
        return true;
    });
}

void ApplicationTable::timer(TimePoint now) {
    expire_dead(now);
    while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
        const ApplicationKey key = deadlines_.begin()->second;
        handle_due(applications_.at(key).app, now);
        if (const auto place = applications_.find(key); place != applications_.end()) {
            reschedule(place->second);
        }
    }
}

void ApplicationTable::handle_due(Application& app, TimePoint now) {
    switch (app.due(now)) {
        case Application::Due::Nothing:
            break;
        case Application::Due::SendChallenge:
            ++counters_.challenges;
            sink_.send(app.key(), wire::RecordChallenge{app.challenge(random_, now)}, app.version());
            break;
        case Application::Due::TimedOut: {
            ++counters_.timeouts;
            const auto waited = 2 * app.registration().interval;
            ail(app, wire::HealthCause::ApplicationTimeout, app.registration().corrective_action,
                "Application " + app.registration().name + " heartbeat timeout " +
                    std::to_string(waited.count()) + " ms.",
                now);
            break;
        }
        case Application::Due::NeverRegistered:
            expel(app, Departure::Unregistered, now);
            break;
    }
}

std::vector<ApplicationKey> ApplicationTable::about_to_time_out(TimePoint now) const {
    std::vector<ApplicationKey> keys;
    for (auto place = deadlines_.begin(); place != deadlines_.end() && place->first <= now; ++place) {
        if (applications_.at(place->second).app.times_out_by(now)) {
            keys.push_back(place->second);
        }
    }
    return keys;
}

void ApplicationTable::stalled(runtime::Clock::duration stall) {
    for (auto& [key, entry] : applications_) {
        entry.app.shift(stall);
        reschedule(entry);
    }
}

void ApplicationTable::unschedule(Entry& entry) {
    if (entry.scheduled != runtime::never) {
        deadlines_.erase({entry.scheduled, entry.app.key()});
        entry.scheduled = runtime::never;
    }
}

void ApplicationTable::reschedule(Entry& entry) {
    const TimePoint next = entry.app.next_deadline();
    if (next == entry.scheduled) {
        return;
    }
    unschedule(entry);
    if (next != runtime::never) {
        deadlines_.emplace(next, entry.app.key());
        entry.scheduled = next;
    }
}

TimePoint ApplicationTable::next_deadline() const {
    return std::min(dead_due_, deadlines_.empty() ? runtime::never : deadlines_.begin()->first);
}

const Application* ApplicationTable::find(ApplicationKey key) const {
    const auto place = applications_.find(key);
    return place == applications_.end() ? nullptr : &place->second.app;
}

std::vector<const Application*> ApplicationTable::all() const {
    std::vector<const Application*> all;
    all.reserve(applications_.size());
    for (const auto& [key, entry] : applications_) {
        all.push_back(&entry.app);
    }
    std::sort(all.begin(), all.end(), [](const auto* a, const auto* b) { return a->key() < b->key(); });
    return all;
}

std::vector<const Application*> ApplicationTable::registered() const {
    std::vector<const Application*> some = all();
    std::erase_if(some, [](const Application* app) { return !app->registered(); });
    return some;
}

}  // namespace vnf::guest
