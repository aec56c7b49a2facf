// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A member's status entry as its peers get it: the 34 keys of the server-group specification, section 3.4, typed, always
// all of them, in the order in which the old host sent them. What nobody said is empty in the old form: "", 0, null
// or {}. Texts are escaped as the old libraries do, so that an entry's size is the size that an old guest sees.
#pragma once

#include <array>
#include <bitset>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wire/json_text.hpp"

namespace vnf::host {

enum class StatusKind : std::uint8_t {
    Text,        ///< empty: ""
    TextOrNull,  ///< empty: null
    Number,      ///< empty: 0
    Progress,    ///< a number; empty: ""
    Texts,       ///< an object of texts; empty: {}
};

struct StatusKey {
    std::string_view name;
    StatusKind kind;
};

/// In the order of the wire.
inline constexpr std::array<StatusKey, 34> status_keys{{
    {"state_description", StatusKind::Text},
    {"availability_zone", StatusKind::TextOrNull},
    {"terminated_at", StatusKind::Text},
    {"ephemeral_gb", StatusKind::Number},
    {"instance_type_id", StatusKind::Number},
    {"deleted_at", StatusKind::Text},
    {"reservation_id", StatusKind::Text},
    {"memory_mb", StatusKind::Number},
    {"display_name", StatusKind::Text},
    {"hostname", StatusKind::Text},
    {"state", StatusKind::Text},
    {"progress", StatusKind::Progress},
    {"launched_at", StatusKind::Text},
    {"metadata", StatusKind::Texts},
    {"node", StatusKind::TextOrNull},
    {"ramdisk_id", StatusKind::Text},
    {"access_ip_v6", StatusKind::TextOrNull},
    {"disk_gb", StatusKind::Number},
    {"access_ip_v4", StatusKind::TextOrNull},
    {"kernel_id", StatusKind::Text},
    {"host", StatusKind::TextOrNull},
    {"user_id", StatusKind::Text},
    {"image_ref_url", StatusKind::Text},
    {"cell_name", StatusKind::Text},
    {"root_gb", StatusKind::Number},
    {"tenant_id", StatusKind::Text},
    {"created_at", StatusKind::Text},
    {"instance_id", StatusKind::Text},
    {"instance_type", StatusKind::Text},
    {"vcpus", StatusKind::Number},
    {"image_meta", StatusKind::Texts},
    {"architecture", StatusKind::TextOrNull},
    {"os_type", StatusKind::TextOrNull},
    {"instance_flavor_id", StatusKind::Text},
}};

class MemberStatus {
  public:
    using WallTime = std::chrono::system_clock::time_point;
    using Texts = std::vector<std::pair<std::string, std::string>>;

    /// Everything empty, but for the state: "active".
    MemberStatus();

    /// `key` is one of status_keys and of that kind; texts are valid UTF-8.
    void set_text(std::string_view key, std::string_view text);
    void set_number(std::string_view key, std::int64_t number);
    void set_texts(std::string_view key, const Texts& texts);
    /// Only if nobody has set it yet.
    void offer_text(std::string_view key, std::string_view text);

    const std::string& state() const { return state_; }
    const std::string& task_state() const { return task_state_; }
    /// The entry, short enough for an old guest: if need be `image_meta` and then `metadata` are emptied. Nothing if it is too
    /// long even so. Made at the first call after a change.
    const std::optional<wire::JsonText>& entry() const;
    /// The bytes of the entry with nothing emptied.
    std::size_t whole_size() const { return whole_json().size(); }

    friend bool operator==(const MemberStatus& a, const MemberStatus& b) { return a.values_ == b.values_; }

  private:
    void set(std::string_view key, std::string json);
    std::string whole_json() const;

    std::array<std::string, status_keys.size()> values_;  ///< JSON
    std::bitset<status_keys.size()> given_;
    std::string state_, task_state_;
    mutable std::optional<wire::JsonText> entry_;
    mutable bool encoded_ = false;
};

/// "2026-02-03 04:05:06.789012+00:00", as `created_at` is written; and "2026-02-03T04:05:06.789012", as all others are.
std::string created_time(MemberStatus::WallTime time);
std::string event_time(MemberStatus::WallTime time);

}  // namespace vnf::host
