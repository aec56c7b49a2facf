/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * The port's operations: configured, started, stopped, closed, its MTU, its link.
 */
#include "avp_ethdev.h"

#include <errno.h>
#include <rte_malloc.h>

#include "avp_log.h"
#include "avp_watch.h"

RTE_LOG_REGISTER(avp_sdk_logtype, pmd.net.avp_sdk, NOTICE)

#define AVP_RX_OFFLOADS (RTE_ETH_RX_OFFLOAD_VLAN_STRIP | RTE_ETH_RX_OFFLOAD_SCATTER)
#define AVP_TX_OFFLOADS \
    (RTE_ETH_TX_OFFLOAD_VLAN_INSERT | RTE_ETH_TX_OFFLOAD_MULTI_SEGS | RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE)

static uint16_t max_mtu(const struct avp_device* device) {
    return (uint16_t)(device->geometry.max_frame_bytes - AVP_HEADER_BYTES);
}

/* --- Configuration ------------------------------------------------------------------------------------------- */

static int check_rx_interrupts(struct avp_device* device) {
    const char* obstacle;

    avp_sdk_device_lock(device);
    obstacle = avp_sdk_device_rx_interrupt_obstacle(device);
    avp_sdk_device_unlock(device);
    if (obstacle == NULL)
        return 0;
    AVP_LOG(ERR, avp_name(device), "intr_conf.rxq: %s", obstacle);
    return -ENOTSUP;
}

static int dev_configure(struct rte_eth_dev* port) {
    const struct rte_eth_conf* wanted = &port->data->dev_conf;

    return wanted->intr_conf.rxq == 0 ? 0 : check_rx_interrupts(avp_device_of(port));
}

static void fill_limits(const struct avp_geometry* geometry, struct rte_eth_dev_info* info) {
    info->min_rx_bufsize = AVP_MIN_ROOM_BYTES;
    info->max_rx_pktlen = geometry->max_frame_bytes;
    info->min_mtu = RTE_ETHER_MIN_MTU;
    info->max_mtu = (uint16_t)(geometry->max_frame_bytes - AVP_HEADER_BYTES);
    info->max_rx_queues = geometry->rx_queues.maximum;
    info->max_tx_queues = geometry->tx_queues.maximum;
    info->max_mac_addrs = AVP_MAX_MACS;
    info->rx_desc_lim = (struct rte_eth_desc_lim){.nb_max = AVP_MAX_RING_SLOTS, .nb_min = 1, .nb_align = 1};
    info->tx_desc_lim = (struct rte_eth_desc_lim){.nb_max = AVP_MAX_RING_SLOTS,
                                                  .nb_min = 1,
                                                  .nb_align = 1,
                                                  .nb_seg_max = UINT8_MAX,
                                                  .nb_mtu_seg_max = UINT8_MAX};
    info->default_rxportconf.ring_size = (uint16_t)geometry->rings[AVP_RX][0].slots;
    info->default_rxportconf.nb_queues = geometry->rx_queues.recommended;
    info->default_txportconf.ring_size = (uint16_t)geometry->rings[AVP_TX][0].slots;
    info->default_txportconf.nb_queues = geometry->tx_queues.recommended;
}

static int dev_infos_get(struct rte_eth_dev* port, struct rte_eth_dev_info* info) {
    struct avp_device* device = avp_device_of(port);

    avp_sdk_device_lock(device);
    fill_limits(&device->geometry, info);
    avp_sdk_device_unlock(device);
    info->speed_capa = RTE_ETH_LINK_SPEED_10G | RTE_ETH_LINK_SPEED_FIXED;
    info->rx_queue_offload_capa = AVP_RX_OFFLOADS;
    info->rx_offload_capa = AVP_RX_OFFLOADS;
    info->tx_queue_offload_capa = AVP_TX_OFFLOADS;
    info->tx_offload_capa = AVP_TX_OFFLOADS;
    info->default_rxportconf.burst_size = 32;
    info->default_txportconf.burst_size = 32;
    info->dev_capa &= ~RTE_ETH_DEV_CAPA_FLOW_RULE_KEEP;
    return 0;
}

/* Frames of the MTU fit one mbuf, or the application takes chains. */
static int check_rooms(const struct rte_eth_dev* port, uint16_t mtu) {
    uint16_t i;

    for (i = 0; i < port->data->nb_rx_queues; i++) {
        const struct avp_rx_queue* queue = port->data->rx_queues[i];

        if (queue != NULL && !queue->is_scattered && mtu + (uint32_t)AVP_HEADER_BYTES > queue->room_first) {
            AVP_LOG(ERR, port->data->name,
                    "an MTU of %u needs RTE_ETH_RX_OFFLOAD_SCATTER: mbufs of RX queue %u have %u bytes", mtu,
                    i, queue->room_first);
            return -EINVAL;
        }
    }
    return 0;
}

static int mtu_set(struct rte_eth_dev* port, uint16_t mtu) {
    struct avp_device* device = avp_device_of(port);
    int error = check_rooms(port, mtu);

    if (error != 0)
        return error;
    avp_sdk_device_lock(device);
    if (mtu > max_mtu(device))
        error = -EINVAL;
    else
        error = avp_sdk_device_pause(device);
    if (error == 0) {
        port->data->mtu = mtu;
        avp_sdk_device_set_limits(device);
        if (device->is_started)
            avp_sdk_device_tell_mtu(device);
    }
    avp_sdk_device_resume(device);
    avp_sdk_device_unlock(device);
    return error;
}

/* --- Start and stop ------------------------------------------------------------------------------------------ */

static int check_queues(const struct rte_eth_dev* port) {
    uint16_t i;

    for (i = 0; i < port->data->nb_rx_queues; i++)
        if (port->data->rx_queues[i] == NULL)
            return -EINVAL;
    for (i = 0; i < port->data->nb_tx_queues; i++)
        if (port->data->tx_queues[i] == NULL)
            return -EINVAL;
    return check_rooms(port, port->data->mtu);
}

static void show_queue_states(struct rte_eth_dev* port, bool is_started) {
    uint16_t i;

    for (i = 0; i < port->data->nb_rx_queues; i++) {
        struct avp_rx_queue* queue = port->data->rx_queues[i];

        queue->is_stopped = queue->is_deferred;
        port->data->rx_queue_state[i] =
            is_started && !queue->is_stopped ? RTE_ETH_QUEUE_STATE_STARTED : RTE_ETH_QUEUE_STATE_STOPPED;
    }
    for (i = 0; i < port->data->nb_tx_queues; i++) {
        struct avp_tx_queue* queue = port->data->tx_queues[i];

        queue->is_stopped = queue->is_deferred;
        port->data->tx_queue_state[i] =
            is_started && !queue->is_stopped ? RTE_ETH_QUEUE_STATE_STARTED : RTE_ETH_QUEUE_STATE_STOPPED;
    }
}

static int dev_start(struct rte_eth_dev* port) {
    struct avp_device* device = avp_device_of(port);
    int error = check_queues(port);

    if (error != 0)
        return error;
    show_queue_states(port, true);
    avp_sdk_device_lock(device);
    error = avp_sdk_device_start(device);
    avp_sdk_device_unlock(device);
    if (error != 0)
        show_queue_states(port, false);
    return error;
}

static int dev_stop(struct rte_eth_dev* port) {
    struct avp_device* device = avp_device_of(port);
    int error;

    avp_sdk_device_lock(device);
    error = avp_sdk_device_stop(device);
    avp_sdk_device_unlock(device);
    if (error != 0)
        return error;
    show_queue_states(port, false);
    port->data->dev_started = 0;
    return 0;
}

static int set_down(struct rte_eth_dev* port, bool is_down) {
    struct avp_device* device = avp_device_of(port);
    int error;

    avp_sdk_device_lock(device);
    error = avp_sdk_device_set_down(device, is_down);
    avp_sdk_device_unlock(device);
    return error;
}

static int dev_set_link_up(struct rte_eth_dev* port) {
    return set_down(port, false);
}

static int dev_set_link_down(struct rte_eth_dev* port) {
    return set_down(port, true);
}

/* The watching thread keeps the link up to date; nothing is waited for. */
static int link_update(struct rte_eth_dev* port, int wait_to_complete) {
    (void)port;
    (void)wait_to_complete;
    return 0;
}

static int is_removed(struct rte_eth_dev* port) {
    struct avp_device* device = avp_device_of(port);
    int gone;

    avp_sdk_device_lock(device);
    gone = device->presence == AVP_GONE ? 1 : 0;
    avp_sdk_device_unlock(device);
    return gone;
}

static int dev_reset(struct rte_eth_dev* port) {
    struct avp_device* device = avp_device_of(port);
    int error;

    avp_sdk_device_lock(device);
    error = avp_sdk_device_shut_down(device);
    if (error == 0 && device->bus->reset != NULL)
        error = device->bus->reset(device);
    if (error == 0)
        error = avp_sdk_device_attach(device);
    avp_sdk_device_unlock(device);
    return error;
}

int avp_sdk_ethdev_close(struct rte_eth_dev* port) {
    struct avp_device* device = avp_device_of(port);
    int error;
    uint16_t i;

    if (rte_eal_process_type() != RTE_PROC_PRIMARY)
        return 0;
    avp_sdk_watch_stop(device);
    avp_sdk_device_lock(device);
    error = avp_sdk_device_shut_down(device);
    avp_sdk_device_unlock(device);
    if (error != 0)
        return error;
    for (i = 0; i < port->data->nb_rx_queues; i++)
        avp_sdk_rx_queue_release(port, i);
    for (i = 0; i < port->data->nb_tx_queues; i++)
        avp_sdk_tx_queue_release(port, i);
    device->bus->close(device);
    (void)pthread_mutex_destroy(&device->lock);
    return 0;
}

static const struct eth_dev_ops operations = {
    .dev_configure = dev_configure,
    .dev_start = dev_start,
    .dev_stop = dev_stop,
    .dev_set_link_up = dev_set_link_up,
    .dev_set_link_down = dev_set_link_down,
    .dev_close = avp_sdk_ethdev_close,
    .dev_reset = dev_reset,
    .link_update = link_update,
    .is_removed = is_removed,
    .promiscuous_enable = avp_sdk_promiscuous_enable,
    .promiscuous_disable = avp_sdk_promiscuous_disable,
    .allmulticast_enable = avp_sdk_allmulticast_enable,
    .allmulticast_disable = avp_sdk_allmulticast_disable,
    .mac_addr_remove = avp_sdk_mac_addr_remove,
    .mac_addr_add = avp_sdk_mac_addr_add,
    .mac_addr_set = avp_sdk_mac_addr_set,
    .set_mc_addr_list = avp_sdk_set_mc_addr_list,
    .mtu_set = mtu_set,
    .stats_get = avp_sdk_stats_get,
    .stats_reset = avp_sdk_stats_reset,
    .xstats_get = avp_sdk_xstats_get,
    .xstats_reset = avp_sdk_stats_reset,
    .xstats_get_names = avp_sdk_xstats_names,
    .dev_infos_get = dev_infos_get,
    .rxq_info_get = avp_sdk_rxq_info_get,
    .txq_info_get = avp_sdk_txq_info_get,
    .rx_burst_mode_get = avp_sdk_burst_mode_get,
    .tx_burst_mode_get = avp_sdk_burst_mode_get,
    .vlan_strip_queue_set = avp_sdk_vlan_strip_queue_set,
    .vlan_offload_set = avp_sdk_vlan_offload_set,
    .rx_queue_start = avp_sdk_rx_queue_start,
    .rx_queue_stop = avp_sdk_rx_queue_stop,
    .tx_queue_start = avp_sdk_tx_queue_start,
    .tx_queue_stop = avp_sdk_tx_queue_stop,
    .rx_queue_setup = avp_sdk_rx_queue_setup,
    .rx_queue_intr_enable = avp_sdk_rx_queue_intr_enable,
    .rx_queue_intr_disable = avp_sdk_rx_queue_intr_disable,
    .rx_queue_release = avp_sdk_rx_queue_release,
    .tx_queue_setup = avp_sdk_tx_queue_setup,
    .tx_queue_release = avp_sdk_tx_queue_release,
};

/* For a secondary process: what only reads. The bus's functions are the primary's. */
static const struct eth_dev_ops secondary_operations = {
    .dev_close = avp_sdk_ethdev_close,
    .link_update = link_update,
    .stats_get = avp_sdk_stats_get,
    .stats_reset = avp_sdk_stats_reset,
    .xstats_get = avp_sdk_xstats_get,
    .xstats_reset = avp_sdk_stats_reset,
    .xstats_get_names = avp_sdk_xstats_names,
    .dev_infos_get = dev_infos_get,
    .rxq_info_get = avp_sdk_rxq_info_get,
    .txq_info_get = avp_sdk_txq_info_get,
    .rx_burst_mode_get = avp_sdk_burst_mode_get,
    .tx_burst_mode_get = avp_sdk_burst_mode_get,
};

static void set_datapath(struct rte_eth_dev* port) {
    port->rx_pkt_burst = avp_sdk_rx_burst;
    port->tx_pkt_burst = avp_sdk_tx_burst;
    port->rx_queue_count = avp_sdk_rx_queue_count;
    port->rx_descriptor_status = avp_sdk_rx_descriptor_status;
    port->tx_descriptor_status = avp_sdk_tx_descriptor_status;
}

void avp_sdk_ethdev_init_secondary(struct rte_eth_dev* port) {
    struct avp_gate registered;

    /* This process's lcores must be reached by the fence of the primary's control too. */
    avp_sdk_gate_init(&registered);
    port->dev_ops = &secondary_operations;
    set_datapath(port);
}

int avp_sdk_ethdev_init(struct rte_eth_dev* port) {
    struct avp_device* device = avp_device_of(port);

    port->data->mac_addrs = rte_zmalloc("avp addresses", AVP_MAX_MACS * sizeof(struct rte_ether_addr), 0);
    if (port->data->mac_addrs == NULL)
        return -ENOMEM;
    memcpy(port->data->mac_addrs[0].addr_bytes, device->geometry.mac, RTE_ETHER_ADDR_LEN);
    memcpy(&device->filter.macs[0], device->geometry.mac, RTE_ETHER_ADDR_LEN);
    device->filter.mac_count = 1;
    port->data->dev_flags |= RTE_ETH_DEV_AUTOFILL_QUEUE_XSTATS | RTE_ETH_DEV_INTR_LSC;
    port->dev_ops = &operations;
    set_datapath(port);
    return avp_sdk_watch_start(device);
}
