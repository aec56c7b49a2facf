// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A frame on its way between two ports. Its first bytes lie in memory that no guest can write: what is decided by them
// is what is sent on. The bytes behind may lie in memory that the sending guest can still change, so nobody decides by
// those. Lengths and places were checked, and are the host's own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "avp-abi/avp_abi.h"

namespace vnf::avp {

constexpr std::size_t kHeaderBytes =
    64;  ///< so many first bytes of a frame, or all, are in its first segment
constexpr std::size_t kMaxFrameSegments =
    AVP_MAX_SEGMENTS + 1;  ///< a guest's, and the header cut off the first

/// Memory of the host's own for a frame's first bytes.
struct alignas(64) FrameHeader {
    std::array<std::byte, kHeaderBytes> bytes;
};

struct Frame {
    using Segment = std::span<const std::byte>;

    std::array<Segment, kMaxFrameSegments> segments{};
    std::uint8_t segment_count = 0;
    std::uint16_t bytes = 0;                  ///< of all segments
    std::optional<std::uint16_t> vlan_tci{};  ///< a tag beside the frame: stripped, or to be inserted

    std::span<const Segment> used() const { return {segments.data(), segment_count}; }
    /// At least kHeaderBytes, or the whole frame; not written by anybody while the frame is valid.
    Segment header() const { return segments[0]; }
};

}  // namespace vnf::avp
