/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * The PCI driver net_avp_sdk. Its tables and rings are the function's BARs, which EAL maps. A device that is refused is
 * refused with a negative value, so that no other driver takes it then. Without an interrupt the registers are looked at
 * every now and then, so that migrations are followed all the same.
 */
#include <bus_pci_driver.h>
#include <errno.h>
#include <ethdev_pci.h>
#include <rte_interrupts.h>
#include <rte_io.h>
#include <string.h>

#include "avp_devargs.h"
#include "avp_ethdev.h"
#include "avp_log.h"
#include "avp_vectors.h"
#include "avp_watch.h"

static struct rte_pci_device* pci_of(const struct avp_device* device) {
    return device->bus_private;
}

static volatile uint8_t* register_at(const struct avp_device* device, uint32_t offset) {
    return (volatile uint8_t*)pci_of(device)->mem_resource[AVP_BAR_REGISTERS].addr + offset;
}

static int read_register(struct avp_device* device, uint32_t offset, uint32_t* value) {
    *value = rte_le_to_cpu_32(rte_read32(register_at(device, offset)));
    return 0;
}

static int write_register(struct avp_device* device, uint32_t offset, uint32_t value) {
    rte_write32(rte_cpu_to_le_32(value), register_at(device, offset));
    return 0;
}

/* Reading the registers is all there is to look after. */
static bool look(struct avp_device* device) {
    (void)device;
    return true;
}

static int event_fds(struct avp_device* device, int* fds, uint32_t* wait_ms) {
    (void)device;
    (void)fds;
    (void)wait_ms;
    return 0;
}

/* EAL's interrupt thread: the work is the watching thread's. */
static void on_interrupt(void* interrupted) {
    struct avp_device* device = interrupted;

    (void)rte_intr_ack(pci_of(device)->intr_handle);
    avp_sdk_watch_wake(device);
}

/* For as many rings as can be: a migration may bring more of them. */
static int open_rx_events(struct avp_device* device) {
    int error =
        avp_sdk_vectors_open(pci_of(device)->intr_handle, device->most_rx_events, device->data->nb_rx_queues);

    if (error != 0)
        AVP_LOG(ERR, avp_name(device), "intr_conf.rxq: no interrupt vectors for %u RX rings: %s",
                device->most_rx_events, strerror(-error));
    avp_sdk_watch_wake(device); /* what came while there was none */
    return error;
}

static void close_rx_events(struct avp_device* device) {
    avp_sdk_vectors_close(pci_of(device)->intr_handle);
    avp_sdk_watch_wake(device);
}

static int wire_rx_events(struct avp_device* device) {
    return avp_sdk_vectors_wire(pci_of(device)->intr_handle, avp_sdk_device_rx_rings(device),
                                device->data->nb_rx_queues);
}

static void signal_rx_event(struct avp_device* device, uint16_t queue) {
    avp_sdk_vectors_signal(pci_of(device)->intr_handle, queue);
}

static void close_pci(struct avp_device* device) {
    struct rte_intr_handle* handle = pci_of(device)->intr_handle;

    (void)rte_intr_disable(handle);
    (void)rte_intr_callback_unregister_sync(handle, on_interrupt, device);
}

static const struct avp_bus pci_bus = {
    .read_register = read_register,
    .write_register = write_register,
    .reset = NULL,
    .look = look,
    .event_fds = event_fds,
    .open_rx_events = open_rx_events,
    .close_rx_events = close_rx_events,
    .wire_rx_events = wire_rx_events,
    .signal_rx_event = signal_rx_event,
    .close = close_pci,
};

static void take_region(struct avp_region* region, const struct rte_pci_device* pci, unsigned bar) {
    region->base = pci->mem_resource[bar].addr;
    region->bytes = pci->mem_resource[bar].len;
}

static int take_regions(struct avp_device* device) {
    const struct rte_pci_device* pci = pci_of(device);
    const struct rte_mem_resource* registers = &pci->mem_resource[AVP_BAR_REGISTERS];

    if (registers->addr == NULL || registers->len <= AVP_REGISTER_LINK) {
        AVP_LOG(ERR, avp_name(device), "refused: registers (BAR 0) are not mapped");
        return -EINVAL;
    }
    take_region(&device->regions.memory, pci, AVP_BAR_MEMORY);
    take_region(&device->regions.memory_map, pci, AVP_BAR_MEMORY_MAP);
    take_region(&device->regions.device_info, pci, AVP_BAR_DEVICE_INFO);
    return 0;
}

static int attach(struct avp_device* device) {
    uint32_t status;
    int error = take_regions(device);

    if (error != 0)
        return error;
    (void)read_register(device, AVP_REGISTER_MIGRATION_STATUS, &status);
    if (status == AVP_MIGRATION_DETACHED) {
        AVP_LOG(ERR, avp_name(device), "refused: the device is being migrated");
        (void)write_register(device, AVP_REGISTER_MIGRATION_ACK, AVP_MIGRATION_DETACHED);
        return -EBUSY;
    }
    avp_sdk_device_lock(device);
    error = avp_sdk_device_attach(device);
    avp_sdk_device_unlock(device);
    return error;
}

static void listen_to_interrupts(struct avp_device* device) {
    struct rte_intr_handle* handle = pci_of(device)->intr_handle;
    int error = rte_intr_callback_register(handle, on_interrupt, device);

    if (error == 0)
        error = rte_intr_enable(handle);
    if (error != 0)
        AVP_LOG(NOTICE, avp_name(device), "without interrupts: the registers are polled every %u ms",
                AVP_WATCH_INTERVAL_MS);
}

static int init_port(struct rte_eth_dev* port) {
    struct rte_pci_device* pci = RTE_ETH_DEV_TO_PCI(port);
    struct avp_device* device = port->data->dev_private;
    struct avp_devargs devargs;
    int error;

    if (rte_eal_process_type() != RTE_PROC_PRIMARY) {
        avp_sdk_ethdev_init_secondary(port);
        return 0;
    }
    error = avp_sdk_devargs_parse(&devargs, port->data->name,
                                  pci->device.devargs == NULL ? NULL : pci->device.devargs->args, false);
    if (error != 0)
        return error;
    avp_sdk_device_init(device, port->data, &pci_bus, devargs.timeout_ms);
    device->bus_private = pci;
    device->most_rx_events = avp_sdk_vectors_limit(pci->intr_handle);
    error = attach(device);
    if (error == 0)
        error = avp_sdk_ethdev_init(port);
    if (error == 0)
        listen_to_interrupts(device);
    return error;
}

static int probe(struct rte_pci_driver* driver, struct rte_pci_device* pci) {
    int error = rte_eth_dev_pci_generic_probe(pci, sizeof(struct avp_device), init_port);

    (void)driver;
    return error > 0 ? -error : error;
}

static int remove_port(struct rte_pci_device* pci) {
    return rte_eth_dev_pci_generic_remove(pci, avp_sdk_ethdev_close);
}

static const struct rte_pci_id avp_ids[] = {
    {.class_id = RTE_CLASS_ANY_ID,
     .vendor_id = AVP_PCI_VENDOR,
     .device_id = AVP_PCI_DEVICE,
     .subsystem_vendor_id = AVP_PCI_SUBSYSTEM_VENDOR,
     .subsystem_device_id = AVP_PCI_SUBSYSTEM_DEVICE},
    {.vendor_id = 0},
};

static struct rte_pci_driver avp_pci_driver = {
    .id_table = avp_ids,
    .drv_flags = RTE_PCI_DRV_NEED_MAPPING | RTE_PCI_DRV_INTR_LSC | RTE_PCI_DRV_INTR_RMV,
    .probe = probe,
    .remove = remove_port,
};

RTE_PMD_REGISTER_PCI(net_avp_sdk, avp_pci_driver);
RTE_PMD_REGISTER_PCI_TABLE(net_avp_sdk, avp_ids);
RTE_PMD_REGISTER_KMOD_DEP(net_avp_sdk, "* igb_uio | vfio-pci | uio_pci_generic");
RTE_PMD_REGISTER_PARAM_STRING(net_avp_sdk, "timeout_ms=<10..60000>");
