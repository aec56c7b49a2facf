/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * Statistics. Each lcore counts its own queue; they are summed here. A reset only remembers what stood there, so that it
 * never races with an lcore. Extended ones name every reason for which a frame was not delivered, and what the device
 * went through.
 */
#include <errno.h>

#include "avp_ethdev.h"

struct avp_named_count {
    const char* name;
    enum avp_count count;
};

static const struct avp_named_count rx_counts[] = {
    {"rx_filtered_packets", AVP_COUNT_FILTERED},   {"rx_oversize_packets", AVP_COUNT_OVERSIZE},
    {"rx_malformed_packets", AVP_COUNT_BAD_FRAME}, {"rx_ring_faults", AVP_COUNT_BAD_RING},
    {"rx_mempool_empty", AVP_COUNT_NO_MBUF},
};

static const struct avp_named_count tx_counts[] = {
    {"tx_undeliverable_packets", AVP_COUNT_OVERSIZE},
    {"tx_refused_buffers", AVP_COUNT_BAD_BUFFER},
    {"tx_ring_faults", AVP_COUNT_BAD_RING},
};

static const char* const device_counts[] = {"attaches", "detaches", "refusals", "failed_requests"};

#define AVP_XSTATS (RTE_DIM(rx_counts) + RTE_DIM(tx_counts) + RTE_DIM(device_counts))

static uint64_t rx_sum(const struct rte_eth_dev* port, enum avp_count count) {
    uint64_t sum = 0;
    uint16_t i;

    for (i = 0; i < port->data->nb_rx_queues; i++) {
        const struct avp_rx_queue* queue = port->data->rx_queues[i];

        sum += queue == NULL ? 0 : avp_counted(&queue->counters, count);
    }
    return sum;
}

static uint64_t tx_sum(const struct rte_eth_dev* port, enum avp_count count) {
    uint64_t sum = 0;
    uint16_t i;

    for (i = 0; i < port->data->nb_tx_queues; i++) {
        const struct avp_tx_queue* queue = port->data->tx_queues[i];

        sum += queue == NULL ? 0 : avp_counted(&queue->counters, count);
    }
    return sum;
}

static void fill_queue_stats(const struct rte_eth_dev* port, struct rte_eth_stats* stats) {
    uint16_t i;

    for (i = 0; i < port->data->nb_rx_queues && i < RTE_ETHDEV_QUEUE_STAT_CNTRS; i++) {
        const struct avp_rx_queue* queue = port->data->rx_queues[i];

        if (queue == NULL)
            continue;
        stats->q_ipackets[i] = avp_counted(&queue->counters, AVP_COUNT_FRAMES);
        stats->q_ibytes[i] = avp_counted(&queue->counters, AVP_COUNT_BYTES);
        stats->q_errors[i] = avp_counted(&queue->counters, AVP_COUNT_OVERSIZE) +
                             avp_counted(&queue->counters, AVP_COUNT_BAD_FRAME);
    }
    for (i = 0; i < port->data->nb_tx_queues && i < RTE_ETHDEV_QUEUE_STAT_CNTRS; i++) {
        const struct avp_tx_queue* queue = port->data->tx_queues[i];

        if (queue == NULL)
            continue;
        stats->q_opackets[i] = avp_counted(&queue->counters, AVP_COUNT_FRAMES);
        stats->q_obytes[i] = avp_counted(&queue->counters, AVP_COUNT_BYTES);
    }
}

int avp_sdk_stats_get(struct rte_eth_dev* port, struct rte_eth_stats* stats) {
    stats->ipackets = rx_sum(port, AVP_COUNT_FRAMES);
    stats->ibytes = rx_sum(port, AVP_COUNT_BYTES);
    stats->ierrors = rx_sum(port, AVP_COUNT_OVERSIZE) + rx_sum(port, AVP_COUNT_BAD_FRAME);
    stats->rx_nombuf = rx_sum(port, AVP_COUNT_NO_MBUF);
    stats->opackets = tx_sum(port, AVP_COUNT_FRAMES);
    stats->obytes = tx_sum(port, AVP_COUNT_BYTES);
    stats->oerrors = tx_sum(port, AVP_COUNT_OVERSIZE);
    fill_queue_stats(port, stats);
    return 0;
}

static void reset_counters(struct avp_counters* counters) {
    unsigned i;

    for (i = 0; i < AVP_COUNTS; i++)
        counters->at_reset[i] = __atomic_load_n(&counters->now[i], __ATOMIC_RELAXED);
}

int avp_sdk_stats_reset(struct rte_eth_dev* port) {
    uint16_t i;

    for (i = 0; i < port->data->nb_rx_queues; i++) {
        struct avp_rx_queue* queue = port->data->rx_queues[i];

        if (queue != NULL)
            reset_counters(&queue->counters);
    }
    for (i = 0; i < port->data->nb_tx_queues; i++) {
        struct avp_tx_queue* queue = port->data->tx_queues[i];

        if (queue != NULL)
            reset_counters(&queue->counters);
    }
    return 0;
}

int avp_sdk_xstats_names(struct rte_eth_dev* port, struct rte_eth_xstat_name* names, unsigned int room) {
    unsigned index = 0;
    unsigned i;

    (void)port;
    if (names == NULL || room < AVP_XSTATS)
        return AVP_XSTATS;
    for (i = 0; i < RTE_DIM(rx_counts); i++)
        (void)rte_strscpy(names[index++].name, rx_counts[i].name, RTE_ETH_XSTATS_NAME_SIZE);
    for (i = 0; i < RTE_DIM(tx_counts); i++)
        (void)rte_strscpy(names[index++].name, tx_counts[i].name, RTE_ETH_XSTATS_NAME_SIZE);
    for (i = 0; i < RTE_DIM(device_counts); i++)
        (void)rte_strscpy(names[index++].name, device_counts[i], RTE_ETH_XSTATS_NAME_SIZE);
    return AVP_XSTATS;
}

int avp_sdk_xstats_get(struct rte_eth_dev* port, struct rte_eth_xstat* values, unsigned int room) {
    struct avp_device* device = avp_device_of(port);
    uint64_t sums[AVP_XSTATS];
    unsigned index = 0;
    unsigned i;

    if (values == NULL || room < AVP_XSTATS)
        return AVP_XSTATS;
    for (i = 0; i < RTE_DIM(rx_counts); i++)
        sums[index++] = rx_sum(port, rx_counts[i].count);
    for (i = 0; i < RTE_DIM(tx_counts); i++)
        sums[index++] = tx_sum(port, tx_counts[i].count);
    avp_sdk_device_lock(device);
    sums[index++] = device->counts.attaches;
    sums[index++] = device->counts.detaches;
    sums[index++] = device->counts.refusals;
    sums[index++] = device->counts.failed_requests;
    avp_sdk_device_unlock(device);
    for (i = 0; i < AVP_XSTATS; i++) {
        values[i].id = i;
        values[i].value = sums[i];
    }
    return AVP_XSTATS;
}
