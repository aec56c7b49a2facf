// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Calls into the application. Each runs without the lock: the handle may have been closed or the connection lost when it
// returns, and the session knows.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "handle.hpp"

using vnf::libhandle::Unlocked;
using vnf::libservergroup::MemberChange;
using vnf::libservergroup::NoticeTaken;
using vnf::libservergroup::StateChanged;
using vnf::libservergroup::StatusEnded;
namespace wire = vnf::wire;

namespace {

std::uint32_t length_of(const std::string& text) {
    return static_cast<std::uint32_t>(text.size());
}

vnf_sg_member view_of(const wire::GroupMember& member, const std::string& json) {
    vnf_sg_member view{};
    view.size = sizeof view;
    view.json_length = length_of(json);
    view.instance_id = member.instance_id.c_str();
    view.display_name = member.display_name.c_str();
    view.hostname = member.hostname.c_str();
    view.host = member.host.c_str();
    view.state = member.state.c_str();
    view.state_description = member.state_description.c_str();
    view.cause = member.cause.c_str();
    view.cause_text = member.reason.c_str();
    view.json = json.c_str();
    return view;
}

}  // namespace

namespace vnf::libservergroup {

vnf_sg_state_info describe(const StateChanged& state) {
    vnf_sg_state_info info{};
    info.size = sizeof info;
    info.state = state.state;
    info.error = state.error;
    info.system_error = state.system_error;
    // Cut to fit, when it was taken.
    state.reason.copy(info.reason, sizeof info.reason - 1);
    return info;
}

}  // namespace vnf::libservergroup

void vnf_sg::call_back(Lock& lock, const vnf::libservergroup::Event& event) {
    std::visit([this, &lock](const auto& one) { tell(lock, one); }, event);
}

void vnf_sg::tell(Lock& lock, const StateChanged& change) {
    if (callbacks_.state_changed == nullptr)
        return;
    const vnf_sg_state_info info = vnf::libservergroup::describe(change);
    const Unlocked unlocked(lock);
    callbacks_.state_changed(this, &info, context_);
}

void vnf_sg::tell(Lock& lock, const wire::GroupHeard& heard) {
    if (callbacks_.broadcast == nullptr)
        return;
    const Unlocked unlocked(lock);
    callbacks_.broadcast(this, heard.source.c_str(), heard.text.c_str(), heard.text.size(), context_);
}

void vnf_sg::tell(Lock& lock, const NoticeTaken& taken) {
    if (callbacks_.notification == nullptr)
        return;
    const vnf_sg_member member = view_of(taken.notice.member, taken.notice.entry.text());
    vnf_sg_notification notification{};
    notification.size = sizeof notification;
    notification.json_length = length_of(taken.json);
    notification.event_type = taken.notice.event_type.c_str();
    notification.timestamp = taken.notice.timestamp.c_str();
    notification.member = &member;
    notification.json = taken.json.c_str();
    const Unlocked unlocked(lock);
    callbacks_.notification(this, &notification, context_);
}

void vnf_sg::tell(Lock& lock, const StatusEnded& ended) {
    if (callbacks_.status == nullptr)
        return;
    std::vector<vnf_sg_member> members;
    members.reserve(ended.members.size());
    for (const auto& entry : ended.members)
        members.push_back(view_of(entry.member, entry.json));
    std::vector<const vnf_sg_member*> pointers(members.size());
    std::transform(members.begin(), members.end(), pointers.begin(),
                   [](const vnf_sg_member& member) { return &member; });
    vnf_sg_status status{};
    status.size = sizeof status;
    status.complete = ended.error == VNF_SG_OK ? 1 : 0;
    status.error = ended.error;
    status.count = static_cast<std::uint32_t>(pointers.size());
    status.reason = ended.reason.c_str();
    status.members = pointers.data();
    const Unlocked unlocked(lock);
    callbacks_.status(this, &status, context_);
}

void vnf_sg::tell(Lock& lock, const MemberChange& changed) {
    if (callbacks_.membership == nullptr)
        return;
    const vnf_sg_member member = view_of(changed.entry.member, changed.entry.json);
    vnf_sg_change change{};
    change.size = sizeof change;
    change.kind = changed.meaning.kind;
    change.reason = changed.meaning.reason;
    change.previous_state = changed.previous_state.c_str();
    change.member = &member;
    const Unlocked unlocked(lock);
    callbacks_.membership(this, &change, context_);
}

void vnf_sg::tell(Lock& lock, const wire::GroupMissed& missed) {
    if (callbacks_.missed == nullptr)
        return;
    const Unlocked unlocked(lock);
    callbacks_.missed(this, missed.messages, context_);
}

void vnf_sg::tell(Lock& lock, const wire::GroupRefusal& refusal) {
    if (callbacks_.refused == nullptr)
        return;
    const Unlocked unlocked(lock);
    callbacks_.refused(this, refusal.msg_type.c_str(), refusal.reason.c_str(), context_);
}

void vnf_sg::tell(Lock& lock, const wire::GroupUnsent& unsent) {
    if (callbacks_.unsent == nullptr)
        return;
    const Unlocked unlocked(lock);
    callbacks_.unsent(this, unsent.messages, unsent.reason.c_str(), context_);
}
