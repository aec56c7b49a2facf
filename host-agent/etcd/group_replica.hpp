// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What this agent knows of the other hosts' members and mail, kept by what the store says: events in, effects out. Pure.
//
// Policy. Mail is numbered for each (group, host, run): a number that was seen is no news, a jump is a gap of that many.
// A mail that was never seen before sets the count while events are complete; after events were missed it is counted
// from 1. A member whose key vanishes without its farewell is lost. A wipe takes out the keys of living hosts too: who is
// missing after it is awaited, and lost only when the caller says that it had its time. After missed events, what can't
// be counted (the mail of a host that is no longer there) is a gap of unknown size.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "host-agent/etcd/etcd_messages.hpp"
#include "host-agent/etcd/etcd_session.hpp"
#include "host-agent/etcd/group_store_format.hpp"

namespace vnf::host {

/// For the members of `group` that are here, except one of the name `subject`.
struct MailArrived {
    std::string group, subject;
    wire::GroupEvent event;
};
struct MailMissed {
    std::string group;
    std::uint32_t messages = 0;  ///< 0: unknown
};
/// Nobody knows what was missed, in any group.
struct AnythingMissed {};
struct MemberLost {
    std::string group;
    wire::SourceInstance name;
    wire::JsonText entry;
};
/// A member's key was written (or, without a value, removed), whoever's it is.
struct MemberKeySeen {
    std::string group;
    wire::SourceInstance name;
    EtcdRevision modified = 0;
    std::optional<MemberValue> value;
};
using ReplicaEffect = std::variant<MailArrived, MailMissed, AnythingMissed, MemberLost, MemberKeySeen>;
using ReplicaEffects = std::vector<ReplicaEffect>;

class GroupReplica {
  public:
    /// Counts of mail whose key is gone are kept for its writer's return, the latest ones.
    static constexpr std::size_t most_gone = 10000;

    struct Member {
        std::string host, run;
        wire::JsonText entry;
    };
    using Members = std::map<wire::SourceInstance, Member>;

    GroupReplica(std::string base, std::string host, std::string run)
        : base_(std::move(base)), host_(std::move(host)), run_(std::move(run)) {}

    ReplicaEffects snapshot(const std::vector<EtcdKey>& keys, SnapshotCause cause);
    ReplicaEffects events(const std::vector<EtcdEvent>& events);
    /// Members that a wipe took out and that nobody has written again; they count as members.
    bool awaits() const { return !awaited_.empty(); }
    /// They had their time.
    ReplicaEffects lose_awaited();

    /// Members of other hosts, and of this one's former runs.
    const std::map<std::string, Members>& members() const { return members_; }
    const Member* find(const std::string& group, const wire::SourceInstance& name) const;
    /// Whether this host has been there longest: it does what one must do for all.
    bool is_eldest() const;
    /// Keys and values that could not be read, since the start.
    std::uint64_t unreadable() const { return unreadable_; }

  private:
    using MemberNames = std::set<std::pair<std::string, wire::SourceInstance>>;  ///< group and name
    struct Count {
        std::string run;
        std::uint64_t last = 0;
        std::uint64_t gone = 0;  ///< its place in gone_; 0: its key is there
    };
    using Counts = std::map<std::pair<std::string, std::string>, Count>;  ///< by group and host
    enum class Counting : std::uint8_t { Set, Live, AfterGap };

    void mail_gone(Counts::iterator count);
    void member_put(const MemberStoreKey& key, const EtcdKey& stored, ReplicaEffects& effects);
    void mail_put(const MailKey& key, const EtcdKey& stored, Counting counting, ReplicaEffects& effects);
    void deliver(const MailKey& key, MailValue mail, std::uint64_t seen, ReplicaEffects& effects);
    void member_removed(const MemberStoreKey& key, EtcdRevision at, ReplicaEffects& effects);
    void host_put(const HostKey& key, const EtcdKey& stored) { hosts_[key.host] = stored.created; }
    void tell_unknown(const std::vector<EtcdKey>& keys, ReplicaEffects& effects) const;
    void lose_absent(const MemberNames& present, SnapshotCause cause, ReplicaEffects& effects);

    std::string base_, host_, run_;
    std::map<std::string, Members> members_;
    MemberNames awaited_;
    Counts counts_;
    std::map<std::uint64_t, Counts::iterator> gone_;
    std::uint64_t last_gone_ = 0;
    std::map<std::string, EtcdRevision> hosts_;  ///< when its key was made
    std::uint64_t unreadable_ = 0;
};

}  // namespace vnf::host
