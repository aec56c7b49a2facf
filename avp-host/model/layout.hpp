// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Where everything of a device lies in BAR 2, and the addresses under which the guest knows it. Those are made up: they
// are no address of the host's, and others after each migration, so that an old handle is not taken for a new one.
#pragma once

#include <cstdint>

#include "avp-host/device_settings.hpp"

namespace vnf::avp {

constexpr std::uint32_t kControlSlots = 64;  ///< of the request and the response ring
constexpr std::uint32_t kAreaAlignment = 64;

/// Rings of one kind, one a queue.
struct RingArea {
    std::uint64_t offset = 0;  ///< of the first
    std::uint32_t stride = 0;
    std::uint32_t count = 0;

    std::uint64_t at(std::size_t queue) const { return offset + queue * stride; }
    std::uint64_t end() const { return offset + std::uint64_t{count} * stride; }
};

struct DeviceLayout {
    std::uint64_t sync = 0;
    std::uint64_t request = 0;
    std::uint64_t response = 0;
    RingArea tx;
    RingArea alloc;
    RingArea rx;  ///< each with its arm word in the last AVP_ARM_BYTES of the stride
    RingArea free;
    std::uint64_t pool = 0;
    std::uint32_t buffer_stride =
        0;  ///< an odd multiple of 128: a descriptor and the data behind it are one pair of
            ///< cache lines, and buffers spread over all sets of a cache
    std::uint64_t pool_bytes = 0;
    std::uint64_t bytes = 0;  ///< of all, in whole pages
};

/// Of settings without a fault.
DeviceLayout layout_of(const DeviceSettings& settings);

struct AddressPlan {
    std::uint64_t virtual_base = 0;
    std::uint64_t physical_base = 0;

    /// Neighbouring generations, up to 4095 apart, share no address.
    static AddressPlan of_generation(std::uint32_t generation);

    std::uint64_t virtual_of(std::uint64_t offset) const { return virtual_base + offset; }
    std::uint64_t physical_of(std::uint64_t offset) const { return physical_base + offset; }
};

}  // namespace vnf::avp
