// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What an AVP device offers its guest: sizes, counts and features, chosen by who runs the host and checked before the
// device exists. Specification 1.5, 1.7, 1.8.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "avp-abi/avp_abi.h"

namespace vnf::avp {

using MacAddress = std::array<std::uint8_t, AVP_MAC_BYTES>;

/// As the guest counts them, 1 to 8, in rising order.
struct QueueRange {
    std::uint8_t minimum = 1;
    std::uint8_t recommended = 1;
    std::uint8_t maximum = AVP_MAX_QUEUES;
};

struct DeviceSettings {
    std::string interface_name;  ///< in the guest; up to 31 bytes, may be empty
    MacAddress mac{};            ///< a unicast address, not all zero
    std::uint64_t device_id = 0;
    QueueRange rx_queues;
    QueueRange tx_queues;
    std::uint32_t ring_slots = 1024;       ///< a power of two, 64 to 32768
    std::uint32_t buffers = 8192;          ///< of the device's pool; 64 to 1048576
    std::uint32_t buffer_bytes = 2048;     ///< of payload in each, 256 to 16384
    std::uint32_t max_frame_bytes = 1522;  ///< with header and tag, 64 to 9238 and at most 5 buffers
    bool offers_vlan = true;               ///< AVP_FEATURE_VLAN_OFFLOAD
    bool offers_rx_interrupts = true;      ///< AVP_FEATURE_RX_INTERRUPT
    bool offers_link = true;               ///< AVP_FEATURE_LINK
    bool offers_kept_descriptors = true;   ///< AVP_FEATURE_KEPT_DESCRIPTORS
};

/// The field and what is allowed, of the first one that is out of its range; nothing if all can stand.
std::optional<std::string> fault_of(const DeviceSettings& settings);

}  // namespace vnf::avp
