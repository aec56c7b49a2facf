/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * The watching thread; see the header.
 */
#include "avp_watch.h"

#include <errno.h>
#include <ethdev_driver.h>
#include <poll.h>
#include <rte_lcore.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "avp_log.h"

static void wait_for_event(struct avp_device* device) {
    struct pollfd waited[AVP_MAX_EVENT_FDS + 1];
    uint32_t wait_ms = AVP_WATCH_INTERVAL_MS;
    int fds[AVP_MAX_EVENT_FDS];
    int count;
    int i;

    avp_sdk_device_lock(device);
    count = device->bus->event_fds(device, fds, &wait_ms);
    avp_sdk_device_unlock(device);
    for (i = 0; i < count; i++)
        waited[i] = (struct pollfd){.fd = fds[i], .events = POLLIN};
    waited[count] = (struct pollfd){.fd = device->wake_fd, .events = POLLIN};
    if (poll(waited, (nfds_t)count + 1, (int)wait_ms) > 0 && waited[count].revents != 0) {
        eventfd_t value;

        (void)eventfd_read(device->wake_fd, &value);
    }
}

/* The application is told without the lock: it may call the driver from there. */
static void tell(struct avp_device* device, uint32_t events, bool link_changed) {
    struct rte_eth_dev* port = &rte_eth_devices[device->data->port_id];

    if (link_changed) {
        struct rte_eth_link link;

        (void)rte_eth_linkstatus_get(port, &link);
        AVP_LOG(INFO, avp_name(device), "link is %s", link.link_status == RTE_ETH_LINK_UP ? "up" : "down");
        if (device->data->dev_conf.intr_conf.lsc != 0)
            (void)rte_eth_dev_callback_process(port, RTE_ETH_EVENT_INTR_LSC, NULL);
    }
    if ((events & AVP_EVENT_REMOVED) != 0) {
        AVP_LOG(NOTICE, avp_name(device), "unplugged");
        (void)rte_eth_dev_callback_process(port, RTE_ETH_EVENT_INTR_RMV, NULL);
    }
}

static void* watch(void* watched) {
    struct avp_device* device = watched;

    while (!__atomic_load_n(&device->watcher_ends, __ATOMIC_ACQUIRE)) {
        bool link_changed;
        uint32_t events;

        wait_for_event(device);
        avp_sdk_device_lock(device);
        if (device->bus->look(device))
            avp_sdk_device_follow(device);
        events = device->events;
        device->events = 0;
        link_changed = events != 0 && avp_sdk_device_show_link(device) == 0;
        avp_sdk_device_unlock(device);
        if (events != 0)
            tell(device, events, link_changed);
    }
    return NULL;
}

int avp_sdk_watch_start(struct avp_device* device) {
    char name[16];
    int error;

    device->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (device->wake_fd < 0)
        return -errno;
    (void)snprintf(name, sizeof(name), "avp-watch-%u", device->data->port_id);
    error = rte_ctrl_thread_create(&device->watcher, name, NULL, watch, device);
    if (error != 0) {
        (void)close(device->wake_fd);
        device->wake_fd = -1;
        return error > 0 ? -error : error;
    }
    device->is_watched = true;
    return 0;
}

void avp_sdk_watch_wake(struct avp_device* device) {
    if (device->wake_fd >= 0)
        (void)eventfd_write(device->wake_fd, 1);
}

void avp_sdk_watch_stop(struct avp_device* device) {
    if (!device->is_watched)
        return;
    __atomic_store_n(&device->watcher_ends, true, __ATOMIC_RELEASE);
    avp_sdk_watch_wake(device);
    (void)pthread_join(device->watcher, NULL);
    device->is_watched = false;
    (void)close(device->wake_fd);
    device->wake_fd = -1;
}
