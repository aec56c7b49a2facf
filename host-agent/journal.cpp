// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See journal.hpp.
#include "host-agent/journal.hpp"

#include <fmt/chrono.h>

#include <boost/json.hpp>

namespace vnf::host {

namespace json = boost::json;

namespace {

json::value as_json(const JournalValue& value) {
    return std::visit([](const auto& held) { return json::value(held); }, value);
}

std::string gap_line(std::uint64_t from, std::uint64_t to) {
    json::object line{{"kind", "gap"}, {"missed_from", from}, {"missed_to", to}};
    return json::serialize(line) + '\n';
}

}  // namespace

std::string utc_text(Journal::WallTime time) {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
    const std::time_t seconds = ms / 1000;
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(seconds), ms % 1000);
}

std::uint64_t Journal::append(WallTime time, JournalKind kind, std::string_view instance,
                              const JournalFields& fields) {
    json::object entry;
    entry.reserve(fields.size() + 4);
    entry.emplace("seq", ++last_);
    entry.emplace("time", utc_text(time));
    if (!instance.empty()) {
        entry.emplace("instance", instance);
    }
    entry.emplace("kind", word(kind));
    for (const auto& [key, value] : fields) {
        entry.emplace(key, as_json(value));
    }
    lines_.push_back(json::serialize(entry) + '\n');
    if (lines_.size() > capacity_) {
        lines_.pop_front();
    }
    for (const auto& [subscription, listener] : listeners_) {
        listener(lines_.back());
    }
    return last_;
}

void Journal::read_since(std::uint64_t since, const Listener& reader) const {
    std::uint64_t next = since + 1;
    if (next < first()) {
        reader(gap_line(next, first() - 1));
        next = first();
    }
    for (; next <= last_; ++next) {
        reader(lines_[next - first()]);
    }
}

std::uint64_t Journal::subscribe(Listener listener) {
    listeners_.emplace(next_subscription_, std::move(listener));
    return next_subscription_++;
}

void Journal::unsubscribe(std::uint64_t subscription) {
    listeners_.erase(subscription);
}

std::string_view word(JournalKind kind) {
    switch (kind) {
        case JournalKind::InstanceAdded:
            return "instance_added";
        case JournalKind::InstanceRemoved:
            return "instance_removed";
        case JournalKind::Connected:
            return "connected";
        case JournalKind::Disconnected:
            return "disconnected";
        case JournalKind::Gone:
            return "gone";
        case JournalKind::Initialized:
            return "initialized";
        case JournalKind::Heartbeating:
            return "heartbeating";
        case JournalKind::Stopped:
            return "stopped";
        case JournalKind::Lost:
            return "lost";
        case JournalKind::LossDeferred:
            return "loss_deferred";
        case JournalKind::Unhealthy:
            return "unhealthy";
        case JournalKind::Healthy:
            return "healthy";
        case JournalKind::Suspended:
            return "suspended";
        case JournalKind::Resumed:
            return "resumed";
        case JournalKind::Exit:
            return "exit";
        case JournalKind::NotEstablished:
            return "not_established";
        case JournalKind::ActionAsked:
            return "action_asked";
        case JournalKind::ActionExtended:
            return "action_extended";
        case JournalKind::ActionDecided:
            return "action_decided";
        case JournalKind::ActionIgnored:
            return "action_ignored";
        case JournalKind::CorrectiveStarted:
            return "corrective_started";
        case JournalKind::CorrectiveDone:
            return "corrective_done";
        case JournalKind::CorrectiveFailed:
            return "corrective_failed";
        case JournalKind::CorrectiveSuppressed:
            return "corrective_suppressed";
        case JournalKind::CorrectiveGivenUp:
            return "corrective_given_up";
        case JournalKind::CorrectiveDropped:
            return "corrective_dropped";
        case JournalKind::MessageRejected:
            return "message_rejected";
        case JournalKind::Flood:
            return "flood";
        case JournalKind::SocketRefused:
            return "socket_refused";
        case JournalKind::ReportingChanged:
            return "reporting_changed";
        case JournalKind::SettingsReloaded:
            return "settings_reloaded";
        case JournalKind::SettingsRefused:
            return "settings_refused";
        case JournalKind::MessagingConnected:
            return "messaging_connected";
        case JournalKind::MessagingDisconnected:
            return "messaging_disconnected";
        case JournalKind::GroupJoined:
            return "group_joined";
        case JournalKind::GroupLeft:
            return "group_left";
        case JournalKind::GroupRefused:
            return "group_refused";
        case JournalKind::GroupChanged:
            return "group_changed";
        case JournalKind::GroupOverload:
            return "group_overload";
    }
    return "unknown";
}

}  // namespace vnf::host
