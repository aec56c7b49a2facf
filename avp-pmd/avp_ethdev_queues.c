/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * Queues: set up, started and stopped one by one, and what they tell about themselves. The number of descriptors is the
 * host's; what an application asks for is taken, and what there is told by rxq_info and txq_info.
 */
#include <errno.h>
#include <rte_malloc.h>

#include "avp_ethdev.h"
#include "avp_log.h"
#include "avp_queue_map.h"

void avp_sdk_rx_queue_release(struct rte_eth_dev* port, uint16_t index) {
    rte_free(port->data->rx_queues[index]);
    port->data->rx_queues[index] = NULL;
}

void avp_sdk_tx_queue_release(struct rte_eth_dev* port, uint16_t index) {
    rte_free(port->data->tx_queues[index]);
    port->data->tx_queues[index] = NULL;
}

int avp_sdk_rx_queue_setup(struct rte_eth_dev* port, uint16_t index, uint16_t descriptors, unsigned int node,
                           const struct rte_eth_rxconf* configuration, struct rte_mempool* mempool) {
    uint64_t offloads = configuration->offloads | port->data->dev_conf.rxmode.offloads;
    struct avp_rx_queue* queue;

    (void)descriptors;
    avp_sdk_rx_queue_release(port, index);
    queue = rte_zmalloc_socket("avp rx queue", sizeof(*queue), RTE_CACHE_LINE_SIZE, (int)node);
    if (queue == NULL)
        return -ENOMEM;
    avp_sdk_gate_init(&queue->gate);
    queue->port_id = port->data->port_id;
    queue->queue_id = index;
    queue->is_deferred = configuration->rx_deferred_start != 0;
    queue->is_stopped = queue->is_deferred;
    queue->configuration = *configuration;
    queue->configuration.offloads = offloads;
    queue->strips_vlan = (offloads & RTE_ETH_RX_OFFLOAD_VLAN_STRIP) != 0;
    queue->is_scattered = (offloads & RTE_ETH_RX_OFFLOAD_SCATTER) != 0;
    if (avp_sdk_rx_use_mempool(queue, mempool) != 0) {
        AVP_LOG(ERR, port->data->name, "mempool %s: its mbufs have no room for %u bytes", mempool->name,
                AVP_MIN_ROOM_BYTES);
        rte_free(queue);
        return -EINVAL;
    }
    port->data->rx_queues[index] = queue;
    return 0;
}

int avp_sdk_tx_queue_setup(struct rte_eth_dev* port, uint16_t index, uint16_t descriptors, unsigned int node,
                           const struct rte_eth_txconf* configuration) {
    uint64_t offloads = configuration->offloads | port->data->dev_conf.txmode.offloads;
    struct avp_tx_queue* queue;

    (void)descriptors;
    avp_sdk_tx_queue_release(port, index);
    queue = rte_zmalloc_socket("avp tx queue", sizeof(*queue), RTE_CACHE_LINE_SIZE, (int)node);
    if (queue == NULL)
        return -ENOMEM;
    avp_sdk_gate_init(&queue->gate);
    queue->queue_id = index;
    queue->is_deferred = configuration->tx_deferred_start != 0;
    queue->is_stopped = queue->is_deferred;
    queue->configuration = *configuration;
    queue->configuration.offloads = offloads;
    queue->frees_fast = (offloads & RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE) != 0 &&
                        (offloads & RTE_ETH_TX_OFFLOAD_MULTI_SEGS) == 0;
    port->data->tx_queues[index] = queue;
    return 0;
}

/* --- One queue started or stopped ------------------------------------------------------------------------------ */

/* All bursts are paused for that moment, so that from a stop's return on the queue's memory is nobody's. */
static int switch_queue(struct rte_eth_dev* port, bool* is_stopped, bool stop, uint8_t* state) {
    struct avp_device* device = avp_device_of(port);
    int error;

    avp_sdk_device_lock(device);
    error = avp_sdk_device_pause(device);
    if (error == 0) {
        *is_stopped = stop;
        *state = stop ? RTE_ETH_QUEUE_STATE_STOPPED : RTE_ETH_QUEUE_STATE_STARTED;
    }
    avp_sdk_device_resume(device);
    avp_sdk_device_unlock(device);
    return error;
}

int avp_sdk_rx_queue_start(struct rte_eth_dev* port, uint16_t index) {
    struct avp_rx_queue* queue = port->data->rx_queues[index];

    return switch_queue(port, &queue->is_stopped, false, &port->data->rx_queue_state[index]);
}

int avp_sdk_rx_queue_stop(struct rte_eth_dev* port, uint16_t index) {
    struct avp_rx_queue* queue = port->data->rx_queues[index];

    return switch_queue(port, &queue->is_stopped, true, &port->data->rx_queue_state[index]);
}

int avp_sdk_tx_queue_start(struct rte_eth_dev* port, uint16_t index) {
    struct avp_tx_queue* queue = port->data->tx_queues[index];

    return switch_queue(port, &queue->is_stopped, false, &port->data->tx_queue_state[index]);
}

int avp_sdk_tx_queue_stop(struct rte_eth_dev* port, uint16_t index) {
    struct avp_tx_queue* queue = port->data->tx_queues[index];

    return switch_queue(port, &queue->is_stopped, true, &port->data->tx_queue_state[index]);
}

/* --- Interrupts of RX queues ------------------------------------------------------------------------------------ */

int avp_sdk_rx_queue_intr_enable(struct rte_eth_dev* port, uint16_t index) {
    struct avp_device* device = avp_device_of(port);
    int result = avp_sdk_rx_arm(port->data->rx_queues[index], true);

    if (result > 0)
        device->bus->signal_rx_event(device, index);
    return result < 0 ? result : 0;
}

int avp_sdk_rx_queue_intr_disable(struct rte_eth_dev* port, uint16_t index) {
    int result = avp_sdk_rx_arm(port->data->rx_queues[index], false);

    return result < 0 ? result : 0;
}

/* --- What a queue tells ---------------------------------------------------------------------------------------- */

void avp_sdk_rxq_info_get(struct rte_eth_dev* port, uint16_t index, struct rte_eth_rxq_info* info) {
    struct avp_device* device = avp_device_of(port);
    const struct avp_rx_queue* queue = port->data->rx_queues[index];
    struct avp_ring_range range;
    uint32_t slots = 0;
    uint32_t i;

    avp_sdk_device_lock(device);
    range = avp_rx_rings_of(index, port->data->nb_rx_queues, avp_sdk_device_rx_rings(device));
    for (i = range.first; i < range.first + range.count && i < AVP_MAX_QUEUES; i++)
        slots += device->geometry.rings[AVP_RX][i].slots;
    avp_sdk_device_unlock(device);
    info->mp = queue->mempool;
    info->conf = queue->configuration;
    info->scattered_rx = queue->is_scattered ? 1 : 0;
    info->nb_desc = (uint16_t)RTE_MIN(slots, (uint32_t)UINT16_MAX);
    info->rx_buf_size = (uint16_t)queue->room_first;
}

void avp_sdk_txq_info_get(struct rte_eth_dev* port, uint16_t index, struct rte_eth_txq_info* info) {
    struct avp_device* device = avp_device_of(port);
    const struct avp_tx_queue* queue = port->data->tx_queues[index];

    avp_sdk_device_lock(device);
    info->nb_desc = (uint16_t)device->geometry.rings[AVP_TX][index].slots;
    avp_sdk_device_unlock(device);
    info->conf = queue->configuration;
}

int avp_sdk_burst_mode_get(struct rte_eth_dev* port, uint16_t index, struct rte_eth_burst_mode* mode) {
    (void)port;
    (void)index;
    mode->flags = RTE_ETH_BURST_FLAG_PER_QUEUE;
    (void)rte_strscpy(mode->info, "Vector copy, bulk", sizeof(mode->info));
    return 0;
}

uint32_t avp_sdk_rx_queue_count(void* queue) {
    return avp_sdk_rx_ready(queue);
}

int avp_sdk_rx_descriptor_status(void* queue, uint16_t offset) {
    int is_there = avp_sdk_rx_descriptor(queue, offset);

    if (is_there < 0)
        return -EINVAL;
    return is_there != 0 ? RTE_ETH_RX_DESC_DONE : RTE_ETH_RX_DESC_AVAIL;
}

int avp_sdk_tx_descriptor_status(void* queue, uint16_t offset) {
    int is_free = avp_sdk_tx_descriptor(queue, offset);

    if (is_free < 0)
        return -EINVAL;
    return is_free != 0 ? RTE_ETH_TX_DESC_DONE : RTE_ETH_TX_DESC_FULL;
}
