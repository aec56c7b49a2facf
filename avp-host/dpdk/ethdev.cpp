// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See ethdev.hpp. Configuration, queues, link; statistics are in ethdev_stats.cpp.
#include "avp-host/dpdk/ethdev.hpp"

#include <rte_ether.h>

#include <algorithm>
#include <new>

#include "avp-host/dpdk/rx_queue.hpp"
#include "avp-host/dpdk/telemetry.hpp"
#include "avp-host/dpdk/tx_queue.hpp"

namespace vnf::avp::dpdk {
namespace {

constexpr std::uint64_t rx_offloads = RTE_ETH_RX_OFFLOAD_VLAN_STRIP | RTE_ETH_RX_OFFLOAD_SCATTER;
constexpr std::uint64_t tx_offloads = RTE_ETH_TX_OFFLOAD_VLAN_INSERT | RTE_ETH_TX_OFFLOAD_MULTI_SEGS;

RxQueue* rx_queue_of(rte_eth_dev& dev, std::uint16_t queue) {
    return static_cast<RxQueue*>(dev.data->rx_queues[queue]);
}

std::uint16_t rx_burst(void* queue, rte_mbuf** mbufs, std::uint16_t count) {
    return static_cast<RxQueue*>(queue)->burst(mbufs, count);
}

std::uint16_t tx_burst(void* queue, rte_mbuf** mbufs, std::uint16_t count) {
    return static_cast<TxQueue*>(queue)->burst(mbufs, count);
}

// --- Configuration ---

int configure(rte_eth_dev* /*dev*/) {
    return 0;
}

int get_info(rte_eth_dev* dev, rte_eth_dev_info* info) {
    const DeviceSettings& settings = private_of(*dev).port->settings();
    info->max_rx_queues = settings.tx_queues.maximum;
    info->max_tx_queues = kMostTxQueues;
    info->max_mac_addrs = 1;
    info->max_rx_pktlen = settings.max_frame_bytes;
    info->max_mtu = static_cast<std::uint16_t>(settings.max_frame_bytes - kFrameOverhead);
    info->min_mtu = RTE_ETHER_MIN_MTU;
    info->min_rx_bufsize = kHeaderBytes;
    info->rx_offload_capa = rx_offloads;
    info->tx_offload_capa = tx_offloads;
    info->speed_capa = RTE_ETH_LINK_SPEED_10G;
    info->default_rxportconf.burst_size = 32;
    info->default_txportconf.burst_size = 32;
    info->default_rxportconf.nb_queues = 1;
    info->default_txportconf.nb_queues = 1;
    return 0;
}

/// An application that has not asked for chains of mbufs gets none.
int check_room(rte_eth_dev& dev, std::uint32_t mtu) {
    const bool scatters = (dev.data->dev_conf.rxmode.offloads & RTE_ETH_RX_OFFLOAD_SCATTER) != 0;
    for (std::uint16_t queue = 0; queue < dev.data->nb_rx_queues && !scatters; ++queue) {
        const std::size_t room = rx_queue_of(dev, queue)->mbuf_room();
        if (room >= mtu + kFrameOverhead)
            continue;
        rte_log(RTE_LOG_ERR, RTE_LOGTYPE_PMD,
                "%s: mtu: %u does not fit into mbufs of %zu bytes without the scatter offload, at most %zu\n",
                dev.data->name, mtu, room, room < kFrameOverhead ? 0 : room - kFrameOverhead);
        return -EINVAL;
    }
    return 0;
}

int set_mtu(rte_eth_dev* dev, std::uint16_t mtu) {
    if (dev->data->dev_started != 0) {
        if (const int error = check_room(*dev, mtu))
            return error;
    }
    return on_port(dev, [mtu](HostPort& port) {
        port.set_frame_limit(mtu + kFrameOverhead);
        return 0;
    });
}

int set_vlan_offload(rte_eth_dev* dev, int mask) {
    if ((static_cast<unsigned>(mask) & RTE_ETH_VLAN_STRIP_MASK) == 0)
        return 0;
    const bool strips = (dev->data->dev_conf.rxmode.offloads & RTE_ETH_RX_OFFLOAD_VLAN_STRIP) != 0;
    return on_port(dev, [dev, strips](HostPort& port) {
        const auto held = port.gate().hold();
        for (std::uint16_t queue = 0; queue < dev->data->nb_rx_queues; ++queue)
            rx_queue_of(*dev, queue)->strip_vlan(strips);
        return 0;
    });
}

/// The host's end is not seen by the guest.
int set_mac(rte_eth_dev* /*dev*/, rte_ether_addr* /*mac*/) {
    return 0;
}

/// Every frame of the guest is delivered in any case.
int accept_filter(rte_eth_dev* /*dev*/) {
    return 0;
}

// --- Queues ---

int set_up_rx(rte_eth_dev* dev, std::uint16_t number, std::uint16_t /*slots*/, unsigned /*socket*/,
              const rte_eth_rxconf* /*config*/, rte_mempool* pool) {
    return on_port(dev, [=](HostPort& port) {
        auto queue = std::make_unique<RxQueue>(port, dev->data->port_id, number, *pool);
        queue->strip_vlan((dev->data->dev_conf.rxmode.offloads & RTE_ETH_RX_OFFLOAD_VLAN_STRIP) != 0);
        dev->data->rx_queues[number] = queue.release();
        return 0;
    });
}

int set_up_tx(rte_eth_dev* dev, std::uint16_t number, std::uint16_t /*slots*/, unsigned /*socket*/,
              const rte_eth_txconf* /*config*/) {
    return on_port(dev, [=](HostPort& port) {
        dev->data->tx_queues[number] = std::make_unique<TxQueue>(port, number).release();
        return 0;
    });
}

void release_rx(rte_eth_dev* dev, std::uint16_t number) {
    const std::unique_ptr<RxQueue> queue(rx_queue_of(*dev, number));
    dev->data->rx_queues[number] = nullptr;
}

void release_tx(rte_eth_dev* dev, std::uint16_t number) {
    const std::unique_ptr<TxQueue> queue(static_cast<TxQueue*>(dev->data->tx_queues[number]));
    dev->data->tx_queues[number] = nullptr;
}

void set_queue_states(rte_eth_dev_data& data, std::uint8_t state) {
    std::fill_n(data.rx_queue_state, data.nb_rx_queues, state);
    std::fill_n(data.tx_queue_state, data.nb_tx_queues, state);
}

// --- Start, stop, link ---

int update_link(rte_eth_dev* dev, int /*wait*/) {
    rte_eth_link link{};
    link.link_speed = RTE_ETH_SPEED_NUM_10G;
    link.link_duplex = RTE_ETH_LINK_FULL_DUPLEX;
    link.link_autoneg = RTE_ETH_LINK_FIXED;
    link.link_status = private_of(*dev).port->link_is_up() ? RTE_ETH_LINK_UP : RTE_ETH_LINK_DOWN;
    return rte_eth_linkstatus_set(dev, &link);
}

void tell_link(rte_eth_dev& dev) {
    if (update_link(&dev, 0) == 0)
        rte_eth_dev_callback_process(&dev, RTE_ETH_EVENT_INTR_LSC, nullptr);
}

int start(rte_eth_dev* dev) {
    if (const int error = check_room(*dev, dev->data->mtu))
        return error;
    set_queue_states(*dev->data, RTE_ETH_QUEUE_STATE_STARTED);
    return on_port(dev, [dev](HostPort& port) {
        port.set_frame_limit(dev->data->mtu + kFrameOverhead);
        port.start(dev->data->nb_rx_queues, dev->data->nb_tx_queues, dev->data->dev_conf.intr_conf.lsc != 0);
        return update_link(dev, 0) * 0;
    });
}

int stop(rte_eth_dev* dev) {
    set_queue_states(*dev->data, RTE_ETH_QUEUE_STATE_STOPPED);
    return on_port(dev, [dev](HostPort& port) {
        port.stop();
        return update_link(dev, 0) * 0;
    });
}

int set_link(rte_eth_dev* dev, bool is_up) {
    return on_port(dev, [is_up](HostPort& port) {
        port.set_link(is_up);
        return 0;
    });
}

/// ethdev frees `dev_private`, and would free the addresses.
int close(rte_eth_dev* dev) {
    if (rte_eal_process_type() != RTE_PROC_PRIMARY)
        return 0;
    hide_port(dev->data->port_id);
    // Before anything that its control thread may still look at.
    std::unique_ptr<HostPort>(private_of(*dev).port).reset();
    private_of(*dev).port = nullptr;
    dev->data->mac_addrs = nullptr;
    for (std::uint16_t queue = 0; queue < dev->data->nb_rx_queues; ++queue)
        release_rx(dev, queue);
    for (std::uint16_t queue = 0; queue < dev->data->nb_tx_queues; ++queue)
        release_tx(dev, queue);
    return 0;
}

eth_dev_ops operations() {
    eth_dev_ops ops{};
    ops.dev_configure = configure;
    ops.dev_start = start;
    ops.dev_stop = stop;
    ops.dev_close = close;
    ops.dev_set_link_up = [](rte_eth_dev* dev) {
        return set_link(dev, true);
    };
    ops.dev_set_link_down = [](rte_eth_dev* dev) {
        return set_link(dev, false);
    };
    ops.link_update = update_link;
    ops.dev_infos_get = get_info;
    ops.mtu_set = set_mtu;
    ops.mac_addr_set = set_mac;
    ops.promiscuous_enable = accept_filter;
    ops.promiscuous_disable = accept_filter;
    ops.allmulticast_enable = accept_filter;
    ops.allmulticast_disable = accept_filter;
    ops.vlan_offload_set = set_vlan_offload;
    ops.rx_queue_setup = set_up_rx;
    ops.tx_queue_setup = set_up_tx;
    ops.rx_queue_release = release_rx;
    ops.tx_queue_release = release_tx;
    ops.stats_get = stats_get;
    ops.stats_reset = stats_reset;
    ops.xstats_get = xstats_get;
    ops.xstats_reset = stats_reset;
    ops.xstats_get_names = xstats_get_names;
    return ops;
}

/// The guest's card and the host's end of the cable are two stations, so that a host that answers for its port is not
/// taken for its guest: the first byte differs, as with a TAP of libvirt's.
rte_ether_addr host_mac(const MacAddress& guest) {
    rte_ether_addr mac{};
    std::copy(guest.begin(), guest.end(), mac.addr_bytes);
    mac.addr_bytes[0] = guest[0] == 0xFE ? 0xFA : 0xFE;
    return mac;
}

}  // namespace

void open_port(rte_eth_dev& dev, const HostPortSettings& settings) {
    static const eth_dev_ops ops = operations();
    Private& own = private_of(dev);
    own.mac = host_mac(settings.device.mac);
    dev.data->mac_addrs = &own.mac;
    dev.data->promiscuous = 1;
    dev.data->dev_link = {};
    dev.data->dev_flags |= RTE_ETH_DEV_INTR_LSC;
    dev.dev_ops = &ops;
    dev.rx_pkt_burst = rx_burst;
    dev.tx_pkt_burst = tx_burst;
    try {
        own.port = std::make_unique<HostPort>(dev.data->name, settings, [&dev] { tell_link(dev); }).release();
    } catch (...) {
        dev.data->mac_addrs = nullptr;
        throw;
    }
    show_port(dev.data->port_id, *own.port);
}

}  // namespace vnf::avp::dpdk
