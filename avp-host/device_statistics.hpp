// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What a device counts: frames of each queue, frames that did not reach the guest by their reason, and what the guest
// did against the rules by the rule's name. Kept over resets and migrations; read under the port's gate.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "avp-abi/avp_abi.h"

namespace vnf::avp {

/// A rule that the guest broke. What each costs is said here; the rest of the port goes on.
enum class Fault : std::uint8_t {
    RingIndex,          ///< an index outside its ring, or one that moved back: the port stops until a reset
    TxHandle,           ///< what was sent, or its next segment, is no buffer of the pool: the frame
    TxNotLent,          ///< a buffer that the guest's TX queue does not hold, or one used twice: the frame
    ChainLength,        ///< 0 or more than 5 segments, or the chain is not as long as it says: the frame
    DataOutside,        ///< data, or its end, is not in the buffer that is named: the frame
    SegmentEmpty,       ///< a segment of no bytes: the frame
    FrameLength,        ///< the frame's length is not the sum of its segments: the frame
    FrameTooShort,      ///< less than an Ethernet header: the frame
    FrameTooLong,       ///< more than max_frame_bytes with its tag: the frame
    VlanNotNegotiated,  ///< a tag beside the frame without the feature: the frame
    FreeHandle,         ///< what was given back is no buffer of the pool: nothing more
    FreeNotLent,        ///< a buffer that is no received frame's first: nothing more
    RequestAddress,     ///< a request that is not in the sync area: it is not answered
    RequestUnknown,     ///< an id that is none: -EOPNOTSUPP
    RequestMtu,         ///< an MTU that is too small or whose frames are too long: -EINVAL
    RequestQueues,      ///< queue counts outside what was offered: -EINVAL
    RequestFeatures,    ///< features that were not offered: -EINVAL
    RequestOrder,       ///< interface up without a configuration: -ENODEV
    RegisterWrite,      ///< a register that is read-only or none: ignored
    AckUnexpected,      ///< an acknowledgement of what was not asked: ignored
    AckRefused,         ///< the guest could not detach or attach (3)
};
constexpr std::size_t kFaults = static_cast<std::size_t>(Fault::AckRefused) + 1;
std::string_view name_of(Fault fault);  ///< as in metrics: "ring_index"

/// Why a frame for the guest was dropped.
enum class Drop : std::uint8_t {
    NotUp,     ///< no driver, interface down, detached or stopped; in no queue's count
    RingFull,  ///< the guest does not take its frames
    NoBuffer,  ///< the guest holds all buffers of the pool
    TooLong,   ///< more than max_frame_bytes, its tag included; or less than an Ethernet header
};
constexpr std::size_t kDrops = static_cast<std::size_t>(Drop::TooLong) + 1;
std::string_view name_of(Drop drop);

struct QueueStatistics {
    std::uint64_t frames = 0;
    std::uint64_t bytes = 0;  ///< as they lie in the rings: without a tag beside the frame
    std::uint64_t dropped =
        0;  ///< from the guest: refused ones, or the link was down; to the guest: all but Drop::NotUp
};

struct DeviceStatistics {
    std::array<QueueStatistics, AVP_MAX_QUEUES> from_guest{};  ///< its TX queues
    std::array<QueueStatistics, AVP_MAX_QUEUES> to_guest{};    ///< its RX queues
    std::array<std::uint64_t, kFaults> faults{};
    std::array<std::uint64_t, kDrops> drops{};
    std::uint64_t requests = 0;
    std::uint64_t resets = 0;
    std::uint64_t rx_interrupts = 0;

    std::uint64_t of(Fault fault) const { return faults[static_cast<std::size_t>(fault)]; }
    std::uint64_t of(Drop drop) const { return drops[static_cast<std::size_t>(drop)]; }
};

}  // namespace vnf::avp
