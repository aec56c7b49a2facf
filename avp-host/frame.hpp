// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A frame on its way between two ports. Its bytes may lie in memory that a guest can still write: whoever decides by a
// byte copies it first and decides by the copy. Lengths and places were checked, and are the host's own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "avp-abi/avp_abi.h"

namespace vnf::avp {

struct Frame {
    using Segment = std::span<const std::byte>;

    std::array<Segment, AVP_MAX_SEGMENTS> segments{};
    std::uint8_t segment_count = 0;
    std::uint16_t bytes = 0;                  ///< of all segments
    std::optional<std::uint16_t> vlan_tci{};  ///< a tag beside the frame: stripped, or to be inserted

    std::span<const Segment> used() const { return {segments.data(), segment_count}; }
};

}  // namespace vnf::avp
