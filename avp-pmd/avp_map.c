/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * Asks a vfio-user server for its regions and maps them.
 */
#include "avp_map.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define AVP_PREFAULT_BYTES (UINT64_C(1) << 30) /* no more than that is brought in at once */

static int refuse_region(struct avp_refusal* refusal, unsigned index, const char* reason, uint64_t value) {
    (void)snprintf(refusal->text, sizeof(refusal->text), "region %u: %s (%" PRIu64 ")", index, reason, value);
    return -EINVAL;
}

static int check_memory(int fd, const struct avp_vfio_user_region_info* info, struct avp_refusal* refusal) {
    struct stat status;
    int seals = fcntl(fd, F_GET_SEALS);

    if (seals < 0 || (seals & F_SEAL_SHRINK) == 0)
        return refuse_region(refusal, info->index, "its memory is not sealed against shrinking", 0);
    if (fstat(fd, &status) != 0 || status.st_size < 0)
        return refuse_region(refusal, info->index, "its memory has no size", 0);
    if (info->offset > (uint64_t)status.st_size || info->size > (uint64_t)status.st_size - info->offset)
        return refuse_region(refusal, info->index, "larger than its memory", info->size);
    return 0;
}

static int map(int fd, const struct avp_vfio_user_region_info* info, struct avp_region* region,
               struct avp_refusal* refusal) {
    bool is_memory = info->index == AVP_BAR_MEMORY;
    int protection = is_memory ? PROT_READ | PROT_WRITE : PROT_READ;
    int flags = MAP_SHARED | (info->size <= AVP_PREFAULT_BYTES ? MAP_POPULATE : 0);
    void* base;
    int error = check_memory(fd, info, refusal);

    if (error != 0)
        return error;
    base = mmap(NULL, (size_t)info->size, protection, flags, fd, (off_t)info->offset);
    if (base == MAP_FAILED)
        return refuse_region(refusal, info->index, "cannot be mapped, errno", (uint64_t)errno);
    region->base = base;
    region->bytes = info->size;
    return 0;
}

static int map_region(struct avp_socket* connection, unsigned index, struct avp_region* region,
                      struct avp_refusal* refusal) {
    struct avp_vfio_user_region_info asked = {.argsz = sizeof(asked), .index = index};
    struct avp_vfio_user_region_info info;
    struct avp_exchange exchange = {
        .command = AVP_VFIO_USER_GET_REGION_INFO,
        .head = &asked,
        .head_bytes = sizeof(asked),
        .answer = &info,
        .answer_bytes = sizeof(info),
    };
    int error = avp_sdk_socket_exchange(connection, &exchange);

    if (error != 0) {
        (void)snprintf(refusal->text, sizeof(refusal->text), "region %u: %s", index, strerror(-error));
        return error;
    }
    if (exchange.answered_bytes < sizeof(info) || info.index != index)
        error = refuse_region(refusal, index, "the server's answer is for another region", index);
    else if (exchange.answer_fd < 0 || (info.flags & AVP_VFIO_USER_REGION_MAPPABLE) == 0)
        error = refuse_region(refusal, index, "cannot be mapped, flags", info.flags);
    else if (info.size == 0 || info.size > AVP_MAX_MEMORY_BYTES)
        error = refuse_region(refusal, index, "its size is not 1 to 2^34", info.size);
    else
        error = map(exchange.answer_fd, &info, region, refusal);
    if (exchange.answer_fd >= 0)
        (void)close(exchange.answer_fd);
    return error;
}

int avp_sdk_map_regions(struct avp_socket* connection, struct avp_regions* regions,
                        struct avp_refusal* refusal) {
    int error = map_region(connection, AVP_BAR_MEMORY, &regions->memory, refusal);

    if (error == 0)
        error = map_region(connection, AVP_BAR_MEMORY_MAP, &regions->memory_map, refusal);
    if (error == 0)
        error = map_region(connection, AVP_BAR_DEVICE_INFO, &regions->device_info, refusal);
    if (error != 0)
        avp_sdk_unmap_regions(regions);
    return error;
}

static void unmap(struct avp_region* region) {
    if (region->base != NULL)
        (void)munmap(region->base, (size_t)region->bytes);
    region->base = NULL;
    region->bytes = 0;
}

void avp_sdk_unmap_regions(struct avp_regions* regions) {
    unmap(&regions->memory);
    unmap(&regions->memory_map);
    unmap(&regions->device_info);
}
