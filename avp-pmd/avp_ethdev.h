/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * The device as ethdev sees it, whatever bus it came by.
 */
#ifndef AVP_ETHDEV_H
#define AVP_ETHDEV_H

#include "avp_device.h"

/* Gives a port whose device is attached its operations and its address, and starts the watching thread. */
int avp_sdk_ethdev_init(struct rte_eth_dev* port);
/* A secondary process's side of a port: its queues and statistics, nothing that changes the device. */
void avp_sdk_ethdev_init_secondary(struct rte_eth_dev* port);
/* dev_close: the host is told, the thread ends, the bus lets go. */
int avp_sdk_ethdev_close(struct rte_eth_dev* port);

static inline struct avp_device* avp_device_of(const struct rte_eth_dev* port) {
    return (struct avp_device*)port->data->dev_private;
}

/* Queues: avp_ethdev_queues.c. */
int avp_sdk_rx_queue_setup(struct rte_eth_dev* port, uint16_t index, uint16_t descriptors, unsigned int node,
                           const struct rte_eth_rxconf* configuration, struct rte_mempool* mempool);
int avp_sdk_tx_queue_setup(struct rte_eth_dev* port, uint16_t index, uint16_t descriptors, unsigned int node,
                           const struct rte_eth_txconf* configuration);
void avp_sdk_rx_queue_release(struct rte_eth_dev* port, uint16_t index);
void avp_sdk_tx_queue_release(struct rte_eth_dev* port, uint16_t index);
int avp_sdk_rx_queue_start(struct rte_eth_dev* port, uint16_t index);
int avp_sdk_rx_queue_stop(struct rte_eth_dev* port, uint16_t index);
int avp_sdk_tx_queue_start(struct rte_eth_dev* port, uint16_t index);
int avp_sdk_tx_queue_stop(struct rte_eth_dev* port, uint16_t index);
void avp_sdk_rxq_info_get(struct rte_eth_dev* port, uint16_t index, struct rte_eth_rxq_info* info);
void avp_sdk_txq_info_get(struct rte_eth_dev* port, uint16_t index, struct rte_eth_txq_info* info);
int avp_sdk_burst_mode_get(struct rte_eth_dev* port, uint16_t index, struct rte_eth_burst_mode* mode);
int avp_sdk_rx_queue_intr_enable(struct rte_eth_dev* port, uint16_t index);
int avp_sdk_rx_queue_intr_disable(struct rte_eth_dev* port, uint16_t index);
uint32_t avp_sdk_rx_queue_count(void* queue);
int avp_sdk_rx_descriptor_status(void* queue, uint16_t offset);
int avp_sdk_tx_descriptor_status(void* queue, uint16_t offset);

/* Statistics: avp_ethdev_stats.c. */
int avp_sdk_stats_get(struct rte_eth_dev* port, struct rte_eth_stats* stats);
int avp_sdk_stats_reset(struct rte_eth_dev* port);
int avp_sdk_xstats_get(struct rte_eth_dev* port, struct rte_eth_xstat* values, unsigned int room);
int avp_sdk_xstats_names(struct rte_eth_dev* port, struct rte_eth_xstat_name* names, unsigned int room);

/* Which frames and tags: avp_ethdev_filter.c. */
int avp_sdk_promiscuous_enable(struct rte_eth_dev* port);
int avp_sdk_promiscuous_disable(struct rte_eth_dev* port);
int avp_sdk_allmulticast_enable(struct rte_eth_dev* port);
int avp_sdk_allmulticast_disable(struct rte_eth_dev* port);
int avp_sdk_mac_addr_set(struct rte_eth_dev* port, struct rte_ether_addr* mac);
int avp_sdk_mac_addr_add(struct rte_eth_dev* port, struct rte_ether_addr* mac, uint32_t index, uint32_t pool);
void avp_sdk_mac_addr_remove(struct rte_eth_dev* port, uint32_t index);
int avp_sdk_set_mc_addr_list(struct rte_eth_dev* port, struct rte_ether_addr* list, uint32_t count);
int avp_sdk_vlan_offload_set(struct rte_eth_dev* port, int mask);
void avp_sdk_vlan_strip_queue_set(struct rte_eth_dev* port, uint16_t index, int on);

#endif
