// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See memory_group_service.hpp.
#include "host-agent/memory_group_service.hpp"

#include <utility>

namespace vnf::host {

MemberKey MemoryGroupService::join(const std::string& group, const wire::SourceInstance& name,
                                   const wire::JsonText& entry, const wire::JsonText& arrival,
                                   GroupSubscriber& subscriber) {
    const MemberKey key{++last_key_};
    if (!groups_[group].emplace(name, key).second) {
        refused_.emplace(key, &subscriber);
        later_([this, weak = std::weak_ptr(alive_), key] {
            if (!weak.expired()) {
                tell_refused(key);
            }
        });
        return key;
    }
    const auto& member = members_.emplace(key, Member{group, name, entry, subscriber}).first->second;
    tell_others(member, wire::GroupNotification{{arrival}});
    later_([this, weak = std::weak_ptr(alive_), key] {
        if (!weak.expired()) {
            tell_confirmed(key);
        }
    });
    return key;
}

void MemoryGroupService::tell_refused(MemberKey member) {
    const auto found = refused_.find(member);
    if (found != refused_.end()) {
        GroupSubscriber* subscriber = found->second;
        refused_.erase(found);
        subscriber->group_membership_lost("the group has a member of this name already");
    }
}

void MemoryGroupService::tell_confirmed(MemberKey member) const {
    if (const auto found = members_.find(member); found != members_.end()) {
        found->second.subscriber.group_membership_confirmed();
    }
}

void MemoryGroupService::leave(MemberKey member, const wire::JsonText& farewell) {
    refused_.erase(member);
    const auto found = members_.find(member);
    if (found == members_.end()) {
        return;
    }
    const Member left = found->second;
    members_.erase(found);
    const auto group = groups_.find(left.group);
    group->second.erase(left.name);
    tell_others(left, wire::GroupNotification{{farewell}});
    if (group->second.empty()) {
        groups_.erase(group);
    }
}

void MemoryGroupService::change(MemberKey member, const wire::JsonText& entry,
                                const wire::JsonText& notification) {
    const auto found = members_.find(member);
    if (found != members_.end()) {
        found->second.entry = entry;
        tell_others(found->second, wire::GroupNotification{{notification}});
    }
}

GroupSending MemoryGroupService::broadcast(MemberKey member, const wire::BroadcastText& text) {
    const auto found = members_.find(member);
    if (found == members_.end()) {
        return GroupSending::Unavailable;
    }
    tell_others(found->second, wire::GroupBroadcast{found->second.name.text(), text.text()});
    return GroupSending::Accepted;
}

void MemoryGroupService::tell_others(const Member& subject, wire::GroupEvent event) const {
    const SharedMail mail = std::make_shared<const GroupMail>(std::move(event));
    for (const auto& [name, key] : groups_.at(subject.group)) {
        if (name != subject.name) {
            members_.at(key).subscriber.group_mail(mail);
        }
    }
}

void MemoryGroupService::status(MemberKey member, OnStatus on_status) {
    later_([this, weak = std::weak_ptr(alive_), member, on_status = std::move(on_status)] {
        if (!weak.expired()) {
            answer_status(member, on_status);
        }
    });
}

void MemoryGroupService::answer_status(MemberKey member, const OnStatus& on_status) const {
    const auto asker = members_.find(member);
    if (asker == members_.end()) {
        return;
    }
    Status status;
    for (const auto& [name, key] : groups_.at(asker->second.group)) {
        status.members.push_back(members_.at(key).entry);
    }
    on_status(status);
}

std::vector<GroupView> MemoryGroupService::groups() const {
    std::vector<GroupView> views;
    for (const auto& [group, names] : groups_) {
        GroupView& view = views.emplace_back(GroupView{group, {}});
        for (const auto& [name, key] : names) {
            view.members.push_back({name, {}, true, members_.at(key).entry});
        }
    }
    return views;
}

}  // namespace vnf::host
