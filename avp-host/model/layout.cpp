// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "avp-host/model/layout.hpp"

namespace vnf::avp {
namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kLinePair = 128;

constexpr std::uint64_t rounded_up(std::uint64_t value, std::uint64_t to) {
    return (value + to - 1) / to * to;
}

constexpr std::uint32_t ring_stride(std::uint32_t slots, std::uint32_t behind = 0) {
    return static_cast<std::uint32_t>(rounded_up(AVP_FIFO_BYTES(slots), kAreaAlignment)) + behind;
}

std::uint32_t buffer_stride(std::uint32_t buffer_bytes) {
    const std::uint64_t pairs =
        rounded_up(sizeof(avp_descriptor) + std::uint64_t{buffer_bytes}, kLinePair) / kLinePair;
    return static_cast<std::uint32_t>((pairs | 1U) * kLinePair);
}

/// Hands out one area after another.
class Cursor {
  public:
    std::uint64_t take(std::uint64_t bytes) {
        const std::uint64_t here = next_;
        next_ = rounded_up(next_ + bytes, kAreaAlignment);
        return here;
    }
    RingArea rings(std::uint32_t stride, std::uint32_t count) {
        return {take(std::uint64_t{stride} * count), stride, count};
    }
    std::uint64_t next() const { return next_; }

  private:
    std::uint64_t next_ = 0;
};

}  // namespace

DeviceLayout layout_of(const DeviceSettings& settings) {
    const std::uint32_t stride = ring_stride(settings.ring_slots);
    const std::uint32_t rx_stride = ring_stride(settings.ring_slots, AVP_ARM_BYTES);
    Cursor cursor;
    DeviceLayout layout;
    layout.sync = cursor.take(sizeof(avp_request));
    layout.request = cursor.take(AVP_FIFO_BYTES(kControlSlots));
    layout.response = cursor.take(AVP_FIFO_BYTES(kControlSlots));
    layout.tx = cursor.rings(stride, settings.tx_queues.maximum);
    layout.alloc = cursor.rings(stride, settings.tx_queues.maximum);
    layout.rx = cursor.rings(rx_stride, settings.rx_queues.maximum);
    layout.free = cursor.rings(stride, settings.rx_queues.maximum);
    layout.pool = rounded_up(cursor.next(), kPage);
    layout.buffer_stride = buffer_stride(settings.buffer_bytes);
    layout.pool_bytes = std::uint64_t{settings.buffers} * layout.buffer_stride;
    layout.bytes = rounded_up(layout.pool + layout.pool_bytes, kPage);
    return layout;
}

AddressPlan AddressPlan::of_generation(std::uint32_t generation) {
    // Neither canonical on x86-64 or arm64 nor within 52 physical bits: who takes one for a real address faults. A
    // device is smaller than 2^36 bytes.
    constexpr std::uint64_t kVirtual = 0x4156'0000'0000'0000;
    constexpr std::uint64_t kPhysical = 0x4150'0000'0000'0000;
    const std::uint64_t place = std::uint64_t{generation & 0xFFFU} << 36U;
    return {kVirtual | place, kPhysical | place};
}

}  // namespace vnf::avp
