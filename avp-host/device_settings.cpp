// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "avp-host/device_settings.hpp"

#include <algorithm>
#include <bit>

namespace vnf::avp {
namespace {

std::optional<std::string> out_of_range(const char* field, std::uint64_t value, std::uint64_t least,
                                        std::uint64_t most) {
    if (value >= least && value <= most)
        return std::nullopt;
    return std::string(field) + ": " + std::to_string(value) + " is not between " + std::to_string(least) +
           " and " + std::to_string(most);
}

std::optional<std::string> fault_of(const char* field, const QueueRange& range) {
    if (range.minimum >= 1 && range.minimum <= range.recommended && range.recommended <= range.maximum &&
        range.maximum <= AVP_MAX_QUEUES)
        return std::nullopt;
    return std::string(field) + ": minimum, recommended and maximum must rise, between 1 and " +
           std::to_string(AVP_MAX_QUEUES);
}

std::optional<std::string> fault_of(const MacAddress& mac) {
    const bool is_zero = std::all_of(mac.begin(), mac.end(), [](std::uint8_t byte) { return byte == 0; });
    if (!is_zero && (mac[0] & 1U) == 0)
        return std::nullopt;
    return "mac: must be a unicast address, not all zero";
}

}  // namespace

std::optional<std::string> fault_of(const DeviceSettings& settings) {
    if (settings.interface_name.size() >= AVP_NAME_BYTES)
        return "interface_name: longer than " + std::to_string(AVP_NAME_BYTES - 1) + " bytes";
    if (auto fault = fault_of(settings.mac))
        return fault;
    if (auto fault = fault_of("rx_queues", settings.rx_queues))
        return fault;
    if (auto fault = fault_of("tx_queues", settings.tx_queues))
        return fault;
    if (auto fault = out_of_range("ring_slots", settings.ring_slots, 64, AVP_MAX_RING_SLOTS))
        return fault;
    if (!std::has_single_bit(settings.ring_slots))
        return "ring_slots: " + std::to_string(settings.ring_slots) + " is not a power of two";
    if (auto fault = out_of_range("buffers", settings.buffers, 64, 1048576))
        return fault;
    if (auto fault = out_of_range("buffer_bytes", settings.buffer_bytes, 256, 16384))
        return fault;
    if (auto fault = out_of_range("max_frame_bytes", settings.max_frame_bytes, 64, AVP_MAX_FRAME_BYTES))
        return fault;
    if (settings.max_frame_bytes > AVP_MAX_SEGMENTS * settings.buffer_bytes)
        return "max_frame_bytes: " + std::to_string(settings.max_frame_bytes) + " does not fit into " +
               std::to_string(AVP_MAX_SEGMENTS) + " buffers of " + std::to_string(settings.buffer_bytes) +
               " bytes";
    return std::nullopt;
}

}  // namespace vnf::avp
