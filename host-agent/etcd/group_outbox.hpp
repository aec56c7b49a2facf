// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What this host's members do and say, on its way to the store: one transaction at a time, each with all that waits up to
// a bound, in the order in which it was done. Pure; etcd_group_service carries the transactions.
//
// Policy. A transaction whose outcome is unknown is sent again as it was, with the same numbers, so that readers drop what
// they have. One that was refused is taken apart, and its numbers are used again. What is given up after it was accepted
// uses up its numbers, so that readers see the gap; a farewell is not given up, since its member's key would stay.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "host-agent/etcd/etcd_messages.hpp"
#include "host-agent/group_service.hpp"

namespace vnf::host {

/// A member of this agent. Its errands share it, so it may outlive its membership.
struct LocalMember {
    MemberKey key{};
    std::string group;
    wire::SourceInstance name;
    wire::JsonText entry, arrival;
    GroupSubscriber* subscriber = nullptr;
    EtcdRevision present = 0;   ///< of the last change that the store confirmed; 0: not in it
    EtcdRevision replaces = 0;  ///< of a key of a former run that is to be taken over
    std::size_t waiting = 0;    ///< its errands in the outbox
    std::uint32_t unsaid = 0;   ///< notifications that found no room there; told as lost with its next status
    bool void_ = false;         ///< refused or lost: its errands are dropped
    bool arrival_told = false;  ///< to the members here
};
using SharedMember = std::shared_ptr<LocalMember>;

struct GroupErrand {
    enum class Kind : std::uint8_t { Join, Say, Change, Leave };
    Kind kind = Kind::Say;
    SharedMember member;
    std::string item;       ///< for the others, an encoded mail item; empty: nothing
    bool overflow = false;  ///< a Change that tells of what was unsaid instead of an item
};

class GroupOutbox {
  public:
    /// Whose numbers are kept: more than a transaction has groups.
    static constexpr std::size_t most_groups = 10000;

    GroupOutbox(std::string base, std::string host, std::string run)
        : base_(std::move(base)), host_(std::move(host)), run_(std::move(run)) {}

    void push(GroupErrand errand);
    void push_front(GroupErrand errand);
    std::size_t size() const { return errands_.size() + sent_.size(); }

    /// The transaction to send now, or again; nothing if nothing waits.
    bool ready();
    EtcdTransaction transaction(EtcdLease lease) const;
    bool sent_before() const { return uncertain_; }
    const std::vector<GroupErrand>& sent() const { return sent_; }

    /// Its outcome is not known.
    void uncertain() { uncertain_ = uncertain_ || !sent_.empty(); }
    /// Done at that revision. Returns the errands.
    std::vector<GroupErrand> committed(EtcdRevision revision);
    /// Surely not done: taken apart; `alone`: the next one has one errand only.
    void refused(bool alone = false);
    /// Its only errand can't be done. Returned if it is given up; a Leave is kept, to be tried again.
    std::optional<GroupErrand> give_up();
    /// All keys of the old lease are gone. An uncertain transaction keeps its mail alone. Returns the members whose
    /// arrival is in that mail.
    std::set<const LocalMember*> lease_changed();

  private:
    struct Mail {
        std::uint64_t first = 0;
        std::vector<std::string> items;
    };

    struct Numbers {
        std::uint64_t next = 1;
        std::uint64_t used = 0;  ///< when, in uses of all groups
    };

    Numbers& numbers_of(const std::string& group);
    void forget_numbers();
    bool fits(const GroupErrand& errand, const std::string& key) const;
    void add(const GroupErrand& errand, const std::string& key);
    void settle(const GroupErrand& errand);

    std::string base_, host_, run_;
    std::deque<GroupErrand> errands_;
    std::map<std::string, Numbers> numbers_;  ///< of each group's items
    std::uint64_t groups_used_ = 0;
    std::uint64_t first_ = 1;  ///< of a group that is not in numbers_; no number is given twice

    // The transaction under way.
    std::vector<GroupErrand> sent_;
    std::map<std::string, Mail> mail_;            ///< by group
    std::map<std::string, SharedMember> puts_;    ///< by key
    std::map<std::string, EtcdRevision> guards_;  ///< by key
    std::set<std::string> removals_;
    std::size_t bytes_ = 0;
    bool uncertain_ = false, alone_ = false;
};

}  // namespace vnf::host
