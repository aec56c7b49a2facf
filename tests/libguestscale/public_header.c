/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * Compiled as strict C99: the public header must be that. wrapper_test.cpp compares what C sees.
 */
#include <vnf/guestscale.h>
#include <vnf/guestscale.h> /* twice, as applications do */

uint32_t size_of_scale_config_in_c(void);
uint32_t size_of_done_in_c(void);

uint32_t size_of_scale_config_in_c(void) {
    vnf_gs_config config;
    vnf_gs_config_init(&config);
    return config.size;
}

uint32_t size_of_done_in_c(void) {
    return (uint32_t)sizeof(vnf_gs_done);
}
