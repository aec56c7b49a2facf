// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The DPDK driver as a fuzzer meets it: its own objects and the real ethdev, with EAL started once, but one thread and a
// clock that stands still unless it is looked at. The watching thread is a call; registers are the fuzzer's.
//
// Mbufs in the pool, what lies between them and freed queues are poisoned, so that one byte too many is a report.
#pragma once

#include <cstdint>
#include <optional>

extern "C" {
#include "avp-pmd/avp_ethdev.h"
}

namespace vnf::fuzz {

/// What the driver meets while it runs.
class DriverWorld {
  public:
    virtual ~DriverWorld() = default;
    virtual std::optional<std::uint32_t> read_register(std::uint32_t offset) = 0;  ///< nothing: the bus fails
    virtual void write_register(std::uint32_t offset, std::uint32_t value) = 0;
    virtual void reset() = 0;
    /// Amid the driver's own work: it looks at the clock, takes or gives mbufs. A host may do something now.
    virtual void moment() = 0;
    /// Whether the mempool gives nothing now.
    virtual bool starves() const = 0;
};

/// Mbufs whose first one has `room` bytes behind the headroom. The same pool each time.
rte_mempool* guarded_pool(unsigned room);
/// Whether every mbuf of the pool is there.
bool is_full(const rte_mempool* pool);

struct DriverSetup {
    std::uint16_t rx_queues = 1;
    std::uint16_t tx_queues = 1;
    std::uint16_t mtu = 1500;
    std::uint64_t rx_offloads = 0;
    std::uint64_t tx_offloads = 0;
    bool rx_interrupts = false;
    rte_mempool* pool = nullptr;
};

/// One port, from its probe to its close.
class DriverPort {
  public:
    /// `world` outlives it; it is the one whose moments come.
    explicit DriverPort(DriverWorld& world);
    ~DriverPort();
    DriverPort(const DriverPort&) = delete;
    DriverPort& operator=(const DriverPort&) = delete;

    /// 0, or why the device is refused.
    int probe(const avp_regions& regions);
    int configure(const DriverSetup& setup);
    /// As the socket's bus does when its host has gone and another one is there.
    int reattach(const avp_regions& regions);
    /// One round of the watching thread.
    void follow();
    std::uint16_t id() const { return port_->data->port_id; }

  private:
    avp_device* device_;
    rte_eth_dev* port_;
    bool is_probed_ = false;
};

}  // namespace vnf::fuzz
