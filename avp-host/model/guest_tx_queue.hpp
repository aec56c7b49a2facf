// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One queue of frames that the guest sends: its ring `tx`, and `alloc`, in which the guest gets the empty buffers for
// it. What the guest put into a ring or a descriptor is loaded once and then checked; a frame that breaks a rule is
// dropped and counted, and the buffers that came with it are the host's again.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "avp-abi/avp_ring.h"
#include "avp-host/device_statistics.hpp"
#include "avp-host/model/buffer_pool.hpp"
#include "avp-host/port.hpp"

namespace vnf::avp {

struct FrameRules {
    std::uint32_t max_frame_bytes = 0;
    bool vlan_negotiated = false;
    bool keeps_descriptors = false;  ///< AVP_FEATURE_KEPT_DESCRIPTORS
};

class GuestTxQueue {
  public:
    GuestTxQueue() = default;
    GuestTxQueue(std::size_t number, avp_fifo* tx, avp_fifo* alloc, std::uint32_t slots);

    /// Both rings empty, no buffer with the guest.
    void clear();

    /// At most frames.size() and kBurst, headers as many. Negative if the ring is broken.
    int receive(BufferPool& pool, const FrameRules& rules, std::span<Frame> frames,
                std::span<FrameHeader> headers, DeviceStatistics& statistics);
    /// The buffers of the frames received go back to the guest, as far as it may have `limit` of them. False if the
    /// ring is broken.
    bool done_with_received(BufferPool& pool, const FrameRules& rules, std::uint32_t limit);
    /// Lends more until the guest has `limit` buffers, at most kBurst at a time. False if the ring is broken.
    bool top_up(BufferPool& pool, std::uint32_t limit);

    std::uint32_t lent() const { return lent_; }

  private:
    using Index = BufferPool::Index;

    /// The guest's fields of a descriptor, each loaded once.
    struct Fields {
        std::uint64_t next;
        std::uint64_t data;
        std::uint16_t flags;
        std::uint16_t length;
        std::uint16_t frame_bytes;
        std::uint16_t vlan_tci;
        std::uint8_t segments;
    };
    /// What is being made of a descriptor and those behind it.
    struct Arrival;

    /// The lines of the next `wanted` frames, as far as they are known to be there, are on their way to this processor.
    void warm(const BufferPool& pool, const FrameRules& rules, std::uint32_t wanted);
    static Fields load(const avp_descriptor* descriptor);
    bool accept(Arrival& arrival, Index first);
    bool accept_one(Arrival& arrival, const Fields& fields, Index buffer);
    bool accept_chain(Arrival& arrival, const Fields& first_fields, Index first);
    bool add_segment(Arrival& arrival, const Fields& fields, Index buffer, std::size_t number);
    bool finish(Arrival& arrival, const Fields& fields, std::uint32_t bytes);
    bool refuse(Arrival& arrival, Fault fault);
    void hold(BufferPool& pool, Index buffer);
    void lend(BufferPool& pool, Index buffer, std::uint32_t place);

    avp_ring tx_{};
    avp_ring alloc_{};
    std::uint32_t slots_ = 0;
    std::size_t number_ = 0;
    std::uint32_t lent_ = 0;        ///< buffers that the guest has, in `alloc`, in its hands or in `tx`
    std::uint32_t warmed_ = 0;      ///< of the next frames in `tx`
    std::uint32_t idle_polls_ = 0;  ///< since the last frame
    std::uint32_t held_count_ = 0;
    std::array<Index, kBurst * AVP_MAX_SEGMENTS> held_{};
};

}  // namespace vnf::avp
