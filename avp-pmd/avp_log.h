/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * The driver's log: one line each, "NAME: message". Nothing on the packets' way logs.
 */
#ifndef AVP_LOG_H
#define AVP_LOG_H

#include <rte_log.h>

extern int avp_sdk_logtype;

#define AVP_LOG(level, name, format, ...) \
    (void)rte_log(RTE_LOG_##level, (uint32_t)avp_sdk_logtype, "%s: " format "\n", name, ##__VA_ARGS__)

#endif
