/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * One device, whatever bus it came by: its mapping, its host's presence, its queues' start and end. The application's
 * threads and the watching thread meet here under one lock; lcores never take it, their gates are closed instead.
 *
 * A datapath runs while the device is attached, the application has started the port and the queue, and no control
 * operation has paused it. What follows from an absent host is a link that is down, never an error of the application's.
 */
#ifndef AVP_DEVICE_H
#define AVP_DEVICE_H

#include <ethdev_driver.h>
#include <pthread.h>

#include "avp_control.h"
#include "avp_queue.h"

#define AVP_QUIET_TIMEOUT_MS 5000 /* for bursts under way to end */
#define AVP_MIN_TIMEOUT_MS 10
#define AVP_MAX_TIMEOUT_MS 60000
#define AVP_DEFAULT_TIMEOUT_MS 500

struct avp_device;

/* What differs between a PCI function and a socket. All under the device's lock; 0 or a negative errno. */
struct avp_bus {
    int (*read_register)(struct avp_device* device, uint32_t offset, uint32_t* value);
    int (*write_register)(struct avp_device* device, uint32_t offset, uint32_t value);
    /* Back to how the device was at first. NULL: the bus has no way. */
    int (*reset)(struct avp_device* device);
    /* Watching thread: looks after the connection, as often as there is an event and now and then; whether the registers
     * should be read. */
    bool (*look)(struct avp_device* device);
    /* Hands out the descriptors that say that there is an event, at most AVP_MAX_EVENT_FDS; lowers `wait_ms` if there is
     * something to do before. */
    int (*event_fds)(struct avp_device* device, int* fds, uint32_t* wait_ms);
    /* Interrupts of RX queues, from the port's start to its stop. NULL: they are always there. */
    int (*open_rx_events)(struct avp_device* device);
    void (*close_rx_events)(struct avp_device* device);
    /* Asks the host for them, for all its rings. */
    int (*wire_rx_events)(struct avp_device* device);
    /* Makes one of a queue here. */
    void (*signal_rx_event)(struct avp_device* device, uint16_t queue);
    /* Frees what the bus keeps, with the device closed. */
    void (*close)(struct avp_device* device);
};
#define AVP_MAX_EVENT_FDS 4

enum avp_presence {
    AVP_ABSENT,   /* no host, or it was refused: nothing is used of what may still be mapped */
    AVP_ATTACHED, /* the tables stand as they were checked */
    AVP_DETACHED, /* the host migrates the device */
    AVP_GONE,     /* unplugged */
};

enum avp_event { AVP_EVENT_LINK = 1, AVP_EVENT_REMOVED = 2 };

struct avp_device_counts {
    uint64_t attaches;
    uint64_t detaches;
    uint64_t refusals; /* tables or answers of the host that cannot stand */
    uint64_t failed_requests;
};

struct avp_device {
    struct rte_eth_dev_data* data;
    const struct avp_bus* bus;
    void* bus_private;
    pthread_mutex_t lock;
    enum avp_presence presence;
    struct avp_regions regions;
    struct avp_geometry geometry;
    struct avp_control control;
    struct avp_filter filter;
    uint32_t timeout_ms;
    uint16_t most_rx_events; /* receive rings that the bus can have an interrupt for; 0: it has none */
    uint32_t accepted_features;
    uint32_t told_mtu; /* 0: none yet */
    bool is_started;
    bool is_down;    /* by rte_eth_dev_set_link_down */
    bool carrier;    /* what the host says; true without AVP_FEATURE_LINK */
    bool is_running; /* gates were opened */
    uint32_t events; /* enum avp_event, to tell when the lock is free again */
    struct avp_device_counts counts;
    pthread_t watcher;
    int wake_fd; /* ends or hurries the watcher */
    bool is_watched;
    bool watcher_ends;
};

void avp_sdk_device_init(struct avp_device* device, struct rte_eth_dev_data* data, const struct avp_bus* bus,
                         uint32_t timeout_ms);
void avp_sdk_device_lock(struct avp_device* device);
void avp_sdk_device_unlock(struct avp_device* device);

/* All below: with the lock held. */

/* Reads the tables of the mapped regions and goes on where the datapath was: -EINVAL if they cannot stand, or cannot
 * carry what the application has configured. */
int avp_sdk_device_attach(struct avp_device* device);
/* Ends the use of the mapping; -EBUSY if a burst does not end, and then nothing may be unmapped. */
int avp_sdk_device_leave(struct avp_device* device, enum avp_presence presence);
/* Reads the registers and follows a migration, the link, an unplugging. */
void avp_sdk_device_follow(struct avp_device* device);

int avp_sdk_device_start(struct avp_device* device);
int avp_sdk_device_stop(struct avp_device* device);
/* After dev_set_link_up or _down. */
int avp_sdk_device_set_down(struct avp_device* device, bool is_down);
/* The last one: the host is told that nobody uses the device any more. */
int avp_sdk_device_shut_down(struct avp_device* device);

/* Between both, no burst runs: for changing what the queues read. -EBUSY: the change must not be made. */
int avp_sdk_device_pause(struct avp_device* device);
void avp_sdk_device_resume(struct avp_device* device);
/* Opens all queues on the rings of the tables: -EPROTO if an index lies outside. With the gates closed. */
int avp_sdk_device_open_queues(struct avp_device* device);
/* While no burst runs: what was kept back is the host's, so that the rings' indices are where the next start begins. */
void avp_sdk_device_settle_queues(struct avp_device* device);
/* How many receive rings the host is told to use. */
uint16_t avp_sdk_device_rx_rings(const struct avp_device* device);
/* Sets what the queues derive from MTU and host; between pause and resume. */
void avp_sdk_device_set_limits(struct avp_device* device);
/* What stands against interrupts of the RX queues that are configured; NULL: nothing. */
const char* avp_sdk_device_rx_interrupt_obstacle(const struct avp_device* device);
/* Tells the host the MTU, if it is not what it knows. What it refuses stays local, and is logged. */
void avp_sdk_device_tell_mtu(struct avp_device* device);

/* The link as it is now goes to ethdev; 0 if it has changed, as link_update wants it. */
int avp_sdk_device_show_link(struct avp_device* device);

static inline const char* avp_name(const struct avp_device* device) {
    return device->data->name;
}

#endif
