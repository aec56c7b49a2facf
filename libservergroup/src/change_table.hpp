// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What a notification means for the membership: the table of docs/libservergroup.md, "What became of a member". The
// cause of an update counts first, then the event's type, then the state.
#pragma once

#include <string_view>

#include "vnf/servergroup.h"
#include "wire/group_member.hpp"

namespace vnf::libservergroup {

struct ChangeMeaning {
    vnf_sg_change_kind kind = VNF_SG_MEMBER_CHANGED;
    vnf_sg_change_reason reason = VNF_SG_REASON_UPDATED;
    friend bool operator==(const ChangeMeaning&, const ChangeMeaning&) = default;
};

/// `before` is what was known of the member, empty if nothing.
ChangeMeaning meaning_of_notice(const wire::GroupNotice& notice, const wire::GroupMember& before);

/// Of a state alone, for a member whose state was another one.
ChangeMeaning meaning_of_state(std::string_view state, std::string_view before);

}  // namespace vnf::libservergroup
