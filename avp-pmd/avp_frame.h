/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * A host's descriptor as the driver takes it: copied once, then checked. What the host writes later changes nothing.
 */
#ifndef AVP_FRAME_H
#define AVP_FRAME_H

#include <rte_memcpy.h>

#include "avp_geometry.h"

/* The fields that a receiver reads, as they stood at one moment. */
struct avp_seen {
    uint64_t next;
    uint64_t data;
    uint16_t length;
    uint8_t segments;
    uint8_t port;
    uint16_t frame_bytes;
    uint16_t frame_bytes_high;
    uint8_t reserved[2];
    uint16_t vlan_tci;
    uint32_t hash;
    uint16_t flags;
};

AVP_ABI_ASSERT(offsetof(struct avp_seen, flags) == 32);

static inline void avp_see(struct avp_seen* seen, const struct avp_descriptor* descriptor) {
    rte_mov32((uint8_t*)seen, (const uint8_t*)&descriptor->next);
    seen->flags = __atomic_load_n(&descriptor->flags, __ATOMIC_RELAXED);
    /* The copy is what is checked and used: the compiler may not go back to the host's memory for it. */
    __asm__ __volatile__("" : "+m"(*seen) : : "memory");
}

/* Copies frame bytes: short ones in line, long ones by the C library, which knows the processor's widest way. */
static inline void avp_copy(void* to, const void* from, size_t bytes) {
    if (bytes <= 256)
        rte_memcpy(to, from, bytes);
    else
        memcpy(to, from, bytes);
}

#endif
