/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * The interrupt vectors of a PCI function at VFIO: the first one is the device's status, and always there; behind it, while
 * they are open, one for each receive ring, which signals the eventfd of the queue that serves that ring. EAL keeps the
 * eventfds in the function's handle, where ethdev finds them for an application's epoll.
 */
#ifndef AVP_VECTORS_H
#define AVP_VECTORS_H

#include <rte_interrupts.h>

/* How many receive rings can have a vector, at most AVP_MAX_QUEUES. 0: not VFIO, or not MSI-X, or too few vectors. */
uint16_t avp_sdk_vectors_limit(struct rte_intr_handle* handle);
/* So many vectors more, and an eventfd for each; those of the queues are the first ones. The first vector may miss an
 * interrupt meanwhile. A negative errno leaves the first vector alone. */
int avp_sdk_vectors_open(struct rte_intr_handle* handle, uint16_t rings, uint16_t queues);
/* Each of the rings signals the queue that serves it: 0 or a negative errno. At most as many rings as were opened. */
int avp_sdk_vectors_wire(const struct rte_intr_handle* handle, uint16_t rings, uint16_t queues);
/* A signal made here. Without open vectors nobody listens, and nothing happens. */
void avp_sdk_vectors_signal(const struct rte_intr_handle* handle, uint16_t queue);
/* The eventfds leave the epolls that they are in and are closed; the first vector stays. */
void avp_sdk_vectors_close(struct rte_intr_handle* handle);

#endif
