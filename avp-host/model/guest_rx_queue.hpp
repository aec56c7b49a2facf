// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One queue of frames for the guest: its ring `rx`, and `free`, through which the guest gives the buffers back. Which
// buffers make a frame is remembered in the pool, not read from the guest's descriptors. Frames that are put in are seen
// by the guest at publish(). The queue's arm word says that the guest sleeps and wants an interrupt (extension).
#pragma once

#include <cstddef>
#include <cstdint>

#include "avp-abi/avp_ring.h"
#include "avp-host/device_statistics.hpp"
#include "avp-host/model/buffer_pool.hpp"
#include "avp-host/model/outgoing_frame.hpp"

namespace vnf::avp {

class GuestRxQueue {
  public:
    /// A few bursts: more than comes in a round, and what a guest gives back without end does not keep the worker.
    static constexpr std::uint32_t kMostAtOnce = 256;

    enum class Put { Done, RingFull, NoBuffer, Broken };

    GuestRxQueue() = default;
    /// `arm` is the queue's arm word.
    GuestRxQueue(std::size_t number, avp_fifo* rx, avp_fifo* free, std::uint32_t* arm, std::uint32_t slots);

    /// Both rings empty, not armed, no buffer with the guest.
    void clear();

    /// Takes back what the guest is done with, at most kMostAtOnce frames. False if the ring is broken.
    bool reap(BufferPool& pool, DeviceStatistics& statistics);
    Put put(BufferPool& pool, const OutgoingFrame& frame);
    /// Shows the guest what was put; false if that was nothing.
    bool publish();
    /// After publish(): whether the guest wants an interrupt. It is asked for once.
    bool disarm();

  private:
    using Index = BufferPool::Index;

    void put_chain(BufferPool& pool, const OutgoingFrame& frame, Index first, std::uint32_t buffers);
    void take_back(BufferPool& pool, std::uint64_t handle, DeviceStatistics& statistics);

    avp_ring rx_{};
    avp_ring free_{};
    std::uint32_t* arm_ = nullptr;
    std::uint32_t slots_ = 0;
    std::size_t number_ = 0;
    std::uint32_t staged_ = 0;  ///< put and not yet published
    std::uint32_t in_flight_ =
        0;  ///< frames that the guest has; at most so many that `free` has room for all
};

}  // namespace vnf::avp
