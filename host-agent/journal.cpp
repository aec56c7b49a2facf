// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See journal.hpp.
#include "host-agent/journal.hpp"

#include <fmt/chrono.h>

#include <array>
#include <boost/json.hpp>

namespace vnf::host {

namespace json = boost::json;

namespace {

/// In the order of JournalKind.
constexpr std::array<std::string_view, journal_kind_count> words{
    "instance_added",
    "instance_removed",
    "connected",
    "disconnected",
    "gone",
    "initialized",
    "heartbeating",
    "stopped",
    "lost",
    "loss_deferred",
    "unhealthy",
    "healthy",
    "suspended",
    "resumed",
    "exit",
    "not_established",
    "action_asked",
    "action_extended",
    "action_decided",
    "action_ignored",
    "corrective_started",
    "corrective_done",
    "corrective_failed",
    "corrective_suppressed",
    "corrective_given_up",
    "corrective_dropped",
    "message_rejected",
    "flood",
    "socket_refused",
    "reporting_changed",
    "settings_reloaded",
    "settings_refused",
    "messaging_connected",
    "messaging_disconnected",
    "group_joined",
    "group_left",
    "group_refused",
    "group_changed",
    "group_overload",
    "group_missed",
    "group_query_refused",
    "group_too_long",
    "scale_started",
    "scale_done",
    "scale_partial",
    "scale_failed",
    "scale_late",
    "scale_diverged",
    "scale_in_step",
    "scale_interrupted",
    "scale_set",
    "scale_agent_absent",
    "scale_agent_back",
    "scale_not_kept",
};
static_assert(!words.back().empty());

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
    return words[static_cast<std::size_t>(kind)];
}

}  // namespace vnf::host
