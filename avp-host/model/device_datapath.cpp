// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Frames from and to the guest. A queue whose ring is broken stops the whole port: an index that lies cannot be told
// from one that will.
#include <algorithm>

#include "avp-host/model/device_core.hpp"
#include "avp-host/model/flow_hash.hpp"

namespace vnf::avp {
namespace {

constexpr std::size_t kEthernetHeader = 14;
constexpr std::size_t kAhead = 16;  // buffers that are fetched into the cache before their turn

void prefetch_for_write(const BufferPool& pool, std::size_t ahead) {
    const auto buffer = pool.peek_free(ahead);
    if (buffer == BufferPool::kNone)
        return;
    if (!pool.kept_last())
        avp_prefetch_write(pool.descriptor(buffer));
    avp_prefetch_write(pool.data(buffer));
}

}  // namespace

std::size_t Device::Core::receive(std::span<Frame> frames) {
    if (holds_frames_)
        done_with_received();
    if (state_ != DeviceState::Up)
        return 0;
    frames = frames.first(std::min(frames.size(), kBurst));
    std::size_t received = 0;
    holds_frames_ = true;
    for (std::size_t i = 0; i < tx_queues_ && received < frames.size(); ++i) {
        const std::size_t queue = next_tx_ + i < tx_queues_ ? next_tx_ + i : next_tx_ + i - tx_queues_;
        const int count = tx_[queue].receive(*pool_, rules_, frames.subspan(received),
                                             std::span(headers_).subspan(received), statistics_);
        if (count < 0) [[unlikely]] {
            stop();
            return 0;
        }
        if (link_is_up_) [[likely]]
            received += static_cast<std::size_t>(count);
        else
            drop_received(queue, frames.subspan(received, static_cast<std::size_t>(count)));
    }
    // The next call begins with the next queue, so that a busy one does not keep the others out.
    next_tx_ = next_tx_ + 1 < tx_queues_ ? next_tx_ + 1 : 0;
    return received;
}

/// What a guest sends into a link that is down is lost, as on a cable that was pulled.
void Device::Core::drop_received(std::size_t queue, std::span<const Frame> frames) {
    auto& counted = statistics_.from_guest[queue];
    for (const Frame& frame : frames)
        counted.bytes -= frame.bytes;
    counted.frames -= frames.size();
    counted.dropped += frames.size();
}

void Device::Core::done_with_received() {
    if (!holds_frames_)
        return;
    holds_frames_ = false;
    for (std::size_t queue = 0; queue < tx_queues_; ++queue) {
        if (!tx_[queue].done_with_received(*pool_, rules_, lending_limit_)) [[unlikely]] {
            stop();
            return;
        }
    }
}

std::size_t Device::Core::transmit(std::span<const Frame> frames) {
    std::size_t sent = 0;
    if (carries_frames() && reap()) {
        while (!frames.empty() && state_ == DeviceState::Up) {
            const auto burst = frames.first(std::min(frames.size(), kBurst));
            sent += transmit_burst(burst);
            frames = frames.subspan(burst.size());
        }
    }
    statistics_.drops[static_cast<std::size_t>(Drop::NotUp)] += frames.size();
    return sent;
}

std::size_t Device::Core::transmit_burst(std::span<const Frame> frames) {
    for (std::size_t i = 0; i < kAhead; ++i)
        prefetch_for_write(*pool_, i);
    std::size_t sent = 0;
    OutgoingFrame outgoing;  // one for all: it is large
    for (const Frame& frame : frames) {
        prefetch_for_write(*pool_, kAhead);
        sent += put(frame, outgoing) ? 1 : 0;
    }
    if (state_ == DeviceState::Up) [[likely]]
        publish_to_guest();
    return sent;
}

bool Device::Core::put(const Frame& frame, OutgoingFrame& outgoing) {
    if (state_ != DeviceState::Up) [[unlikely]]
        return drop(0, Drop::NotUp);
    const auto header = frame.header();
    if (header.size() < kEthernetHeader) [[unlikely]]
        return drop(0, Drop::TooLong);
    const std::size_t queue = rx_queues_ == 1 ? 0 : queue_of(header);
    outgoing.take(frame, rules_.vlan_negotiated);
    if (outgoing.counted_bytes() > settings_.max_frame_bytes) [[unlikely]]
        return drop(queue, Drop::TooLong);
    switch (rx_[queue].put(*pool_, outgoing)) {
        case GuestRxQueue::Put::Done:
            ++statistics_.to_guest[queue].frames;
            statistics_.to_guest[queue].bytes += outgoing.bytes;
            return true;
        case GuestRxQueue::Put::RingFull:
            return drop(queue, Drop::RingFull);
        case GuestRxQueue::Put::NoBuffer:
            return drop(queue, Drop::NoBuffer);
        case GuestRxQueue::Put::Broken:
            stop();
            return drop(queue, Drop::NotUp);
    }
    return false;
}

std::size_t Device::Core::queue_of(Frame::Segment header) const {
    return (std::uint64_t{flow_hash(header)} * rx_queues_) >> 32U;
}

[[gnu::noinline]] bool Device::Core::drop(std::size_t queue, Drop reason) {
    ++statistics_.drops[static_cast<std::size_t>(reason)];
    if (reason != Drop::NotUp)
        ++statistics_.to_guest[queue].dropped;
    return false;
}

void Device::Core::publish_to_guest() {
    const bool wakes = has_feature(AVP_FEATURE_RX_INTERRUPT);
    for (std::size_t queue = 0; queue < rx_queues_; ++queue) {
        if (rx_[queue].publish() && wakes && rx_[queue].disarm()) {
            ++statistics_.rx_interrupts;
            interrupts_.raise(static_cast<unsigned>(AVP_VECTOR_RX(queue)));
        }
    }
}

bool Device::Core::reap() {
    for (std::size_t queue = 0; queue < rx_queues_; ++queue) {
        if (!rx_[queue].reap(*pool_, statistics_)) [[unlikely]] {
            stop();
            return false;
        }
    }
    return true;
}

void Device::Core::top_up() {
    for (std::size_t queue = 0; queue < tx_queues_; ++queue) {
        if (tx_[queue].lent() >= lending_limit_) [[likely]]
            continue;
        if (pool_->free_count() == 0 && !reap())
            return;
        if (!tx_[queue].top_up(*pool_, lending_limit_)) {
            stop();
            return;
        }
    }
}

}  // namespace vnf::avp
