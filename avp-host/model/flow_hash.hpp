// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Which frames stay together when they are spread over a guest's queues: those between the same two MAC addresses and,
// of IP, the same two IP addresses, with a tag before them or none. Ports are left out, so that fragments stay in order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace vnf::avp {

namespace flow {

inline std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
    hash = (hash ^ value) * 0x9E37'79B9'7F4A'7C15ULL;
    return hash ^ (hash >> 32U);
}

template <typename Number>
Number load(const std::byte* at) {
    Number number;
    std::memcpy(&number, at, sizeof number);
    return number;
}

/// Of IP addresses, behind an EtherType at `type`.
inline std::uint64_t mix_addresses(std::uint64_t hash, std::span<const std::byte> header, std::size_t type) {
    const auto is = [&](unsigned value) {
        return header[type] == std::byte(value >> 8U) && header[type + 1] == std::byte(value & 0xFFU);
    };
    if (is(0x0800) && header.size() >= type + 22)
        return mix(hash, load<std::uint64_t>(header.data() + type + 14));
    if (is(0x86DD) && header.size() >= type + 42)
        for (std::size_t i = 0; i < 4; ++i)
            hash = mix(hash, load<std::uint64_t>(header.data() + type + 10 + 8 * i));
    return hash;
}

}  // namespace flow

/// All 32 bits are good, the high ones best. `header` has at least 14 bytes.
inline std::uint32_t flow_hash(std::span<const std::byte> header) {
    std::uint64_t hash = flow::mix(0, flow::load<std::uint64_t>(header.data()));
    hash = flow::mix(hash, flow::load<std::uint32_t>(header.data() + 8));
    const bool has_tag = header[12] == std::byte{0x81} && header[13] == std::byte{0} && header.size() >= 18;
    hash = flow::mix_addresses(hash, header, has_tag ? 16 : 12);
    return static_cast<std::uint32_t>(hash >> 32U);
}

}  // namespace vnf::avp
