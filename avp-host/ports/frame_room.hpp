// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Host memory for whole frames, one of the largest size each with the tag that may have to be put in, and one byte more
// by which a longer one is seen.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "avp-abi/avp_abi.h"
#include "avp-host/ports/ethernet.hpp"

namespace vnf::avp {

class FrameRoom {
  public:
    static constexpr std::size_t kBytes = AVP_MAX_FRAME_BYTES + kVlanTagBytes + 1;

    explicit FrameRoom(std::size_t frames) : bytes_(std::make_unique<std::byte[]>(frames * kBytes)) {}
    std::span<std::byte> operator[](std::size_t frame) { return {bytes_.get() + frame * kBytes, kBytes}; }

  private:
    std::unique_ptr<std::byte[]> bytes_;
};

/// A frame of one segment.
inline void make_frame(Frame& frame, Frame::Segment bytes) {
    frame.segments[0] = bytes;
    frame.segment_count = 1;
    frame.bytes = static_cast<std::uint16_t>(bytes.size());
    frame.vlan_tci.reset();
}

}  // namespace vnf::avp
