/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * vfio-user as far as an AVP device needs it: message headers and payloads between a client (QEMU, or the DPDK driver's
 * virtual device) and the device's process. Host byte order, one message a sendmsg, descriptors with its first byte.
 * Specification 4.3.
 */
#ifndef AVP_VFIO_USER_H
#define AVP_VFIO_USER_H

#include "avp_abi.h"

#define AVP_VFIO_USER_MAJOR 0
#define AVP_VFIO_USER_MINOR 0 /* all that QEMU accepts */
#define AVP_VFIO_USER_MAX_FDS 16
#define AVP_VFIO_USER_MAX_DATA 4096 /* of one region access that we make or take */
#define AVP_VFIO_USER_MAX_MESSAGE 8192
#define AVP_VFIO_USER_REGIONS 9
#define AVP_VFIO_USER_CONFIG_REGION 7
#define AVP_VFIO_USER_CONFIG_BYTES 256
#define AVP_VFIO_USER_IRQS 5

enum avp_vfio_user_command {
    AVP_VFIO_USER_VERSION = 1,
    AVP_VFIO_USER_DMA_MAP = 2,
    AVP_VFIO_USER_DMA_UNMAP = 3,
    AVP_VFIO_USER_GET_INFO = 4,
    AVP_VFIO_USER_GET_REGION_INFO = 5,
    AVP_VFIO_USER_GET_IRQ_INFO = 7,
    AVP_VFIO_USER_SET_IRQS = 8,
    AVP_VFIO_USER_REGION_READ = 9,
    AVP_VFIO_USER_REGION_WRITE = 10,
    AVP_VFIO_USER_RESET = 13,
};

#define AVP_VFIO_USER_TYPE_MASK 0xFu
#define AVP_VFIO_USER_TYPE_COMMAND 0u
#define AVP_VFIO_USER_TYPE_REPLY 1u
#define AVP_VFIO_USER_NO_REPLY 0x10u
#define AVP_VFIO_USER_ERROR 0x20u

struct avp_vfio_user_header {
    __u16 id;
    __u16 command;
    __u32 size; /* with this header */
    __u32 flags;
    __u32 error; /* errno, in a reply with AVP_VFIO_USER_ERROR, which has no payload */
};

/* JSON with a closing NUL follows. */
struct avp_vfio_user_version {
    __u16 major;
    __u16 minor;
};

struct avp_vfio_user_dma_map {
    __u32 argsz;
    __u32 flags; /* 1 read, 2 write */
    __u64 offset;
    __u64 address;
    __u64 size;
};

#define AVP_VFIO_USER_UNMAP_ALL 2u
struct avp_vfio_user_dma_unmap {
    __u32 argsz;
    __u32 flags;
    __u64 address;
    __u64 size;
};

#define AVP_VFIO_USER_DEVICE_FLAGS 3u /* can be reset, PCI */
struct avp_vfio_user_device_info {
    __u32 argsz;
    __u32 flags;
    __u32 regions;
    __u32 irqs;
};

#define AVP_VFIO_USER_REGION_READABLE 1u
#define AVP_VFIO_USER_REGION_WRITABLE 2u
#define AVP_VFIO_USER_REGION_MAPPABLE 4u
struct avp_vfio_user_region_info {
    __u32 argsz;
    __u32 flags;
    __u32 index;
    __u32 capability_offset;
    __u64 size;
    __u64 offset;
};

#define AVP_VFIO_USER_IRQ_MSIX 2
#define AVP_VFIO_USER_IRQ_EVENTFD 1u
#define AVP_VFIO_USER_IRQ_NO_RESIZE 8u
struct avp_vfio_user_irq_info {
    __u32 argsz;
    __u32 flags;
    __u32 index;
    __u32 count;
};

#define AVP_VFIO_USER_IRQ_SET_NONE 1u
#define AVP_VFIO_USER_IRQ_SET_BOOL 2u
#define AVP_VFIO_USER_IRQ_SET_EVENTFD 4u
#define AVP_VFIO_USER_IRQ_SET_MASK 8u
#define AVP_VFIO_USER_IRQ_SET_UNMASK 0x10u
#define AVP_VFIO_USER_IRQ_SET_TRIGGER 0x20u
struct avp_vfio_user_irq_set {
    __u32 argsz;
    __u32 flags;
    __u32 index;
    __u32 start;
    __u32 count;
};

/* Data follows, in a read's reply and in a write. */
struct avp_vfio_user_region_access {
    __u64 offset;
    __u32 region;
    __u32 count;
};

AVP_ABI_ASSERT(sizeof(struct avp_vfio_user_header) == 16);
AVP_ABI_ASSERT(sizeof(struct avp_vfio_user_version) == 4);
AVP_ABI_ASSERT(sizeof(struct avp_vfio_user_dma_map) == 32);
AVP_ABI_ASSERT(sizeof(struct avp_vfio_user_dma_unmap) == 24);
AVP_ABI_ASSERT(sizeof(struct avp_vfio_user_device_info) == 16);
AVP_ABI_ASSERT(sizeof(struct avp_vfio_user_region_info) == 32);
AVP_ABI_ASSERT(sizeof(struct avp_vfio_user_irq_info) == 16);
AVP_ABI_ASSERT(sizeof(struct avp_vfio_user_irq_set) == 20);
AVP_ABI_ASSERT(sizeof(struct avp_vfio_user_region_access) == 16);

#endif
