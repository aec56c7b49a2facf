// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Counters as ethdev has them, and as extended statistics by their names: what the guest did against the rules, why
// frames for it were dropped, and each of its queues.
#include <rte_string_fns.h>

#include <string>

#include "avp-host/dpdk/ethdev.hpp"

namespace vnf::avp::dpdk {
namespace {

using QueueCounts = std::array<QueueStatistics, AVP_MAX_QUEUES>;

std::uint64_t sum(const QueueCounts& queues, std::uint64_t QueueStatistics::*field) {
    std::uint64_t all = 0;
    for (const QueueStatistics& queue : queues)
        all += queue.*field;
    return all;
}

std::uint64_t dropped_to_guest(const PortStatistics& statistics) {
    std::uint64_t all = statistics.queues.tx_too_long;
    for (const std::uint64_t drops : statistics.device.drops)
        all += drops;
    return all;
}

template <typename Visitor>
void visit_queues(const char* prefix, const QueueCounts& queues, const Visitor& visit) {
    for (std::size_t i = 0; i < queues.size(); ++i) {
        const std::string name = prefix + std::to_string(i);
        visit(name + "_frames", queues[i].frames);
        visit(name + "_bytes", queues[i].bytes);
        visit(name + "_dropped", queues[i].dropped);
    }
}

/// The same names in the same order each time.
template <typename Visitor>
void visit_all(const PortStatistics& statistics, const Visitor& visit) {
    const DeviceStatistics& device = statistics.device;
    for (std::size_t i = 0; i < kFaults; ++i)
        visit("fault_" + std::string(name_of(static_cast<Fault>(i))), device.faults[i]);
    for (std::size_t i = 0; i < kDrops; ++i)
        visit("tx_drop_" + std::string(name_of(static_cast<Drop>(i))), device.drops[i]);
    visit("rx_too_long", statistics.queues.rx_too_long);
    visit("tx_beyond_any_frame", statistics.queues.tx_too_long);
    visit("guest_requests", device.requests);
    visit("guest_resets", device.resets);
    visit("guest_rx_interrupts", device.rx_interrupts);
    for (std::size_t i = 0; i < statistics.rx_frames.size(); ++i)
        visit("host_rx_q" + std::to_string(i) + "_frames", statistics.rx_frames[i]);
    visit_queues("guest_tx_q", device.from_guest, visit);
    visit_queues("guest_rx_q", device.to_guest, visit);
}

unsigned count_all() {
    unsigned count = 0;
    visit_all({}, [&count](const std::string&, std::uint64_t) { ++count; });
    return count;
}

}  // namespace

int stats_get(rte_eth_dev* dev, rte_eth_stats* stats) {
    return on_port(dev, [stats](HostPort& port) {
        const PortStatistics now = port.statistics();
        stats->ipackets = now.queues.rx_frames;
        stats->ibytes = now.queues.rx_bytes;
        stats->ierrors = sum(now.device.from_guest, &QueueStatistics::dropped) + now.queues.rx_too_long;
        stats->rx_nombuf = now.queues.rx_no_mbuf;
        stats->opackets = sum(now.device.to_guest, &QueueStatistics::frames);
        stats->obytes = sum(now.device.to_guest, &QueueStatistics::bytes);
        stats->oerrors = dropped_to_guest(now);
        return 0;
    });
}

int stats_reset(rte_eth_dev* dev) {
    return on_port(dev, [](HostPort& port) {
        port.reset_statistics();
        return 0;
    });
}

int xstats_get(rte_eth_dev* dev, rte_eth_xstat* xstats, unsigned count) {
    return on_port(dev, [xstats, count](HostPort& port) {
        const unsigned all = count_all();
        if (xstats == nullptr || count < all)
            return static_cast<int>(all);
        std::uint64_t id = 0;
        visit_all(port.statistics(), [xstats, &id](const std::string&, std::uint64_t value) {
            xstats[id] = {id, value};
            ++id;
        });
        return static_cast<int>(all);
    });
}

int xstats_get_names(rte_eth_dev* dev, rte_eth_xstat_name* names, unsigned count) {
    return on_port(dev, [names, count](HostPort&) {
        const unsigned all = count_all();
        if (names == nullptr || count < all)
            return static_cast<int>(all);
        unsigned id = 0;
        visit_all({}, [names, &id](const std::string& name, std::uint64_t) {
            rte_strscpy(names[id++].name, name.c_str(), RTE_ETH_XSTATS_NAME_SIZE);
        });
        return static_cast<int>(all);
    });
}

}  // namespace vnf::avp::dpdk
