/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * The AVP device as both sides see it in memory: PCI identity, registers, memory map, device information, packet
 * descriptors, control requests. For C99 and C++ programs, DPDK and the Linux kernel; all integers little-endian.
 * Every size and offset is checked where this header is compiled. Operations on the rings are in avp_ring.h.
 *
 * Addresses in these structures are the host's. A host of ours gives made-up ones that mean only a place in the
 * device's memory; neither side uses one before it has checked that it lies there.
 */
#ifndef AVP_ABI_H
#define AVP_ABI_H

#include <linux/types.h>

#ifdef __KERNEL__
#include <linux/build_bug.h>
#include <linux/stddef.h>
#define AVP_ABI_ASSERT(condition) static_assert(condition)
#elif defined(__cplusplus)
#include <cstddef>
#define AVP_ABI_ASSERT(condition) static_assert(condition, #condition)
#else
#include <stddef.h>
#define AVP_ABI_ASSERT(condition) _Static_assert(condition, #condition)
#endif
#define AVP_ABI_AT(type, field, offset) AVP_ABI_ASSERT(offsetof(struct type, field) == (offset))

/* --- PCI identity and regions ------------------------------------------------------------------------------- */

#define AVP_PCI_VENDOR 0x1AF4
#define AVP_PCI_DEVICE 0x1110
#define AVP_PCI_SUBSYSTEM_VENDOR 0x1AF4
#define AVP_PCI_SUBSYSTEM_DEVICE 0x1104 /* tells AVP from plain ivshmem */
#define AVP_PCI_CLASS 0x050000

/* Indices of the BARs; BAR 3 is the upper half of the 64-bit BAR 2. */
enum avp_bar {
    AVP_BAR_REGISTERS = 0,
    AVP_BAR_MSIX = 1,
    AVP_BAR_MEMORY = 2,
    AVP_BAR_MEMORY_MAP = 4,
    AVP_BAR_DEVICE_INFO = 5,
};
#define AVP_REGISTERS_BAR_BYTES 4096
#define AVP_MSIX_BAR_BYTES 4096
#define AVP_MEMORY_MAP_BAR_BYTES 65536
#define AVP_DEVICE_INFO_BAR_BYTES 4096

/* --- Registers: BAR 0, 32-bit accesses ---------------------------------------------------------------------- */

enum avp_register {
    AVP_REGISTER_INTERRUPT_MASK = 0x0,   /* written by the guest: AVP_INTERRUPTS_ON or _OFF */
    AVP_REGISTER_INTERRUPT_STATUS = 0x4, /* cleared by the read */
    AVP_REGISTER_MIGRATION_STATUS = 0x8, /* enum avp_migration */
    AVP_REGISTER_MIGRATION_ACK = 0xC,    /* written by the guest: the status that it has dealt with */
    AVP_REGISTER_LINK = 0x10,            /* with AVP_FEATURE_LINK: 0 down, 1 up */
};
#define AVP_REGISTER_GONE 0xFFFFFFFFu /* what every register of an unplugged device reads */
#define AVP_INTERRUPTS_ON 0xFFFFFFFFu
#define AVP_INTERRUPTS_OFF 0u
#define AVP_INTERRUPT_MIGRATION 0x2u
#define AVP_INTERRUPT_LINK 0x4u /* with AVP_FEATURE_LINK */

enum avp_migration {
    AVP_MIGRATION_NONE = 0,
    AVP_MIGRATION_DETACHED = 1,
    AVP_MIGRATION_ATTACHED = 2,
    AVP_MIGRATION_ERROR = 3,
};

/* MSI-X vector 0 says that the interrupt status changed; with AVP_FEATURE_RX_INTERRUPT vector 1 + q wakes queue q. */
#define AVP_VECTOR_STATUS 0
#define AVP_VECTOR_RX(queue) (1 + (queue))

/* --- Versions ------------------------------------------------------------------------------------------------ */

#define AVP_VERSION(release, major, minor) (((__u32)(release) << 16) | ((__u32)(major) << 8) | (__u32)(minor))
#define AVP_VERSION_RELEASE(version) ((__u32)(version) >> 16)
/* What is compared: release and major. */
#define AVP_VERSION_LAYOUT(version) ((__u32)(version) >> 8)
#define AVP_HOST_VERSION AVP_VERSION(1, 0, 1)
#define AVP_GUEST_VERSION AVP_VERSION(1, 2, 32)

/* --- Limits -------------------------------------------------------------------------------------------------- */

#define AVP_MAX_QUEUES 8
#define AVP_MAX_MAP_ENTRIES 2048
#define AVP_MAX_POOLS 8
#define AVP_MAX_SEGMENTS 5
#define AVP_MAX_FRAME_BYTES 9238 /* with header and tag, without checksum */
#define AVP_MAX_RING_SLOTS 32768
#define AVP_NAME_BYTES 32
#define AVP_MAC_BYTES 6
#define AVP_ARM_BYTES \
    64 /* with AVP_FEATURE_RX_INTERRUPT: the last bytes of each RX stride, an arm word first */

/* --- Features, offered in the device information and accepted by AVP_REQUEST_CONFIGURE_DEVICE ---------------- */

#define AVP_FEATURE_VLAN_OFFLOAD 0x1u
#define AVP_FEATURE_RX_INTERRUPT 0x2u /* an extension: specification 4.4 */
#define AVP_FEATURE_LINK 0x4u         /* an extension: specification 4.4 */
/* An extension of this SDK: an empty buffer's descriptor is as the guest left it, and the guest writes all of it but where
 * the data begins. Without it the host writes each one anew, which takes its line from the guest and back. */
#define AVP_FEATURE_KEPT_DESCRIPTORS 0x8u

/* --- Memory map: BAR 4 --------------------------------------------------------------------------------------- */

#define AVP_MEMORY_MAP_MAGIC 0x20131969u
#define AVP_MEMORY_MAP_VERSION 1u

/* BAR 2 is the concatenation of the entries' regions, in their order. */
struct avp_map_entry {
    __u64 address; /* host virtual */
    __u64 physical;
    __u64 length;
};

struct avp_memory_map {
    __u32 magic;
    __u32 version;
    __u32 count;
    __u32 reserved;
    struct avp_map_entry entries[AVP_MAX_MAP_ENTRIES];
};

AVP_ABI_ASSERT(sizeof(struct avp_map_entry) == 24);
AVP_ABI_ASSERT(sizeof(struct avp_memory_map) == 49168);
AVP_ABI_AT(avp_memory_map, count, 8);
AVP_ABI_AT(avp_memory_map, entries, 16);

/* --- Device information: BAR 5 ------------------------------------------------------------------------------- */

#define AVP_DEVICE_INFO_MAGIC 0x20131975u

enum avp_mode {
    AVP_MODE_HOST = 0,
    AVP_MODE_GUEST = 1,
    AVP_MODE_TRACE = 2,
};

struct avp_queue_counts {
    __u8 minimum;
    __u8 recommended;
    __u8 maximum;
};

struct avp_pool {
    __u64 address; /* host virtual */
    __u64 physical;
    __u64 length;
};

struct avp_device_info {
    __u32 magic;
    __u32 version;
    char name[AVP_NAME_BYTES]; /* of the network interface; may fill all 32 bytes */
    __u64 tx;                  /* physical, of the first ring: guest to host, packets */
    __u64 rx;                  /* host to guest, packets */
    __u64 alloc;               /* host to guest, empty buffers; ring i serves tx i */
    __u64 free;                /* guest to host, used buffers of rx i */
    __u32 features;
    struct avp_queue_counts rx_queues; /* as the guest counts */
    struct avp_queue_counts tx_queues;
    __u8 reserved1[2];
    __u32 tx_stride; /* bytes from one ring to the next */
    __u32 rx_stride;
    __u32 alloc_stride;
    __u32 free_stride;
    __u32 reserved2;
    __u64 request;  /* physical, of the ring of control requests */
    __u64 response; /* and of their answers */
    __u64 sync;     /* physical, of the one struct avp_request */
    __u64 sync_address;
    __u64 pool_address; /* the same as pools[0] */
    __u64 pool_physical;
    struct avp_pool pools[AVP_MAX_POOLS]; /* unused ones are 0 */
    __u8 mac[AVP_MAC_BYTES];
    __u8 mode; /* enum avp_mode */
    __u8 reserved3;
    __u32 buffer_bytes; /* of payload, in each buffer */
    __u32 reserved4;
    __u64 device_id;
    __u32 max_frame_bytes;
    __u32 reserved5;
};

AVP_ABI_ASSERT(sizeof(struct avp_queue_counts) == 3);
AVP_ABI_ASSERT(sizeof(struct avp_pool) == 24);
AVP_ABI_ASSERT(sizeof(struct avp_device_info) == 376);
AVP_ABI_AT(avp_device_info, name, 8);
AVP_ABI_AT(avp_device_info, tx, 40);
AVP_ABI_AT(avp_device_info, features, 72);
AVP_ABI_AT(avp_device_info, rx_queues, 76);
AVP_ABI_AT(avp_device_info, tx_queues, 79);
AVP_ABI_AT(avp_device_info, tx_stride, 84);
AVP_ABI_AT(avp_device_info, request, 104);
AVP_ABI_AT(avp_device_info, sync_address, 128);
AVP_ABI_AT(avp_device_info, pools, 152);
AVP_ABI_AT(avp_device_info, mac, 344);
AVP_ABI_AT(avp_device_info, mode, 350);
AVP_ABI_AT(avp_device_info, buffer_bytes, 352);
AVP_ABI_AT(avp_device_info, device_id, 360);
AVP_ABI_AT(avp_device_info, max_frame_bytes, 368);

/* --- Rings: the four of each queue pair and the two of control ------------------------------------------------ */

/* One producer, one consumer. Both indices lie below `length`, a power of two; equal indices are an empty ring, and at
 * most length - 1 slots are used. A slot holds a host virtual address. */
struct avp_fifo {
    __u32 write; /* the producer's */
    __u32 read;  /* the consumer's */
    __u32 length;
    __u32 element_bytes; /* 8 */
    /* __u64 slots[length] */
};

AVP_ABI_ASSERT(sizeof(struct avp_fifo) == 16);
AVP_ABI_AT(avp_fifo, read, 4);
AVP_ABI_AT(avp_fifo, length, 8);
/* Bytes of a ring of that many slots. */
#define AVP_FIFO_BYTES(slots) (16u + 8u * (__u32)(slots))

/* --- Packet descriptor ---------------------------------------------------------------------------------------- */

#define AVP_DESCRIPTOR_TX_VLAN 0x0001u /* guest to host: vlan_tci is the tag to insert */
#define AVP_DESCRIPTOR_RX_VLAN 0x0800u /* host to guest: vlan_tci is the tag that was stripped */

/* 64 bytes, aligned so. The host's own fields are never touched by a guest, and are 0 from a host of ours. An empty
 * buffer has length 0, next 0, flags 0 and segments 1. */
struct avp_descriptor {
    __u64 host_private[3];
    __u8 host_private_tail[6];
    __u16 flags;
    __u64 next; /* host address of the next segment's descriptor; 0: the last */
    __u64 data; /* host address of the first byte */
    __u16 length;
    __u8 segments; /* of the frame, in its first descriptor */
    __u8 host_private_port;
    __u16 frame_bytes;      /* of the whole frame, in its first descriptor */
    __u16 frame_bytes_high; /* 0 */
    __u8 reserved1[2];
    __u16 vlan_tci;
    __u8 reserved2[4];
};

AVP_ABI_ASSERT(sizeof(struct avp_descriptor) == 64);
AVP_ABI_AT(avp_descriptor, flags, 30);
AVP_ABI_AT(avp_descriptor, next, 32);
AVP_ABI_AT(avp_descriptor, data, 40);
AVP_ABI_AT(avp_descriptor, length, 48);
AVP_ABI_AT(avp_descriptor, segments, 50);
AVP_ABI_AT(avp_descriptor, frame_bytes, 52);
AVP_ABI_AT(avp_descriptor, vlan_tci, 58);

/* --- Control requests: one at a time, in the sync area --------------------------------------------------------- */

enum avp_request_id {
    AVP_REQUEST_UNKNOWN = 0,
    AVP_REQUEST_CHANGE_MTU = 1,
    AVP_REQUEST_CONFIGURE_INTERFACE = 2,
    AVP_REQUEST_CONFIGURE_DEVICE = 3,
    AVP_REQUEST_SHUTDOWN_DEVICE = 4,
};

enum avp_driver {
    AVP_DRIVER_UNKNOWN = 0,
    AVP_DRIVER_DPDK = 1,
    AVP_DRIVER_KERNEL = 2,
    AVP_DRIVER_QEMU = 3,
};

#define AVP_RESULT_PRESET (-524) /* what a guest writes before it asks */

struct avp_device_configuration {
    __u64 device_id;
    __u32 driver;         /* enum avp_driver */
    __u32 driver_version; /* AVP_VERSION */
    __u32 features;       /* accepted ones */
    __u16 tx_queues;
    __u16 rx_queues;
    __u8 is_up;
} __attribute__((packed));

struct avp_request {
    __u32 id; /* enum avp_request_id */
    union {
        __u32 mtu;
        __u8 is_up; /* of AVP_REQUEST_CONFIGURE_INTERFACE */
        struct avp_device_configuration device;
        __u8 bytes[28];
    } __attribute__((packed)) payload;
    __s32 result; /* 0 or a negative errno */
} __attribute__((packed));

AVP_ABI_ASSERT(sizeof(struct avp_device_configuration) == 25);
AVP_ABI_ASSERT(sizeof(struct avp_request) == 36);
AVP_ABI_AT(avp_request, payload, 4);
AVP_ABI_AT(avp_request, result, 32);
AVP_ABI_AT(avp_device_configuration, features, 16);
AVP_ABI_AT(avp_device_configuration, tx_queues, 20);
AVP_ABI_AT(avp_device_configuration, is_up, 24);

#endif
