// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A HostPort as DPDK's ethdev: what an application can ask of it. Of receive queues there are as many as the guest may
// have to send with, of transmit queues also more, for an lcore each.
//
// Policy. No exception leaves these functions: it is logged and becomes a negative errno.
#pragma once

#include <ethdev_driver.h>

#include <exception>
#include <memory>

#include "avp-host/dpdk/host_port.hpp"

namespace vnf::avp::dpdk {

constexpr std::uint16_t kMostTxQueues = 64;
/// Header and one tag.
constexpr std::uint32_t kFrameOverhead = RTE_ETHER_HDR_LEN + RTE_VLAN_HLEN;

/// What ethdev keeps of a port.
struct Private {
    HostPort* port;
    rte_ether_addr mac;  ///< of the host's end
};

inline Private& private_of(rte_eth_dev& dev) {
    return *static_cast<Private*>(dev.data->dev_private);
}

/// Runs `operation` on the port; 0, what it returns, or a negative errno for what it throws.
template <typename Operation>
int on_port(rte_eth_dev* dev, Operation operation) noexcept {
    try {
        return operation(*private_of(*dev).port);
    } catch (const std::exception& error) {
        rte_log(RTE_LOG_ERR, RTE_LOGTYPE_PMD, "%s: %s\n", dev->data->name, error.what());
        return -EIO;
    }
}

/// Gives the ethdev its port, its operations and its addresses. Throws what HostPort throws, or std::bad_alloc.
void open_port(rte_eth_dev& dev, const HostPortSettings& settings);

// ethdev_stats.cpp
int stats_get(rte_eth_dev* dev, rte_eth_stats* stats);
int stats_reset(rte_eth_dev* dev);
int xstats_get(rte_eth_dev* dev, rte_eth_xstat* xstats, unsigned count);
int xstats_get_names(rte_eth_dev* dev, rte_eth_xstat_name* names, unsigned count);

}  // namespace vnf::avp::dpdk
