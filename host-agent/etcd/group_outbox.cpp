// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See group_outbox.hpp.
#include "host-agent/etcd/group_outbox.hpp"

#include <algorithm>
#include <utility>

#include "host-agent/etcd/group_store_format.hpp"

namespace vnf::host {

namespace {

/// Below etcd's defaults: 128 operations and 1.5 MB.
constexpr std::size_t most_operations = 100;
constexpr std::size_t most_bytes = std::size_t{256} * 1024;
constexpr std::size_t most_errands = 1000;

}  // namespace

void GroupOutbox::push(GroupErrand errand) {
    ++errand.member->waiting;
    errands_.push_back(std::move(errand));
}

void GroupOutbox::push_front(GroupErrand errand) {
    ++errand.member->waiting;
    errands_.push_front(std::move(errand));
}

void GroupOutbox::settle(const GroupErrand& errand) {
    --errand.member->waiting;
}

bool GroupOutbox::ready() {
    while (sent_.empty() && !errands_.empty()) {
        while (!errands_.empty() && (sent_.empty() || !alone_)) {
            GroupErrand& next = errands_.front();
            const std::string key = member_key(base_, next.member->group, next.member->name);
            if (std::exchange(next.overflow, false)) {
                next.item = encode_lost_item(std::exchange(next.member->unsaid, 0U));
            }
            if (next.member->void_) {
                settle(next);
            } else if (fits(next, key)) {
                add(next, key);
                sent_.push_back(std::move(next));
            } else {
                break;
            }
            errands_.pop_front();
        }
    }
    return !sent_.empty();
}

/// Whether it can be done at the same revision as what is in the transaction already.
bool GroupOutbox::fits(const GroupErrand& errand, const std::string& key) const {
    if (sent_.empty()) {
        return true;
    }
    if (sent_.size() >= most_errands || bytes_ >= most_bytes ||
        mail_.size() + puts_.size() + removals_.size() + 2 > most_operations) {
        return false;
    }
    switch (errand.kind) {
        case GroupErrand::Kind::Join:
        case GroupErrand::Kind::Change:
            return !removals_.contains(key);
        case GroupErrand::Kind::Leave:
            return !puts_.contains(key);
        case GroupErrand::Kind::Say:
            return true;
    }
    return true;
}

void GroupOutbox::add(const GroupErrand& errand, const std::string& key) {
    const LocalMember& member = *errand.member;
    switch (errand.kind) {
        case GroupErrand::Kind::Join:
            guards_[key] = member.replaces;
            puts_[key] = errand.member;
            bytes_ += member.entry.text().size();
            break;
        case GroupErrand::Kind::Change:
            // One that is not in the store has joined in this transaction, or will with this status.
            if (member.present != 0 && puts_.try_emplace(key, errand.member).second) {
                bytes_ += member.entry.text().size();
            }
            break;
        case GroupErrand::Kind::Leave:
            if (member.present != 0) {
                removals_.insert(key);
            }
            break;
        case GroupErrand::Kind::Say:
            break;
    }
    if (!errand.item.empty()) {
        Mail& mail = mail_[member.group];
        Numbers& numbers = numbers_of(member.group);
        if (mail.items.empty()) {
            mail.first = numbers.next;
        }
        ++numbers.next;
        mail.items.push_back(errand.item);
        bytes_ += errand.item.size();
    }
}

GroupOutbox::Numbers& GroupOutbox::numbers_of(const std::string& group) {
    auto found = numbers_.find(group);
    if (found == numbers_.end()) {
        forget_numbers();
        found = numbers_.emplace(group, Numbers{first_, 0}).first;
    }
    found->second.used = ++groups_used_;
    return found->second;
}

/// Those of the group that has been silent for longest, if there are too many. Should it speak again, it begins above all
/// numbers that were ever forgotten: readers see a gap where there is none, but never take a message for an old one.
void GroupOutbox::forget_numbers() {
    if (numbers_.size() < most_groups) {
        return;
    }
    auto oldest = numbers_.end();
    for (auto one = numbers_.begin(); one != numbers_.end(); ++one) {
        const bool older = oldest == numbers_.end() || one->second.used < oldest->second.used;
        if (older && !mail_.contains(one->first)) {
            oldest = one;
        }
    }
    first_ = std::max(first_, oldest->second.next);
    numbers_.erase(oldest);
}

EtcdTransaction GroupOutbox::transaction(EtcdLease lease) const {
    EtcdTransaction transaction;
    for (const auto& [key, modified] : guards_) {
        transaction.guards.push_back({key, modified});
    }
    // Mail first: a farewell is read before its member's key is gone.
    for (const auto& [group, mail] : mail_) {
        transaction.puts.push_back(
            {mail_key(base_, group, host_), encode_mail_value(host_, run_, mail.first, mail.items), lease});
    }
    for (const auto& [key, member] : puts_) {
        transaction.puts.push_back({key, encode_member_value(host_, run_, member->entry), lease});
    }
    transaction.removals.assign(removals_.begin(), removals_.end());
    return transaction;
}

std::vector<GroupErrand> GroupOutbox::committed(EtcdRevision revision) {
    for (const auto& [key, member] : puts_) {
        member->present = revision;
        member->replaces = 0;
    }
    for (const GroupErrand& errand : sent_) {
        settle(errand);
        if (errand.kind == GroupErrand::Kind::Leave) {
            errand.member->present = 0;
        }
    }
    mail_.clear();
    puts_.clear();
    guards_.clear();
    removals_.clear();
    bytes_ = 0;
    uncertain_ = alone_ = false;
    return std::exchange(sent_, {});
}

void GroupOutbox::refused(bool alone) {
    for (const auto& [group, mail] : mail_) {
        numbers_.at(group).next = mail.first;
    }
    std::vector<GroupErrand> errands = std::exchange(sent_, {});
    for (auto errand = errands.rbegin(); errand != errands.rend(); ++errand) {
        errands_.push_front(std::move(*errand));
    }
    puts_.clear();
    committed(0);
    alone_ = alone;
}

std::optional<GroupErrand> GroupOutbox::give_up() {
    if (sent_.size() != 1 || sent_.front().kind == GroupErrand::Kind::Leave) {
        refused(true);
        return std::nullopt;
    }
    puts_.clear();
    return committed(0).front();
}

std::set<const LocalMember*> GroupOutbox::lease_changed() {
    std::set<const LocalMember*> arriving;
    for (const GroupErrand& errand : sent_) {
        if (errand.kind == GroupErrand::Kind::Join) {
            arriving.insert(errand.member.get());
        }
    }
    for (const GroupErrand& errand : errands_) {
        errand.member->present = 0;
    }
    puts_.clear();
    guards_.clear();
    removals_.clear();
    if (mail_.empty()) {
        committed(0);
    }
    return arriving;
}

}  // namespace vnf::host
