/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * Compiled as strict C99: the public header must be that. wrapper_test.cpp compares what C sees.
 */
#include <vnf/heartbeat.h>
#include <vnf/heartbeat.h> /* twice, as applications do (defect L-07) */

uint32_t size_of_config_in_c(void);
uint32_t size_of_action_in_c(void);

uint32_t size_of_config_in_c(void) {
    vnf_heartbeat_config config;
    vnf_heartbeat_config_init(&config);
    return config.size;
}

uint32_t size_of_action_in_c(void) {
    return (uint32_t)sizeof(vnf_heartbeat_action);
}
