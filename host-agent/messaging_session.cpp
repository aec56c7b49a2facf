// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See messaging_session.hpp.
#include "host-agent/messaging_session.hpp"

#include <utility>

namespace vnf::host {

namespace {

using runtime::Clock;

/// Above what the outbox lets wait: status entries, nacks and the gap itself.
constexpr std::size_t queue_slack = 256 * 1024;
constexpr std::uint64_t journal_burst = 50;
constexpr Milliseconds journal_period{100};

runtime::PortOptions port_options(GuestOrigin origin, std::size_t queue_limit) {
    runtime::PortOptions options;
    options.write_queue_limit = queue_limit + queue_slack;
    options.only_sockets = origin == GuestOrigin::Discovered;
    return options;
}

}  // namespace

MessagingSession::MessagingSession(GroupContext& context, runtime::PortAddress address, GuestOrigin origin,
                                   MessagingOwner& owner)
    : context_(context),
      owner_(owner),
      address_(std::move(address)),
      channel_(context.rules, context.counters),
      journal_budgets_(journal_burst, journal_period),
      port_(context.io, address_, port_options(origin, context.queue_limit), *this),
      outbox_(*this, context.counters, context.queue_limit) {}

MessagingSession::~MessagingSession() {
    if (port_.up() && context_.scaling != nullptr) {
        context_.scaling->messaging_down(owner_.id());
    }
    port_.stop();
    context_.deadlines.set(*this, runtime::never);
}

/// Runs one step of the pure channel, carries its effects out, and theirs, and sets the next deadline.
template <typename Step>
void MessagingSession::run(Step step) {
    const TimePoint now = Clock::now();
    MessagingEffects effects = std::exchange(context_.effects, MessagingEffects());
    step(now, effects);
    for (std::size_t i = 0; i < effects.size(); ++i) {
        MessagingEffect effect = std::move(effects[i]);  // carrying it out may add to the list
        std::visit([this, now, &effects](auto& one) { carry_out(one, now, effects); }, effect);
    }
    effects.clear();
    context_.effects = std::move(effects);
    context_.deadlines.set(*this, channel_.deadline());
}

void MessagingSession::port_up() {
    closing_ = false;
    record(JournalKind::MessagingConnected, {});
    channel_.connected();
    outbox_.connected();
    learn_whether_gaps_are_understood();
    owner_.messaging_up();
    if (context_.scaling != nullptr) {
        context_.scaling->messaging_up(owner_.id());
    }
}

void MessagingSession::port_down(std::string_view why) {
    const ClosedBy by = std::exchange(closing_, false) ? ClosedBy::Us : ClosedBy::Guest;
    record(JournalKind::MessagingDisconnected, {{"reason", std::string(why)}, {"by_us", by == ClosedBy::Us}});
    outbox_.disconnected();
    channel_.disconnected();
    context_.deadlines.set(*this, channel_.deadline());
    if (context_.scaling != nullptr) {
        context_.scaling->messaging_down(owner_.id());
    }
    owner_.messaging_down(why, by);
}

void MessagingSession::port_bytes(std::string_view bytes) {
    if (context_.scaling != nullptr) {
        channel_.scale_address(context_.scaling->scale_address(owner_.id()));
    }
    run([this, bytes](TimePoint now, MessagingEffects& out) { channel_.bytes(bytes, now, out); });
    learn_whether_gaps_are_understood();
}

void MessagingSession::port_drained() {
    outbox_.drained();
    look_at_the_group();
}

bool MessagingSession::write(std::string_view bytes) {
    return port_.send(bytes) == runtime::SendOutcome::Accepted;
}

void MessagingSession::report(JournalKind kind, const JournalFields& fields) {
    if (reports_.take(word(kind), Clock::now())) {
        record(kind, fields);
    }
}

void MessagingSession::due(TimePoint) {
    run([this](TimePoint now, MessagingEffects& out) { channel_.due(now, out); });
}

void MessagingSession::mail(const SharedMail& mail) {
    learn_whether_gaps_are_understood();
    outbox_.mail(mail);
}

void MessagingSession::gap(std::uint32_t missed) {
    learn_whether_gaps_are_understood();
    outbox_.missed(missed);
}

void MessagingSession::membership_changed() {
    outbox_.look_again();
    look_at_the_group();
}

void MessagingSession::learn_whether_gaps_are_understood() {
    outbox_.understands_gap(port_.up() && (channel_.understands_gap() || owner_.understands_gap()));
}

// ---- effects -------------------------------------------------------------------------------------------

void MessagingSession::carry_out(AnswerStatus& effect, TimePoint now, MessagingEffects& more) {
    if (!outbox_.query(effect.seq, effect.reply_to)) {
        channel_.refuse("status_query", "too many queries are open", effect.reply_to, now, more);
    }
    look_at_the_group();
}

void MessagingSession::carry_out(PassBroadcast& effect, TimePoint now, MessagingEffects& more) {
    switch (owner_.broadcast(effect.text)) {
        case GroupSending::Accepted:
            return;
        case GroupSending::QueueFull:
            return channel_.not_passed(effect.reply_to, "the group's queue is full", now, more);
        case GroupSending::Unavailable:
            return channel_.not_passed(effect.reply_to, "the group can't be reached", now, more);
    }
}

void MessagingSession::carry_out(SendNack& effect, TimePoint, MessagingEffects&) {
    if (!outbox_.nack(effect.nack, effect.reply_to)) {
        channel_.not_told(effect);
    }
}

void MessagingSession::carry_out(PassScaleReply& effect, TimePoint, MessagingEffects&) {
    if (context_.scaling != nullptr) {
        context_.scaling->scale_reply(owner_.id(), effect.data);
    }
}

void MessagingSession::carry_out(Report& effect, TimePoint, MessagingEffects&) {
    record(effect.kind, effect.fields);
}

void MessagingSession::carry_out(Reconnect& effect, TimePoint, MessagingEffects&) {
    closing_ = true;
    port_.reconnect(effect.pause);
}

void MessagingSession::look_at_the_group() {
    if (!outbox_.wants_status()) {
        return;
    }
    owner_.status([weak = weak_from_this()](const GroupService::Status& status) {
        if (const auto self = weak.lock()) {
            self->group_seen(status);
        }
    });
}

void MessagingSession::group_seen(const GroupService::Status& status) {
    if (status.error.empty()) {
        outbox_.answer(status.members);
    } else {
        outbox_.answer_refused(status.error);
    }
    look_at_the_group();
}

void MessagingSession::record(JournalKind kind, const JournalFields& fields) {
    if (!is_guest_driven(kind) || journal_budgets_.take(word(kind), Clock::now())) {
        context_.recorder.record(kind, owner_.id(), fields);
    }
}

}  // namespace vnf::host
