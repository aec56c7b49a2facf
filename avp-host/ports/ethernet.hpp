// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What of an Ethernet frame decides where it goes: addresses, type, and the IEEE 802.1Q tag, whether it lies in the
// frame or beside it. Read from the frame's first segment alone, which no guest can change.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>

#include "avp-host/device_settings.hpp"
#include "avp-host/frame.hpp"

namespace vnf::avp {

constexpr std::size_t kEthernetHeaderBytes = 14;
constexpr std::size_t kVlanTagBytes = 4;
constexpr std::size_t kVlanTagAt = 12;
constexpr std::uint16_t kVlanTagType = 0x8100;

using VlanId = std::uint16_t;  ///< 0 to 4094
constexpr VlanId kLastVlan = 4094;
constexpr std::uint16_t kVlanIdMask = 0x0FFF;

/// The six bytes of an address as one number, the first byte highest.
using MacKey = std::uint64_t;

constexpr bool is_group_address(MacKey mac) {
    return (mac >> 40 & 1U) != 0;
}
/// 01-80-C2-00-00-00 to -0F: a bridge keeps them to itself.
constexpr bool is_link_local(MacKey mac) {
    return (mac & ~MacKey{0xF}) == 0x0180C2000000;
}
MacKey key_of(const MacAddress& mac);
/// "02:00:00:00:00:01".
std::string text_of(MacKey mac);
/// Six bytes in hexadecimal between colons.
std::optional<MacAddress> mac_of(std::string_view text);

struct EthernetHeader {
    MacKey destination = 0;
    MacKey source = 0;
    std::uint16_t type = 0;              ///< behind the tag, if there is one
    std::optional<std::uint16_t> tci{};  ///< of the outermost tag
    bool tag_is_inside = false;          ///< the tag lies in the frame, not beside it
};

/// Nothing if the frame is shorter than its own header.
std::optional<EthernetHeader> read_header(const Frame& frame);

/// All bytes of the frame, with the tag that was beside it in its place; how many, or nothing if `to` is too small.
std::optional<std::size_t> copy_frame(const Frame& frame, std::span<std::byte> to);

// For each frame, so inline.

namespace ethernet_bytes {

inline std::uint16_t big_endian_16(Frame::Segment bytes, std::size_t at) {
    return static_cast<std::uint16_t>(std::to_integer<unsigned>(bytes[at]) << 8 |
                                      std::to_integer<unsigned>(bytes[at + 1]));
}

/// Eight bytes are read for six: an Ethernet header has two more behind each address.
inline MacKey address_at(Frame::Segment bytes, std::size_t at) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, bytes.data() + at, sizeof eight);
    return __builtin_bswap64(eight) >> 16;
}

}  // namespace ethernet_bytes

inline std::optional<EthernetHeader> read_header(const Frame& frame) {
    using namespace ethernet_bytes;
    const Frame::Segment bytes = frame.header();
    if (bytes.size() < kEthernetHeaderBytes)
        return std::nullopt;
    EthernetHeader header{address_at(bytes, 0), address_at(bytes, 6), big_endian_16(bytes, kVlanTagAt),
                          frame.vlan_tci};
    if (header.type != kVlanTagType || frame.vlan_tci)
        return header;
    if (bytes.size() < kEthernetHeaderBytes + kVlanTagBytes)
        return std::nullopt;
    header.tci = big_endian_16(bytes, kVlanTagAt + 2);
    header.type = big_endian_16(bytes, kVlanTagAt + kVlanTagBytes);
    header.tag_is_inside = true;
    return header;
}

}  // namespace vnf::avp
