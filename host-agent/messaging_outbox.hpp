// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What waits for one guest, and in which order it goes out. Pure: the port is an interface. Policy:
//  - a message is one write, whole or not at all. After a connect the first bytes resynchronise an old parser (B-10);
//  - at most `queue_limit` bytes wait in the port. Mail that finds no room, no guest, or that no old guest could take is
//    missed: counted, and told as a gap, before anything else, once there is room and the guest understands it (B-31);
//  - status answers of any length go out piece by piece, as the guest reads or one behind each mail, and never take the
//    room of mail. All queries that wait are answered from one look at the group; at most `most_queries` wait.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "host-agent/group_counters.hpp"
#include "host-agent/group_service.hpp"
#include "host-agent/journal_event.hpp"

namespace vnf::host {

/// The port, as an outbox sees it.
class OutgoingLines {
  public:
    virtual ~OutgoingLines() = default;
    virtual bool open() const = 0;
    virtual std::size_t queued() const = 0;
    /// False: not taken.
    virtual bool write(std::string_view bytes) = 0;
    /// What could not be given to the guest, for the journal; as often as it happens.
    virtual void report(JournalKind kind, const JournalFields& fields) = 0;
};

class MessagingOutbox {
  public:
    static constexpr std::size_t most_queries = 64;
    /// Answers wait with their next message while this much is queued already; the port takes one more beyond the mail.
    static constexpr std::size_t answer_mark = 64 * 1024;

    /// Both outlive the outbox.
    MessagingOutbox(OutgoingLines& lines, GroupCounters& totals, std::size_t queue_limit)
        : lines_(lines), totals_(totals), queue_limit_(queue_limit) {}

    void connected();
    void disconnected();
    /// There is room again.
    void drained();
    /// Whether this guest takes gaps; may become true at any time.
    void understands_gap(bool does);

    void mail(const SharedMail& mail);
    /// Messages that were lost on their way here; 0: nobody knows how many.
    void missed(std::uint32_t messages);
    /// False: there was no room for it.
    bool nack(const wire::GroupNack& nack, const std::string& reply_to);
    /// To the guest's scale agent. False: there is no room.
    bool scale(const wire::JsonText& data, const std::string& from);

    /// False: too many wait.
    bool query(std::int32_t seq, const std::string& reply_to);
    /// Queries wait, and no look at the group is wanted for them yet: the caller gets one.
    bool wants_status();
    void answer(const std::vector<wire::JsonText>& members);
    /// A look under way may never be answered: the membership through which it was asked has ended.
    void look_again() { looking_ = false; }
    /// The group can't be had: every query that waits is refused.
    void answer_refused(const std::string& why);

    std::uint64_t untold() const { return missed_; }
    std::uint64_t missed_ever() const { return missed_ever_; }

  private:
    struct Query {
        std::int32_t seq;
        std::string reply_to;
    };
    struct Answer {
        Query query;
        std::shared_ptr<const std::vector<wire::JsonText>> members;
        std::size_t next = 0;
    };

    bool has_room(std::size_t bytes) const {
        return lines_.open() && lines_.queued() + bytes <= queue_limit_;
    }
    bool tell_gap();
    void too_long(std::string_view what, std::size_t bytes);
    void query_refused(std::string_view why);
    void pump();
    void answer_beside_mail();
    bool send_next(Answer& answer);
    bool send(const wire::GroupEvent& event, const std::string& reply_to);

    OutgoingLines& lines_;
    GroupCounters& totals_;
    std::size_t queue_limit_;
    bool takes_gaps_ = false;
    std::uint64_t missed_ = 0, missed_ever_ = 0;
    bool uncounted_ = false;  ///< nobody knows how many there are in missed_
    bool looking_ = false;    ///< a look at the group is under way
    std::deque<Query> queries_;
    std::deque<Answer> answers_;
};

}  // namespace vnf::host
