// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "avp-host/model/guest_rx_queue.hpp"

#include <algorithm>

namespace vnf::avp {

GuestRxQueue::GuestRxQueue(std::size_t number, avp_fifo* rx, avp_fifo* free, std::uint32_t* arm,
                           std::uint32_t slots)
    : arm_(arm), slots_(slots), number_(number) {
    rx_.fifo = rx;
    free_.fifo = free;
    clear();
}

void GuestRxQueue::clear() {
    avp_fifo_clear(rx_.fifo, slots_);
    avp_fifo_clear(free_.fifo, slots_);
    AVP_STORE_ONCE(arm_, 0U);
    // Not what stands in the rings: a guest may have written there already.
    avp_ring_open(&rx_, rx_.fifo, slots_, 0, 0);
    avp_ring_open(&free_, free_.fifo, slots_, 0, 0);
    staged_ = 0;
    in_flight_ = 0;
}

bool GuestRxQueue::reap(BufferPool& pool, DeviceStatistics& statistics) {
    const int ready = avp_ring_ready(&free_, kMostAtOnce);
    if (ready <= 0)
        return ready == 0;
    avp_ring_warm_peek(&free_, 0, static_cast<std::uint32_t>(ready));
    for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(ready); ++i)
        take_back(pool, avp_ring_peek(&free_, i), statistics);
    avp_ring_take(&free_, static_cast<std::uint32_t>(ready));
    avp_ring_give_back(&free_);
    return true;
}

void GuestRxQueue::take_back(BufferPool& pool, std::uint64_t handle, DeviceStatistics& statistics) {
    Index buffer = pool.find(handle);
    if (buffer == BufferPool::kNone) [[unlikely]] {
        ++statistics.faults[static_cast<std::size_t>(Fault::FreeHandle)];
        return;
    }
    if (pool.owner(buffer) != BufferPool::given_to(number_)) [[unlikely]] {
        ++statistics.faults[static_cast<std::size_t>(Fault::FreeNotLent)];
        return;
    }
    --in_flight_;
    while (buffer != BufferPool::kNone) {
        const Index next = pool.next(buffer);
        pool.give_back(buffer);
        buffer = next;
    }
}

GuestRxQueue::Put GuestRxQueue::put(BufferPool& pool, const OutgoingFrame& frame) {
    if (in_flight_ >= slots_ - 1) [[unlikely]]
        return Put::RingFull;
    const int room = avp_ring_room(&rx_, staged_ + 1);
    if (room < 0) [[unlikely]]
        return Put::Broken;
    if (static_cast<std::uint32_t>(room) <= staged_) [[unlikely]]
        return Put::RingFull;
    const std::uint32_t buffers =
        frame.bytes <= pool.data_bytes() ? 1 : (frame.bytes + pool.data_bytes() - 1) / pool.data_bytes();
    if (pool.ready(buffers) < buffers) [[unlikely]]
        return Put::NoBuffer;
    const Index first = pool.take();
    if (buffers == 1) [[likely]] {
        frame.copy_all(pool.data(first));
        pool.write(first, frame.contents(static_cast<std::uint16_t>(frame.bytes), 1));
    } else {
        put_chain(pool, frame, first, buffers);
    }
    pool.set_owner(first, BufferPool::given_to(number_));
    avp_ring_fill(&rx_, staged_, pool.handle_of(first));
    ++staged_;
    ++in_flight_;
    return Put::Done;
}

[[gnu::noinline]] void GuestRxQueue::put_chain(BufferPool& pool, const OutgoingFrame& frame, Index first,
                                               std::uint32_t buffers) {
    OutgoingFrame::Reader reader(frame);
    std::uint32_t left = frame.bytes;
    Index buffer = first;
    for (std::uint32_t number = 0; number < buffers; ++number) {
        const std::uint32_t here = std::min(left, pool.data_bytes());
        const Index next = number + 1 < buffers ? pool.take() : BufferPool::kNone;
        reader.copy(pool.data(buffer), here);
        const auto length = static_cast<std::uint16_t>(here);
        BufferPool::Contents contents{.length = length};
        if (number == 0)
            contents = frame.contents(length, static_cast<std::uint8_t>(buffers));
        else
            pool.set_owner(buffer, BufferPool::Owner::Chained);
        contents.next = next == BufferPool::kNone ? 0 : pool.handle_of(next);
        pool.write(buffer, contents);
        pool.set_next(buffer, next);
        left -= here;
        buffer = next;
    }
}

bool GuestRxQueue::publish() {
    if (staged_ == 0)
        return false;
    avp_ring_publish(&rx_, staged_);
    avp_ring_claim(&rx_, staged_);
    staged_ = 0;
    return true;
}

bool GuestRxQueue::disarm() {
    // The guest arms and then looks at the ring again: of publishing and arming, one side sees the other's.
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (AVP_LOAD_ONCE(arm_) == 0) [[likely]]
        return false;
    return __atomic_exchange_n(arm_, 0U, __ATOMIC_SEQ_CST) == 1;
}

}  // namespace vnf::avp
