/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * Which frames the application gets, and whether their tags are stripped. The host is never told: it sends all that it
 * has for the port. Changes are made while bursts are paused.
 */
#include <errno.h>

#include "avp_ethdev.h"

static uint64_t mac_word(const struct rte_ether_addr* mac) {
    uint64_t word = 0;

    memcpy(&word, mac->addr_bytes, RTE_ETHER_ADDR_LEN);
    return word;
}

/* What changes the filter, with bursts paused. */
typedef void (*avp_filter_change)(struct avp_filter* filter, const void* argument, uint32_t number);

static int change_filter(struct rte_eth_dev* port, avp_filter_change change, const void* argument,
                         uint32_t number) {
    struct avp_device* device = avp_device_of(port);
    int error;

    avp_sdk_device_lock(device);
    error = avp_sdk_device_pause(device);
    if (error == 0)
        change(&device->filter, argument, number);
    avp_sdk_device_resume(device);
    avp_sdk_device_unlock(device);
    return error;
}

static void set_promiscuous(struct avp_filter* filter, const void* argument, uint32_t on) {
    (void)argument;
    filter->takes_all = on != 0;
}

static void set_allmulticast(struct avp_filter* filter, const void* argument, uint32_t on) {
    (void)argument;
    filter->takes_all_multicast = on != 0;
}

/* An index beyond those in use leaves free ones between, which are 0 and match no frame that is let through. */
static void set_mac(struct avp_filter* filter, const void* mac, uint32_t index) {
    filter->macs[index] = mac == NULL ? 0 : mac_word(mac);
    if (index >= filter->mac_count)
        filter->mac_count = index + 1;
}

static void set_multicast(struct avp_filter* filter, const void* list, uint32_t count) {
    const struct rte_ether_addr* addresses = list;
    uint32_t i;

    for (i = 0; i < count; i++)
        filter->multicast[i] = mac_word(&addresses[i]);
    filter->multicast_count = count;
}

int avp_sdk_promiscuous_enable(struct rte_eth_dev* port) {
    return change_filter(port, set_promiscuous, NULL, 1);
}

int avp_sdk_promiscuous_disable(struct rte_eth_dev* port) {
    return change_filter(port, set_promiscuous, NULL, 0);
}

int avp_sdk_allmulticast_enable(struct rte_eth_dev* port) {
    return change_filter(port, set_allmulticast, NULL, 1);
}

int avp_sdk_allmulticast_disable(struct rte_eth_dev* port) {
    return change_filter(port, set_allmulticast, NULL, 0);
}

int avp_sdk_mac_addr_set(struct rte_eth_dev* port, struct rte_ether_addr* mac) {
    return change_filter(port, set_mac, mac, 0);
}

int avp_sdk_mac_addr_add(struct rte_eth_dev* port, struct rte_ether_addr* mac, uint32_t index,
                         uint32_t pool) {
    (void)pool;
    if (index >= AVP_MAX_MACS)
        return -EINVAL;
    return change_filter(port, set_mac, mac, index);
}

void avp_sdk_mac_addr_remove(struct rte_eth_dev* port, uint32_t index) {
    if (index < AVP_MAX_MACS)
        (void)change_filter(port, set_mac, NULL, index);
}

int avp_sdk_set_mc_addr_list(struct rte_eth_dev* port, struct rte_ether_addr* list, uint32_t count) {
    if (count > AVP_MAX_MULTICAST)
        return -ENOSPC;
    return change_filter(port, set_multicast, list, count);
}

/* --- Tags ---------------------------------------------------------------------------------------------------- */

/* A host that does not strip goes on so until the next start; meanwhile the driver does. */
static int set_stripping(struct rte_eth_dev* port, uint16_t first, uint16_t end, bool on) {
    struct avp_device* device = avp_device_of(port);
    int error;
    uint16_t i;

    avp_sdk_device_lock(device);
    error = avp_sdk_device_pause(device);
    for (i = first; error == 0 && i < end; i++) {
        struct avp_rx_queue* queue = port->data->rx_queues[i];

        if (queue != NULL)
            queue->strips_vlan = on;
    }
    avp_sdk_device_resume(device);
    avp_sdk_device_unlock(device);
    return error;
}

int avp_sdk_vlan_offload_set(struct rte_eth_dev* port, int mask) {
    bool on = (port->data->dev_conf.rxmode.offloads & RTE_ETH_RX_OFFLOAD_VLAN_STRIP) != 0;

    if ((mask & RTE_ETH_VLAN_STRIP_MASK) == 0)
        return 0;
    return set_stripping(port, 0, port->data->nb_rx_queues, on);
}

void avp_sdk_vlan_strip_queue_set(struct rte_eth_dev* port, uint16_t index, int on) {
    (void)set_stripping(port, index, (uint16_t)(index + 1), on != 0);
}
