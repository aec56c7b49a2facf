// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Server groups across hosts, on etcd: members are keys under this host's lease, what they say and what happens to them
// is written for the other hosts and comes to them by their watch. The session keeps the connection, the outbox what is
// to be written, the replica what others have written; the service joins them, and knows the members of this agent.
//
// Policy. Members of this agent hear each other directly, with or without etcd. While etcd can't be reached, broadcasts
// are refused (Unavailable); memberships and their changes are kept, and made good when it is back. A name belongs to who
// wrote it first; a host takes over what its own former run left. A member here that is found to belong to another is
// lost. A host whose lease ran out has lost its members: every other host tells its own, once. After a wipe every host
// has one lease's time, with etcd there, to write its members again.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "host-agent/etcd/etcd_session.hpp"
#include "host-agent/etcd/etcd_settings.hpp"
#include "host-agent/etcd/group_outbox.hpp"
#include "host-agent/etcd/group_replica.hpp"
#include "host-agent/group_service.hpp"
#include "host-agent/report_budgets.hpp"
#include "runtime/log.hpp"

namespace vnf::host {

struct EtcdGroupCounters {
    std::uint64_t commits = 0, refused_commits = 0, given_up = 0;
    std::uint64_t queue_full = 0, unavailable = 0, gaps = 0, members_lost = 0, snapshots = 0;
};

class EtcdGroupService final : public GroupService, private EtcdSessionOwner {
  public:
    EtcdGroupService(boost::asio::io_context& io, EtcdSettings settings, LostMemberBody lost_body);
    ~EtcdGroupService() override;
    EtcdGroupService(const EtcdGroupService&) = delete;
    EtcdGroupService& operator=(const EtcdGroupService&) = delete;

    MemberKey join(const std::string& group, const wire::SourceInstance& name, const wire::JsonText& entry,
                   const wire::JsonText& arrival, GroupSubscriber& subscriber) override;
    void leave(MemberKey member, const wire::JsonText& farewell) override;
    void change(MemberKey member, const wire::JsonText& entry, const wire::JsonText& notification) override;
    GroupSending broadcast(MemberKey member, const wire::BroadcastText& text) override;
    void status(MemberKey member, OnStatus on_status) override;
    void sweep(OnSwept on_swept) override;
    std::vector<GroupView> groups() const override;
    std::string engine() const override;
    std::vector<GroupEngineCount> metrics() const override;

    const EtcdGroupCounters& counters() const { return counters_; }
    const EtcdSession& session() const { return session_; }
    /// Nothing waits to be written.
    bool settled() const { return outbox_.size() == 0; }

  private:
    /// To one member here, or, with `key` 0, to all of a group but `except`.
    struct Delivery {
        MemberKey key{};
        std::string group{}, except{};
        SharedMail mail{};         ///< set, or
        std::uint32_t missed = 0;  ///< a gap, or, with `lost`,
        std::string lost{};        ///< the end of the membership
        bool confirmed = false;    ///< the store has the member
    };
    struct StatusWish {
        MemberKey member{};
        OnStatus on_status;
        runtime::TimePoint until{};
    };
    using LocalGroup = std::map<wire::SourceInstance, SharedMember>;

    void lease_changed() override;
    void snapshot(const std::vector<EtcdKey>& keys, SnapshotCause cause) override;
    void events(const std::vector<EtcdEvent>& events) override;
    void live() override;
    void down() override;

    void apply(ReplicaEffects effects);
    void apply(MailArrived&& mail);
    void apply(MailMissed&& missed);
    void apply(AnythingMissed&&);
    void apply(MemberLost&& lost);
    void apply(MemberKeySeen&& seen);
    void join_again(const SharedMember& member, bool told);
    void end_membership(const SharedMember& member, const std::string& reason);

    void pump();
    void send();
    void answered(const EtcdReply& reply);
    void done(EtcdRevision revision);
    void guards_failed(const EtcdTransacted& transacted);
    void judge(const SharedMember& member, const EtcdKey* found);
    void not_done(const EtcdReply& reply);
    void retry_later();

    bool has_room(const LocalMember& member) const;
    void deliver(Delivery delivery);
    void drain();
    void hand_over(const Delivery& delivery);
    void tell(const SharedMember& subject, wire::GroupEvent event);
    void tell_arrival(const SharedMember& member);
    void forget_member(const SharedMember& member);
    SharedMember find(MemberKey key) const;
    SharedMember find(const std::string& group, const wire::SourceInstance& name) const;

    void answer_statuses();
    Status status_of(const std::string& group) const;
    std::vector<GroupMemberView> view_of(const std::string& group) const;
    void schedule_statuses();
    void await_members();
    void schedule_compaction();
    void compact();
    void log_unreadable();
    void warn(std::string_view what, const std::string& group, std::uint64_t in_all);
    void give_up(const std::string& why);

    boost::asio::io_context& io_;
    EtcdSettings settings_;
    std::string run_;
    LostMemberBody lost_body_;
    EtcdGroupCounters counters_;
    GroupReplica replica_;
    GroupOutbox outbox_;
    std::map<MemberKey, SharedMember> members_;
    std::map<std::string, LocalGroup> groups_;
    std::deque<Delivery> deliveries_;
    std::vector<StatusWish> wishes_;
    boost::asio::steady_timer retry_, status_timer_, compaction_, awaiting_;
    EtcdRevision compact_to_ = 0;
    std::uint64_t last_key_ = 0, unreadable_told_ = 0;
    runtime::LogLimit trouble_limit_;
    ReportBudgets warnings_;
    std::string trouble_;  ///< of the store while it can be reached: full
    bool drain_posted_ = false, sending_ = false;
    std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
    EtcdSession session_;
};

}  // namespace vnf::host
