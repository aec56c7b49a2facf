// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See deadline_queue.hpp.
#include "host-agent/deadline_queue.hpp"

#include <algorithm>

namespace vnf::host {

namespace {
constexpr std::size_t arity = 4;
}

void DeadlineQueue::set(DeadlineEntry& entry, TimePoint at) {
    if (at == runtime::never) {
        if (entry.place_ != DeadlineEntry::absent) {
            remove(entry.place_);
        }
        return;
    }
    if (entry.place_ == DeadlineEntry::absent) {
        heap_.push_back({at, &entry});
        sift_up(heap_.size() - 1, {at, &entry});
        return;
    }
    settle(entry.place_, {at, &entry});
}

DeadlineEntry* DeadlineQueue::take_due(TimePoint now) {
    if (heap_.empty() || heap_.front().at > now) {
        return nullptr;
    }
    DeadlineEntry* entry = heap_.front().entry;
    remove(0);
    return entry;
}

void DeadlineQueue::remove(std::size_t place) {
    heap_[place].entry->place_ = DeadlineEntry::absent;
    const Node last = heap_.back();
    heap_.pop_back();
    if (place < heap_.size()) {
        settle(place, last);
    }
}

void DeadlineQueue::put(std::size_t place, Node node) {
    heap_[place] = node;
    node.entry->place_ = place;
}

void DeadlineQueue::settle(std::size_t place, Node node) {
    if (place > 0 && node.at < heap_[(place - 1) / arity].at) {
        sift_up(place, node);
    } else {
        sift_down(place, node);
    }
}

void DeadlineQueue::sift_up(std::size_t place, Node node) {
    while (place > 0) {
        const std::size_t parent = (place - 1) / arity;
        if (heap_[parent].at <= node.at) {
            break;
        }
        put(place, heap_[parent]);
        place = parent;
    }
    put(place, node);
}

void DeadlineQueue::sift_down(std::size_t place, Node node) {
    for (;;) {
        const std::size_t first = place * arity + 1;
        const std::size_t end = std::min(first + arity, heap_.size());
        if (first >= end) {
            break;
        }
        std::size_t least = first;
        for (std::size_t child = first + 1; child < end; ++child) {
            if (heap_[child].at < heap_[least].at) {
                least = child;
            }
        }
        if (node.at <= heap_[least].at) {
            break;
        }
        put(place, heap_[least]);
        place = least;
    }
    put(place, node);
}

}  // namespace vnf::host
