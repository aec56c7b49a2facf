// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A frame in the form in which one guest gets it: with its tag beside it or inside, as that guest negotiated. The pieces
// point into the frame that came; they are copied once, into the guest's buffers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <span>

#include "avp-abi/avp_abi.h"
#include "avp-host/frame.hpp"
#include "avp-host/model/buffer_pool.hpp"

namespace vnf::avp {

struct OutgoingFrame {
    using Piece = Frame::Segment;
    static constexpr std::uint32_t kTagBytes = 4;

    OutgoingFrame() = default;
    OutgoingFrame(const OutgoingFrame&) = delete;
    OutgoingFrame& operator=(const OutgoingFrame&) = delete;

    /// The frame as this guest gets it.
    void take(const Frame& frame, bool vlan_negotiated) {
        pieces = frame.used();
        bytes = 0;
        for (const Piece piece : pieces)
            bytes += static_cast<std::uint32_t>(piece.size());
        is_tagged = false;
        if (frame.vlan_tci || (vlan_negotiated && has_tag_inside(frame.header()))) [[unlikely]]
            move_tag(frame, vlan_negotiated);
    }

    /// As a limit on frames counts it.
    std::uint32_t counted_bytes() const { return bytes + (is_tagged ? kTagBytes : 0); }

    /// The first buffer's, of `segments` altogether.
    BufferPool::Contents contents(std::uint16_t length, std::uint8_t segments) const {
        return {length,
                static_cast<std::uint16_t>(bytes),
                segments,
                is_tagged ? std::uint16_t{AVP_DESCRIPTOR_RX_VLAN} : std::uint16_t{0},
                is_tagged ? vlan_tci : std::uint16_t{0},
                0};
    }

    void copy_all(std::byte* where) const {
        for (const Piece piece : pieces) {
            copy(where, piece.data(), piece.size());
            where += piece.size();
        }
    }

    /// Copies a frame out piece by piece.
    class Reader {
      public:
        explicit Reader(const OutgoingFrame& frame) : frame_(frame) {}
        /// Not beyond the frame's end.
        void copy(std::byte* where, std::size_t length);

      private:
        const OutgoingFrame& frame_;
        std::size_t piece_ = 0;
        std::size_t offset_ = 0;
    };

    std::span<const Piece> pieces;  ///< the frame's own, or cut ones
    std::uint32_t bytes = 0;
    bool is_tagged = false;
    std::uint16_t vlan_tci = 0;

  private:
    static constexpr std::size_t kAddressBytes = 12;  ///< behind them stands a tag
    static constexpr std::array<std::byte, 2> kTagType{std::byte{0x81}, std::byte{0x00}};

    static bool has_tag_inside(Piece header) {
        return header.size() >= kAddressBytes + kTagBytes + 2 &&
               std::memcmp(header.data() + kAddressBytes, kTagType.data(), kTagType.size()) == 0;
    }
    void move_tag(const Frame& frame, bool vlan_negotiated);
    void insert_tag(Piece header, std::uint16_t tci);
    void strip_tag(Piece header);
    void cut(std::initializer_list<Piece> instead_of_header);

    /// Short ones without a call.
    static void copy(std::byte* to, const std::byte* from, std::size_t length) {
        if (length > 64 || length < 16) {
            std::memcpy(to, from, length);
        } else if (length >= 32) {
            std::memcpy(to, from, 32);
            std::memcpy(to + length - 32, from + length - 32, 32);
        } else {
            std::memcpy(to, from, 16);
            std::memcpy(to + length - 16, from + length - 16, 16);
        }
    }

    // The pieces of a frame that gets a tag or loses one, and the tag.
    std::array<Piece, kMaxFrameSegments + 2> cut_{};
    std::array<std::byte, kTagBytes> tag_{};
};

}  // namespace vnf::avp
