// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What a status entry and a notification say of a member, as far as an application's library reads it (server-group
// specification, section 3.4). Hosts leave keys out, make them null or empty them: all of that is an empty text.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "wire/json_text.hpp"

namespace vnf::wire {

/// Longest text taken of an entry; beyond it is cut.
inline constexpr std::size_t group_member_text_limit = 255;

struct GroupMember {
    std::string instance_id{}, display_name{}, hostname{}, host{}, state{}, state_description{};
    /// Of `metadata`: why, in a word and for people. Hosts of ours only.
    std::string cause{}, reason{};
    friend bool operator==(const GroupMember&, const GroupMember&) = default;
};

struct GroupNotice {
    std::string event_type, timestamp;  ///< empty in the bare form
    GroupMember member;
    JsonText entry;  ///< the member's own object
    friend bool operator==(const GroupNotice&, const GroupNotice&) = default;
};

/// Nothing if `entry` is no object.
std::optional<GroupMember> read_group_member(const JsonText& entry);
/// Of the wrapper {payload, event_type, ...} or the bare payload.
std::optional<GroupNotice> read_group_notice(const JsonText& body);

}  // namespace vnf::wire
