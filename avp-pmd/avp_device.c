/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * A device's life: attached, started, paused, migrated, lost; and which requests the host gets at each step.
 */
#include "avp_device.h"

#include <errno.h>
#include <string.h>

#include "avp_log.h"

void avp_sdk_device_init(struct avp_device* device, struct rte_eth_dev_data* data, const struct avp_bus* bus,
                         uint32_t timeout_ms) {
    pthread_mutexattr_t shared;

    memset(device, 0, sizeof(*device));
    device->data = data;
    device->bus = bus;
    device->timeout_ms = timeout_ms;
    device->presence = AVP_ABSENT;
    device->carrier = true;
    device->wake_fd = -1;
    (void)pthread_mutexattr_init(&shared);
    (void)pthread_mutexattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
    (void)pthread_mutex_init(&device->lock, &shared);
    (void)pthread_mutexattr_destroy(&shared);
}

void avp_sdk_device_lock(struct avp_device* device) {
    (void)pthread_mutex_lock(&device->lock);
}

void avp_sdk_device_unlock(struct avp_device* device) {
    (void)pthread_mutex_unlock(&device->lock);
}

/* --- Requests ------------------------------------------------------------------------------------------------ */

static int told(struct avp_device* device, const char* request, int error) {
    if (error != 0) {
        device->counts.failed_requests++;
        AVP_LOG(ERR, avp_name(device), "the host did not take the request to %s: %s", request,
                strerror(-error));
    }
    return error;
}

static bool wants_vlan(const struct avp_device* device) {
    uint16_t i;

    if ((device->data->dev_conf.txmode.offloads & RTE_ETH_TX_OFFLOAD_VLAN_INSERT) != 0)
        return true;
    for (i = 0; i < device->data->nb_tx_queues; i++) {
        const struct avp_tx_queue* queue = device->data->tx_queues[i];

        if ((queue->configuration.offloads & RTE_ETH_TX_OFFLOAD_VLAN_INSERT) != 0)
            return true;
    }
    for (i = 0; i < device->data->nb_rx_queues; i++) {
        const struct avp_rx_queue* queue = device->data->rx_queues[i];

        if (queue->strips_vlan)
            return true;
    }
    return false;
}

const char* avp_sdk_device_rx_interrupt_obstacle(const struct avp_device* device) {
    if (device->most_rx_events == 0)
        return "the device has no interrupt vectors for RX queues (they take vfio-pci and MSI-X)";
    if ((device->geometry.features & AVP_FEATURE_RX_INTERRUPT) == 0)
        return "the host offers no interrupts of RX queues";
    if (avp_sdk_device_rx_rings(device) > device->most_rx_events)
        return "the device has fewer interrupt vectors than RX rings";
    return NULL;
}

static bool wants_rx_events(const struct avp_device* device) {
    return device->most_rx_events != 0 && device->data->dev_conf.intr_conf.rxq != 0 &&
           device->data->nb_rx_queues != 0;
}

static uint32_t wanted_features(const struct avp_device* device) {
    uint32_t wanted = AVP_FEATURE_LINK | AVP_FEATURE_KEPT_DESCRIPTORS;

    if (wants_vlan(device))
        wanted |= AVP_FEATURE_VLAN_OFFLOAD;
    if (wants_rx_events(device) && avp_sdk_device_rx_interrupt_obstacle(device) == NULL)
        wanted |= AVP_FEATURE_RX_INTERRUPT;
    return wanted & device->geometry.features;
}

static int configure_host(struct avp_device* device) {
    struct avp_configuration configuration = {
        .device_id = device->geometry.device_id,
        .features = wanted_features(device),
        .tx_queues = device->data->nb_tx_queues,
        .rx_queues = avp_sdk_device_rx_rings(device),
        .is_up = false,
    };
    int error =
        told(device, "configure the device", avp_sdk_control_configure(&device->control, &configuration));

    if (error == 0)
        device->accepted_features = configuration.features;
    return error;
}

static void read_carrier(struct avp_device* device) {
    uint32_t value = 1;

    if ((device->accepted_features & AVP_FEATURE_LINK) != 0 &&
        device->bus->read_register(device, AVP_REGISTER_LINK, &value) == 0)
        device->carrier = value != 0 && value != AVP_REGISTER_GONE;
    else
        device->carrier = true;
}

void avp_sdk_device_tell_mtu(struct avp_device* device) {
    uint32_t mtu = device->data->mtu;
    int error;

    if (device->presence != AVP_ATTACHED || mtu == device->told_mtu ||
        (device->told_mtu == 0 && mtu == RTE_ETHER_MTU))
        return;
    error = avp_sdk_control_set_mtu(&device->control, mtu);
    if (error != 0) {
        device->counts.failed_requests++;
        AVP_LOG(WARNING, avp_name(device), "the host does not take an MTU of %u (%s); it holds here alone",
                mtu, strerror(-error));
    }
    device->told_mtu = mtu;
}

/* --- Datapath ------------------------------------------------------------------------------------------------ */

static int check_capacity(struct avp_device* device) {
    const struct avp_geometry* geometry = &device->geometry;

    if (device->data->nb_rx_queues > geometry->rx_queues.maximum ||
        device->data->nb_tx_queues > geometry->tx_queues.maximum) {
        AVP_LOG(ERR, avp_name(device), "the host has %u RX and %u TX queues, %u and %u are configured",
                geometry->rx_queues.maximum, geometry->tx_queues.maximum, device->data->nb_rx_queues,
                device->data->nb_tx_queues);
        return -EINVAL;
    }
    return 0;
}

static int open_rx_events(struct avp_device* device) {
    if (!wants_rx_events(device) || device->bus->open_rx_events == NULL)
        return 0;
    return device->bus->open_rx_events(device);
}

static void close_rx_events(struct avp_device* device) {
    if (device->bus->close_rx_events != NULL)
        device->bus->close_rx_events(device);
}

/* Another host than the one that the port was configured with may have none. */
static int wire_rx_events(struct avp_device* device) {
    if (!wants_rx_events(device))
        return 0;
    if ((device->accepted_features & AVP_FEATURE_RX_INTERRUPT) != 0)
        return told(device, "signal RX queues", device->bus->wire_rx_events(device));
    AVP_LOG(WARNING, avp_name(device),
            "intr_conf.rxq: this host signals no RX queues, they are to be polled");
    return 0;
}

/* Who waits for an interrupt has armed rings that are no more: everybody looks anew. */
static void wake_rx_queues(struct avp_device* device) {
    uint16_t i;

    for (i = 0; i < device->data->nb_rx_queues; i++)
        device->bus->signal_rx_event(device, i);
}

/* Attached and started: the host is configured, the rings are opened, bursts may run. */
static int run(struct avp_device* device) {
    int error = check_capacity(device);

    if (error == 0)
        error = configure_host(device);
    if (error == 0)
        error = wire_rx_events(device);
    if (error == 0)
        error = avp_sdk_device_open_queues(device);
    if (error != 0)
        return error;
    avp_sdk_device_set_limits(device);
    avp_sdk_device_tell_mtu(device);
    read_carrier(device);
    if (!device->is_down)
        error = told(device, "bring the interface up", avp_sdk_control_set_up(&device->control, true));
    if (error != 0)
        return error;
    device->is_running = true;
    avp_sdk_device_resume(device);
    if (wants_rx_events(device))
        wake_rx_queues(device);
    return 0;
}

/* No burst runs from here on. */
static int halt(struct avp_device* device) {
    int error = avp_sdk_device_pause(device);

    if (error != 0) {
        avp_sdk_device_resume(device);
        return error;
    }
    if (device->is_running && device->presence == AVP_ATTACHED)
        avp_sdk_device_settle_queues(device);
    device->is_running = false;
    return 0;
}

int avp_sdk_device_start(struct avp_device* device) {
    int error;

    device->is_down = false;
    if (device->presence == AVP_GONE)
        return -ENODEV;
    error = open_rx_events(device);
    if (error == 0 && device->presence == AVP_ATTACHED)
        error = run(device);
    if (error != 0) {
        close_rx_events(device);
        return error;
    }
    device->is_started = true;
    (void)avp_sdk_device_show_link(device);
    return 0;
}

int avp_sdk_device_stop(struct avp_device* device) {
    int error = halt(device);

    if (error != 0)
        return error;
    device->is_started = false;
    if (device->presence == AVP_ATTACHED && !device->is_down)
        (void)told(device, "take the interface down", avp_sdk_control_set_up(&device->control, false));
    close_rx_events(device);
    (void)avp_sdk_device_show_link(device);
    return 0;
}

int avp_sdk_device_set_down(struct avp_device* device, bool is_down) {
    int error = 0;

    if (device->is_down == is_down)
        return 0;
    if (device->presence == AVP_ATTACHED && device->is_started)
        error = told(device, is_down ? "take the interface down" : "bring the interface up",
                     avp_sdk_control_set_up(&device->control, !is_down));
    if (error == 0)
        device->is_down = is_down;
    (void)avp_sdk_device_show_link(device);
    return error;
}

int avp_sdk_device_shut_down(struct avp_device* device) {
    int error = halt(device);

    if (error != 0)
        return error;
    device->is_started = false;
    if (device->presence == AVP_ATTACHED) {
        (void)device->bus->write_register(device, AVP_REGISTER_INTERRUPT_MASK, AVP_INTERRUPTS_OFF);
        (void)told(device, "shut the device down", avp_sdk_control_shut_down(&device->control));
    }
    device->presence = AVP_ABSENT;
    close_rx_events(device);
    (void)avp_sdk_device_show_link(device);
    return 0;
}

/* --- Attaching and leaving ----------------------------------------------------------------------------------- */

/* What was known of the device stays if its new tables cannot stand. */
static int read_tables(struct avp_device* device) {
    struct avp_geometry geometry;
    struct avp_refusal refusal;
    int error = avp_sdk_geometry_read(&geometry, &device->regions, &refusal);

    if (error != 0) {
        AVP_LOG(ERR, avp_name(device), "refused: %s", refusal.text);
        return error;
    }
    error = avp_sdk_control_open(&device->control, &geometry, device->timeout_ms);
    if (error != 0)
        AVP_LOG(ERR, avp_name(device), "refused: an index of the control rings lies outside");
    else
        device->geometry = geometry;
    return error;
}

int avp_sdk_device_attach(struct avp_device* device) {
    int error = read_tables(device);

    if (error != 0) {
        device->counts.refusals++;
        device->presence = AVP_ABSENT;
        return error;
    }
    device->presence = AVP_ATTACHED;
    device->told_mtu = 0;
    if (device->is_started)
        error = run(device);
    if (error != 0) {
        device->presence = AVP_ABSENT;
        return error;
    }
    (void)device->bus->write_register(device, AVP_REGISTER_INTERRUPT_MASK, AVP_INTERRUPTS_ON);
    device->counts.attaches++;
    device->events |= AVP_EVENT_LINK;
    return 0;
}

int avp_sdk_device_leave(struct avp_device* device, enum avp_presence presence) {
    int error = avp_sdk_device_pause(device);

    if (error != 0)
        return error; /* the gates stay closed: the next look tries again */
    device->is_running = false;
    if (device->presence == AVP_ATTACHED)
        device->counts.detaches++;
    device->presence = presence;
    device->events |= AVP_EVENT_LINK;
    return 0;
}

/* --- Registers ----------------------------------------------------------------------------------------------- */

static void acknowledge(struct avp_device* device, enum avp_migration status) {
    (void)device->bus->write_register(device, AVP_REGISTER_MIGRATION_ACK, status);
}

static void migrate_away(struct avp_device* device) {
    int error = avp_sdk_device_pause(device);

    if (error != 0) {
        acknowledge(device, AVP_MIGRATION_ERROR);
        return;
    }
    error = told(device, "shut the device down for a migration", avp_sdk_control_shut_down(&device->control));
    (void)avp_sdk_device_leave(device, AVP_DETACHED);
    AVP_LOG(INFO, avp_name(device), "detached by the host");
    acknowledge(device, error == 0 ? AVP_MIGRATION_DETACHED : AVP_MIGRATION_ERROR);
}

static void come_back(struct avp_device* device) {
    int error = avp_sdk_device_attach(device);

    AVP_LOG(INFO, avp_name(device), "attached by the host: %s", error == 0 ? "done" : strerror(-error));
    if (error != 0)
        device->presence = AVP_DETACHED; /* another attachment may be a better one */
    acknowledge(device, error == 0 ? AVP_MIGRATION_ATTACHED : AVP_MIGRATION_ERROR);
}

static void follow_migration(struct avp_device* device, uint32_t status) {
    if (status == AVP_MIGRATION_DETACHED && device->presence == AVP_ATTACHED)
        migrate_away(device);
    else if (status == AVP_MIGRATION_ATTACHED && device->presence == AVP_DETACHED)
        come_back(device);
}

void avp_sdk_device_follow(struct avp_device* device) {
    bool carrier = device->carrier;
    uint32_t interrupts;
    uint32_t status;

    if (device->presence != AVP_ATTACHED && device->presence != AVP_DETACHED)
        return;
    if (device->bus->read_register(device, AVP_REGISTER_INTERRUPT_STATUS, &interrupts) != 0 ||
        device->bus->read_register(device, AVP_REGISTER_MIGRATION_STATUS, &status) != 0)
        return;
    if (interrupts == AVP_REGISTER_GONE && status == AVP_REGISTER_GONE) {
        if (avp_sdk_device_leave(device, AVP_GONE) == 0)
            device->events |= AVP_EVENT_REMOVED;
        return;
    }
    follow_migration(device, status);
    if (device->presence != AVP_ATTACHED)
        return;
    read_carrier(device);
    if (carrier != device->carrier)
        device->events |= AVP_EVENT_LINK;
}

int avp_sdk_device_show_link(struct avp_device* device) {
    struct rte_eth_link link = {
        .link_speed = RTE_ETH_SPEED_NUM_10G,
        .link_duplex = RTE_ETH_LINK_FULL_DUPLEX,
        .link_autoneg = RTE_ETH_LINK_FIXED,
    };
    bool is_up = device->is_started && device->is_running && !device->is_down && device->carrier;

    link.link_status = is_up ? RTE_ETH_LINK_UP : RTE_ETH_LINK_DOWN;
    return rte_eth_linkstatus_set(&rte_eth_devices[device->data->port_id], &link);
}
