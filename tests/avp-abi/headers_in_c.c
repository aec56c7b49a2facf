/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * The AVP headers as a C program includes them, and a ring's round trip through their C functions.
 */
#include "avp-abi/avp_abi.h"
#include "avp-abi/avp_ring.h"
#include "avp-abi/avp_vfio_user.h"

int avp_ring_round_trip_in_c(void);

int avp_ring_round_trip_in_c(void) {
    static struct {
        struct avp_fifo fifo;
        __u64 slots[4];
    } shared;
    struct avp_ring producer, consumer;

    avp_fifo_clear(&shared.fifo, 4);
    if (!avp_ring_open_producer(&producer, &shared.fifo, 4) ||
        !avp_ring_open_consumer(&consumer, &shared.fifo, 4))
        return -1;
    avp_ring_fill(&producer, 0, 17);
    avp_ring_publish(&producer, 1);
    return avp_ring_ready(&consumer, 1) == 1 ? (int)avp_ring_peek(&consumer, 0) : -1;
}
