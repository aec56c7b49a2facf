// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The last events of all guests, numbered without a gap since the start, each kept as the line of JSON that
// the stream sends. Bounded: the oldest goes first, and a reader that asks for it is told what it missed.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "host-agent/journal_event.hpp"

namespace vnf::host {

class Journal {
  public:
    using WallTime = std::chrono::system_clock::time_point;
    /// One line of JSON, its LF included.
    using Listener = std::function<void(std::string_view line)>;

    explicit Journal(std::size_t capacity) : capacity_(capacity) {}

    /// `instance` may be empty: an event of the agent itself. Returns the entry's number, from 1.
    std::uint64_t append(WallTime time, JournalKind kind, std::string_view instance,
                         const JournalFields& fields);

    /// Every kept line after number `since`, in order; first, when some are gone, one line of kind "gap" that
    /// says which.
    void read_since(std::uint64_t since, const Listener& reader) const;
    std::uint64_t last() const { return last_; }
    std::uint64_t first() const { return last_ - lines_.size() + 1; }

    /// Called for each line from now on. A listener may not subscribe or unsubscribe from inside its call.
    std::uint64_t subscribe(Listener listener);
    void unsubscribe(std::uint64_t subscription);
    std::size_t listeners() const { return listeners_.size(); }

  private:
    std::size_t capacity_;
    std::uint64_t last_ = 0, next_subscription_ = 1;
    std::deque<std::string> lines_;
    std::map<std::uint64_t, Listener> listeners_;
};

/// "2026-02-03T04:05:06.789Z".
std::string utc_text(Journal::WallTime time);

}  // namespace vnf::host
