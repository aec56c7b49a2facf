// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "avp-host/model/guest_tx_queue.hpp"

#include <algorithm>
#include <cstring>

namespace vnf::avp {
namespace {

constexpr std::uint32_t kEthernetHeader = 14;
constexpr std::uint32_t kTagBytes = 4;

/// A descriptor's last 40 bytes as words, so that no field is loaded twice and none is torn.
std::uint64_t word_at(const avp_descriptor* descriptor, std::size_t offset) {
    const auto* bytes = reinterpret_cast<const std::byte*>(descriptor) + offset;
    return AVP_LOAD_ONCE(reinterpret_cast<const std::uint64_t*>(bytes));
}

constexpr std::uint16_t half_word(std::uint64_t word, unsigned bit) {
    return static_cast<std::uint16_t>(word >> bit);
}

}  // namespace

struct GuestTxQueue::Arrival {
    BufferPool& pool;
    const FrameRules& rules;
    DeviceStatistics& statistics;
    Frame* frame = nullptr;
    FrameHeader* header = nullptr;
    std::array<Frame::Segment, AVP_MAX_SEGMENTS> parts{};
};

GuestTxQueue::GuestTxQueue(std::size_t number, avp_fifo* tx, avp_fifo* alloc, std::uint32_t slots)
    : slots_(slots), number_(number) {
    tx_.fifo = tx;
    alloc_.fifo = alloc;
    clear();
}

void GuestTxQueue::clear() {
    avp_fifo_clear(tx_.fifo, slots_);
    avp_fifo_clear(alloc_.fifo, slots_);
    // Not what stands in the rings: a guest may have written there already.
    avp_ring_open(&tx_, tx_.fifo, slots_, 0, 0);
    avp_ring_open(&alloc_, alloc_.fifo, slots_, 0, 0);
    lent_ = 0;
    held_count_ = 0;
    warmed_ = 0;
    idle_polls_ = 0;
}

// What each frame passes through, in one piece.

[[gnu::noinline]] bool GuestTxQueue::refuse(Arrival& arrival, Fault fault) {
    ++arrival.statistics.faults[static_cast<std::size_t>(fault)];
    ++arrival.statistics.from_guest[number_].dropped;
    return false;
}

[[gnu::always_inline]] inline GuestTxQueue::Fields GuestTxQueue::load(const avp_descriptor* descriptor) {
    const std::uint64_t flags = word_at(descriptor, 24);
    const std::uint64_t lengths = word_at(descriptor, 48);
    const std::uint64_t tag = word_at(descriptor, 56);
    Fields fields;
    fields.next = word_at(descriptor, 32);
    fields.data = word_at(descriptor, 40);
    fields.flags = half_word(flags, 48);
    fields.length = half_word(lengths, 0);
    fields.segments = static_cast<std::uint8_t>(lengths >> 16U);
    fields.frame_bytes = half_word(lengths, 32);
    fields.vlan_tci = half_word(tag, 16);
    return fields;
}

[[gnu::always_inline]] inline void GuestTxQueue::hold(BufferPool& pool, Index buffer) {
    pool.set_owner(buffer, BufferPool::Owner::Held);
    held_[held_count_++] = buffer;
    --lent_;
}

[[gnu::always_inline]] inline bool GuestTxQueue::add_segment(Arrival& arrival, const Fields& fields,
                                                             Index buffer, std::size_t number) {
    const std::uint64_t room = arrival.pool.data_bytes();
    const std::uint64_t offset = fields.data - arrival.pool.data_address_of(buffer);
    if (offset > room || fields.length > room - offset) [[unlikely]]
        return refuse(arrival, Fault::DataOutside);
    if (fields.length == 0) [[unlikely]]
        return refuse(arrival, Fault::SegmentEmpty);
    arrival.parts[number] = {arrival.pool.data(buffer) + offset, fields.length};
    return true;
}

[[gnu::always_inline]] inline bool GuestTxQueue::finish(Arrival& arrival, const Fields& fields,
                                                        std::uint32_t bytes) {
    const bool tagged = (fields.flags & AVP_DESCRIPTOR_TX_VLAN) != 0;
    if (bytes != fields.frame_bytes) [[unlikely]]
        return refuse(arrival, Fault::FrameLength);
    if (bytes < kEthernetHeader) [[unlikely]]
        return refuse(arrival, Fault::FrameTooShort);
    if (bytes + (tagged ? kTagBytes : 0) > arrival.rules.max_frame_bytes) [[unlikely]]
        return refuse(arrival, Fault::FrameTooLong);
    if (tagged && !arrival.rules.vlan_negotiated) [[unlikely]]
        return refuse(arrival, Fault::VlanNotNegotiated);
    arrival.frame->bytes = static_cast<std::uint16_t>(bytes);
    arrival.frame->vlan_tci.reset();
    if (tagged)
        arrival.frame->vlan_tci = fields.vlan_tci;
    return true;
}

[[gnu::always_inline]] inline bool GuestTxQueue::accept_one(Arrival& arrival, const Fields& fields,
                                                            Index buffer) {
    if (fields.next != 0) [[unlikely]]
        return refuse(arrival, Fault::ChainLength);
    if (!add_segment(arrival, fields, buffer, 0) || !finish(arrival, fields, fields.length)) [[unlikely]]
        return false;
    Frame& frame = *arrival.frame;
    std::byte* header = arrival.header->bytes.data();
    const Frame::Segment whole = arrival.parts[0];
    const std::byte* end_of_buffer = arrival.pool.data(buffer) + arrival.pool.data_bytes();
    if (whole.data() + kHeaderBytes <= end_of_buffer) [[likely]]
        std::memcpy(header, whole.data(),
                    kHeaderBytes);  // of a short frame, more than is there, but of its own buffer
    else
        std::memcpy(header, whole.data(), std::min(whole.size(), kHeaderBytes));
    if (whole.size() <= kHeaderBytes) {
        frame.segments[0] = {header, whole.size()};
        frame.segment_count = 1;
        return true;
    }
    frame.segments[0] = {header, kHeaderBytes};
    frame.segments[1] = whole.subspan(kHeaderBytes);
    frame.segment_count = 2;
    return true;
}

[[gnu::always_inline]] inline bool GuestTxQueue::accept(Arrival& arrival, Index first) {
    if (first == BufferPool::kNone) [[unlikely]]
        return refuse(arrival, Fault::TxHandle);
    if (arrival.pool.owner(first) != BufferPool::lent_to(number_)) [[unlikely]]
        return refuse(arrival, Fault::TxNotLent);
    hold(arrival.pool, first);
    const Fields fields = load(arrival.pool.descriptor(first));
    if (fields.segments == 1) [[likely]]
        return accept_one(arrival, fields, first);
    return accept_chain(arrival, fields, first);
}

void GuestTxQueue::warm(const BufferPool& pool, const FrameRules& rules, std::uint32_t wanted) {
    const std::uint32_t known = avp_ring_known(&tx_, wanted);
    for (; warmed_ < known; ++warmed_)
        pool.warm(avp_ring_peek(&tx_, warmed_), !rules.keeps_descriptors);  // those are emptied soon
}

int GuestTxQueue::receive(BufferPool& pool, const FrameRules& rules, std::span<Frame> frames,
                          std::span<FrameHeader> headers, DeviceStatistics& statistics) {
    const auto wanted = static_cast<std::uint32_t>(std::min(frames.size(), kBurst));
    const int ready = avp_ring_ready(&tx_, wanted);
    if (ready <= 0) {
        if (++idle_polls_ == AVP_RING_IDLE_POLLS && tx_.pending != 0)
            avp_ring_give_back(&tx_);
        return ready;
    }
    idle_polls_ = 0;
    const auto count = static_cast<std::uint32_t>(ready);
    std::array<Index, kBurst> first;
    warm(pool, rules, count);
    for (std::uint32_t i = 0; i < count; ++i)
        first[i] = pool.find(avp_ring_peek(&tx_, i));
    // Only slots are given back here; the buffers are the host's until they come through `alloc` again.
    avp_ring_take(&tx_, count);
    avp_ring_give_back_lazily(&tx_);
    warmed_ -= std::min(warmed_, count);

    Arrival arrival{pool, rules, statistics};
    int received = 0;
    std::uint64_t bytes = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
        arrival.frame = &frames[static_cast<std::size_t>(received)];
        arrival.header = &headers[static_cast<std::size_t>(received)];
        if (accept(arrival, first[i])) {
            bytes += arrival.frame->bytes;
            ++received;
        }
        // One by one: many at once would keep out what this processor wants meanwhile.
        warm(pool, rules, std::min(warmed_ + 1, wanted));
    }
    avp_ring_warm_peek(&tx_, count, count);
    avp_ring_claim(&alloc_, count);
    auto& counted = statistics.from_guest[number_];
    counted.frames += static_cast<std::uint64_t>(received);
    counted.bytes += bytes;
    return received;
}

// Each buffer is held as soon as it is found, so that one that comes twice is refused and no circle is walked.
[[gnu::noinline]] bool GuestTxQueue::accept_chain(Arrival& arrival, const Fields& first_fields, Index first) {
    if (first_fields.segments == 0 || first_fields.segments > AVP_MAX_SEGMENTS)
        return refuse(arrival, Fault::ChainLength);
    if (!add_segment(arrival, first_fields, first, 0))
        return false;
    std::uint32_t bytes = first_fields.length;
    std::uint64_t next = first_fields.next;
    for (std::size_t number = 1; number < first_fields.segments; ++number) {
        if (next == 0)
            return refuse(arrival, Fault::ChainLength);
        const Index buffer = arrival.pool.find(next);
        if (buffer == BufferPool::kNone)
            return refuse(arrival, Fault::TxHandle);
        if (arrival.pool.owner(buffer) != BufferPool::lent_to(number_))
            return refuse(arrival, Fault::TxNotLent);
        hold(arrival.pool, buffer);
        const Fields fields = load(arrival.pool.descriptor(buffer));
        if (!add_segment(arrival, fields, buffer, number))
            return false;
        bytes += fields.length;
        next = fields.next;
    }
    if (next != 0)
        return refuse(arrival, Fault::ChainLength);
    if (!finish(arrival, first_fields, bytes))
        return false;
    Frame& frame = *arrival.frame;
    frame.segment_count = 1;
    std::size_t in_header = 0;
    for (std::size_t number = 0; number < first_fields.segments; ++number) {
        const Frame::Segment part = arrival.parts[number];
        const std::size_t copied = std::min(part.size(), kHeaderBytes - in_header);
        std::memcpy(arrival.header->bytes.data() + in_header, part.data(), copied);
        in_header += copied;
        if (copied < part.size())
            frame.segments[frame.segment_count++] = part.subspan(copied);
    }
    frame.segments[0] = {arrival.header->bytes.data(), in_header};
    return true;
}

void GuestTxQueue::lend(BufferPool& pool, Index buffer, std::uint32_t place) {
    pool.set_owner(buffer, BufferPool::lent_to(number_));
    avp_ring_fill(&alloc_, place, pool.handle_of(buffer));
    ++lent_;
}

bool GuestTxQueue::done_with_received(BufferPool& pool, const FrameRules& rules, std::uint32_t limit) {
    if (held_count_ == 0)
        return true;
    const std::uint32_t allowed = lent_ < limit ? std::min(held_count_, limit - lent_) : 0;
    const int room = avp_ring_room(&alloc_, allowed);
    if (room < 0) [[unlikely]]
        return false;
    const auto again = static_cast<std::uint32_t>(room);
    for (std::uint32_t i = 0; i < again; ++i) {
        if (!rules.keeps_descriptors)
            pool.write_empty(held_[i]);
        lend(pool, held_[i], i);
    }
    if (again != 0)
        avp_ring_publish(&alloc_, again);
    for (std::uint32_t i = again; i < held_count_; ++i)
        pool.give_back(held_[i]);
    held_count_ = 0;
    return true;
}

bool GuestTxQueue::top_up(BufferPool& pool, std::uint32_t limit) {
    if (lent_ >= limit) [[likely]]
        return true;
    const std::size_t most = pool.ready(std::min(std::size_t{limit - lent_}, kBurst));
    const int room = avp_ring_room(&alloc_, static_cast<std::uint32_t>(most));
    if (room <= 0)
        return room == 0;
    const auto count = static_cast<std::uint32_t>(room);
    for (std::uint32_t i = 0; i < count; ++i) {
        const Index buffer = pool.take();
        pool.write_empty(buffer);
        lend(pool, buffer, i);
    }
    avp_ring_publish(&alloc_, count);
    return true;
}

}  // namespace vnf::avp
