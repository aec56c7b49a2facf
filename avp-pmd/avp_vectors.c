/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * Interrupt vectors behind VFIO; see the header. EAL can enable vectors with an eventfd each, but not give several vectors
 * one eventfd, as a queue of several rings wants it: that is asked of VFIO here.
 */
#include "avp_vectors.h"

#include <errno.h>
#include <linux/vfio.h>
#include <rte_common.h>
#include <stdalign.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>

#include "avp-abi/avp_abi.h"
#include "avp_queue_map.h"

uint16_t avp_sdk_vectors_limit(struct rte_intr_handle* handle) {
    struct vfio_irq_info info = {.argsz = sizeof(info), .index = VFIO_PCI_MSIX_IRQ_INDEX};

    if (rte_intr_type_get(handle) != RTE_INTR_HANDLE_VFIO_MSIX ||
        ioctl(rte_intr_dev_fd_get(handle), VFIO_DEVICE_GET_IRQ_INFO, &info) != 0 ||
        info.count <= AVP_VECTOR_RX(0))
        return 0;
    return (uint16_t)RTE_MIN(info.count - AVP_VECTOR_RX(0), (uint32_t)AVP_MAX_QUEUES);
}

static void shrink_to_status(struct rte_intr_handle* handle) {
    (void)rte_intr_disable(handle);
    rte_intr_efd_disable(handle);
    rte_intr_vec_list_free(handle);
    (void)rte_intr_enable(handle);
}

int avp_sdk_vectors_open(struct rte_intr_handle* handle, uint16_t rings, uint16_t queues) {
    uint16_t i;
    int error;

    /* Not every kernel can add vectors to those that are enabled. */
    (void)rte_intr_disable(handle);
    error = rte_intr_efd_enable(handle, rings);
    if (error == 0)
        error = rte_intr_vec_list_alloc(handle, "avp vectors", queues);
    for (i = 0; error == 0 && i < queues; i++)
        error = rte_intr_vec_list_index_set(handle, i, RTE_INTR_VEC_RXTX_OFFSET + i);
    if (error == 0 && rte_intr_enable(handle) != 0)
        error = -ENOSPC;
    if (error != 0)
        shrink_to_status(handle);
    return error;
}

int avp_sdk_vectors_wire(const struct rte_intr_handle* handle, uint16_t rings, uint16_t queues) {
    alignas(struct vfio_irq_set) char room[sizeof(struct vfio_irq_set) + AVP_MAX_QUEUES * sizeof(int)];
    struct vfio_irq_set* set = (void*)room;
    int fds[AVP_MAX_QUEUES];
    uint16_t queue;

    memset(fds, -1, sizeof(fds)); /* none */
    if (rings > AVP_MAX_QUEUES || rings > rte_intr_nb_efd_get(handle))
        return -ENOSPC;
    for (queue = 0; queue < queues; queue++) {
        struct avp_ring_range range = avp_rx_rings_of(queue, queues, rings);
        uint32_t i;

        for (i = range.first; i < range.first + range.count; i++)
            fds[i] = rte_intr_efds_index_get(handle, queue);
    }
    set->argsz = (uint32_t)(sizeof(*set) + rings * sizeof(int));
    set->flags = VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER;
    set->index = VFIO_PCI_MSIX_IRQ_INDEX;
    set->start = AVP_VECTOR_RX(0);
    set->count = rings;
    memcpy(set->data, fds, rings * sizeof(int));
    return ioctl(rte_intr_dev_fd_get(handle), VFIO_DEVICE_SET_IRQS, set) == 0 ? 0 : -errno;
}

void avp_sdk_vectors_signal(const struct rte_intr_handle* handle, uint16_t queue) {
    if (queue < rte_intr_nb_efd_get(handle))
        (void)eventfd_write(rte_intr_efds_index_get(handle, queue), 1);
}

void avp_sdk_vectors_close(struct rte_intr_handle* handle) {
    if (rte_intr_dp_is_en(handle) != 0)
        shrink_to_status(handle);
}
