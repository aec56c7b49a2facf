// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See member_status.hpp.
#include "host-agent/member_status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <ctime>

#include "host-agent/group_body.hpp"

namespace vnf::host {

namespace {

std::size_t index_of(std::string_view key) {
    const auto found = std::find_if(status_keys.begin(), status_keys.end(),
                                    [key](const StatusKey& one) { return one.name == key; });
    assert(found != status_keys.end());
    return static_cast<std::size_t>(found - status_keys.begin());
}

std::string_view empty_form(StatusKind kind) {
    switch (kind) {
        case StatusKind::Text:
        case StatusKind::Progress:
            return "\"\"";
        case StatusKind::TextOrNull:
            return "null";
        case StatusKind::Number:
            return "0";
        case StatusKind::Texts:
            return "{}";
    }
    return "null";
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    wire::append_old_json_escaped(out, text);
    return out += '"';
}

/// The date, the time and the microseconds.
std::string utc(MemberStatus::WallTime time, char between) {
    const auto micros =
        std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
    const std::time_t seconds = micros / 1000000;
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    return fmt::format("{:04}-{:02}-{:02}{}{:02}:{:02}:{:02}.{:06}", parts.tm_year + 1900, parts.tm_mon + 1,
                       parts.tm_mday, between, parts.tm_hour, parts.tm_min, parts.tm_sec, micros % 1000000);
}

}  // namespace

MemberStatus::MemberStatus() {
    for (std::size_t i = 0; i < status_keys.size(); ++i) {
        values_[i] = empty_form(status_keys[i].kind);
    }
    set_text("state", "active");
}

void MemberStatus::set(std::string_view key, std::string json) {
    const std::size_t index = index_of(key);
    values_[index] = std::move(json);
    given_.set(index);
    encoded_ = false;
}

void MemberStatus::set_text(std::string_view key, std::string_view text) {
    if (key == "state") {
        state_ = text;
    } else if (key == "state_description") {
        task_state_ = text;
    }
    set(key, quoted(text));
}

void MemberStatus::set_number(std::string_view key, std::int64_t number) {
    const bool no_progress = number == 0 && status_keys[index_of(key)].kind == StatusKind::Progress;
    set(key, no_progress ? "\"\"" : std::to_string(number));
}

void MemberStatus::set_texts(std::string_view key, const Texts& texts) {
    std::string json = "{";
    for (const auto& [name, text] : texts) {
        json += (json.size() == 1 ? "" : ",") + quoted(name) + ':' + quoted(text);
    }
    set(key, json + '}');
}

void MemberStatus::offer_text(std::string_view key, std::string_view text) {
    if (!given_.test(index_of(key))) {
        set_text(key, text);
    }
}

std::string MemberStatus::whole_json() const {
    std::string json;
    for (std::size_t i = 0; i < status_keys.size(); ++i) {
        json.append(i == 0 ? "{\"" : ",\"").append(status_keys[i].name).append("\":").append(values_[i]);
    }
    return json += '}';
}

const std::optional<wire::JsonText>& MemberStatus::entry() const {
    if (!encoded_) {
        const auto parsed = wire::JsonText::parse(whole_json());
        const auto* whole = std::get_if<wire::JsonText>(&parsed);
        entry_ = whole != nullptr ? fitting(*whole, status_body_limit()) : std::nullopt;
        encoded_ = true;
    }
    return entry_;
}

std::string created_time(MemberStatus::WallTime time) {
    return utc(time, ' ') + "+00:00";
}

std::string event_time(MemberStatus::WallTime time) {
    return utc(time, 'T');
}

}  // namespace vnf::host
