// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A guest's driver reduced to what the wire asks of it: it finds its way by the tables alone, asks, sends, receives,
// shuts down, and behaves. For tests that need a guest behind a device; the parts that it is made of are open, so that a
// test can misbehave at one place. Works on mappings of the regions, in the host's process or in another.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "avp-abi/avp_ring.h"

namespace vnf::avp::test {

struct GuestRegions {
    std::span<std::byte> memory;
    std::span<std::byte> memory_map;
    std::span<std::byte> device_info;
};

struct ReceivedFrame {
    std::vector<std::byte> bytes;
    std::optional<std::uint16_t> vlan_tci;
    std::size_t segments = 0;
};

class TestGuest {
  public:
    /// `run_host` is called while an answer is awaited: in one process it polls the device, else it yields. Throws
    /// std::runtime_error if a table is none.
    TestGuest(GuestRegions regions, std::function<void()> run_host);

    /// Reads the tables and opens the control rings; again after a migration or a reset.
    void open();
    const avp_device_info& info() const { return info_; }
    /// What is offered and this guest can do: as old drivers do, it counts on empty descriptors.
    std::uint32_t features() const { return info_.features & ~AVP_FEATURE_KEPT_DESCRIPTORS; }

    /// Asks and awaits the answer; throws std::runtime_error after 10 s.
    std::int32_t ask(const avp_request& request);
    /// With success the packet rings are open.
    std::int32_t configure(std::uint32_t features, std::uint16_t tx_queues, std::uint16_t rx_queues, bool up);
    std::int32_t set_interface(bool up);
    std::int32_t change_mtu(std::uint32_t mtu);
    std::int32_t shut_down();

    /// False if there are not enough empty buffers, or no room. Cut into pieces of `piece` bytes; 0: as few as hold it.
    bool send(std::size_t queue, std::span<const std::byte> bytes,
              std::optional<std::uint16_t> vlan_tci = std::nullopt, std::size_t piece = 0);
    std::optional<ReceivedFrame> receive(std::size_t queue);

    /// An empty buffer's handle; 0 if there is none.
    std::uint64_t take_empty(std::size_t queue);
    bool put_tx(std::size_t queue, std::uint64_t handle);
    /// The next frame's handle, not yet given back; 0 if there is none.
    std::uint64_t take_received(std::size_t queue);
    bool give_back(std::size_t queue, std::uint64_t handle);
    avp_descriptor* descriptor(std::uint64_t handle) const;
    std::byte* bytes_at(std::uint64_t address) const;  ///< of the pool, by host address
    std::byte* physical(std::uint64_t address) const;  ///< by the memory map; null outside
    std::uint32_t* arm_word(std::size_t queue) const;

    /// Rings as they lie in memory.
    avp_fifo* tx_fifo(std::size_t queue) const { return fifo(info_.tx, info_.tx_stride, queue); }
    avp_fifo* rx_fifo(std::size_t queue) const { return fifo(info_.rx, info_.rx_stride, queue); }
    avp_fifo* alloc_fifo(std::size_t queue) const { return fifo(info_.alloc, info_.alloc_stride, queue); }
    avp_fifo* free_fifo(std::size_t queue) const { return fifo(info_.free, info_.free_stride, queue); }
    avp_fifo* request_fifo() const { return fifo(info_.request, 0, 0); }
    avp_fifo* response_fifo() const { return fifo(info_.response, 0, 0); }
    avp_request* sync() const { return reinterpret_cast<avp_request*>(physical(info_.sync)); }

  private:
    struct Queues {
        avp_ring tx, rx, alloc, free;
    };

    void open_rings(std::size_t tx_queues, std::size_t rx_queues);
    avp_fifo* fifo(std::uint64_t first, std::uint32_t stride, std::size_t queue) const {
        return reinterpret_cast<avp_fifo*>(physical(first + queue * stride));
    }

    GuestRegions regions_;
    std::function<void()> run_host_;
    avp_device_info info_{};
    avp_memory_map map_{};
    avp_ring request_{};
    avp_ring response_{};
    std::array<Queues, AVP_MAX_QUEUES> queues_{};
};

}  // namespace vnf::avp::test
