/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * Reads a device's tables: one copy of each, then nothing but the copies. The first field that cannot stand is named.
 */
#include "avp_geometry.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "avp-abi/avp_ring.h"

#define AVP_MIN_BUFFER_BYTES 64
#define AVP_MIN_FRAME_BYTES 64
#define AVP_MAX_BUFFER_BYTES 65535

struct avp_reading {
    struct avp_geometry* geometry;
    const struct avp_region* memory;
    struct avp_memory_map* map;  /* the copy */
    struct avp_device_info info; /* the copy */
    struct avp_refusal* refusal;
};

__attribute__((format(printf, 2, 3))) static int refuse(struct avp_reading* reading, const char* format,
                                                        ...) {
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(reading->refusal->text, sizeof(reading->refusal->text), format, arguments);
    va_end(arguments);
    return -EINVAL;
}

/* --- Memory map ---------------------------------------------------------------------------------------------- */

static int check_memory_map(struct avp_reading* reading) {
    const struct avp_memory_map* map = reading->map;
    uint64_t sum = 0;
    uint32_t i;

    if (map->magic != AVP_MEMORY_MAP_MAGIC)
        return refuse(reading, "memory map: magic is 0x%08x, not 0x%08x", map->magic, AVP_MEMORY_MAP_MAGIC);
    if (map->version != AVP_MEMORY_MAP_VERSION)
        return refuse(reading, "memory map: version is %u, not %u", map->version, AVP_MEMORY_MAP_VERSION);
    if (map->count == 0 || map->count > AVP_MAX_MAP_ENTRIES)
        return refuse(reading, "memory map: count is %u, not 1 to %u", map->count, AVP_MAX_MAP_ENTRIES);
    for (i = 0; i < map->count; i++) {
        const struct avp_map_entry* entry = &map->entries[i];

        if (entry->length == 0 || entry->length > reading->memory->bytes - sum)
            return refuse(reading,
                          "memory map: entry %u: length is %" PRIu64 ", of %" PRIu64 " left in the memory", i,
                          (uint64_t)entry->length, reading->memory->bytes - sum);
        if (entry->physical > UINT64_MAX - entry->length)
            return refuse(reading, "memory map: entry %u: physical is 0x%" PRIx64 ", and wraps", i,
                          (uint64_t)entry->physical);
        sum += entry->length;
    }
    return 0;
}

/* The place of what lies at `physical` and how many bytes follow it in its entry; NULL if no entry has it. */
static uint8_t* place_of(const struct avp_reading* reading, uint64_t physical, uint64_t* bytes) {
    uint64_t start = 0;
    uint32_t i;

    for (i = 0; i < reading->map->count; i++) {
        const struct avp_map_entry* entry = &reading->map->entries[i];
        uint64_t offset = physical - entry->physical;

        if (offset < entry->length) {
            *bytes = entry->length - offset;
            return (uint8_t*)reading->memory->base + start + offset;
        }
        start += entry->length;
    }
    return NULL;
}

/* --- Rings --------------------------------------------------------------------------------------------------- */

/* A ring at `physical` that may use no more than `limit` bytes. */
static int find_ring(struct avp_reading* reading, const char* name, uint64_t physical, uint64_t limit,
                     struct avp_ring_place* ring) {
    uint64_t bytes = 0;
    uint8_t* place = place_of(reading, physical, &bytes);

    if (place == NULL || ((uintptr_t)place & 7) != 0)
        return refuse(reading, "%s: 0x%" PRIx64 " is no place for a ring in the device's memory", name,
                      physical);
    ring->fifo = (struct avp_fifo*)(void*)place;
    ring->slots = avp_fifo_length(ring->fifo, bytes < limit ? bytes : limit);
    if (ring->slots == 0)
        return refuse(reading,
                      "%s: length and element_bytes are not a power of two from 2 to %u and 8 in %" PRIu64
                      " bytes",
                      name, AVP_MAX_RING_SLOTS, bytes < limit ? bytes : limit);
    return 0;
}

static int find_rings(struct avp_reading* reading, enum avp_ring_kind kind, const char* name, uint64_t first,
                      uint32_t stride, uint32_t queues) {
    char ring_name[32];
    uint32_t i;

    if (stride % 8 != 0 || stride < AVP_FIFO_BYTES(2))
        return refuse(reading, "%s_stride is %u, not a multiple of 8 from %u on", name, stride,
                      AVP_FIFO_BYTES(2));
    for (i = 0; i < queues; i++) {
        int error;

        (void)snprintf(ring_name, sizeof(ring_name), "%s ring %u", name, i);
        /* A sum that wraps is an address like any other: it lies in the memory or does not. */
        error = find_ring(reading, ring_name, first + (uint64_t)i * stride, stride,
                          &reading->geometry->rings[kind][i]);
        if (error != 0)
            return error;
    }
    return 0;
}

static int find_queue_rings(struct avp_reading* reading) {
    const struct avp_device_info* info = &reading->info;
    uint32_t tx = info->tx_queues.maximum;
    uint32_t rx = info->rx_queues.maximum;
    int error = find_rings(reading, AVP_TX, "tx", info->tx, info->tx_stride, tx);

    if (error == 0)
        error = find_rings(reading, AVP_ALLOC, "alloc", info->alloc, info->alloc_stride, tx);
    if (error == 0)
        error = find_rings(reading, AVP_RX, "rx", info->rx, info->rx_stride, rx);
    if (error == 0)
        error = find_rings(reading, AVP_FREE, "free", info->free, info->free_stride, rx);
    return error;
}

static int find_arm_words(struct avp_reading* reading) {
    const struct avp_device_info* info = &reading->info;
    uint32_t i;

    if ((info->features & AVP_FEATURE_RX_INTERRUPT) == 0)
        return 0;
    for (i = 0; i < info->rx_queues.maximum; i++) {
        const struct avp_ring_place* ring = &reading->geometry->rings[AVP_RX][i];
        uint64_t bytes = 0;
        uint8_t* end = place_of(reading, info->rx + (uint64_t)i * info->rx_stride, &bytes);

        if (bytes < info->rx_stride || info->rx_stride < AVP_FIFO_BYTES(ring->slots) + AVP_ARM_BYTES)
            return refuse(reading, "rx_stride is %u, without room for the arm word of ring %u",
                          info->rx_stride, i);
        end += info->rx_stride - AVP_ARM_BYTES;
        reading->geometry->arm_words[i] = (uint32_t*)(void*)end;
    }
    return 0;
}

static int find_control(struct avp_reading* reading) {
    const struct avp_device_info* info = &reading->info;
    struct avp_geometry* geometry = reading->geometry;
    uint64_t bytes = 0;
    uint8_t* sync;
    int error = find_ring(reading, "request", info->request, UINT64_MAX, &geometry->request);

    if (error == 0)
        error = find_ring(reading, "response", info->response, UINT64_MAX, &geometry->response);
    if (error != 0)
        return error;
    sync = place_of(reading, info->sync, &bytes);
    if (sync == NULL || bytes < sizeof(struct avp_request) || ((uintptr_t)sync & 3) != 0)
        return refuse(reading, "sync: 0x%" PRIx64 " is no place for %zu bytes in the device's memory",
                      (uint64_t)info->sync, sizeof(struct avp_request));
    geometry->sync = (struct avp_request*)(void*)sync;
    geometry->sync_address = info->sync_address;
    return 0;
}

/* --- Buffers ------------------------------------------------------------------------------------------------- */

static int add_pool(struct avp_reading* reading, uint32_t index, uint64_t address, uint64_t physical,
                    uint64_t length) {
    struct avp_pools* pools = &reading->geometry->pools;
    uint64_t bytes = 0;
    uint8_t* here = place_of(reading, physical, &bytes);

    /* The pools follow one another in the memory, so one may lie across entries of the map. */
    if (here != NULL)
        bytes = reading->memory->bytes - (uint64_t)(here - (uint8_t*)reading->memory->base);
    if (here == NULL || length > bytes)
        return refuse(reading, "pools[%u]: 0x%" PRIx64 " and %" PRIu64 " bytes lie outside the memory", index,
                      physical, length);
    if (length < sizeof(struct avp_descriptor) || address > UINT64_MAX - length)
        return refuse(reading, "pools[%u]: length is %" PRIu64 " at address 0x%" PRIx64, index, length,
                      address);
    pools->windows[pools->count].address = address;
    pools->windows[pools->count].bytes = length;
    pools->windows[pools->count].here = here;
    pools->count++;
    return 0;
}

static int find_pools(struct avp_reading* reading) {
    const struct avp_device_info* info = &reading->info;
    uint64_t bytes = 0;
    uint8_t* here;
    uint32_t i;

    for (i = 0; i < AVP_MAX_POOLS; i++) {
        const struct avp_pool* pool = &info->pools[i];
        int error;

        if (pool->length == 0)
            continue;
        error = add_pool(reading, i, pool->address, pool->physical, pool->length);
        if (error != 0)
            return error;
    }
    if (reading->geometry->pools.count != 0)
        return 0;
    /* An old host may fill nothing but the pair: then the pool goes to the end of its entry. */
    here = place_of(reading, info->pool_physical, &bytes);
    if (here == NULL)
        return refuse(reading, "pool_physical: 0x%" PRIx64 " lies outside the memory",
                      (uint64_t)info->pool_physical);
    return add_pool(reading, 0, info->pool_address, info->pool_physical, bytes);
}

/* --- Device information -------------------------------------------------------------------------------------- */

static int check_identity(struct avp_reading* reading) {
    const struct avp_device_info* info = &reading->info;

    if (info->magic != AVP_DEVICE_INFO_MAGIC)
        return refuse(reading, "device information: magic is 0x%08x, not 0x%08x", info->magic,
                      AVP_DEVICE_INFO_MAGIC);
    if (AVP_VERSION_RELEASE(info->version) != 1)
        return refuse(reading, "version is 0x%08x: its release is not 1", info->version);
    if (AVP_VERSION_LAYOUT(info->version) > AVP_VERSION_LAYOUT(AVP_GUEST_VERSION))
        return refuse(reading, "version is 0x%08x, newer than 0x%08x", info->version, AVP_GUEST_VERSION);
    if (info->mode != AVP_MODE_GUEST)
        return refuse(reading, "mode is %u, not %u (guest)", info->mode, AVP_MODE_GUEST);
    return 0;
}

static int check_queues(struct avp_reading* reading, const char* name,
                        const struct avp_queue_counts* counts) {
    if (counts->minimum > counts->maximum || counts->maximum == 0 || counts->maximum > AVP_MAX_QUEUES)
        return refuse(reading, "%s: minimum %u and maximum %u are not in 0..%u and 1..%u, rising", name,
                      counts->minimum, counts->maximum, AVP_MAX_QUEUES, AVP_MAX_QUEUES);
    return 0;
}

static int check_sizes(struct avp_reading* reading) {
    const struct avp_device_info* info = &reading->info;

    if (info->buffer_bytes < AVP_MIN_BUFFER_BYTES || info->buffer_bytes > AVP_MAX_BUFFER_BYTES)
        return refuse(reading, "buffer_bytes is %u, not %u to %u", info->buffer_bytes, AVP_MIN_BUFFER_BYTES,
                      AVP_MAX_BUFFER_BYTES);
    if (info->max_frame_bytes < AVP_MIN_FRAME_BYTES || info->max_frame_bytes > AVP_MAX_FRAME_BYTES)
        return refuse(reading, "max_frame_bytes is %u, not %u to %u", info->max_frame_bytes,
                      AVP_MIN_FRAME_BYTES, AVP_MAX_FRAME_BYTES);
    if (info->max_frame_bytes > AVP_MAX_SEGMENTS * info->buffer_bytes)
        return refuse(reading, "max_frame_bytes is %u, beyond %u buffers of %u", info->max_frame_bytes,
                      AVP_MAX_SEGMENTS, info->buffer_bytes);
    return 0;
}

static int check_mac(struct avp_reading* reading) {
    static const uint8_t zero[AVP_MAC_BYTES];
    const uint8_t* mac = reading->info.mac;

    if ((mac[0] & 1) != 0 || memcmp(mac, zero, sizeof(zero)) == 0)
        return refuse(reading, "mac %02x:%02x:%02x:%02x:%02x:%02x is not a unicast address", mac[0], mac[1],
                      mac[2], mac[3], mac[4], mac[5]);
    return 0;
}

static int check_device_info(struct avp_reading* reading) {
    int error = check_identity(reading);

    if (error == 0)
        error = check_queues(reading, "rx_queues", &reading->info.rx_queues);
    if (error == 0)
        error = check_queues(reading, "tx_queues", &reading->info.tx_queues);
    if (error == 0)
        error = check_sizes(reading);
    if (error == 0)
        error = check_mac(reading);
    return error;
}

static void take_plain_fields(struct avp_reading* reading) {
    const struct avp_device_info* info = &reading->info;
    struct avp_geometry* geometry = reading->geometry;

    geometry->version = info->version;
    geometry->features = info->features;
    geometry->rx_queues = info->rx_queues;
    geometry->tx_queues = info->tx_queues;
    geometry->buffer_bytes = info->buffer_bytes;
    geometry->max_frame_bytes = info->max_frame_bytes;
    geometry->device_id = info->device_id;
    memcpy(geometry->mac, info->mac, sizeof(geometry->mac));
}

static int check_regions(struct avp_reading* reading, const struct avp_regions* regions) {
    if (regions->memory.base == NULL || regions->memory.bytes == 0)
        return refuse(reading, "memory (BAR 2) is not mapped");
    if (regions->memory_map.base == NULL || regions->memory_map.bytes < sizeof(struct avp_memory_map))
        return refuse(reading, "memory map (BAR 4) has %" PRIu64 " bytes, not %zu", regions->memory_map.bytes,
                      sizeof(struct avp_memory_map));
    if (regions->device_info.base == NULL || regions->device_info.bytes < sizeof(struct avp_device_info))
        return refuse(reading, "device information (BAR 5) has %" PRIu64 " bytes, not %zu",
                      regions->device_info.bytes, sizeof(struct avp_device_info));
    return 0;
}

static int read_all(struct avp_reading* reading) {
    int error = check_memory_map(reading);

    if (error == 0)
        error = check_device_info(reading);
    if (error == 0)
        error = find_queue_rings(reading);
    if (error == 0)
        error = find_arm_words(reading);
    if (error == 0)
        error = find_control(reading);
    if (error == 0)
        error = find_pools(reading);
    if (error == 0)
        take_plain_fields(reading);
    return error;
}

int avp_sdk_geometry_read(struct avp_geometry* geometry, const struct avp_regions* regions,
                          struct avp_refusal* refusal) {
    struct avp_reading reading = {.geometry = geometry, .memory = &regions->memory, .refusal = refusal};
    int error;

    memset(geometry, 0, sizeof(*geometry));
    refusal->text[0] = '\0';
    error = check_regions(&reading, regions);
    if (error != 0)
        return error;
    reading.map = malloc(sizeof(*reading.map));
    if (reading.map == NULL)
        return refuse(&reading, "no memory for a copy of the memory map");
    memcpy(reading.map, regions->memory_map.base, sizeof(*reading.map));
    memcpy(&reading.info, regions->device_info.base, sizeof(reading.info));
    /* What was checked must be what is used: no compiler may read the tables a second time. */
    __asm__ __volatile__("" : : "r"(reading.map), "r"(&reading.info) : "memory");
    error = read_all(&reading);
    free(reading.map);
    return error;
}
