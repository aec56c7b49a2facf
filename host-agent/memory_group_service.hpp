// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Server groups of this host's guests alone, in this agent's memory. A broadcast or notification is in the others'
// mailboxes when the call returns, so order holds for all senders together; nothing is lost here and nothing waits.
// What must not be told from inside a call (a status, a refused name) is told in a later turn of the loop. Pure.
#pragma once

#include <functional>
#include <map>

#include "host-agent/group_service.hpp"

namespace vnf::host {

class MemoryGroupService final : public GroupService {
  public:
    /// Runs the task in a later turn of the loop.
    using Later = std::function<void(std::function<void()> task)>;

    explicit MemoryGroupService(Later later) : later_(std::move(later)) {}

    MemberKey join(const std::string& group, const wire::SourceInstance& name, const wire::JsonText& entry,
                   const wire::JsonText& arrival, GroupSubscriber& subscriber) override;
    void leave(MemberKey member, const wire::JsonText& farewell) override;
    void change(MemberKey member, const wire::JsonText& entry, const wire::JsonText& notification) override;
    GroupSending broadcast(MemberKey member, const wire::BroadcastText& text) override;
    void status(MemberKey member, OnStatus on_status) override;
    std::vector<GroupView> groups() const override;
    std::string engine() const override { return "memory"; }

  private:
    struct Member {
        std::string group;
        wire::SourceInstance name;
        wire::JsonText entry;
        GroupSubscriber& subscriber;
    };
    using Names = std::map<wire::SourceInstance, MemberKey>;

    void tell_others(const Member& subject, wire::GroupEvent event) const;
    void tell_refused(MemberKey member);
    void tell_confirmed(MemberKey member) const;
    void answer_status(MemberKey member, const OnStatus& on_status) const;

    Later later_;
    std::map<std::string, Names> groups_;
    std::map<MemberKey, Member> members_;
    std::map<MemberKey, GroupSubscriber*> refused_;  ///< not told yet
    std::uint64_t last_key_ = 0;
    /// A task that outlives the service finds this expired.
    std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace vnf::host
