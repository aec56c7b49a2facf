// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The store's side of EtcdGroupService: what the session tells, and what is written.
#include <algorithm>
#include <utility>

#include "host-agent/etcd/etcd_group_service.hpp"

namespace vnf::host {

namespace {

using runtime::Milliseconds;

constexpr Milliseconds retry_pause{500};

}  // namespace

// ---- from the session ------------------------------------------------------------------------------------

void EtcdGroupService::lease_changed() {
    sending_ = false;
    std::vector<SharedMember> gone;
    for (const auto& [key, member] : members_) {
        if (!member->void_ && member->present != 0) {
            gone.push_back(member);
        }
    }
    const std::set<const LocalMember*> arriving = outbox_.lease_changed();
    for (const auto& [key, member] : members_) {
        if (!member->void_ && arriving.contains(member.get())) {
            join_again(member, true);
        }
    }
    for (const SharedMember& member : gone) {
        if (!arriving.contains(member.get())) {
            join_again(member, false);
        }
    }
}

/// Its key is gone. `told`: its arrival is on the way already.
void EtcdGroupService::join_again(const SharedMember& member, bool told) {
    member->present = 0;
    member->replaces = 0;
    outbox_.push_front({GroupErrand::Kind::Join, member,
                        told ? std::string() : encode_notice_item(member->name, member->arrival)});
}

void EtcdGroupService::snapshot(const std::vector<EtcdKey>& keys, SnapshotCause cause) {
    ++counters_.snapshots;
    std::set<std::string> present;
    for (const EtcdKey& key : keys) {
        present.insert(key.key);
    }
    apply(replica_.snapshot(keys, cause));
    for (const auto& [key, member] : members_) {
        if (!member->void_ && member->present != 0 &&
            !present.contains(member_key(settings_.base(), member->group, member->name))) {
            join_again(member, false);
        }
    }
}

void EtcdGroupService::events(const std::vector<EtcdEvent>& events) {
    apply(replica_.events(events));
    pump();
}

void EtcdGroupService::live() {
    await_members();
    pump();
    schedule_statuses();
}

void EtcdGroupService::down() {
    sending_ = false;
    retry_.cancel();
    awaiting_.cancel();
    outbox_.uncertain();
}

/// Of a wiped store. What others do while we can't see it is not held against them.
void EtcdGroupService::await_members() {
    if (!replica_.awaits()) {
        return;
    }
    awaiting_.expires_after(settings_.lease);
    awaiting_.async_wait([this, alive = std::weak_ptr(alive_)](const boost::system::error_code& error) {
        if (!error && !alive.expired() && session_.is_live()) {
            apply(replica_.lose_awaited());
        }
    });
}

// ---- what others wrote -----------------------------------------------------------------------------------

void EtcdGroupService::apply(ReplicaEffects effects) {
    for (ReplicaEffect& effect : effects) {
        std::visit([this](auto& one) { apply(std::move(one)); }, effect);
    }
    log_unreadable();
}

void EtcdGroupService::apply(MailArrived&& mail) {
    if (groups_.contains(mail.group)) {
        deliver({{}, mail.group, mail.subject, std::make_shared<const GroupMail>(std::move(mail.event))});
    }
}

void EtcdGroupService::apply(MailMissed&& missed) {
    if (groups_.contains(missed.group)) {
        warn("members here missed messages of other hosts", missed.group, ++counters_.gaps);
        deliver({{}, missed.group, {}, nullptr, missed.messages, {}});
    }
}

void EtcdGroupService::apply(AnythingMissed&&) {
    for (const auto& [group, members] : groups_) {
        apply(MailMissed{group, 0});
    }
}

void EtcdGroupService::apply(MemberLost&& lost) {
    warn("a member of another host is lost", lost.group, ++counters_.members_lost);
    if (groups_.contains(lost.group)) {
        deliver({{},
                 lost.group,
                 lost.name.text(),
                 std::make_shared<const GroupMail>(
                     wire::GroupNotification{{lost_body_(lost.entry, "its host is lost")}})});
    }
}

/// A key of one of ours that we did not write last.
void EtcdGroupService::apply(MemberKeySeen&& seen) {
    const SharedMember member = find(seen.group, seen.name);
    if (!member || member->present == 0 || seen.modified <= member->present) {
        return;
    }
    if (!seen.value) {
        join_again(member, false);
    } else if (seen.value->run != run_) {
        const bool own_host = seen.value->host == settings_.host;
        end_membership(member, own_host ? "another agent calls itself host " + settings_.host + " too"
                                        : "name taken on host " + seen.value->host);
    }
}

void EtcdGroupService::log_unreadable() {
    if (replica_.unreadable() != unreadable_told_ && trouble_limit_.admit(runtime::Clock::now())) {
        unreadable_told_ = replica_.unreadable();
        runtime::log_warning("keys of groups in etcd could not be read", {{"in_all", unreadable_told_}});
    }
}

// ---- what is written -------------------------------------------------------------------------------------

void EtcdGroupService::pump() {
    if (session_.is_live() && !sending_ && outbox_.ready()) {
        send();
    }
}

void EtcdGroupService::send() {
    sending_ = true;
    session_.client().call("kv/txn", encode(outbox_.transaction(session_.lease())),
                           [this](const EtcdReply& reply) { answered(reply); });
}

void EtcdGroupService::answered(const EtcdReply& reply) {
    sending_ = false;
    if (reply.fault != EtcdFault::None) {
        not_done(reply);
        return;
    }
    const auto transacted = parse_etcd_transacted(reply.body);
    if (!transacted) {
        outbox_.uncertain();
        session_.failed("no transaction in the answer");
        return;
    }
    trouble_.clear();
    session_.worked();
    if (transacted->succeeded) {
        done(transacted->header.revision);
    } else {
        guards_failed(*transacted);
    }
    pump();
}

void EtcdGroupService::done(EtcdRevision revision) {
    ++counters_.commits;
    for (const GroupErrand& errand : outbox_.committed(revision)) {
        if (errand.kind == GroupErrand::Kind::Join && find(errand.member->key)) {
            tell_arrival(errand.member);
            deliver({errand.member->key, {}, {}, {}, 0, {}, true});
        }
    }
}

/// Some member could not join. If it is there by this very transaction, an answer was lost, and all of it is done.
void EtcdGroupService::guards_failed(const EtcdTransacted& transacted) {
    ++counters_.refused_commits;
    std::map<std::string, const EtcdKey*> found;
    for (const EtcdKey& key : transacted.found) {
        found.emplace(key.key, &key);
    }
    std::vector<SharedMember> joining;
    for (const GroupErrand& errand : outbox_.sent()) {
        if (errand.kind != GroupErrand::Kind::Join) {
            continue;
        }
        joining.push_back(errand.member);
        const auto key = found.find(member_key(settings_.base(), errand.member->group, errand.member->name));
        const auto value = key != found.end() ? parse_member_value(key->second->value) : std::nullopt;
        if (outbox_.sent_before() && value && value->run == run_) {
            done(key->second->modified);
            return;
        }
    }
    outbox_.refused();
    for (const SharedMember& member : joining) {
        const auto key = found.find(member_key(settings_.base(), member->group, member->name));
        judge(member, key != found.end() ? key->second : nullptr);
    }
}

void EtcdGroupService::judge(const SharedMember& member, const EtcdKey* found) {
    if (found == nullptr) {
        member->replaces = 0;
        return;
    }
    const auto value = parse_member_value(found->value);
    if (value && value->host == settings_.host) {
        member->replaces = found->modified;  // a former run of this agent left it
    } else if (find(member->key)) {
        end_membership(member, "name taken on host " + (value ? value->host : std::string("unknown")));
    } else {
        member->void_ = true;
    }
}

void EtcdGroupService::not_done(const EtcdReply& reply) {
    counters_.refused_commits += reply.fault == EtcdFault::Unreachable ? 0U : 1U;
    switch (reply.fault) {
        case EtcdFault::None:
            return;
        case EtcdFault::Unreachable:
            outbox_.uncertain();
            session_.failed(reply.error);
            return;
        case EtcdFault::LeaseGone:
            outbox_.refused();
            session_.lease_gone();
            return;
        case EtcdFault::Denied:
        case EtcdFault::Compacted:
            outbox_.refused();
            session_.failed(reply.error);
            return;
        case EtcdFault::Full:
            if (trouble_.empty()) {
                runtime::log_error("etcd is full; compact and defragment it, then disarm its alarm",
                                   {{"endpoint", session_.client().endpoint()}, {"reason", reply.error}});
            }
            trouble_ = "full: " + reply.error;
            outbox_.refused();
            retry_later();
            return;
        case EtcdFault::Refused:
            break;
    }
    if (trouble_limit_.admit(runtime::Clock::now())) {
        runtime::log_error("etcd refuses what groups write", {{"reason", reply.error}});
    }
    if (outbox_.sent().size() > 1) {
        outbox_.refused(true);
    } else {
        give_up(reply.error);
    }
    retry_later();
}

void EtcdGroupService::give_up(const std::string& why) {
    const auto errand = outbox_.give_up();
    if (!errand) {
        return;
    }
    warn("etcd refuses what a member does, which is given up", errand->member->group, ++counters_.given_up);
    // Nobody else would see it, and nobody would know.
    if (errand->kind == GroupErrand::Kind::Join && find(errand->member->key)) {
        end_membership(errand->member, "etcd refuses it: " + why);
    }
}

void EtcdGroupService::retry_later() {
    sending_ = true;  // nothing else is sent meanwhile
    retry_.expires_after(retry_pause);
    retry_.async_wait([this, alive = std::weak_ptr(alive_)](const boost::system::error_code& error) {
        if (!error && !alive.expired()) {
            sending_ = false;
            if (!outbox_.ready()) {
                trouble_.clear();
            }
            pump();
        }
    });
}

// ---- history ---------------------------------------------------------------------------------------------

void EtcdGroupService::schedule_compaction() {
    if (settings_.compaction.count() == 0) {
        return;
    }
    compaction_.expires_after(settings_.compaction);
    compaction_.async_wait([this, alive = std::weak_ptr(alive_)](const boost::system::error_code& error) {
        if (!error && !alive.expired()) {
            compact();
            schedule_compaction();
        }
    });
}

/// One does it for all: the host that has been there longest. What came since the last time stays, so that a watch
/// which is interrupted for less than that goes on without a gap.
void EtcdGroupService::compact() {
    const EtcdRevision to = std::exchange(compact_to_, session_.revision());
    if (to > 1 && session_.is_live() && replica_.is_eldest()) {
        session_.client().call("kv/compaction", encode_compaction(to), [](const EtcdReply& reply) {
            // Somebody else's compaction of what is older already is as good.
            if (reply.fault != EtcdFault::None && reply.fault != EtcdFault::Compacted) {
                runtime::log_warning("etcd's history could not be compacted", {{"reason", reply.error}});
            }
        });
    }
}

}  // namespace vnf::host
