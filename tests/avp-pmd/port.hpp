// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The application's side: EAL, started once without hugepages and PCI, and one port of a virtual device with its queues:
// the driver's own, or the host's.
#pragma once

#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tests/avp-pmd/driver_host.hpp"

namespace vnf::avp::test {

/// Once a process. Fails the test if EAL does not start.
void start_eal();
/// What the driver has logged since the last call.
std::string logged();

rte_mempool* frame_pool(unsigned room = 2048);

struct PortSettings {
    std::uint16_t rx_queues = 1;
    std::uint16_t tx_queues = 1;
    std::uint16_t mtu = 1500;
    std::uint64_t rx_offloads = 0;
    std::uint64_t tx_offloads = 0;
    bool lsc = false;
    bool rx_interrupts = false;
    bool promiscuous = true;
    rte_mempool* pool = nullptr;
};

class TestPort {
  public:
    /// The devargs behind `socket=PATH`. Throws std::runtime_error with the log if the probe refuses.
    explicit TestPort(const std::string& path, const std::string& devargs = "",
                      const std::string& driver = "net_avp_user");
    ~TestPort();

    int configure(const PortSettings& settings);
    int start() const { return rte_eth_dev_start(id_); }
    int stop() const { return rte_eth_dev_stop(id_); }
    /// Configured and started, or the test fails.
    void bring_up(const PortSettings& settings = {});

    std::uint16_t id() const { return id_; }
    rte_eth_stats stats() const;
    std::uint64_t xstat(const std::string& name) const;
    bool link_is_up() const;

    /// One frame in mbufs of at most `part` bytes each.
    rte_mbuf* frame(const TestFrame& frame, std::size_t part = 65535) const;
    /// Whether the driver took it; otherwise it is freed here.
    bool send(const TestFrame& frame, std::uint16_t queue = 0, std::size_t part = 65535) const;
    /// The same, tried until there is room; the test fails if there is none in time.
    void deliver(const TestFrame& frame, std::uint16_t queue = 0, std::size_t part = 65535) const;
    /// All that comes to a queue now.
    std::vector<TestFrame> receive(std::uint16_t queue = 0) const;
    /// The same of all queues.
    std::vector<TestFrame> receive_now() const;
    /// Waits for `count` frames on any of the queues.
    std::vector<TestFrame> receive_all(std::size_t count) const;

  private:
    std::string name_;
    std::uint16_t id_ = RTE_MAX_ETHPORTS;
    PortSettings settings_;
};

/// Two addresses (of the driver's port and another), an experimental type, a pattern.
TestFrame test_frame(std::size_t bytes, unsigned seed = 1);
std::vector<std::byte> bytes_of_chain(const rte_mbuf* mbuf);

}  // namespace vnf::avp::test
