// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "avp-host/model/tables.hpp"

#include <algorithm>
#include <cstring>

#include "avp-abi/avp_ring.h"

namespace vnf::avp {
namespace {

/// `table` but for its magic, which every table begins with, then the magic.
template <typename Table>
void publish(std::span<std::byte> region, const Table& table) {
    auto* magic = reinterpret_cast<std::uint32_t*>(region.data());
    AVP_STORE_ONCE(magic, 0U);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    std::memcpy(region.data() + sizeof *magic, reinterpret_cast<const std::byte*>(&table) + sizeof *magic,
                sizeof table - sizeof *magic);
    AVP_STORE_RELEASE(magic, table.magic);
}

avp_queue_counts counts_of(const QueueRange& range) {
    return {range.minimum, range.recommended, range.maximum};
}

void describe_rings(avp_device_info& info, const DeviceLayout& layout, const AddressPlan& addresses) {
    info.tx = addresses.physical_of(layout.tx.offset);
    info.rx = addresses.physical_of(layout.rx.offset);
    info.alloc = addresses.physical_of(layout.alloc.offset);
    info.free = addresses.physical_of(layout.free.offset);
    info.tx_stride = layout.tx.stride;
    info.rx_stride = layout.rx.stride;
    info.alloc_stride = layout.alloc.stride;
    info.free_stride = layout.free.stride;
    info.request = addresses.physical_of(layout.request);
    info.response = addresses.physical_of(layout.response);
    info.sync = addresses.physical_of(layout.sync);
    info.sync_address = addresses.virtual_of(layout.sync);
}

}  // namespace

std::uint32_t offered_features(const DeviceSettings& settings) {
    return (settings.offers_vlan ? AVP_FEATURE_VLAN_OFFLOAD : 0U) |
           (settings.offers_rx_interrupts ? AVP_FEATURE_RX_INTERRUPT : 0U) |
           (settings.offers_link ? AVP_FEATURE_LINK : 0U) |
           (settings.offers_kept_descriptors ? AVP_FEATURE_KEPT_DESCRIPTORS : 0U);
}

void write_memory_map(std::span<std::byte> region, const DeviceLayout& layout, const AddressPlan& addresses) {
    avp_memory_map map{};
    map.magic = AVP_MEMORY_MAP_MAGIC;
    map.version = AVP_MEMORY_MAP_VERSION;
    map.count = 1;
    map.entries[0] = {addresses.virtual_of(0), addresses.physical_of(0), layout.bytes};
    publish(region, map);
}

void write_device_info(std::span<std::byte> region, const DeviceSettings& settings,
                       const DeviceLayout& layout, const AddressPlan& addresses) {
    avp_device_info info{};
    info.magic = AVP_DEVICE_INFO_MAGIC;
    info.version = AVP_HOST_VERSION;
    const std::size_t length = std::min(settings.interface_name.size(), sizeof info.name - 1);
    std::memcpy(info.name, settings.interface_name.data(), length);
    describe_rings(info, layout, addresses);
    info.features = offered_features(settings);
    info.rx_queues = counts_of(settings.rx_queues);
    info.tx_queues = counts_of(settings.tx_queues);
    info.pool_address = addresses.virtual_of(layout.pool);
    info.pool_physical = addresses.physical_of(layout.pool);
    info.pools[0] = {info.pool_address, info.pool_physical, layout.pool_bytes};
    std::copy(settings.mac.begin(), settings.mac.end(), info.mac);
    info.mode = AVP_MODE_GUEST;
    info.buffer_bytes = settings.buffer_bytes;
    info.device_id = settings.device_id;
    info.max_frame_bytes = settings.max_frame_bytes;
    publish(region, info);
}

}  // namespace vnf::avp
