/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * Where everything of a device lies in the mapping of its memory (BAR 2), as its tables (BARs 4 and 5) say. The tables
 * are copied once and checked whole; whatever comes out of here lies inside the mapping, and nothing is read from the
 * tables later. Specification 1.4, 1.5.
 */
#ifndef AVP_GEOMETRY_H
#define AVP_GEOMETRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "avp-abi/avp_abi.h"

struct avp_region {
    void* base; /* NULL: not mapped */
    uint64_t bytes;
};

struct avp_regions {
    struct avp_region memory;
    struct avp_region memory_map;
    struct avp_region device_info;
};

/* Part of the buffer pool: host addresses that follow one another here too. */
struct avp_window {
    uint64_t address;
    uint64_t bytes;
    uint8_t* here;
};

struct avp_pools {
    uint32_t count;
    struct avp_window windows[AVP_MAX_POOLS];
};

enum avp_ring_kind { AVP_TX, AVP_RX, AVP_ALLOC, AVP_FREE, AVP_RING_KINDS };

struct avp_ring_place {
    struct avp_fifo* fifo;
    uint32_t slots;
};

struct avp_geometry {
    uint32_t version;
    uint32_t features; /* offered */
    struct avp_queue_counts rx_queues;
    struct avp_queue_counts tx_queues;
    struct avp_ring_place rings[AVP_RING_KINDS][AVP_MAX_QUEUES];
    uint32_t* arm_words[AVP_MAX_QUEUES]; /* with AVP_FEATURE_RX_INTERRUPT */
    struct avp_ring_place request;
    struct avp_ring_place response;
    struct avp_request* sync;
    uint64_t sync_address; /* what the host calls it */
    struct avp_pools pools;
    uint32_t buffer_bytes;
    uint32_t max_frame_bytes;
    uint64_t device_id;
    uint8_t mac[AVP_MAC_BYTES];
};

#define AVP_REFUSAL_BYTES 160

/* Why a device is refused: the field, what it holds, what is allowed. */
struct avp_refusal {
    char text[AVP_REFUSAL_BYTES];
};

/* 0, or -EINVAL with the refusal filled. */
int avp_sdk_geometry_read(struct avp_geometry* geometry, const struct avp_regions* regions,
                          struct avp_refusal* refusal);

/* The place of `bytes` bytes at a host address of the pool; NULL if not all of them lie in it. */
static inline void* avp_pool_place(const struct avp_pools* pools, uint64_t address, uint64_t bytes) {
    uint32_t i;

    for (i = 0; i < pools->count; i++) {
        const struct avp_window* window = &pools->windows[i];
        uint64_t offset = address - window->address;

        if (offset < window->bytes && bytes <= window->bytes - offset)
            return window->here + offset;
    }
    return NULL;
}

/* A descriptor's place; NULL if it is none: outside, or not on its boundary of 64 bytes. */
static inline struct avp_descriptor* avp_descriptor_place(const struct avp_pools* pools, uint64_t address) {
    void* place = avp_pool_place(pools, address, sizeof(struct avp_descriptor));

    return ((uintptr_t)place & (sizeof(struct avp_descriptor) - 1)) == 0 ? (struct avp_descriptor*)place
                                                                         : NULL;
}

#endif
