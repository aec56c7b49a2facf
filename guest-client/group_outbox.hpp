// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What waits for one handle client to read it. Pure.
//
// Policy. 256 records; a further message is dropped and counted, and the client is told the number (GroupMissed) as
// soon as there is room, ahead of whatever comes then; what is missed right behind such a record adds to it. What a
// client must hear whatever happens - the end of its query, the link's state, what of its own was not sent - is not
// dropped: of each kind the last waits beside the full queue, so that a client which never reads holds no more than that.
// A link that went down and up behind the queue is heard as "up" alone; what was lost meanwhile is then told as missed,
// in unknown number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "wire/group_record.hpp"

namespace vnf::guest {

/// One encoded record, which many clients may be waiting for.
using SharedPacket = std::shared_ptr<const std::string>;

SharedPacket packet_of(const wire::GroupDaemonRecord& record);

class GroupOutbox {
  public:
    static constexpr std::size_t limit = 256;

    /// A broadcast, notification or refusal. False: counted as missed.
    bool message(const SharedPacket& packet);
    /// A part of a status answer. False: dropped; its query can't be answered any more.
    bool entry(const SharedPacket& packet);
    void query_ended(const SharedPacket& packet);
    void link(const wire::GroupLink& link);
    void unsent(std::uint32_t messages, const std::string& reason);
    /// Lost on the way to us; 0: unknown how many.
    void missed(std::uint32_t messages);

    bool empty() const { return packets_.empty(); }
    std::size_t size() const { return packets_.size(); }
    const std::string& front();
    void pop();
    /// Messages that this client was not given since it came.
    std::uint64_t dropped() const { return dropped_; }

  private:
    struct Waiting {
        SharedPacket packet;       ///< none: GroupMissed, made when it is handed out
        std::uint32_t missed = 0;  ///< of that one
    };
    struct Unsent {
        std::uint32_t messages = 0;
        std::string reason;
    };

    bool full() const { return packets_.size() >= limit; }
    /// What is owed first; there is something owed only while the queue is full.
    void settle();

    std::deque<Waiting> packets_;
    std::optional<std::uint32_t> missed_;
    std::optional<Unsent> unsent_;
    SharedPacket query_end_;
    std::optional<wire::GroupLink> link_;
    std::uint64_t dropped_ = 0;
};

}  // namespace vnf::guest
