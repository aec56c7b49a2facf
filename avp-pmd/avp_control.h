/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * Control requests: one at a time through the sync area, each waited for until its deadline. The host is polled, at first
 * without pause and then at growing intervals up to 1 ms. An answer to a request that was given up is drained and
 * never taken for the next one's. Specification 1.9.
 */
#ifndef AVP_CONTROL_H
#define AVP_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

#include "avp-abi/avp_ring.h"
#include "avp_geometry.h"

struct avp_control {
    struct avp_ring request;
    struct avp_ring response;
    struct avp_request* sync;
    uint64_t sync_address;
    uint32_t timeout_ms;
};

/* What a device is configured with. */
struct avp_configuration {
    uint64_t device_id;
    uint32_t features;
    uint16_t tx_queues;
    uint16_t rx_queues;
    bool is_up;
};

/* -EPROTO if the host's indices lie outside the rings. */
int avp_sdk_control_open(struct avp_control* control, const struct avp_geometry* geometry,
                         uint32_t timeout_ms);

/* Each 0, or what the host answered (a negative errno), or -ETIMEDOUT, or -EPROTO if it broke the rings' rules. */
int avp_sdk_control_configure(struct avp_control* control, const struct avp_configuration* configuration);
int avp_sdk_control_set_up(struct avp_control* control, bool is_up);
int avp_sdk_control_set_mtu(struct avp_control* control, uint32_t mtu);
int avp_sdk_control_shut_down(struct avp_control* control);

/* Milliseconds of the monotonic clock. */
uint64_t avp_sdk_now_ms(void);
/* One wait of a loop that polls: none for the first rounds, then growing to 1 ms. */
void avp_sdk_pause(uint32_t round);

#endif
