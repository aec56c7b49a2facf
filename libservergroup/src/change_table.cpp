// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "change_table.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace vnf::libservergroup {
namespace {

struct Row {
    std::string_view word;
    ChangeMeaning meaning;
};

constexpr vnf_sg_change_kind joined = VNF_SG_MEMBER_JOINED, left = VNF_SG_MEMBER_LEFT,
                             failed = VNF_SG_MEMBER_FAILED, changed = VNF_SG_MEMBER_CHANGED;

/// `metadata`'s cause of compute.instance.update: hosts of ours.
constexpr std::array causes{
    Row{"joined", {joined, VNF_SG_REASON_CREATED}},
    Row{"left", {left, VNF_SG_REASON_DELETED}},
    Row{"failed", {failed, VNF_SG_REASON_ERROR}},
    Row{"gone", {failed, VNF_SG_REASON_GONE}},
    Row{"heartbeat_lost", {failed, VNF_SG_REASON_HEARTBEAT_LOST}},
    Row{"unhealthy", {failed, VNF_SG_REASON_UNHEALTHY}},
    Row{"host_lost", {failed, VNF_SG_REASON_HOST_LOST}},
    Row{"returned", {changed, VNF_SG_REASON_STARTED}},
    Row{"running", {changed, VNF_SG_REASON_RESUMED}},
    Row{"heartbeat_initialized", {changed, VNF_SG_REASON_HEARTBEAT_FOUND}},
    Row{"heartbeat_regained", {changed, VNF_SG_REASON_HEARTBEAT_FOUND}},
    Row{"healthy", {changed, VNF_SG_REASON_HEALTHY}},
};

/// Behind "compute.instance.".
constexpr std::array events{
    Row{"create.end", {joined, VNF_SG_REASON_CREATED}},
    Row{"delete.end", {left, VNF_SG_REASON_DELETED}},
    Row{"soft_delete.end", {left, VNF_SG_REASON_DELETED}},
    Row{"create.error", {failed, VNF_SG_REASON_ERROR}},
    Row{"reboot.error", {failed, VNF_SG_REASON_ERROR}},
    Row{"rebuild.error", {failed, VNF_SG_REASON_ERROR}},
    Row{"evacuate", {failed, VNF_SG_REASON_HOST_LOST}},
    Row{"power_on.end", {changed, VNF_SG_REASON_STARTED}},
    Row{"rebuild.end", {changed, VNF_SG_REASON_STARTED}},
    Row{"restore.end", {changed, VNF_SG_REASON_STARTED}},
    Row{"unrescue.end", {changed, VNF_SG_REASON_STARTED}},
    Row{"unshelve.end", {changed, VNF_SG_REASON_STARTED}},
    Row{"power_off.start", {changed, VNF_SG_REASON_STOPPING}},
    Row{"shutdown.start", {changed, VNF_SG_REASON_STOPPING}},
    Row{"power_off.end", {changed, VNF_SG_REASON_STOPPED}},
    Row{"shutdown.end", {changed, VNF_SG_REASON_STOPPED}},
    Row{"shelve.end", {changed, VNF_SG_REASON_STOPPED}},
    Row{"rescue.end", {changed, VNF_SG_REASON_STOPPED}},
    Row{"reboot.start", {changed, VNF_SG_REASON_REBOOTING}},
    Row{"reboot.end", {changed, VNF_SG_REASON_REBOOTED}},
    Row{"pause.end", {changed, VNF_SG_REASON_PAUSED}},
    Row{"suspend.end", {changed, VNF_SG_REASON_SUSPENDED}},
    Row{"unpause.end", {changed, VNF_SG_REASON_RESUMED}},
    Row{"resume.end", {changed, VNF_SG_REASON_RESUMED}},
    Row{"live_migration.pre.start", {changed, VNF_SG_REASON_MIGRATING}},
    Row{"live_migration._post.end", {changed, VNF_SG_REASON_MIGRATED}},
    Row{"live_migration.post.dest.end", {changed, VNF_SG_REASON_MIGRATED}},
    Row{"finish_resize.end", {changed, VNF_SG_REASON_RESIZED}},
};

/// Of a state that was another one before.
constexpr std::array states{
    Row{"error", {failed, VNF_SG_REASON_ERROR}},
    Row{"deleted", {left, VNF_SG_REASON_DELETED}},
    Row{"soft-delete", {left, VNF_SG_REASON_DELETED}},
    Row{"stopped", {changed, VNF_SG_REASON_STOPPED}},
    Row{"shelved", {changed, VNF_SG_REASON_STOPPED}},
    Row{"shelved_offloaded", {changed, VNF_SG_REASON_STOPPED}},
    Row{"rescued", {changed, VNF_SG_REASON_STOPPED}},
    Row{"paused", {changed, VNF_SG_REASON_PAUSED}},
    Row{"suspended", {changed, VNF_SG_REASON_SUSPENDED}},
    Row{"resized", {changed, VNF_SG_REASON_RESIZED}},
};

template <std::size_t Count>
std::optional<ChangeMeaning> find(const std::array<Row, Count>& rows, std::string_view word) {
    const auto* const row =
        std::find_if(rows.begin(), rows.end(), [word](const Row& one) { return one.word == word; });
    return row == rows.end() ? std::nullopt : std::optional(row->meaning);
}

bool is_orderly_end(const wire::GroupMember& before) {
    return before.state == "stopped" || before.state == "deleted" ||
           before.state_description == "powering-off";
}

}  // namespace

ChangeMeaning meaning_of_state(std::string_view state, std::string_view before) {
    if (const auto meaning = find(states, state))
        return *meaning;
    if (state != "active" || before.empty())
        return {};
    return {changed,
            before == "paused" || before == "suspended" ? VNF_SG_REASON_RESUMED : VNF_SG_REASON_STARTED};
}

ChangeMeaning meaning_of_notice(const wire::GroupNotice& notice, const wire::GroupMember& before) {
    constexpr std::string_view prefix = "compute.instance.";
    std::string_view event = notice.event_type;
    if (event.starts_with(prefix))
        event.remove_prefix(prefix.size());
    const wire::GroupMember& now = notice.member;
    // Metadata is the tenant's own otherwise: its words count in an update only.
    if (event == "update" && now.cause == "gone" && is_orderly_end(before))
        return {changed, VNF_SG_REASON_STOPPED};
    if (const auto meaning = event == "update" ? find(causes, now.cause) : find(events, event))
        return *meaning;
    return now.state == before.state ? ChangeMeaning{} : meaning_of_state(now.state, before.state);
}

}  // namespace vnf::libservergroup
