// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "membership.hpp"

#include <utility>

namespace vnf::libservergroup {
namespace {

const std::string& key_of(const wire::GroupMember& member) {
    return member.instance_id.empty() ? member.display_name : member.instance_id;
}

}  // namespace

std::optional<MemberChange> Membership::take(const wire::GroupNotice& notice) {
    const std::string& key = key_of(notice.member);
    const auto found = known_.find(key);
    const bool is_new = found == known_.end();
    const wire::GroupMember before = is_new ? wire::GroupMember{} : found->second;
    MemberChange change{
        meaning_of_notice(notice, before), before.state, {notice.member, notice.entry.text()}};
    if (change.meaning.kind == VNF_SG_MEMBER_LEFT)
        known_.erase(key);
    else
        remember(key, notice.member);
    const bool tells_nothing = !is_new && notice.member == before && change.meaning == ChangeMeaning{};
    return tells_nothing ? std::nullopt : std::optional(std::move(change));
}

std::optional<MemberChange> Membership::compare(const MemberEntry& entry) const {
    const auto found = known_.find(key_of(entry.member));
    const bool has_left = meaning_of_state(entry.member.state, {}).kind == VNF_SG_MEMBER_LEFT;
    if (found == known_.end() && has_left)
        return std::nullopt;
    if (found == known_.end())
        return MemberChange{{VNF_SG_MEMBER_JOINED, VNF_SG_REASON_LISTED}, {}, entry};
    wire::GroupMember before = found->second;
    // A list tells how things are, never why.
    before.cause = entry.member.cause;
    before.reason = entry.member.reason;
    if (before == entry.member)
        return std::nullopt;
    const ChangeMeaning meaning = before.state == entry.member.state
                                      ? ChangeMeaning{}
                                      : meaning_of_state(entry.member.state, before.state);
    return MemberChange{meaning, before.state, entry};
}

std::vector<MemberChange> Membership::take(const std::vector<MemberEntry>& list, bool is_complete) {
    std::vector<MemberChange> changes;
    std::set<std::string> listed;
    for (const MemberEntry& entry : list) {
        const std::string& key = key_of(entry.member);
        // An old host may list a member twice (section 3.6).
        if (!listed.insert(key).second)
            continue;
        if (auto change = compare(entry))
            changes.push_back(std::move(*change));
        if (meaning_of_state(entry.member.state, {}).kind == VNF_SG_MEMBER_LEFT)
            known_.erase(key);
        else
            remember(key, entry.member);
    }
    if (is_complete)
        forget_all_but(listed, changes);
    return changes;
}

void Membership::forget_all_but(const std::set<std::string>& listed, std::vector<MemberChange>& changes) {
    for (auto known = known_.begin(); known != known_.end();) {
        if (listed.contains(known->first)) {
            ++known;
            continue;
        }
        const ChangeMeaning meaning{VNF_SG_MEMBER_LEFT, VNF_SG_REASON_NOT_LISTED};
        changes.push_back({meaning, known->second.state, {known->second, "{}"}});
        known = known_.erase(known);
    }
}

void Membership::remember(const std::string& key, const wire::GroupMember& member) {
    if (known_.size() < limit || known_.contains(key))
        known_.insert_or_assign(key, member);
}

}  // namespace vnf::libservergroup
