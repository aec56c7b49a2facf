/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * Compiled as strict C99: the public headers must be that. wrapper_test.cpp compares what C sees.
 */
#include <cgcs/server_group.h>
#include <cgcs/server_group.h>
#include <vnf/servergroup.h>
#include <vnf/servergroup.h> /* twice, as applications do */

uint32_t size_of_config_in_c(void);
uint32_t size_of_status_in_c(void);

uint32_t size_of_config_in_c(void) {
    vnf_sg_config config;
    vnf_sg_config_init(&config);
    return config.size;
}

uint32_t size_of_status_in_c(void) {
    return (uint32_t)sizeof(vnf_sg_status);
}
