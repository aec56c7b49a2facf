// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What the guest reads of its device: the memory map (BAR 4) and the device information (BAR 5), so that both old
// drivers find their way: one linear pool, named twice, and one entry of the map. Written, never read back.
#pragma once

#include <cstddef>
#include <span>

#include "avp-host/model/layout.hpp"

namespace vnf::avp {

std::uint32_t offered_features(const DeviceSettings& settings);

/// The magic is taken away first and comes last, so that a guest never takes half a table for a whole one.
void write_memory_map(std::span<std::byte> region, const DeviceLayout& layout, const AddressPlan& addresses);
void write_device_info(std::span<std::byte> region, const DeviceSettings& settings,
                       const DeviceLayout& layout, const AddressPlan& addresses);

}  // namespace vnf::avp
