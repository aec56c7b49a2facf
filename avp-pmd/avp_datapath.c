/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * The queues of a device as control sees them: opened on its rings while their gates are closed, paused and resumed.
 */
#include <errno.h>

#include "avp_device.h"
#include "avp_log.h"
#include "avp_queue_map.h"

/* --- Gates --------------------------------------------------------------------------------------------------- */

/* Calls `visit` with each queue's gate and whether the application has stopped that queue. */
static void for_each_gate(struct avp_device* device, void (*visit)(struct avp_gate*, bool, bool*),
                          bool* state) {
    uint16_t i;

    for (i = 0; i < device->data->nb_rx_queues; i++) {
        struct avp_rx_queue* queue = device->data->rx_queues[i];

        if (queue != NULL)
            visit(&queue->gate, queue->is_stopped, state);
    }
    for (i = 0; i < device->data->nb_tx_queues; i++) {
        struct avp_tx_queue* queue = device->data->tx_queues[i];

        if (queue != NULL)
            visit(&queue->gate, queue->is_stopped, state);
    }
}

static void visit_close(struct avp_gate* gate, bool is_stopped, bool* state) {
    (void)is_stopped;
    (void)state;
    avp_sdk_gate_close(gate);
}

static void visit_open(struct avp_gate* gate, bool is_stopped, bool* state) {
    (void)state;
    if (!is_stopped)
        avp_sdk_gate_open(gate);
}

static void visit_quiet(struct avp_gate* gate, bool is_stopped, bool* all_quiet) {
    (void)is_stopped;
    *all_quiet = *all_quiet && avp_sdk_gate_is_quiet(gate);
}

int avp_sdk_device_pause(struct avp_device* device) {
    uint64_t deadline = avp_sdk_now_ms() + AVP_QUIET_TIMEOUT_MS;
    uint32_t round;

    if (!device->is_running)
        return 0; /* all gates are closed, and ethdev may be making the queues anew */
    for_each_gate(device, visit_close, NULL);
    avp_sdk_gates_settle();
    for (round = 0;; round++) {
        bool all_quiet = true;

        for_each_gate(device, visit_quiet, &all_quiet);
        if (all_quiet)
            return 0;
        if (avp_sdk_now_ms() >= deadline) {
            AVP_LOG(ERR, avp_name(device), "a burst has not ended for %u ms", AVP_QUIET_TIMEOUT_MS);
            return -EBUSY;
        }
        avp_sdk_pause(round);
    }
}

void avp_sdk_device_resume(struct avp_device* device) {
    if (device->is_running)
        for_each_gate(device, visit_open, NULL);
}

/* --- Queues -------------------------------------------------------------------------------------------------- */

uint16_t avp_sdk_device_rx_rings(const struct avp_device* device) {
    return (uint16_t)avp_rx_ring_count(device->data->nb_rx_queues, device->geometry.rx_queues.minimum);
}

/* What lay in a ring before the start is of another time: its buffers go back unseen. */
static void drain(struct avp_rx_ring* ring) {
    int ready = avp_ring_ready(&ring->rx, ring->rx.mask);
    int room = ready > 0 ? avp_ring_room(&ring->free, (uint32_t)ready) : 0;
    int i;

    if (room <= 0)
        return;
    for (i = 0; i < room; i++)
        avp_ring_fill(&ring->free, (uint32_t)i, avp_ring_peek(&ring->rx, (uint32_t)i));
    avp_ring_take(&ring->rx, (uint32_t)room);
    avp_ring_give_back(&ring->rx);
    avp_ring_publish(&ring->free, (uint32_t)room);
}

static int open_rx_queue(struct avp_device* device, struct avp_rx_queue* queue) {
    struct avp_ring_range range =
        avp_rx_rings_of(queue->queue_id, device->data->nb_rx_queues, avp_sdk_device_rx_rings(device));
    uint32_t i;

    queue->ring_count = range.count;
    queue->next_ring = 0;
    queue->is_broken = false;
    queue->pools = &device->geometry.pools;
    queue->filter = &device->filter;
    queue->host_strips = (device->accepted_features & AVP_FEATURE_VLAN_OFFLOAD) != 0;
    for (i = 0; i < range.count; i++) {
        const struct avp_ring_place* rx = &device->geometry.rings[AVP_RX][range.first + i];
        const struct avp_ring_place* free_ring = &device->geometry.rings[AVP_FREE][range.first + i];
        struct avp_rx_ring* ring = &queue->rings[i];

        if (!avp_ring_open_consumer(&ring->rx, rx->fifo, rx->slots) ||
            !avp_ring_open_producer(&ring->free, free_ring->fifo, free_ring->slots))
            return -EPROTO;
        ring->arm_word = (device->accepted_features & AVP_FEATURE_RX_INTERRUPT) != 0
                             ? device->geometry.arm_words[range.first + i]
                             : NULL;
        ring->warmed = 0;
        ring->idle_polls = 0;
        drain(ring);
    }
    return 0;
}

static int open_tx_queue(struct avp_device* device, struct avp_tx_queue* queue) {
    const struct avp_ring_place* tx = &device->geometry.rings[AVP_TX][queue->queue_id];
    const struct avp_ring_place* alloc = &device->geometry.rings[AVP_ALLOC][queue->queue_id];

    queue->is_broken = false;
    queue->warmed = 0;
    queue->pools = &device->geometry.pools;
    queue->buffer_bytes = device->geometry.buffer_bytes;
    queue->host_inserts = (device->accepted_features & AVP_FEATURE_VLAN_OFFLOAD) != 0;
    if (!avp_ring_open_producer(&queue->tx, tx->fifo, tx->slots) ||
        !avp_ring_open_consumer(&queue->alloc, alloc->fifo, alloc->slots))
        return -EPROTO;
    return 0;
}

int avp_sdk_device_open_queues(struct avp_device* device) {
    uint16_t i;
    int error = 0;

    for (i = 0; error == 0 && i < device->data->nb_rx_queues; i++)
        error = open_rx_queue(device, device->data->rx_queues[i]);
    for (i = 0; error == 0 && i < device->data->nb_tx_queues; i++)
        error = open_tx_queue(device, device->data->tx_queues[i]);
    if (error != 0) {
        AVP_LOG(ERR, avp_name(device), "a ring's index lies outside the ring");
        device->counts.refusals++;
    }
    return error;
}

void avp_sdk_device_settle_queues(struct avp_device* device) {
    uint16_t i;
    uint32_t ring;

    for (i = 0; i < device->data->nb_rx_queues; i++) {
        struct avp_rx_queue* queue = device->data->rx_queues[i];

        for (ring = 0; queue != NULL && ring < queue->ring_count; ring++)
            avp_rx_ring_settle(&queue->rings[ring]);
    }
    for (i = 0; i < device->data->nb_tx_queues; i++)
        if (device->data->tx_queues[i] != NULL)
            avp_tx_queue_settle(device->data->tx_queues[i]);
}

void avp_sdk_device_set_limits(struct avp_device* device) {
    uint32_t by_mtu = (uint32_t)device->data->mtu + AVP_HEADER_BYTES;
    uint16_t i;

    for (i = 0; i < device->data->nb_rx_queues; i++) {
        struct avp_rx_queue* queue = device->data->rx_queues[i];

        if (queue != NULL)
            queue->max_frame = RTE_MIN(by_mtu, device->geometry.max_frame_bytes);
    }
    for (i = 0; i < device->data->nb_tx_queues; i++) {
        struct avp_tx_queue* queue = device->data->tx_queues[i];

        if (queue != NULL)
            queue->max_frame = device->geometry.max_frame_bytes;
    }
}
