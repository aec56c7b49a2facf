// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One guest of this host as the server groups see it: its status, its membership, its events, and its port if it has one.
// Policy: a membership that was refused or lost is tried again, 5 s to 60 s apart, since its name may become free; from 5 s
// again when it had lasted for a minute. It counts as joined when the engine has confirmed it.
// Events that a guest can cause are limited; of those above the limit the last one is told when the limit allows, so that
// peers end up with the truth. What the operator says is told at once, behind what was held back.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "host-agent/group_context.hpp"
#include "host-agent/group_event.hpp"
#include "host-agent/guest_spec.hpp"
#include "host-agent/messaging_session.hpp"

namespace vnf::host {

/// What a member asks of the agent, and tells it.
class MemberOwner {
  public:
    virtual ~MemberOwner() = default;
    virtual bool has_heartbeat(const std::string& id) const = 0;
    /// The guest said so on its heartbeat.
    virtual bool understands_gap(const std::string& id) const = 0;
    /// Its port's connection ended. The member must not be destroyed from inside.
    virtual void port_ended(const std::string& id) = 0;
};

class GroupMember final : private MessagingOwner, private GroupSubscriber, private DeadlineEntry {
  public:
    /// `context` and `owner` outlive the member.
    GroupMember(GroupContext& context, MemberOwner& owner, const GuestSpec& spec);
    /// It has left before, or its service is no more: an agent that ends says nothing to anybody.
    ~GroupMember() override;

    /// Into this group under this name; out of the one before.
    void move(const std::string& group, const std::string& name);
    void leave(std::string_view reason);
    void open_port(const runtime::PortAddress& address, GuestOrigin origin);
    void close_port();
    /// To its scale agent. False: not taken.
    bool scale(const wire::JsonText& data, const std::string& from);

    /// The operator's word.
    void tell(const MemberChange& change);
    /// An entry of the guest's journal.
    void guest_event(JournalKind kind, const JournalFields& fields);

    const std::string& id() const override { return id_; }
    const std::string& name() const { return name_; }
    const std::string& group() const { return group_; }
    /// Why it is not a member of its group at present.
    const std::string& trouble() const { return trouble_; }
    const MemberStatus& status() const { return status_; }
    const MessagingSession* port() const { return port_.get(); }

  private:
    GroupSending broadcast(const wire::BroadcastText& text) override;
    void status(GroupService::OnStatus on_status) override;
    bool understands_gap() const override;
    void messaging_up() override;
    void messaging_down(std::string_view why, ClosedBy by) override;
    void group_mail(const SharedMail& mail) override;
    void group_gap(std::uint32_t missed) override;
    void group_membership_confirmed() override;
    void group_membership_lost(std::string_view reason) override;
    void due(TimePoint now) override;

    void join();
    void withdraw(std::string_view reason);
    void membership_changed();
    void refused(std::string_view reason);
    void tell_limited(const MemberChange& change);
    void tell_deferred();
    void publish(const MemberChange& change);
    std::optional<wire::JsonText> body_of(const MemberChange& change, const StateChange& states) const;
    void too_long(std::string_view what);
    void settle();

    GroupContext& context_;
    MemberOwner& owner_;
    std::string id_, name_, group_, trouble_;
    MemberStatus status_;
    MemberKey key_{};
    std::shared_ptr<MessagingSession> port_;
    runtime::RateBudget event_budget_;
    ReportBudgets reports_;
    std::optional<MemberChange> deferred_;
    bool lost_ = false;                      ///< its heartbeat
    bool gone_ = false;                      ///< its only channel, which is this port
    std::optional<TimePoint> member_since_;  ///< confirmed by the engine
    TimePoint retry_at_ = runtime::never;
    Milliseconds retry_pause_;
};

}  // namespace vnf::host
