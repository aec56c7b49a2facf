// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See status_queries.hpp.
#include "guest-client/status_queries.hpp"

#include <algorithm>
#include <limits>

namespace vnf::guest {

using runtime::TimePoint;

namespace {

bool counts_less(const std::pair<const std::int32_t, TimePoint>& one,
                 const std::pair<const std::int32_t, TimePoint>& other) {
    return one.second < other.second;
}

}  // namespace

StatusQueries::StatusQueries(std::int32_t first_sequence) : next_sequence_(std::max(first_sequence, 1)) {}

std::int32_t StatusQueries::ask(GroupClientKey asker, std::uint32_t number, TimePoint now) {
    const std::int32_t sequence = next_sequence_;
    next_sequence_ = sequence == std::numeric_limits<std::int32_t>::max() ? 1 : sequence + 1;
    ++issued_;
    open_.insert_or_assign(sequence, Query{asker, number, now + answer_within});
    waiting_.push_back(sequence);
    return sequence;
}

void StatusQueries::drop(std::int32_t sequence) {
    open_.erase(sequence);
    std::erase(waiting_, sequence);
}

void StatusQueries::drop_all_of(GroupClientKey asker) {
    std::erase_if(open_, [asker](const auto& one) { return one.second.asker == asker; });
    std::erase_if(waiting_, [this](std::int32_t sequence) { return !open_.contains(sequence); });
}

std::optional<std::int32_t> StatusQueries::take_for_host(TimePoint now) {
    timer(now);
    if (waiting_.empty() || at_host_.size() >= most_at_host) {
        return std::nullopt;
    }
    const std::int32_t sequence = waiting_.front();
    waiting_.pop_front();
    at_host_.insert_or_assign(sequence, now + answer_within);
    return sequence;
}

void StatusQueries::refused() {
    if (const auto oldest = std::min_element(at_host_.begin(), at_host_.end(), counts_less);
        oldest != at_host_.end()) {
        at_host_.erase(oldest);
    }
}

StatusQueries::Query* StatusQueries::find(std::int32_t sequence) {
    const auto place = open_.find(sequence);
    return place == open_.end() ? nullptr : &place->second;
}

bool StatusQueries::is_late(std::int32_t sequence) const {
    const std::int64_t age = std::int64_t{next_sequence_} - sequence;
    return age > 0 && age <= std::min<std::int64_t>(issued_, recent_sequences);
}

void StatusQueries::timer(TimePoint now) {
    std::erase_if(at_host_, [now](const auto& one) { return one.second <= now; });
}

TimePoint StatusQueries::next_deadline() const {
    TimePoint next = runtime::never;
    for (const auto& [sequence, query] : open_) {
        next = std::min(next, query.answer_by);
    }
    if (!waiting_.empty() && !at_host_.empty()) {
        next = std::min(next, std::min_element(at_host_.begin(), at_host_.end(), counts_less)->second);
    }
    return next;
}

}  // namespace vnf::guest
