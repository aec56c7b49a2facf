// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The deadlines of all guests in one 4-ary heap, so that 10,000 guests need one timer. An entry knows its
// place in the heap: setting, moving and removing a deadline cost O(log n) and no allocation. Pure;
// deadline_timer waits.
#pragma once

#include <cstddef>
#include <vector>

#include "runtime/clock.hpp"

namespace vnf::host {

using runtime::TimePoint;

/// Something with one deadline at a time. Removed from its queue before it dies (DeadlineTimer::remove).
class DeadlineEntry {
  public:
    DeadlineEntry() = default;
    DeadlineEntry(const DeadlineEntry&) = delete;
    DeadlineEntry& operator=(const DeadlineEntry&) = delete;
    /// Called once per deadline set, after it passed; may set the next.
    virtual void due(TimePoint now) = 0;

  protected:
    ~DeadlineEntry() = default;

  private:
    friend class DeadlineQueue;
    static constexpr std::size_t absent = static_cast<std::size_t>(-1);
    std::size_t place_ = absent;
};

class DeadlineQueue {
  public:
    /// `never` removes.
    void set(DeadlineEntry& entry, TimePoint at);
    /// The earliest deadline, or `never`.
    TimePoint next() const { return heap_.empty() ? runtime::never : heap_.front().at; }
    /// Takes out the earliest entry that is due, or returns null.
    DeadlineEntry* take_due(TimePoint now);
    std::size_t size() const { return heap_.size(); }

  private:
    struct Node {
        TimePoint at;
        DeadlineEntry* entry;
    };
    void remove(std::size_t place);
    void put(std::size_t place, Node node);
    void sift_up(std::size_t place, Node node);
    void sift_down(std::size_t place, Node node);
    void settle(std::size_t place, Node node);
    std::vector<Node> heap_;
};

}  // namespace vnf::host
