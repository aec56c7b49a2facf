// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See messaging_outbox.hpp.
#include "host-agent/messaging_outbox.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "host-agent/group_body.hpp"
#include "wire/messaging_envelope.hpp"

namespace vnf::host {

namespace {

constexpr std::size_t room_of_gap = 256;

std::string port_line(const wire::JsonText& data, const std::string& to) {
    return wire::encode(wire::PortEnvelope{to, std::string(wire::server_group_address), data});
}

}  // namespace

void MessagingOutbox::connected() {
    takes_gaps_ = false;
    lines_.write(wire::messaging_resynchronisation);
}

void MessagingOutbox::disconnected() {
    looking_ = false;
    queries_.clear();
    answers_.clear();
}

void MessagingOutbox::drained() {
    tell_gap();
    pump();
}

void MessagingOutbox::understands_gap(bool does) {
    if (does && !std::exchange(takes_gaps_, true)) {
        tell_gap();
    }
}

// ---- mail ----------------------------------------------------------------------------------------------

void MessagingOutbox::mail(const SharedMail& mail) {
    if (!mail->fits_old_guest()) {
        too_long(std::holds_alternative<wire::GroupBroadcast>(mail->event()) ? "broadcast" : "notification",
                 mail->port_line().size());
        missed(1);
        return;
    }
    const std::string& line = mail->port_line();
    // One gap for all that was missed: not before there is room for what follows it, too.
    const bool fits = has_room(line.size() + (missed_ != 0 && takes_gaps_ ? room_of_gap : 0));
    if (!fits || (takes_gaps_ && !tell_gap()) || !lines_.write(line)) {
        missed(1);
    } else {
        ++totals_.mail;
    }
    answer_beside_mail();
}

/// Mail without end never lets the port drain: each is followed by one message of the answer.
void MessagingOutbox::answer_beside_mail() {
    if (!answers_.empty() && lines_.open() && lines_.queued() < queue_limit_ + answer_mark &&
        !send_next(answers_.front())) {
        answers_.pop_front();
    }
}

void MessagingOutbox::missed(std::uint32_t messages) {
    // Of what was lost before it came here nobody may know how many there were: one, for the counters.
    uncounted_ = uncounted_ || messages == 0;
    const std::uint32_t count = std::max(messages, std::uint32_t{1});
    missed_ += count;
    missed_ever_ += count;
    totals_.missed += count;
    lines_.report(JournalKind::GroupMissed, {{"messages", static_cast<std::int64_t>(missed_)}});
    if (lines_.queued() == 0) {
        tell_gap();
    }
}

/// True if nothing (more) needs to be told.
bool MessagingOutbox::tell_gap() {
    if (missed_ == 0) {
        return true;
    }
    constexpr std::uint64_t most = std::numeric_limits<std::int32_t>::max();
    const wire::GroupGap gap{uncounted_ ? 0 : static_cast<std::int32_t>(std::min(missed_, most))};
    if (!takes_gaps_ || !send(gap, std::string(wire::server_group_address))) {
        return false;
    }
    ++totals_.gaps;
    missed_ = 0;
    uncounted_ = false;
    return true;
}

bool MessagingOutbox::nack(const wire::GroupNack& nack, const std::string& reply_to) {
    const bool taken = send(nack, reply_to);
    totals_.nacks += taken ? 1U : 0U;
    return taken;
}

void MessagingOutbox::too_long(std::string_view what, std::size_t bytes) {
    ++totals_.too_long;
    lines_.report(JournalKind::GroupTooLong,
                  {{"what", std::string(what)}, {"bytes", static_cast<std::int64_t>(bytes)}});
}

bool MessagingOutbox::scale(const wire::JsonText& data, const std::string& from) {
    const std::string line = wire::encode(wire::PortEnvelope{std::string(wire::scale_address), from, data});
    return has_room(line.size()) && lines_.write(line);
}

bool MessagingOutbox::send(const wire::GroupEvent& event, const std::string& reply_to) {
    const std::string line = port_line(wire::encode(event), reply_to);
    return has_room(line.size()) && lines_.write(line);
}

// ---- status --------------------------------------------------------------------------------------------

bool MessagingOutbox::query(std::int32_t seq, const std::string& reply_to) {
    if (queries_.size() + answers_.size() >= most_queries) {
        query_refused("too many queries are open");
        return false;
    }
    queries_.push_back({seq, reply_to});
    return true;
}

bool MessagingOutbox::wants_status() {
    if (queries_.empty() || !answers_.empty() || looking_) {
        return false;
    }
    looking_ = true;
    return true;
}

void MessagingOutbox::answer(const std::vector<wire::JsonText>& members) {
    looking_ = false;
    const auto shared = std::make_shared<const std::vector<wire::JsonText>>(members);
    for (Query& query : std::exchange(queries_, {})) {
        answers_.push_back({std::move(query), shared});
    }
    pump();
}

void MessagingOutbox::answer_refused(const std::string& why) {
    looking_ = false;
    for (const Query& query : std::exchange(queries_, {})) {
        query_refused(why);
        nack({"status_query", why}, query.reply_to);
    }
}

void MessagingOutbox::query_refused(std::string_view why) {
    ++totals_.queries_refused;
    lines_.report(JournalKind::GroupQueryRefused, {{"reason", std::string(why)}});
}

void MessagingOutbox::pump() {
    while (!answers_.empty() && lines_.open() && lines_.queued() < answer_mark) {
        if (!send_next(answers_.front())) {
            answers_.pop_front();
        }
    }
}

/// False when that was the last message of the answer.
bool MessagingOutbox::send_next(Answer& answer) {
    const Query& query = answer.query;
    if (answer.next == answer.members->size()) {
        lines_.write(port_line(wire::encode(wire::StatusDone{query.seq}), query.reply_to));
        return false;
    }
    const wire::JsonText& entry = (*answer.members)[answer.next++];
    const wire::JsonText data = wire::encode(wire::StatusResponse{query.seq, {entry}});
    if (old_datagram_size(data) > wire::old_datagram_limit) {
        too_long("status entry", data.text().size());
        return true;
    }
    const std::string line = port_line(data, query.reply_to);
    if (lines_.write(line)) {
        ++totals_.entries;
    }
    return true;
}

}  // namespace vnf::host
