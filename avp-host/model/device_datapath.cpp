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

}  // namespace

std::size_t Device::Core::receive(Lane& lane, std::span<Frame> frames) {
    if (lane.holds_frames)
        done_with_received(lane);
    if (!is_up(lane))
        return 0;
    frames = frames.first(std::min(frames.size(), kBurst));
    std::size_t received = 0;
    lane.holds_frames = true;
    const Share& own = lane.tx;
    for (std::size_t i = 0; i < own.count && received < frames.size(); ++i) {
        const std::size_t turn = lane.next_tx + i;
        const std::size_t queue = own[turn < own.count ? turn : turn - own.count];
        const int count = tx_[queue].receive(*lane.pool, rules_, frames.subspan(received),
                                             std::span(lane.headers).subspan(received), lane.statistics);
        if (count < 0) [[unlikely]] {
            fail(lane);
            return 0;
        }
        if (link_is_up_) [[likely]]
            received += static_cast<std::size_t>(count);
        else
            drop_received(lane, queue, frames.subspan(received, static_cast<std::size_t>(count)));
    }
    // The next call begins with the next queue, so that a busy one does not keep the others out.
    lane.next_tx = lane.next_tx + 1 < own.count ? lane.next_tx + 1 : 0;
    return received;
}

/// What a guest sends into a link that is down is lost, as on a cable that was pulled.
void Device::Core::drop_received(Lane& lane, std::size_t queue, std::span<const Frame> frames) {
    auto& counted = lane.statistics.from_guest[queue];
    for (const Frame& frame : frames)
        counted.bytes -= frame.bytes;
    counted.frames -= frames.size();
    counted.dropped += frames.size();
}

void Device::Core::done_with_received(Lane& lane) {
    if (!lane.holds_frames)
        return;
    lane.holds_frames = false;
    for (std::size_t i = 0; i < lane.tx.count; ++i) {
        if (!tx_[lane.tx[i]].done_with_received(*lane.pool, rules_, lending_limit_)) [[unlikely]] {
            fail(lane);
            return;
        }
    }
}

std::size_t Device::Core::transmit(Lane& lane, std::span<const Frame> frames) {
    std::size_t sent = 0;
    if (is_up(lane) && link_is_up_ && lane.rx.count != 0 && reap(lane)) {
        while (!frames.empty() && is_up(lane)) {
            const auto burst = frames.first(std::min(frames.size(), kBurst));
            sent += transmit_burst(lane, burst);
            frames = frames.subspan(burst.size());
        }
    }
    lane.statistics.drops[static_cast<std::size_t>(Drop::NotUp)] += frames.size();
    return sent;
}

std::size_t Device::Core::transmit_burst(Lane& lane, std::span<const Frame> frames) {
    lane.pool->claim(frames.size());
    std::size_t sent = 0;
    OutgoingFrame outgoing;  // one for all: it is large
    for (std::size_t i = 0; i < frames.size(); ++i) {
        if (put(lane, frames[i], outgoing)) [[likely]] {
            ++sent;
        } else if (!is_up(lane)) {
            lane.statistics.drops[static_cast<std::size_t>(Drop::NotUp)] += frames.size() - i - 1;
            return sent;
        }
    }
    publish_to_guest(lane);
    return sent;
}

bool Device::Core::put(Lane& lane, const Frame& frame, OutgoingFrame& outgoing) {
    const auto header = frame.header();
    if (header.size() < kEthernetHeader) [[unlikely]]
        return drop(lane, lane.rx.first, Drop::TooLong);
    const std::size_t queue = lane.rx.count == 1 ? lane.rx.first : queue_of(lane, header);
    outgoing.take(frame, rules_.vlan_negotiated);
    if (outgoing.counted_bytes() > settings_.max_frame_bytes) [[unlikely]]
        return drop(lane, queue, Drop::TooLong);
    switch (rx_[queue].put(*lane.pool, outgoing)) {
        case GuestRxQueue::Put::Done:
            ++lane.statistics.to_guest[queue].frames;
            lane.statistics.to_guest[queue].bytes += outgoing.bytes;
            return true;
        case GuestRxQueue::Put::RingFull:
            return drop(lane, queue, Drop::RingFull);
        case GuestRxQueue::Put::NoBuffer:
            return drop(lane, queue, Drop::NoBuffer);
        case GuestRxQueue::Put::Broken:
            fail(lane);
            return drop(lane, queue, Drop::NotUp);
    }
    return false;
}

std::size_t Device::Core::queue_of(const Lane& lane, Frame::Segment header) {
    return lane.rx[(std::uint64_t{flow_hash(header)} * lane.rx.count) >> 32U];
}

[[gnu::noinline]] bool Device::Core::drop(Lane& lane, std::size_t queue, Drop reason) {
    ++lane.statistics.drops[static_cast<std::size_t>(reason)];
    if (reason != Drop::NotUp)
        ++lane.statistics.to_guest[queue].dropped;
    return false;
}

void Device::Core::publish_to_guest(Lane& lane) {
    const bool wakes = has_feature(AVP_FEATURE_RX_INTERRUPT);
    for (std::size_t i = 0; i < lane.rx.count; ++i) {
        const std::size_t queue = lane.rx[i];
        if (rx_[queue].publish() && wakes && rx_[queue].disarm()) {
            ++lane.statistics.rx_interrupts;
            interrupts_.raise(static_cast<unsigned>(AVP_VECTOR_RX(queue)));
        }
    }
}

bool Device::Core::reap(Lane& lane) {
    for (std::size_t i = 0; i < lane.rx.count; ++i) {
        if (!rx_[lane.rx[i]].reap(*lane.pool, lane.statistics)) [[unlikely]] {
            fail(lane);
            return false;
        }
    }
    return true;
}

void Device::Core::top_up(Lane& lane) {
    for (std::size_t i = 0; i < lane.tx.count; ++i) {
        GuestTxQueue& queue = tx_[lane.tx[i]];
        if (queue.lent() >= lending_limit_) [[likely]]
            continue;
        if (lane.pool->ready(1) == 0 && !find_buffers(lane))
            return;
        if (!queue.top_up(*lane.pool, lending_limit_)) {
            fail(lane);
            return;
        }
    }
}

/// What the guest has given back lies in queues that may be other lanes' own. False: not here, not now.
bool Device::Core::find_buffers(Lane& lane) {
    if (&lane == &all_)
        return reap(lane);
    lacks_buffers_.store(true, std::memory_order_relaxed);
    return false;
}

}  // namespace vnf::avp
