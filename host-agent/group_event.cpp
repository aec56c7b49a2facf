// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See group_event.hpp.
#include "host-agent/group_event.hpp"

#include <array>
#include <boost/json.hpp>

#include "host-agent/group_body.hpp"
#include "host-agent/old_json.hpp"
#include "wire/heartbeat_words.hpp"
#include "wire/text.hpp"

namespace vnf::host {

namespace json = boost::json;

namespace {

constexpr std::string_view update = "update";
constexpr std::size_t reason_limit = 223;

/// In the order of MemberEvent.
constexpr std::array<MemberEventRow, member_event_count> rows{{
    {"created", "create.end", "active", "", true},
    {"started", "power_on.end", "active", "", true},
    {"stopped", "power_off.end", "stopped", "", true},
    {"paused", "pause.end", "paused", "", true},
    {"unpaused", "unpause.end", "active", "", true},
    {"suspended", "suspend.end", "suspended", "", true},
    {"resumed", "resume.end", "active", "", true},
    {"rebooted", "reboot.end", "active", "", true},
    {"migrated", "live_migration._post.end", "active", "", true},
    {"resized", "finish_resize.end", "active", "", true},
    {"rescued", "rescue.end", "rescued", "", true},
    {"unrescued", "unrescue.end", "active", "", true},
    {"deleted", "delete.end", "deleted", "", true},
    {"failed", update, "error", "", true},
    {"stopping", "power_off.start", "", "powering-off", true},
    {"rebooting", "reboot.start", "", "rebooting", true},
    {"pausing", "pause.start", "", "pausing", true},
    {"suspending", "suspend.start", "", "suspending", true},
    {"migrating", "live_migration.pre.start", "", "migrating", true},
    {"resizing", "resize.start", "", "resize_migrating", true},
    {"heartbeat_initialized", update, "active", ""},
    {"heartbeat_lost", update, "error", ""},
    {"heartbeat_regained", update, "active", ""},
    {"running", update, "active", ""},
    {"unhealthy", update, "", ""},
    {"healthy", update, "", ""},
    {"gone", update, "stopped", ""},
    {"returned", update, "active", ""},
    {"joined", update, "", ""},
    {"left", update, "", ""},
    {"host_lost", update, "error", ""},
}};

/// nova's numbers.
int power_state(std::string_view state) {
    if (state == "paused") {
        return 3;
    }
    if (state == "stopped" || state == "deleted") {
        return 4;
    }
    if (state == "error") {
        return 6;
    }
    if (state == "suspended") {
        return 7;
    }
    return state == "building" ? 0 : 1;
}

std::string text_of(const JournalFields& fields, std::string_view key) {
    for (const auto& [name, value] : fields) {
        const auto* text = std::get_if<std::string>(&value);
        if (name == key && text != nullptr) {
            return *text;
        }
    }
    return {};
}

/// What a notification of the host to the guest says of the guest.
std::optional<MemberEvent> announced(wire::Event event) {
    switch (event) {
        case wire::Event::Stop:
            return MemberEvent::Stopping;
        case wire::Event::Reboot:
            return MemberEvent::Rebooting;
        case wire::Event::Suspend:
            return MemberEvent::Suspending;
        case wire::Event::Pause:
            return MemberEvent::Pausing;
        case wire::Event::Unpause:
            return MemberEvent::Unpaused;
        case wire::Event::Resume:
            return MemberEvent::Resumed;
        case wire::Event::ResizeBegin:
        case wire::Event::ColdMigrateBegin:
            return MemberEvent::Resizing;
        case wire::Event::ResizeEnd:
        case wire::Event::ColdMigrateEnd:
            return MemberEvent::Resized;
        case wire::Event::LiveMigrateBegin:
            return MemberEvent::Migrating;
        case wire::Event::LiveMigrateEnd:
            return MemberEvent::Migrated;
        case wire::Event::Unknown:
            return std::nullopt;
    }
    return std::nullopt;
}

std::optional<MemberChange> asked_change(const JournalFields& fields) {
    if (text_of(fields, "notification") != word(wire::Notification::Irrevocable)) {
        return std::nullopt;  // a vote announces nothing
    }
    const auto event = wire::event_of(text_of(fields, "event"));
    const auto change = event ? announced(*event) : std::nullopt;
    return change ? std::optional<MemberChange>({*change, {}}) : std::nullopt;
}

std::optional<MemberChange> corrective_change(const JournalFields& fields) {
    const std::string reason = text_of(fields, "cause");
    switch (wire::corrective_action_of(text_of(fields, "action")).value_or(wire::CorrectiveAction::None)) {
        case wire::CorrectiveAction::Reboot:
            return MemberChange{MemberEvent::Rebooting, reason};
        case wire::CorrectiveAction::Stop:
            return MemberChange{MemberEvent::Stopping, reason};
        case wire::CorrectiveAction::None:
        case wire::CorrectiveAction::Log:
        case wire::CorrectiveAction::Unknown:
            return std::nullopt;
    }
    return std::nullopt;
}

std::string unhealthy_reason(const JournalFields& fields) {
    std::string text = text_of(fields, "cause");
    for (const std::string_view key : {"application", "reason"}) {
        const std::string more = text_of(fields, key);
        text += more.empty() ? "" : ": " + more;
    }
    return text;
}

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value() : json::value(text);
}

void add_cause(json::object& payload, const MemberChange& change) {
    const MemberEventRow& row = row_of(change.event);
    json::value& metadata = payload["metadata"];
    json::object& texts = metadata.is_object() ? metadata.get_object() : metadata.emplace_object();
    if (row.event_type == update) {
        texts["cause"] = row.word;
    }
    if (!change.reason.empty()) {
        texts["reason"] = wire::clean_utf8(change.reason, reason_limit);
    }
}

void add_extras(json::object& payload, const MemberChange& change, const StateChange& states) {
    if (row_of(change.event).event_type == update) {
        payload["old_state"] = states.old_state;
        payload["state"] = states.state;
        payload["old_task_state"] = text_or_null(states.old_task_state);
        payload["new_task_state"] = text_or_null(states.task_state);
        payload["power_state"] = power_state(states.state);
        payload["audit_period_beginning"] = "";
        payload["audit_period_ending"] = "";
        payload["bandwidth"] = json::object();
    } else if (change.event == MemberEvent::Created) {
        payload["message"] = "Success";
    }
}

/// As nova wraps it. Nothing if it can't be JSON text of any use.
std::optional<wire::JsonText> wrapped(const json::object& payload, const MemberChange& change,
                                      MemberStatus::WallTime time) {
    std::string text = "{\"payload\":";
    append_old_json(text, payload);
    text.append(",\"event_type\":\"compute.instance.").append(row_of(change.event).event_type);
    text.append("\",\"priority\":\"INFO\",\"timestamp\":\"").append(event_time(time)).append("\"}");
    auto parsed = wire::JsonText::parse(text);
    auto* body = std::get_if<wire::JsonText>(&parsed);
    return body != nullptr ? std::optional(std::move(*body)) : std::nullopt;
}

}  // namespace

const MemberEventRow& row_of(MemberEvent event) {
    return rows[static_cast<std::size_t>(event)];
}

std::optional<MemberEvent> requested_event(std::string_view word) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].by_request && rows[i].word == word) {
            return static_cast<MemberEvent>(i);
        }
    }
    return std::nullopt;
}

std::string requested_event_words() {
    std::string words;
    for (const MemberEventRow& row : rows) {
        if (row.by_request) {
            words.append(words.empty() ? "" : ", ").append(row.word);
        }
    }
    return words;
}

std::optional<MemberChange> member_change(JournalKind kind, const JournalFields& fields) {
    using enum JournalKind;
    if (kind == ActionAsked) {
        return asked_change(fields);
    }
    if (kind == CorrectiveStarted) {
        return corrective_change(fields);
    }
    if (kind == JournalKind::Initialized) {
        return MemberChange{MemberEvent::HeartbeatInitialized, {}};
    }
    if (kind == Lost) {
        return MemberChange{MemberEvent::HeartbeatLost, text_of(fields, "reason")};
    }
    if (kind == Heartbeating) {
        return MemberChange{MemberEvent::HeartbeatRegained, {}};
    }
    if (kind == JournalKind::Resumed) {
        return MemberChange{MemberEvent::Running, text_of(fields, "reason")};
    }
    if (kind == JournalKind::Unhealthy) {
        return MemberChange{MemberEvent::Unhealthy, unhealthy_reason(fields)};
    }
    if (kind == JournalKind::Healthy) {
        return MemberChange{MemberEvent::Healthy, {}};
    }
    if (kind == JournalKind::Gone) {
        return MemberChange{MemberEvent::Gone, text_of(fields, "reason")};
    }
    return std::nullopt;
}

StateChange apply(MemberEvent event, MemberStatus::WallTime time, MemberStatus& status) {
    const MemberEventRow& row = row_of(event);
    StateChange change{status.state(), status.task_state(), {}, {}};
    const bool keeps_task = row.state.empty() && row.task_state.empty();
    if (!row.state.empty()) {
        status.set_text("state", row.state);
    }
    if (!keeps_task) {
        status.set_text("state_description", row.task_state);
    }
    if (event == MemberEvent::Created) {
        status.set_text("created_at", created_time(time));
    }
    if (event == MemberEvent::Created || event == MemberEvent::Started) {
        status.set_text("launched_at", event_time(time));
    }
    if (event == MemberEvent::Deleted) {
        status.set_text("terminated_at", event_time(time));
        status.set_text("deleted_at", event_time(time));
    }
    change.state = status.state();
    change.task_state = status.task_state();
    return change;
}

std::optional<wire::JsonText> notification_body(const MemberChange& change, const StateChange& states,
                                                const wire::JsonText& entry, MemberStatus::WallTime time) {
    boost::system::error_code error;
    json::value value = json::parse(entry.text(), error);
    json::object* payload = error ? nullptr : value.if_object();
    if (payload == nullptr) {
        return std::nullopt;
    }
    add_cause(*payload, change);
    add_extras(*payload, change, states);
    auto body = wrapped(*payload, change, time);
    if (body && body->text().size() > notification_body_limit()) {
        // What the settings say goes first; why the peers are told stays for as long as it can.
        (*payload)["image_meta"] = json::object();
        body = wrapped(*payload, change, time);
    }
    if (body && body->text().size() > notification_body_limit()) {
        (*payload)["metadata"] = json::object();
        add_cause(*payload, change);
        body = wrapped(*payload, change, time);
    }
    return body ? fitting(*body, notification_body_limit()) : std::nullopt;
}

wire::JsonText lost_member_body(const wire::JsonText& last_entry, std::string_view cause,
                                MemberStatus::WallTime time) {
    boost::system::error_code error;
    json::value entry = json::parse(last_entry.text(), error);
    StateChange states;
    states.state = row_of(MemberEvent::HostLost).state;
    if (json::object* object = error ? nullptr : entry.if_object()) {
        const json::value* before = object->if_contains("state");
        states.old_state = before != nullptr && before->is_string() ? before->get_string() : "";
        (*object)["state"] = states.state;
    }
    std::string text;
    append_old_json(text, entry);
    const MemberChange change{MemberEvent::HostLost, std::string(cause)};
    const auto body =
        notification_body(change, states, std::get<wire::JsonText>(wire::JsonText::parse(text)), time);
    return body ? *body : last_entry;
}

}  // namespace vnf::host
