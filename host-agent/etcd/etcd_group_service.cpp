// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The members' side of the service: what they do, and what they are told. etcd_group_store.cpp has the store's side.
#include "host-agent/etcd/etcd_group_service.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <random>
#include <utility>

#include "host-agent/etcd/group_sweep.hpp"

namespace vnf::host {

namespace {

using runtime::Clock;
using runtime::Milliseconds;

constexpr Milliseconds status_patience{3000};
constexpr std::size_t most_wishes = 4096;

std::string new_run() {
    std::random_device random;
    return std::to_string(random()) + '-' + std::to_string(random());
}

}  // namespace

EtcdGroupService::EtcdGroupService(boost::asio::io_context& io, EtcdSettings settings,
                                   LostMemberBody lost_body)
    : io_(io),
      settings_(std::move(settings)),
      run_(new_run()),
      lost_body_(std::move(lost_body)),
      replica_(settings_.base(), settings_.host, run_),
      outbox_(settings_.base(), settings_.host, run_),
      retry_(io),
      status_timer_(io),
      compaction_(io),
      awaiting_(io),
      session_(io, settings_, {host_key(settings_.base(), settings_.host), encode_host_value(run_), 0},
               *this) {
    session_.start();
    schedule_compaction();
}

EtcdGroupService::~EtcdGroupService() = default;

// ---- what members do -------------------------------------------------------------------------------------

MemberKey EtcdGroupService::join(const std::string& group, const wire::SourceInstance& name,
                                 const wire::JsonText& entry, const wire::JsonText& arrival,
                                 GroupSubscriber& subscriber) {
    const auto member = std::make_shared<LocalMember>(
        LocalMember{MemberKey{++last_key_}, group, name, entry, arrival, &subscriber});
    members_.emplace(member->key, member);
    if (!groups_[group].emplace(name, member).second) {
        member->void_ = true;
        deliver({member->key, {}, {}, {}, 0, "the group has a member of this name already, on this host"});
        return member->key;
    }
    // Who seems to be there already may just have left: the store will say.
    const GroupReplica::Member* other = replica_.find(group, name);
    if (other == nullptr || other->host == settings_.host) {
        tell_arrival(member);
    }
    outbox_.push({GroupErrand::Kind::Join, member, encode_notice_item(name, arrival)});
    pump();
    return member->key;
}

void EtcdGroupService::leave(MemberKey key, const wire::JsonText& farewell) {
    const SharedMember member = find(key);
    if (!member) {
        return;
    }
    const bool was_void = member->void_;
    forget_member(member);
    if (was_void) {
        return;
    }
    tell(member, wire::GroupNotification{{farewell}});
    outbox_.push({GroupErrand::Kind::Leave, member, encode_farewell_item(member->name, farewell)});
    pump();
}

void EtcdGroupService::change(MemberKey key, const wire::JsonText& entry,
                              const wire::JsonText& notification) {
    const SharedMember member = find(key);
    if (!member || member->void_) {
        return;
    }
    member->entry = entry;
    tell(member, wire::GroupNotification{{notification}});
    if (!has_room(*member)) {
        // One errand for all of them: the last status, and to the others that so many notifications are lost.
        warn("a notification finds no room on its way to etcd; the others are told that they missed it",
             member->group, ++counters_.given_up);
        if (member->unsaid++ == 0) {
            outbox_.push({GroupErrand::Kind::Change, member, {}, true});
        }
    } else {
        outbox_.push({GroupErrand::Kind::Change, member, encode_notice_item(member->name, notification)});
    }
    pump();
}

GroupSending EtcdGroupService::broadcast(MemberKey key, const wire::BroadcastText& text) {
    const SharedMember member = find(key);
    if (!member || member->void_) {
        return GroupSending::Unavailable;
    }
    if (!session_.reachable(Clock::now()) || !trouble_.empty()) {
        ++counters_.unavailable;
        return GroupSending::Unavailable;
    }
    if (!has_room(*member)) {
        warn("a broadcast is refused: too many wait for etcd", member->group, ++counters_.queue_full);
        return GroupSending::QueueFull;
    }
    tell(member, wire::GroupBroadcast{member->name.text(), text.text()});
    outbox_.push({GroupErrand::Kind::Say, member, encode_broadcast_item(member->name, text)});
    pump();
    return GroupSending::Accepted;
}

bool EtcdGroupService::has_room(const LocalMember& member) const {
    return outbox_.size() < settings_.queue_per_host && member.waiting < settings_.queue_per_member;
}

void EtcdGroupService::forget_member(const SharedMember& member) {
    members_.erase(member->key);
    const auto group = groups_.find(member->group);
    if (group == groups_.end()) {
        return;
    }
    const auto place = group->second.find(member->name);
    if (place != group->second.end() && place->second == member) {
        group->second.erase(place);
    }
    if (group->second.empty()) {
        groups_.erase(group);
    }
}

SharedMember EtcdGroupService::find(MemberKey key) const {
    const auto found = members_.find(key);
    return found == members_.end() ? nullptr : found->second;
}

SharedMember EtcdGroupService::find(const std::string& group, const wire::SourceInstance& name) const {
    const auto names = groups_.find(group);
    if (names == groups_.end()) {
        return nullptr;
    }
    const auto member = names->second.find(name);
    return member == names->second.end() ? nullptr : member->second;
}

// ---- what members are told -------------------------------------------------------------------------------

void EtcdGroupService::tell(const SharedMember& subject, wire::GroupEvent event) {
    if (groups_.contains(subject->group)) {
        deliver(
            {{}, subject->group, subject->name.text(), std::make_shared<const GroupMail>(std::move(event))});
    }
}

void EtcdGroupService::tell_arrival(const SharedMember& member) {
    if (!std::exchange(member->arrival_told, true)) {
        tell(member, wire::GroupNotification{{member->arrival}});
    }
}

void EtcdGroupService::deliver(Delivery delivery) {
    if (delivery.key == MemberKey{}) {
        // Who is a member now is told, and nobody who joins before the turn of the loop comes.
        const auto group = groups_.find(delivery.group);
        if (group == groups_.end()) {
            return;
        }
        for (const auto& [name, member] : group->second) {
            if (name.text() != delivery.except) {
                deliveries_.push_back({member->key, {}, {}, delivery.mail, delivery.missed, {}});
            }
        }
    } else {
        deliveries_.push_back(std::move(delivery));
    }
    if (!deliveries_.empty() && !std::exchange(drain_posted_, true)) {
        boost::asio::post(io_, [this, alive = std::weak_ptr(alive_)] {
            if (!alive.expired()) {
                drain_posted_ = false;
                drain();
            }
        });
    }
}

void EtcdGroupService::drain() {
    const std::weak_ptr<const bool> alive = alive_;
    for (std::size_t left = deliveries_.size(); left > 0; --left) {
        const Delivery delivery = std::move(deliveries_.front());
        deliveries_.pop_front();
        hand_over(delivery);
        if (alive.expired()) {
            return;
        }
    }
}

void EtcdGroupService::hand_over(const Delivery& delivery) {
    const SharedMember member = find(delivery.key);
    if (!member) {
        return;
    }
    GroupSubscriber& subscriber = *member->subscriber;
    if (!delivery.lost.empty()) {
        forget_member(member);
        subscriber.group_membership_lost(delivery.lost);
    } else if (member->void_) {
        return;
    } else if (delivery.confirmed) {
        subscriber.group_membership_confirmed();
    } else if (delivery.mail) {
        subscriber.group_mail(delivery.mail);
    } else {
        subscriber.group_gap(delivery.missed);
    }
}

void EtcdGroupService::end_membership(const SharedMember& member, const std::string& reason) {
    member->void_ = true;
    // The name is free here at once; the key is told, and void then.
    const SharedMember kept = member;
    forget_member(kept);
    members_.emplace(kept->key, kept);
    deliver({kept->key, {}, {}, {}, 0, reason});
}

// ---- status ----------------------------------------------------------------------------------------------

void EtcdGroupService::status(MemberKey member, OnStatus on_status) {
    if (wishes_.size() < most_wishes) {
        wishes_.push_back({member, std::move(on_status), Clock::now() + status_patience});
    } else {
        wishes_.insert(wishes_.begin(), {member, std::move(on_status), Clock::now()});  // refused at once
    }
    schedule_statuses();
}

void EtcdGroupService::schedule_statuses() {
    if (wishes_.empty()) {
        return;
    }
    status_timer_.expires_at(session_.is_live() ? Clock::now() : wishes_.front().until);
    status_timer_.async_wait([this, alive = std::weak_ptr(alive_)](const boost::system::error_code& error) {
        if (!error && !alive.expired()) {
            answer_statuses();
        }
    });
}

void EtcdGroupService::answer_statuses() {
    const std::weak_ptr<const bool> alive = alive_;
    drain();  // who is in a status has been told of before
    if (alive.expired()) {
        return;
    }
    const auto now = Clock::now();
    std::vector<StatusWish> due;
    const auto keep = std::stable_partition(
        wishes_.begin(), wishes_.end(),
        [this, now](const StatusWish& wish) { return !session_.is_live() && wish.until > now; });
    std::move(keep, wishes_.end(), std::back_inserter(due));
    wishes_.erase(keep, wishes_.end());
    schedule_statuses();
    for (const StatusWish& wish : due) {
        const SharedMember member = alive.expired() ? nullptr : find(wish.member);
        if (member && !member->void_) {
            wish.on_status(session_.is_live() ? status_of(member->group) : Status{{}, engine()});
        }
    }
}

GroupService::Status EtcdGroupService::status_of(const std::string& group) const {
    Status status;
    for (GroupMemberView& member : view_of(group)) {
        status.members.push_back(std::move(member.entry));
    }
    return status;
}

std::vector<GroupMemberView> EtcdGroupService::view_of(const std::string& group) const {
    std::map<wire::SourceInstance, GroupMemberView> views;
    if (const auto others = replica_.members().find(group); others != replica_.members().end()) {
        for (const auto& [name, member] : others->second) {
            views.emplace(name, GroupMemberView{name, member.host, false, member.entry});
        }
    }
    if (const auto own = groups_.find(group); own != groups_.end()) {
        for (const auto& [name, member] : own->second) {
            const auto other = views.find(name);
            // One that has not been confirmed does not hide who holds the name.
            if (other == views.end() || other->second.host == settings_.host || member->present != 0) {
                views.insert_or_assign(name, GroupMemberView{name, settings_.host, true, member->entry});
            }
        }
    }
    std::vector<GroupMemberView> result;
    for (auto& [name, view] : views) {
        result.push_back(std::move(view));
    }
    return result;
}

// ---- for operators ---------------------------------------------------------------------------------------

std::vector<GroupView> EtcdGroupService::groups() const {
    std::set<std::string> names;
    for (const auto& [group, members] : replica_.members()) {
        names.insert(group);
    }
    for (const auto& [group, members] : groups_) {
        names.insert(group);
    }
    std::vector<GroupView> views;
    for (const std::string& name : names) {
        views.push_back({name, view_of(name)});
    }
    return views;
}

std::string EtcdGroupService::engine() const {
    const std::string text = session_.text(Clock::now());
    return trouble_.empty() ? text : text + ", but " + trouble_;
}

std::vector<GroupEngineCount> EtcdGroupService::metrics() const {
    return {
        {"vnf_host_etcd_commits_total", "Transactions that etcd took.", counters_.commits},
        {"vnf_host_etcd_refused_total", "Transactions that etcd did not take.", counters_.refused_commits},
        {"vnf_host_etcd_given_up_total",
         "Notifications, or what else a member did, that did not get to etcd.", counters_.given_up},
        {"vnf_host_etcd_queue_full_total", "Broadcasts refused since too many waited for etcd.",
         counters_.queue_full},
        {"vnf_host_etcd_unavailable_total", "Broadcasts refused since etcd could not be reached or was full.",
         counters_.unavailable},
        {"vnf_host_etcd_gaps_total", "Times that members here were told that they missed something.",
         counters_.gaps},
        {"vnf_host_etcd_members_lost_total", "Members of other hosts that were lost.",
         counters_.members_lost},
        {"vnf_host_etcd_snapshots_total", "Times that everything was read.", counters_.snapshots},
        {"vnf_host_etcd_unreadable_total", "Keys and mail items that could not be read.",
         replica_.unreadable()},
    };
}

/// `what` is limited by itself.
void EtcdGroupService::warn(std::string_view what, const std::string& group, std::uint64_t in_all) {
    if (warnings_.take(what, Clock::now())) {
        runtime::log_warning(what, {{"group", group}, {"in_all", in_all}});
    }
}

void EtcdGroupService::sweep(OnSwept on_swept) {
    if (!session_.is_live()) {
        on_swept({0, engine()});
        return;
    }
    start_group_sweep(io_, session_.client(), settings_.base(), std::move(on_swept));
}

}  // namespace vnf::host
