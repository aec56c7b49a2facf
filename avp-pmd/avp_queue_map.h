/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * How many rings the device is told to use, and which of them an ethdev queue serves. A host may want more receive
 * rings than the application has queues: then each queue serves several, in turn. Specification 1.8. Pure.
 */
#ifndef AVP_QUEUE_MAP_H
#define AVP_QUEUE_MAP_H

#include <stdint.h>

struct avp_ring_range {
    uint32_t first;
    uint32_t count;
};

/* The receive rings of a device that wants at least `minimum` of them. */
static inline uint32_t avp_rx_ring_count(uint32_t queues, uint32_t minimum) {
    return queues > minimum ? queues : minimum;
}

/* Of `rings` receive rings (at least as many as queues), those of one queue: the first ones get one more. */
static inline struct avp_ring_range avp_rx_rings_of(uint32_t queue, uint32_t queues, uint32_t rings) {
    uint32_t each = rings / queues;
    uint32_t more = rings % queues;
    struct avp_ring_range range;

    range.first = queue < more ? queue * (each + 1) : more * (each + 1) + (queue - more) * each;
    range.count = queue < more ? each + 1 : each;
    return range;
}

#endif
