// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See group_replica.hpp.
#include "host-agent/etcd/group_replica.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace vnf::host {

const GroupReplica::Member* GroupReplica::find(const std::string& group,
                                               const wire::SourceInstance& name) const {
    const auto members = members_.find(group);
    if (members == members_.end()) {
        return nullptr;
    }
    const auto member = members->second.find(name);
    return member == members->second.end() ? nullptr : &member->second;
}

bool GroupReplica::is_eldest() const {
    const auto own = hosts_.find(host_);
    return own != hosts_.end() && std::all_of(hosts_.begin(), hosts_.end(), [&own](const auto& other) {
               return own->second <= other.second;
           });
}

ReplicaEffects GroupReplica::events(const std::vector<EtcdEvent>& events) {
    ReplicaEffects effects;
    for (const EtcdEvent& event : events) {
        const GroupStoreKey key = parse_group_key(base_, event.key.key);
        if (const auto* member = std::get_if<MemberStoreKey>(&key)) {
            event.removed ? member_removed(*member, event.key.modified, effects)
                          : member_put(*member, event.key, effects);
        } else if (const auto* mail = std::get_if<MailKey>(&key)) {
            // Its end is no news: the count goes on if the host does.
            if (!event.removed) {
                mail_put(*mail, event.key, Counting::Live, effects);
            } else if (const auto count = counts_.find({mail->group, mail->host}); count != counts_.end()) {
                mail_gone(count);
            }
        } else if (const auto* host = std::get_if<HostKey>(&key)) {
            event.removed ? static_cast<void>(hosts_.erase(host->host)) : host_put(*host, event.key);
        }
    }
    return effects;
}

ReplicaEffects GroupReplica::snapshot(const std::vector<EtcdKey>& keys, SnapshotCause cause) {
    ReplicaEffects effects;
    if (cause == SnapshotCause::Replaced) {
        effects.emplace_back(AnythingMissed{});
    } else if (cause == SnapshotCause::Compacted) {
        tell_unknown(keys, effects);
    }
    hosts_.clear();
    const Counting counting = cause == SnapshotCause::First ? Counting::Set : Counting::AfterGap;
    MemberNames present;
    std::set<std::pair<std::string, std::string>> mails;
    // Mail first: it may hold the farewell of a member that is gone.
    for (const EtcdKey& stored : keys) {
        const GroupStoreKey key = parse_group_key(base_, stored.key);
        if (const auto* mail = std::get_if<MailKey>(&key)) {
            mails.emplace(mail->group, mail->host);
            mail_put(*mail, stored, counting, effects);
        }
    }
    for (auto count = counts_.begin(); count != counts_.end();) {
        const auto one = count++;  // it may be forgotten
        if (!mails.contains(one->first)) {
            mail_gone(one);
        }
    }
    for (const EtcdKey& stored : keys) {
        const GroupStoreKey key = parse_group_key(base_, stored.key);
        if (const auto* member = std::get_if<MemberStoreKey>(&key)) {
            present.emplace(member->group, member->name);
            member_put(*member, stored, effects);
        } else if (const auto* host = std::get_if<HostKey>(&key)) {
            host_put(*host, stored);
        }
    }
    lose_absent(present, cause, effects);
    return effects;
}

void GroupReplica::tell_unknown(const std::vector<EtcdKey>& keys, ReplicaEffects& effects) const {
    std::set<std::pair<std::string, std::string>> there;
    for (const EtcdKey& stored : keys) {
        const GroupStoreKey key = parse_group_key(base_, stored.key);
        const auto* mail = std::get_if<MailKey>(&key);
        const auto value = mail != nullptr ? parse_mail_value(stored.value) : std::nullopt;
        if (value) {
            const auto count = counts_.find({mail->group, mail->host});
            // Of a former run, what came after the last one seen can't be counted.
            if (count == counts_.end() || count->second.run == value->run) {
                there.emplace(mail->group, mail->host);
            }
        }
    }
    std::set<std::string> told;
    for (const auto& [of, count] : counts_) {
        if (of.second != host_ && !there.contains(of) && told.insert(of.first).second) {
            effects.emplace_back(MailMissed{of.first, 0});
        }
    }
}

void GroupReplica::lose_absent(const MemberNames& present, SnapshotCause cause, ReplicaEffects& effects) {
    MemberNames absent;
    for (const auto& [group, members] : members_) {
        for (const auto& [name, member] : members) {
            if (!present.contains({group, name})) {
                absent.emplace(group, name);
            }
        }
    }
    if (cause == SnapshotCause::Replaced) {
        awaited_ = std::move(absent);
        return;
    }
    for (const auto& [group, name] : absent) {
        if (!awaited_.contains({group, name})) {
            member_removed({group, name}, 0, effects);
        }
    }
}

ReplicaEffects GroupReplica::lose_awaited() {
    ReplicaEffects effects;
    for (const auto& [group, name] : std::exchange(awaited_, {})) {
        member_removed({group, name}, 0, effects);  // nothing if it said farewell meanwhile
    }
    return effects;
}

void GroupReplica::member_put(const MemberStoreKey& key, const EtcdKey& stored, ReplicaEffects& effects) {
    auto value = parse_member_value(stored.value);
    if (!value) {
        ++unreadable_;
        return;
    }
    awaited_.erase({key.group, key.name});
    if (value->host != host_ || value->run != run_) {
        members_[key.group].insert_or_assign(key.name, Member{value->host, value->run, value->entry});
    } else if (const auto members = members_.find(key.group); members != members_.end()) {
        members->second.erase(key.name);  // this run has taken it over
        if (members->second.empty()) {
            members_.erase(members);
        }
    }
    effects.emplace_back(MemberKeySeen{key.group, key.name, stored.modified, std::move(value)});
}

void GroupReplica::member_removed(const MemberStoreKey& key, EtcdRevision at, ReplicaEffects& effects) {
    const auto members = members_.find(key.group);
    if (members != members_.end()) {
        const auto member = members->second.find(key.name);
        if (member != members->second.end()) {
            effects.emplace_back(MemberLost{key.group, key.name, member->second.entry});
            members->second.erase(member);
            if (members->second.empty()) {
                members_.erase(members);
            }
        }
    }
    if (at != 0) {
        effects.emplace_back(MemberKeySeen{key.group, key.name, at, std::nullopt});
    }
}

void GroupReplica::mail_gone(Counts::iterator count) {
    if (count->second.gone == 0) {
        count->second.gone = ++last_gone_;
        gone_.emplace(last_gone_, count);
    }
    if (gone_.size() > most_gone) {
        counts_.erase(gone_.begin()->second);
        gone_.erase(gone_.begin());
    }
}

void GroupReplica::mail_put(const MailKey& key, const EtcdKey& stored, Counting counting,
                            ReplicaEffects& effects) {
    auto mail = parse_mail_value(stored.value);
    if (!mail) {
        ++unreadable_;
        return;
    }
    if (mail->host == host_ && mail->run == run_) {
        return;
    }
    const std::uint64_t last = mail->first + mail->items.size() - 1;
    const auto [count, is_new] = counts_.try_emplace({key.group, key.host}, Count{mail->run, 0});
    const bool another_run = count->second.run != mail->run;
    std::uint64_t seen = another_run ? 0 : count->second.last;
    if (counting == Counting::Set) {
        seen = last;
    } else if (is_new && counting == Counting::Live) {
        seen = mail->first - 1;
    }
    gone_.erase(count->second.gone);
    count->second = {mail->run, std::max(seen, last)};
    if (last > seen) {
        deliver(key, std::move(*mail), seen, effects);
    }
}

void GroupReplica::deliver(const MailKey& key, MailValue mail, std::uint64_t seen, ReplicaEffects& effects) {
    if (mail.first > seen + 1) {
        constexpr std::uint64_t most = std::numeric_limits<std::int32_t>::max();
        const std::uint64_t missed = std::min(mail.first - seen - 1, most);
        effects.emplace_back(MailMissed{key.group, static_cast<std::uint32_t>(missed)});
    }
    std::uint64_t number = mail.first;
    for (MailItem& item : mail.items) {
        if (number++ <= seen) {
            continue;
        }
        if (const auto* gap = std::get_if<wire::GroupGap>(&item.event)) {
            unreadable_ += gap->missed == 0 ? 1U : 0U;
            effects.emplace_back(MailMissed{key.group, static_cast<std::uint32_t>(std::max(gap->missed, 1))});
            continue;
        }
        const auto name = item.gone ? wire::SourceInstance::of(item.subject) : std::nullopt;
        const Member* member = name ? find(key.group, *name) : nullptr;
        if (member != nullptr && member->host == mail.host && member->run == mail.run) {
            members_[key.group].erase(*name);
        }
        effects.emplace_back(MailArrived{key.group, std::move(item.subject), std::move(item.event)});
    }
}

}  // namespace vnf::host
