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
        wakeup_.set(queue_.next());
    }
}

void DeadlineTimer::serve() {
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
    wakeup_.set(queue_.next());
}

}  // namespace vnf::host
