// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Status queries of many clients over one name: which sequence is whose, and how many the host has to answer. Pure.
//
// Policy. Each query gets a sequence of ours, and has 5 s from the moment in which its client asked. The host takes 64 at
// once and refuses what is more, which would concern everybody who asked; so it is given 32, the others wait in the order
// in which they were asked. A query that was replaced or given up is still the host's work: it counts until its answer
// or a refusal came, at most 5 s.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>

#include "runtime/clock.hpp"

namespace vnf::guest {

using GroupClientKey = std::uint64_t;

class StatusQueries {
  public:
    static constexpr std::size_t most_at_host = 32;
    static constexpr runtime::Milliseconds answer_within{5000};

    struct Query {
        GroupClientKey asker;
        std::uint32_t number;  ///< the asker's
        runtime::TimePoint answer_by;
        bool incomplete = false;  ///< an entry found the asker's queue full
    };
    /// By sequence.
    using Queries = std::map<std::int32_t, Query>;

    /// Sequences count up from `first_sequence`, which is 1 or more: not the ones that an earlier run of ours used.
    explicit StatusQueries(std::int32_t first_sequence);

    /// Its sequence. The caller bounds how many queries a client has open.
    std::int32_t ask(GroupClientKey asker, std::uint32_t number, runtime::TimePoint now);
    /// Nobody waits for it any more.
    void drop(std::int32_t sequence);
    void drop_all_of(GroupClientKey asker);

    /// The next sequence for the host, if it may have one more.
    std::optional<std::int32_t> take_for_host(runtime::TimePoint now);
    /// The host has answered it, wanted or not.
    void answered(std::int32_t sequence) { at_host_.erase(sequence); }
    /// The host has refused one, it does not say which.
    void refused();
    /// What was at the host is lost with it.
    void host_away() { at_host_.clear(); }

    /// Those that somebody waits for.
    const Queries& open() const { return open_; }
    Query* find(std::int32_t sequence);
    /// Whether it was issued lately.
    bool is_late(std::int32_t sequence) const;
    std::size_t waiting() const { return waiting_.size(); }
    std::size_t at_host() const { return at_host_.size(); }

    void timer(runtime::TimePoint now);
    runtime::TimePoint next_deadline() const;

  private:
    static constexpr std::int64_t recent_sequences = 4096;

    Queries open_;
    std::deque<std::int32_t> waiting_;                    ///< not at the host yet; all of them open
    std::map<std::int32_t, runtime::TimePoint> at_host_;  ///< until when each counts
    std::int32_t next_sequence_;
    std::int64_t issued_ = 0;
};

}  // namespace vnf::guest
