/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * A device's regions, mapped from the descriptors that a vfio-user server hands out. A descriptor is used only if its
 * memory can never shrink below the mapping: otherwise the server could make any access of ours a SIGBUS.
 */
#ifndef AVP_MAP_H
#define AVP_MAP_H

#include "avp_geometry.h"
#include "avp_socket.h"

#define AVP_MAX_MEMORY_BYTES (UINT64_C(1) << 34)

/* Maps BARs 2, 4 and 5. 0, or a negative errno with the refusal filled if the server's answer cannot stand. */
int avp_sdk_map_regions(struct avp_socket* connection, struct avp_regions* regions,
                        struct avp_refusal* refusal);
void avp_sdk_unmap_regions(struct avp_regions* regions);

#endif
