/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * The watching thread of a device: follows its registers and its connection, and tells the application what changed. It
 * wakes at an event of the bus and every AVP_WATCH_INTERVAL_MS, so that a device without interrupts is followed too.
 */
#ifndef AVP_WATCH_H
#define AVP_WATCH_H

#include "avp_device.h"

#define AVP_WATCH_INTERVAL_MS 100

/* 0 or a negative errno. */
int avp_sdk_watch_start(struct avp_device* device);
/* From its return on the thread is no more. Not under the lock. */
void avp_sdk_watch_stop(struct avp_device* device);
/* The thread looks at once. From any thread. */
void avp_sdk_watch_wake(struct avp_device* device);

#endif
