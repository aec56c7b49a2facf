// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See ethernet.hpp.
#include "avp-host/ports/ethernet.hpp"

#include <bit>
#include <charconv>
#include <cstdio>
#include <cstring>

namespace vnf::avp {
namespace {

std::byte* append(std::byte* to, Frame::Segment from) {
    std::memcpy(to, from.data(), from.size());
    return to + from.size();
}

}  // namespace

MacKey key_of(const MacAddress& mac) {
    MacKey key = 0;
    for (const std::uint8_t byte : mac)
        key = key << 8 | byte;
    return key;
}

std::string text_of(MacKey mac) {
    char text[18];
    const auto byte = [mac](int index) {
        return static_cast<unsigned>(mac >> (40 - 8 * index) & 0xFFU);
    };
    std::snprintf(text, sizeof text, "%02x:%02x:%02x:%02x:%02x:%02x", byte(0), byte(1), byte(2), byte(3),
                  byte(4), byte(5));
    return text;
}

std::optional<MacAddress> mac_of(std::string_view text) {
    MacAddress mac{};
    if (text.size() != 3 * mac.size() - 1)
        return std::nullopt;
    for (std::size_t i = 0; i < mac.size(); ++i) {
        const char* begin = text.data() + 3 * i;
        const auto parsed = std::from_chars(begin, begin + 2, mac[i], 16);
        if (parsed.ec != std::errc() || parsed.ptr != begin + 2 || (i + 1 < mac.size() && begin[2] != ':'))
            return std::nullopt;
    }
    return mac;
}

std::optional<std::size_t> copy_frame(const Frame& frame, std::span<std::byte> to) {
    const std::size_t bytes = frame.bytes + (frame.vlan_tci ? kVlanTagBytes : 0);
    const Frame::Segment first = frame.header();
    if (bytes > to.size() || first.size() < kVlanTagAt)
        return std::nullopt;
    std::byte* end = append(to.data(), first.first(kVlanTagAt));
    if (frame.vlan_tci) {
        const std::byte tag[kVlanTagBytes] = {std::byte{kVlanTagType >> 8}, std::byte{kVlanTagType & 0xFF},
                                              static_cast<std::byte>(*frame.vlan_tci >> 8),
                                              static_cast<std::byte>(*frame.vlan_tci & 0xFF)};
        end = append(end, tag);
    }
    end = append(end, first.subspan(kVlanTagAt));
    for (const Frame::Segment segment : frame.used().subspan(1))
        end = append(end, segment);
    return bytes;
}

}  // namespace vnf::avp
