/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * What an lcore needs to serve one queue, and the bursts that do. Everything here is written by control while the
 * queue's gate is closed and read by the lcore while it is open, counters aside.
 */
#ifndef AVP_QUEUE_H
#define AVP_QUEUE_H

#include <ethdev_driver.h>
#include <rte_ether.h>
#include <rte_mbuf.h>

#include "avp-abi/avp_ring.h"
#include "avp_gate.h"
#include "avp_geometry.h"

#define AVP_BURST 64        /* frames of one round within a burst call */
#define AVP_HEADER_BYTES 18 /* Ethernet header and one tag: what MTU leaves out */
#define AVP_MAX_MULTICAST 64
#define AVP_MAX_MACS 16
#define AVP_MIN_ROOM_BYTES 256 /* of an mbuf */

/* Which frames the application gets. Addresses are six bytes, in the low ones of a word as memory has them. */
struct avp_filter {
    uint64_t macs[AVP_MAX_MACS];
    uint64_t multicast[AVP_MAX_MULTICAST];
    uint32_t mac_count;
    uint32_t multicast_count;
    bool takes_all; /* promiscuous */
    bool takes_all_multicast;
};

/* What one queue counts. Written by its lcore alone. */
enum avp_count {
    AVP_COUNT_FRAMES,
    AVP_COUNT_BYTES,
    AVP_COUNT_FILTERED,   /* RX: not for us */
    AVP_COUNT_OVERSIZE,   /* larger than the MTU or the host allows, or of too many parts: dropped */
    AVP_COUNT_BAD_FRAME,  /* RX: a descriptor or chain that cannot stand: dropped */
    AVP_COUNT_BAD_BUFFER, /* TX: a buffer that the host gave and that cannot stand: not used */
    AVP_COUNT_BAD_RING,   /* an index outside its ring: the queue stops until the device is attached anew */
    AVP_COUNT_NO_MBUF,    /* RX: a frame that waits since the mempool is empty */
    AVP_COUNTS
};

struct avp_counters {
    uint64_t now[AVP_COUNTS];
    uint64_t at_reset[AVP_COUNTS]; /* control's */
};

/* One receive ring and the ring that takes its buffers back. */
struct avp_rx_ring {
    struct avp_ring rx;
    struct avp_ring free;
    uint32_t warmed;         /* of the next frames: their lines are on their way */
    ptrdiff_t data_distance; /* from a descriptor, as of the last burst */
    uint32_t idle_polls;     /* since the last frame */
    uint32_t* arm_word;      /* NULL without RX interrupts */
};

struct avp_rx_queue {
    struct avp_gate gate;
    uint32_t ring_count;
    uint32_t next_ring;  /* served by the next burst */
    uint32_t max_frame;  /* by the MTU and by what the host announced */
    uint32_t room_first; /* of a frame's first mbuf */
    uint32_t room_more;  /* of the others */
    bool strips_vlan;
    bool host_strips;  /* the VLAN feature was accepted */
    bool is_scattered; /* a frame may take more than one mbuf */
    bool is_broken;    /* a ring's index was outside */
    uint64_t rearm;    /* an mbuf's rearm_data */
    const struct avp_pools* pools;
    const struct avp_filter* filter;
    struct rte_mempool* mempool;
    struct avp_rx_ring rings[AVP_MAX_QUEUES];
    struct avp_counters counters;
    uint16_t port_id;
    uint16_t queue_id;
    bool is_deferred; /* started by the application */
    bool is_stopped;  /* by the application */
    struct rte_eth_rxconf configuration;
} __rte_cache_aligned;

struct avp_tx_queue {
    struct avp_gate gate;
    uint32_t buffer_bytes;
    uint32_t max_frame;
    bool host_inserts; /* the VLAN feature was accepted */
    bool frees_fast;
    bool is_broken;
    const struct avp_pools* pools;
    struct avp_ring tx;
    struct avp_ring alloc;
    uint32_t warmed;         /* of the next buffers: their lines are on their way */
    ptrdiff_t data_distance; /* from a descriptor, as of the last buffer */
    bool kept_last;          /* the last frame's descriptor needed no store, as the next one's may not */
    struct avp_counters counters;
    uint16_t queue_id;
    bool is_deferred;
    bool is_stopped;
    struct rte_eth_txconf configuration;
} __rte_cache_aligned;

/* Slots and buffers that were kept back go to the host now. By the lcore, or control while no burst runs. */
static inline void avp_rx_ring_settle(struct avp_rx_ring* ring) {
    if (ring->rx.pending != 0)
        avp_ring_give_back(&ring->rx);
    if (ring->free.pending != 0)
        avp_ring_publish(&ring->free, 0);
}

static inline void avp_tx_queue_settle(struct avp_tx_queue* queue) {
    if (queue->alloc.pending != 0)
        avp_ring_give_back(&queue->alloc);
}

uint16_t avp_sdk_rx_burst(void* queue, struct rte_mbuf** mbufs, uint16_t wanted);
uint16_t avp_sdk_tx_burst(void* queue, struct rte_mbuf** mbufs, uint16_t count);

/* Prepares an rx queue for a mempool; -EINVAL if its mbufs are too small. */
int avp_sdk_rx_use_mempool(struct avp_rx_queue* queue, struct rte_mempool* mempool);

/* By the queue's own lcore. Armed, the host signals the next frame that comes; 1: one is there already, 0: none is,
 * -ENOTSUP without such interrupts. */
int avp_sdk_rx_arm(struct avp_rx_queue* queue, bool on);
/* Each with the gate closed or by the queue's own lcore. */
uint32_t avp_sdk_rx_ready(struct avp_rx_queue* queue);
/* -1 if `offset` lies beyond the ring, else whether the frame at that place is there (RX) or the place is free (TX). */
int avp_sdk_rx_descriptor(struct avp_rx_queue* queue, uint32_t offset);
int avp_sdk_tx_descriptor(struct avp_tx_queue* queue, uint32_t offset);

/* Control reads what the lcore counts: both sides use whole words. */
static inline void avp_count(struct avp_counters* counters, enum avp_count which, uint64_t more) {
    __atomic_store_n(&counters->now[which], counters->now[which] + more, __ATOMIC_RELAXED);
}

static inline uint64_t avp_counted(const struct avp_counters* counters, enum avp_count which) {
    return __atomic_load_n(&counters->now[which], __ATOMIC_RELAXED) - counters->at_reset[which];
}

#endif
