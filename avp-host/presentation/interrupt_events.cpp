// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "avp-host/presentation/interrupt_events.hpp"

#include <utility>

namespace vnf::avp {

void InterruptEvents::raise(unsigned vector) {
    if (vector >= kMostVectors)
        return;
    const std::lock_guard lock(mutex_);
    ++raised_;
    if (eventfds_[vector])
        signal_.send(eventfds_[vector].get());
    else
        latched_ |= std::uint64_t{1} << vector;
}

bool InterruptEvents::assign(unsigned vector, runtime::FileDescriptor eventfd) {
    if (!is_eventfd(eventfd.get()))
        return false;
    const std::lock_guard lock(mutex_);
    eventfds_.at(vector) = std::move(eventfd);
    const std::uint64_t bit = std::uint64_t{1} << vector;
    if ((latched_ & bit) != 0)
        signal_.send(eventfds_[vector].get());
    latched_ &= ~bit;
    return true;
}

void InterruptEvents::release(unsigned vector) {
    const std::lock_guard lock(mutex_);
    eventfds_.at(vector).reset();
}

void InterruptEvents::release_all() {
    const std::lock_guard lock(mutex_);
    for (auto& eventfd : eventfds_)
        eventfd.reset();
    latched_ = 0;
}

void InterruptEvents::forget_latched() {
    const std::lock_guard lock(mutex_);
    latched_ = 0;
}

std::array<int, InterruptEvents::kMostVectors> InterruptEvents::descriptors() const {
    const std::lock_guard lock(mutex_);
    std::array<int, kMostVectors> all{};
    for (unsigned vector = 0; vector < kMostVectors; ++vector)
        all[vector] = eventfds_[vector].get();
    return all;
}

std::uint64_t InterruptEvents::latched() const {
    const std::lock_guard lock(mutex_);
    return latched_;
}

std::uint64_t InterruptEvents::raised() const {
    const std::lock_guard lock(mutex_);
    return raised_;
}

}  // namespace vnf::avp
