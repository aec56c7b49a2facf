// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One device and its guest in one process, and frames to send. The settings are small, so that bounds are near.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "avp-host/device.hpp"
#include "tests/avp-host/test_guest.hpp"

namespace vnf::avp::test {

class RecordedInterrupts final : public InterruptLine {
  public:
    void raise(unsigned vector) override { raised.push_back(vector); }
    std::vector<unsigned> raised;
};

inline DeviceSettings small_settings() {
    DeviceSettings settings;
    settings.interface_name = "avp0";
    settings.mac = {0x02, 0, 0, 0, 0, 1};
    settings.device_id = 77;
    settings.rx_queues = {1, 2, 4};
    settings.tx_queues = {1, 2, 4};
    settings.ring_slots = 64;
    settings.buffers = 256;
    settings.buffer_bytes = 512;
    settings.max_frame_bytes = 1522;
    return settings;
}

/// For frames of all sizes, many at once.
inline DeviceSettings stress_settings() {
    auto settings = small_settings();
    settings.ring_slots = 128;
    settings.buffers = 1024;
    settings.buffer_bytes = 2048;
    settings.max_frame_bytes = AVP_MAX_FRAME_BYTES;
    return settings;
}

/// `size` bytes with two addresses, the type 0x88B5 (for experiments) and a pattern that depends on `seed`.
inline std::vector<std::byte> frame_bytes(std::size_t size, unsigned seed = 1) {
    std::vector<std::byte> bytes(size);
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = std::byte((i * 7 + seed * 13) & 0xFFU);
    const std::array<unsigned, 14> head{2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, seed & 0xFFU, 0x88, 0xB5};
    for (std::size_t i = 0; i < head.size() && i < size; ++i)
        bytes[i] = std::byte(head[i]);
    return bytes;
}

inline Frame frame_of(std::span<const std::byte> bytes) {
    Frame frame;
    frame.segments[0] = bytes;
    frame.segment_count = 1;
    frame.bytes = static_cast<std::uint16_t>(bytes.size());
    return frame;
}

inline std::vector<std::byte> bytes_of(const Frame& frame) {
    std::vector<std::byte> bytes;
    for (const auto& segment : frame.used())
        bytes.insert(bytes.end(), segment.begin(), segment.end());
    return bytes;
}

struct DeviceStage {
    explicit DeviceStage(const DeviceSettings& settings = small_settings())
        : device(settings, Device::sealed_regions(settings), interrupts),
          guest({device.regions().memory.bytes(), device.regions().memory_map.bytes(),
                 device.regions().device_info.bytes()},
                [this] { device.poll(); }) {}

    /// Configured with everything that is offered and this guest can do, and up.
    void bring_up(std::uint16_t tx_queues = 1, std::uint16_t rx_queues = 1) {
        REQUIRE(guest.configure(guest.features(), tx_queues, rx_queues, true) == 0);
        for (int i = 0; i < 8; ++i)
            device.poll();
    }
    void bring_up_with(std::uint32_t features) {
        REQUIRE(guest.configure(features, 1, 1, true) == 0);
        for (int i = 0; i < 8; ++i)
            device.poll();
    }

    std::vector<std::vector<std::byte>> receive_all() {
        std::vector<std::vector<std::byte>> all;
        std::array<Frame, kBurst> frames;
        while (const std::size_t count = device.receive(frames)) {
            for (std::size_t i = 0; i < count; ++i)
                all.push_back(bytes_of(frames[i]));
            device.done_with_received();
        }
        return all;
    }
    std::size_t transmit(std::span<const std::byte> bytes, std::optional<std::uint16_t> tci = std::nullopt) {
        Frame frame = frame_of(bytes);
        frame.vlan_tci = tci;
        return device.transmit({&frame, 1});
    }
    std::uint64_t faults(Fault fault) const { return device.statistics().of(fault); }
    std::uint64_t drops(Drop drop) const { return device.statistics().of(drop); }

    RecordedInterrupts interrupts;
    Device device;
    TestGuest guest;
};

}  // namespace vnf::avp::test
