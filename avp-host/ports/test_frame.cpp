// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See test_frame.hpp.
#include "avp-host/ports/test_frame.hpp"

#include <array>
#include <cstring>

#include "avp-host/ports/ethernet.hpp"

namespace vnf::avp {
namespace {

constexpr std::size_t kPatternBytes = AVP_MAX_FRAME_BYTES + 64;
constexpr std::size_t kMagicAt = kEthernetHeaderBytes;
constexpr std::size_t kSequenceAt = kMagicAt + 8;

const std::array<std::byte, kPatternBytes>& pattern() {
    static const auto bytes = [] {
        std::array<std::byte, kPatternBytes> all{};
        for (std::size_t i = 0; i < all.size(); ++i)
            all[i] = test_byte(i, 0);
        return all;
    }();
    return bytes;
}

template <typename Integer>
Integer big_endian(Frame::Segment bytes, std::size_t at) {
    Integer value = 0;
    for (std::size_t i = 0; i < sizeof value; ++i)
        value = static_cast<Integer>(value << 8 | std::to_integer<Integer>(bytes[at + i]));
    return value;
}

/// The bytes that lie in this segment, `at` being the place in the frame of its first.
bool is_pattern(Frame::Segment segment, std::size_t at, std::uint64_t sequence) {
    if (at + segment.size() > AVP_MAX_FRAME_BYTES)
        return false;
    return std::memcmp(segment.data(), test_bytes(at, segment.size(), sequence).data(), segment.size()) == 0;
}

}  // namespace

Frame::Segment test_bytes(std::size_t from, std::size_t count, std::uint64_t sequence) {
    return Frame::Segment(pattern()).subspan(from + sequence % 64, count);
}

void write_test_header(std::span<std::byte> header, std::uint64_t sequence) {
    header[kVlanTagAt] = std::byte{kTestFrameType >> 8};
    header[kVlanTagAt + 1] = std::byte{kTestFrameType & 0xFF};
    const std::uint64_t magic = __builtin_bswap64(std::uint64_t{kTestFrameMagic} << 32);
    const std::uint64_t number = __builtin_bswap64(sequence);
    std::memcpy(header.data() + kMagicAt, &magic, sizeof magic);
    std::memcpy(header.data() + kSequenceAt, &number, sizeof number);
}

std::optional<TestFrame> check_test_frame(const Frame& frame) {
    const auto header = read_header(frame);
    const std::size_t tag = header && header->tag_is_inside ? kVlanTagBytes : 0;
    const Frame::Segment first = frame.header();
    if (!header || header->type != kTestFrameType || first.size() < kTestHeaderBytes + tag ||
        big_endian<std::uint32_t>(first, kMagicAt + tag) != kTestFrameMagic)
        return std::nullopt;
    TestFrame found{big_endian<std::uint64_t>(first, kSequenceAt + tag),
                    big_endian<std::uint32_t>(first, kMagicAt + tag + 4) == 0};
    std::size_t at = kTestHeaderBytes;
    for (std::size_t i = 0; i < frame.segment_count && found.is_intact; ++i) {
        const Frame::Segment segment = i == 0 ? first.subspan(kTestHeaderBytes + tag) : frame.segments[i];
        found.is_intact = is_pattern(segment, at, found.sequence);
        at += segment.size();
    }
    return found;
}

}  // namespace vnf::avp
