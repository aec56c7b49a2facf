// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See deadline_timer.hpp.
#include "host-agent/deadline_timer.hpp"

namespace vnf::host {

namespace {
constexpr int batch = 64;
}

void DeadlineTimer::set(DeadlineEntry& entry, TimePoint at) {
    queue_.set(entry, at);
    if (!serving_) {
        arm();
    }
}

void DeadlineTimer::arm() {
    const TimePoint next = queue_.next();
    if (next == armed_) {
        return;
    }
    armed_ = next;
    if (next == runtime::never) {
        timer_.cancel();
        return;
    }
    timer_.expires_at(next);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) {
            fired();
        }
    });
}

void DeadlineTimer::fired() {
    serving_ = true;
    const TimePoint now = runtime::Clock::now();
    for (int i = 0; i < batch; ++i) {
        DeadlineEntry* entry = queue_.take_due(now);
        if (entry == nullptr) {
            break;
        }
        entry->due(now);
    }
    serving_ = false;
    armed_ = runtime::never;
    arm();
}

}  // namespace vnf::host
