// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One guest's port `cgcs.messaging` at the edge: the port around the pure MessagingChannel (what the guest says) and
// MessagingOutbox (what it is told). The port is opened again, with back-off, for as long as the session lives.
#pragma once

#include <memory>
#include <string>

#include "host-agent/group_context.hpp"
#include "host-agent/guest_spec.hpp"
#include "host-agent/messaging_channel.hpp"
#include "host-agent/messaging_outbox.hpp"
#include "runtime/port.hpp"

namespace vnf::host {

/// The member whose port it is.
class MessagingOwner {
  public:
    virtual ~MessagingOwner() = default;
    virtual GroupSending broadcast(const wire::BroadcastText& text) = 0;
    /// `on_status` is called later or never.
    virtual void status(GroupService::OnStatus on_status) = 0;
    /// The guest said on another channel of its own that it takes gaps.
    virtual bool understands_gap() const = 0;
    virtual const std::string& id() const = 0;
    virtual void messaging_up() = 0;
    virtual void messaging_down(std::string_view why, ClosedBy by) = 0;
};

class MessagingSession final : public std::enable_shared_from_this<MessagingSession>,
                               private runtime::PortHandler,
                               private OutgoingLines,
                               private DeadlineEntry {
  public:
    /// `owner` outlives the session.
    MessagingSession(GroupContext& context, runtime::PortAddress address, GuestOrigin origin,
                     MessagingOwner& owner);
    ~MessagingSession() override;

    void start() { port_.start(); }
    void mail(const SharedMail& mail);
    void gap(std::uint32_t missed);
    /// To the guest's scale agent. False: not taken.
    bool scale(const wire::JsonText& data, const std::string& from) { return outbox_.scale(data, from); }
    /// The owner's membership is another one, or none: a status asked through the one before may never come.
    void membership_changed();

    const runtime::PortAddress& address() const { return address_; }
    const MessagingChannel& channel() const { return channel_; }
    const MessagingOutbox& outbox() const { return outbox_; }
    bool up() const { return port_.up(); }
    std::string port_text() const { return port_.describe(); }
    std::size_t port_queued() const { return port_.queued(); }

  private:
    void port_up() override;
    void port_down(std::string_view why) override;
    void port_bytes(std::string_view bytes) override;
    void port_drained() override;
    bool open() const override { return port_.up(); }
    std::size_t queued() const override { return port_.queued(); }
    bool write(std::string_view bytes) override;
    void report(JournalKind kind, const JournalFields& fields) override;
    void due(TimePoint now) override;

    template <typename Step>
    void run(Step step);
    void carry_out(AnswerStatus& effect, TimePoint now, MessagingEffects& more);
    void carry_out(PassBroadcast& effect, TimePoint now, MessagingEffects& more);
    void carry_out(SendNack& effect, TimePoint now, MessagingEffects& more);
    void carry_out(PassScaleReply& effect, TimePoint now, MessagingEffects& more);
    void carry_out(Report& effect, TimePoint now, MessagingEffects& more);
    void carry_out(Reconnect& effect, TimePoint now, MessagingEffects& more);
    void learn_whether_gaps_are_understood();
    void look_at_the_group();
    void group_seen(const GroupService::Status& status);
    void record(JournalKind kind, const JournalFields& fields);

    GroupContext& context_;
    MessagingOwner& owner_;
    runtime::PortAddress address_;
    MessagingChannel channel_;
    ReportBudgets journal_budgets_;  ///< by kind
    ReportBudgets reports_;
    bool closing_ = false;  ///< the end of the connection that is to come is ours
    runtime::Port port_;
    MessagingOutbox outbox_;
};

}  // namespace vnf::host
