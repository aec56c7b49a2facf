// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The frames that a generator makes and a counter can check. Behind the Ethernet header, of the type for local
// experiments 0x88B5: the four bytes "AVPG", four of 0, the sequence number in eight bytes, all big-endian; then byte k
// of the frame, from 30 on, is that of test_byte(k, sequence). So a byte that was changed, a length, and a header with
// another frame's rest all show.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "avp-host/frame.hpp"

namespace vnf::avp {

constexpr std::uint16_t kTestFrameType = 0x88B5;
constexpr std::size_t kTestHeaderBytes = 30;
constexpr std::uint32_t kTestFrameMagic = 0x41565047;

constexpr std::byte test_byte(std::size_t at, std::uint64_t sequence) {
    const std::size_t place = at + sequence % 64;
    return static_cast<std::byte>((place * 13 + (place >> 7)) & 0xFF);
}

/// The bytes of every frame whose sequence numbers have the same remainder by 64, from byte `from` on.
Frame::Segment test_bytes(std::size_t from, std::size_t count, std::uint64_t sequence);

/// Type, magic and sequence number; `header` has at least kTestHeaderBytes, its addresses are left alone.
void write_test_header(std::span<std::byte> header, std::uint64_t sequence);

struct TestFrame {
    std::uint64_t sequence = 0;
    bool is_intact = false;
};
/// Nothing if it is no such frame. A tag may be in it or beside it.
std::optional<TestFrame> check_test_frame(const Frame& frame);

}  // namespace vnf::avp
