// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See group_member.hpp.
#include "host-agent/group_member.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

namespace vnf::host {

namespace {

using runtime::Clock;

constexpr std::uint64_t event_burst = 20;
constexpr Milliseconds event_period{500};
constexpr Milliseconds retry_first{5000}, retry_longest{60000};
constexpr Milliseconds retry_forgotten_after{60000};

MemberStatus::WallTime wall_now() {
    return std::chrono::system_clock::now();
}

/// The entry is of an init in a session that was up already.
bool is_again(const JournalFields& fields) {
    return std::any_of(fields.begin(), fields.end(), [](const JournalField& field) {
        return field.first == "again" && field.second == JournalValue(true);
    });
}

}  // namespace

GroupMember::GroupMember(GroupContext& context, MemberOwner& owner, const GuestSpec& spec)
    : context_(context),
      owner_(owner),
      id_(spec.id),
      name_(spec.member_name()),
      status_(spec.status ? *spec.status : MemberStatus()),
      event_budget_(event_burst, event_period),
      retry_pause_(retry_first) {
    status_.offer_text("instance_id", id_);
    status_.offer_text("display_name", name_.empty() ? id_ : name_);
    status_.offer_text("hostname", name_.empty() ? id_ : name_);
    status_.offer_text("host", context.host);
    status_.offer_text("node", context.host);
}

GroupMember::~GroupMember() {
    port_.reset();
    context_.deadlines.set(*this, runtime::never);
}

// ---- membership ----------------------------------------------------------------------------------------

void GroupMember::move(const std::string& group, const std::string& name) {
    if (group == group_ && name == name_) {
        return;
    }
    withdraw("moved to another group");
    group_ = group;
    name_ = name;
    join();
    membership_changed();
}

void GroupMember::join() {
    const auto name = wire::SourceInstance::of(name_);
    const auto& entry = status_.entry();
    const auto arrival = body_of({MemberEvent::Joined, {}}, {status_.state(), status_.task_state(),
                                                             status_.state(), status_.task_state()});
    if (!name) {
        return refused("it has no name of at most 25 bytes");
    }
    if (!entry || !arrival) {
        too_long("status");
        return refused("its status is too long");
    }
    key_ = context_.service->join(group_, *name, *entry, *arrival, *this);
}

void GroupMember::group_membership_confirmed() {
    if (key_ == MemberKey{} || member_since_) {
        return;
    }
    member_since_ = Clock::now();
    trouble_.clear();
    ++context_.counters.joins;
    context_.recorder.record(JournalKind::GroupJoined, id_, {{"group", group_}, {"name", name_}});
}

void GroupMember::refused(std::string_view reason) {
    key_ = {};
    if (const auto since = std::exchange(member_since_, std::nullopt);
        since && Clock::now() - *since >= retry_forgotten_after) {
        retry_pause_ = retry_first;
    }
    ++context_.counters.refusals;
    if (trouble_ != reason) {
        trouble_ = reason;
        context_.recorder.record(JournalKind::GroupRefused, id_,
                                 {{"group", group_}, {"name", name_}, {"reason", trouble_}});
    }
    retry_at_ = Clock::now() + retry_pause_;
    retry_pause_ = std::min(retry_pause_ * 2, retry_longest);
    settle();
}

void GroupMember::group_membership_lost(std::string_view reason) {
    refused(reason);
    membership_changed();
}

void GroupMember::leave(std::string_view reason) {
    withdraw(reason);
    membership_changed();
}

/// What its guest asked through the membership before is asked anew.
void GroupMember::membership_changed() {
    if (port_) {
        port_->membership_changed();
    }
}

void GroupMember::withdraw(std::string_view reason) {
    retry_at_ = runtime::never;
    retry_pause_ = retry_first;
    if (group_.empty()) {
        return;
    }
    tell_deferred();
    if (key_ != MemberKey{}) {
        const auto farewell = body_of({MemberEvent::Left, std::string(reason)},
                                      {status_.state(), status_.task_state(), status_.state(), {}});
        context_.service->leave(std::exchange(key_, MemberKey{}), farewell ? *farewell : *status_.entry());
    }
    if (std::exchange(member_since_, std::nullopt)) {
        ++context_.counters.leaves;
        context_.recorder.record(JournalKind::GroupLeft, id_,
                                 {{"group", group_}, {"name", name_}, {"reason", std::string(reason)}});
    }
    group_.clear();
    trouble_.clear();
    settle();
}

GroupSending GroupMember::broadcast(const wire::BroadcastText& text) {
    if (group_.empty()) {
        return GroupSending::Accepted;  // there is nobody to hear it
    }
    return key_ == MemberKey{} ? GroupSending::Unavailable : context_.service->broadcast(key_, text);
}

void GroupMember::status(GroupService::OnStatus on_status) {
    if (key_ != MemberKey{}) {
        return context_.service->status(key_, std::move(on_status));
    }
    GroupService::Status alone;
    if (!group_.empty()) {
        alone.error = "not a member at present: " + trouble_;
    } else if (const auto& entry = status_.entry()) {
        alone.members.push_back(*entry);
    }
    boost::asio::post(context_.io,
                      [on_status = std::move(on_status), alone = std::move(alone)] { on_status(alone); });
}

// ---- its port ------------------------------------------------------------------------------------------

void GroupMember::open_port(const runtime::PortAddress& address, GuestOrigin origin) {
    MessagingOwner& owner = *this;
    port_ = std::make_shared<MessagingSession>(context_, address, origin, owner);
    port_->start();
}

void GroupMember::close_port() {
    port_.reset();
}

bool GroupMember::scale(const wire::JsonText& data, const std::string& from) {
    return port_ && port_->up() && port_->scale(data, from);
}

bool GroupMember::understands_gap() const {
    return owner_.understands_gap(id_);
}

void GroupMember::messaging_up() {
    if (std::exchange(gone_, false)) {
        tell_limited({MemberEvent::Returned, {}});
    }
}

void GroupMember::messaging_down(std::string_view why, ClosedBy by) {
    if (by == ClosedBy::Guest && !owner_.has_heartbeat(id_)) {
        gone_ = true;
        tell_limited({MemberEvent::Gone, std::string(why)});
    }
    owner_.port_ended(id_);
}

void GroupMember::group_mail(const SharedMail& mail) {
    if (port_) {
        port_->mail(mail);
    }
}

void GroupMember::group_gap(std::uint32_t missed) {
    if (port_) {
        port_->gap(missed);
    }
}

// ---- events --------------------------------------------------------------------------------------------

void GroupMember::guest_event(JournalKind kind, const JournalFields& fields) {
    const auto change = member_change(kind, fields);
    if (!change) {
        return;
    }
    // The first healthy answer is news only after a loss, the end of an announced silence only if it was one, a further
    // init only if the guest was not up.
    if (change->event == MemberEvent::HeartbeatRegained && !std::exchange(lost_, false)) {
        return;
    }
    const bool unchanged = status_.state() == "active" && status_.task_state().empty();
    if (unchanged && (change->event == MemberEvent::Running ||
                      (change->event == MemberEvent::HeartbeatInitialized && is_again(fields)))) {
        return;
    }
    lost_ = lost_ || change->event == MemberEvent::HeartbeatLost;
    tell_limited(*change);
}

void GroupMember::tell_limited(const MemberChange& change) {
    if (event_budget_.take(Clock::now())) {
        deferred_.reset();
        publish(change);
    } else {
        ++context_.counters.events_deferred;
        deferred_ = change;
    }
    settle();
}

void GroupMember::tell(const MemberChange& change) {
    tell_deferred();
    publish(change);
}

void GroupMember::tell_deferred() {
    if (const auto change = std::exchange(deferred_, std::nullopt)) {
        publish(*change);
    }
}

void GroupMember::publish(const MemberChange& change) {
    const StateChange states = apply(change.event, wall_now(), status_);
    if (key_ == MemberKey{}) {
        return;
    }
    ++context_.counters.events;
    const MemberEventRow& row = row_of(change.event);
    context_.recorder.record(JournalKind::GroupChanged, id_,
                             {{"group", group_},
                              {"event", std::string(row.word)},
                              {"event_type", "compute.instance." + std::string(row.event_type)},
                              {"state", states.state},
                              {"reason", change.reason}});
    const auto body = body_of(change, states);
    if (!body) {
        too_long("notification");
        return;
    }
    context_.service->change(key_, *status_.entry(), *body);
}

std::optional<wire::JsonText> GroupMember::body_of(const MemberChange& change,
                                                   const StateChange& states) const {
    const auto& entry = status_.entry();
    return entry ? notification_body(change, states, *entry, wall_now()) : std::nullopt;
}

void GroupMember::too_long(std::string_view what) {
    ++context_.counters.too_long;
    if (reports_.take(what, Clock::now())) {
        context_.recorder.record(
            JournalKind::GroupTooLong, id_,
            {{"what", std::string(what)}, {"bytes", static_cast<std::int64_t>(status_.whole_size())}});
    }
}

void GroupMember::due(TimePoint now) {
    if (now >= retry_at_) {
        retry_at_ = runtime::never;
        join();
    }
    if (deferred_ && event_budget_.take(now)) {
        tell_deferred();
    }
    settle();
}

void GroupMember::settle() {
    const TimePoint deferred_at = deferred_ ? event_budget_.next() : runtime::never;
    context_.deadlines.set(*this, std::min(retry_at_, deferred_at));
}

}  // namespace vnf::host
