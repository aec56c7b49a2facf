/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * The examples' command line, the same for both: how to register, and what to answer for a demonstration.
 */
#ifndef HEARTBEAT_OPTIONS_H
#define HEARTBEAT_OPTIONS_H

#include <stddef.h>
#include <stdint.h>
#include <vnf/heartbeat.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Index by vnf_heartbeat_event; 0 stands for events that this program does not know. */
#define HEARTBEAT_EVENTS 13
#define HEARTBEAT_NEVER UINT32_MAX

struct heartbeat_options {
    vnf_heartbeat_config config;
    const char*
        reject[HEARTBEAT_EVENTS]; /* --reject: the reason to reject a vote on the event with, else NULL */
    uint32_t
        slow_ms[HEARTBEAT_EVENTS]; /* --slow: how long to think about the event, HEARTBEAT_NEVER for ever */
    int extend;                    /* --extend: ask for more time when thinking takes longer than allowed */
};

/* Fills in `options`; texts point into argv. On --help, --version or a bad option prints and exits (0 or 2).
 */
void heartbeat_parse_options(int argc, char** argv, struct heartbeat_options* options);

#ifdef __cplusplus
}
#endif

#endif
