// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Who is in the group, as far as notifications and statuses told, and what they change in that. A member is known by its
// instance_id, else by its display_name. Only a complete list can say that somebody left. At most `limit` members are
// remembered, without their JSON; more are told, but a later list tells them as new again.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "change_table.hpp"
#include "wire/group_member.hpp"

namespace vnf::libservergroup {

/// A member and the JSON that it was read from.
struct MemberEntry {
    wire::GroupMember member;
    std::string json;
    friend bool operator==(const MemberEntry&, const MemberEntry&) = default;
};

struct MemberChange {
    ChangeMeaning meaning;
    std::string previous_state;
    MemberEntry entry;  ///< its JSON is "{}" of a member that a list does not have any more
};

class Membership {
  public:
    static constexpr std::size_t limit = 4096;

    /// Nothing if the notification tells nothing new.
    std::optional<MemberChange> take(const wire::GroupNotice& notice);
    std::vector<MemberChange> take(const std::vector<MemberEntry>& list, bool is_complete);
    std::size_t size() const { return known_.size(); }

  private:
    std::optional<MemberChange> compare(const MemberEntry& entry) const;
    void forget_all_but(const std::set<std::string>& listed, std::vector<MemberChange>& changes);
    void remember(const std::string& key, const wire::GroupMember& member);

    std::map<std::string, wire::GroupMember> known_;
};

}  // namespace vnf::libservergroup
