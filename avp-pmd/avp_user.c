/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * The virtual device net_avp_user: an AVP device behind a vfio-user socket, without PCI, privileges or hugepages.
 *
 * The host must be there at the probe, since address, queues and sizes are its own. Later it may come and go: the link
 * goes down, bursts find nothing, and every retry_ms the driver tries to connect again; what was configured and started
 * is started there.
 */
#include <bus_vdev_driver.h>
#include <errno.h>
#include <ethdev_vdev.h>
#include <rte_interrupts.h>
#include <rte_malloc.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "avp_devargs.h"
#include "avp_ethdev.h"
#include "avp_log.h"
#include "avp_map.h"
#include "avp_queue_map.h"

#define AVP_MAX_REFUSAL_PAUSE_MS 30000
#define AVP_READING_INTERVAL_MS 1000

struct avp_user {
    struct avp_devargs devargs;
    struct avp_socket connection;
    uint64_t next_reading;         /* of the registers, if there is no interrupt */
    uint64_t next_attempt;         /* monotonic, in ms */
    uint32_t refusal_count;        /* since a host was last taken or unreachable */
    int status_event;              /* signalled at vector 0 */
    int rx_events[AVP_MAX_QUEUES]; /* of ethdev's queues */
    bool is_logged;                /* why there is no host: once, until there is one again */
};

static struct avp_user* user_of(const struct avp_device* device) {
    return device->bus_private;
}

/* --- Registers ----------------------------------------------------------------------------------------------- */

static int read_register(struct avp_device* device, uint32_t offset, uint32_t* value) {
    struct avp_vfio_user_region_access asked = {
        .offset = offset, .region = AVP_BAR_REGISTERS, .count = sizeof(*value)};
    struct {
        struct avp_vfio_user_region_access access;
        uint32_t value;
    } __attribute__((packed)) answer;
    struct avp_exchange exchange = {
        .command = AVP_VFIO_USER_REGION_READ,
        .head = &asked,
        .head_bytes = sizeof(asked),
        .answer = &answer,
        .answer_bytes = sizeof(answer),
    };
    int error = avp_sdk_socket_exchange(&user_of(device)->connection, &exchange);

    if (exchange.answer_fd >= 0)
        (void)close(exchange.answer_fd);
    if (error == 0 && exchange.answered_bytes != sizeof(answer))
        error = -EPROTO;
    /* A socket's device is never unplugged; its connection ends. */
    if (error == 0 && answer.value == AVP_REGISTER_GONE)
        error = -EIO;
    *value = error == 0 ? answer.value : 0;
    return error;
}

static int write_register(struct avp_device* device, uint32_t offset, uint32_t value) {
    struct avp_vfio_user_region_access access = {
        .offset = offset, .region = AVP_BAR_REGISTERS, .count = sizeof(value)};
    struct avp_vfio_user_region_access answer;
    struct avp_exchange exchange = {
        .command = AVP_VFIO_USER_REGION_WRITE,
        .head = &access,
        .head_bytes = sizeof(access),
        .tail = &value,
        .tail_bytes = sizeof(value),
        .answer = &answer,
        .answer_bytes = sizeof(answer),
    };
    int error = avp_sdk_socket_exchange(&user_of(device)->connection, &exchange);

    if (exchange.answer_fd >= 0)
        (void)close(exchange.answer_fd);
    return error;
}

static int reset(struct avp_device* device) {
    struct avp_exchange exchange = {.command = AVP_VFIO_USER_RESET};
    int error = avp_sdk_socket_exchange(&user_of(device)->connection, &exchange);

    if (exchange.answer_fd >= 0)
        (void)close(exchange.answer_fd);
    return error;
}

/* --- Connection ---------------------------------------------------------------------------------------------- */

/* Interrupts are a help, not a need: the registers are looked at every now and then too. */
static void wire_interrupts(struct avp_device* device) {
    struct avp_user* user = user_of(device);
    struct avp_vfio_user_irq_set set = {
        .argsz = sizeof(set),
        .flags = AVP_VFIO_USER_IRQ_SET_EVENTFD | AVP_VFIO_USER_IRQ_SET_TRIGGER,
        .index = AVP_VFIO_USER_IRQ_MSIX,
        .start = AVP_VECTOR_STATUS,
        .count = 1,
    };
    struct avp_exchange exchange = {
        .command = AVP_VFIO_USER_SET_IRQS,
        .head = &set,
        .head_bytes = sizeof(set),
        .fds = &user->status_event,
        .fd_count = 1,
    };
    int error = avp_sdk_socket_exchange(&user->connection, &exchange);

    if (exchange.answer_fd >= 0)
        (void)close(exchange.answer_fd);
    if (error != 0)
        AVP_LOG(NOTICE, avp_name(device), "the host gives no interrupts: %s", strerror(-error));
}

/* Each ring's vector signals the queue that serves it. */
static int wire_rx_events(struct avp_device* device) {
    struct avp_user* user = user_of(device);
    uint16_t rings = avp_sdk_device_rx_rings(device);
    int fds[AVP_MAX_QUEUES];
    struct avp_vfio_user_irq_set set = {
        .argsz = sizeof(set),
        .flags = AVP_VFIO_USER_IRQ_SET_EVENTFD | AVP_VFIO_USER_IRQ_SET_TRIGGER,
        .index = AVP_VFIO_USER_IRQ_MSIX,
        .start = AVP_VECTOR_RX(0),
        .count = rings,
    };
    struct avp_exchange exchange = {
        .command = AVP_VFIO_USER_SET_IRQS,
        .head = &set,
        .head_bytes = sizeof(set),
        .fds = fds,
        .fd_count = rings,
    };
    uint16_t queue;
    int error;

    for (queue = 0; queue < device->data->nb_rx_queues; queue++) {
        struct avp_ring_range range = avp_rx_rings_of(queue, device->data->nb_rx_queues, rings);
        uint32_t i;

        for (i = range.first; i < range.first + range.count; i++)
            fds[i] = user->rx_events[queue];
    }
    error = avp_sdk_socket_exchange(&user->connection, &exchange);
    if (exchange.answer_fd >= 0)
        (void)close(exchange.answer_fd);
    return error;
}

static void signal_rx_event(struct avp_device* device, uint16_t queue) {
    (void)eventfd_write(user_of(device)->rx_events[queue], 1);
}

static int refuse_host(struct avp_device* device, const char* reason, int error) {
    struct avp_user* user = user_of(device);

    if (!user->is_logged)
        AVP_LOG(ERR, avp_name(device), "socket %s: %s", user->devargs.socket, reason);
    user->is_logged = true;
    avp_sdk_socket_close(&user->connection);
    avp_sdk_unmap_regions(&device->regions);
    return error;
}

/* A host that migrates the device just now has no tables to read: they come when it attaches. */
static int attach_unless_migrating(struct avp_device* device) {
    uint32_t status = AVP_MIGRATION_NONE;
    int error = read_register(device, AVP_REGISTER_MIGRATION_STATUS, &status);

    if (error != 0)
        return error;
    if (status != AVP_MIGRATION_DETACHED)
        return avp_sdk_device_attach(device);
    device->presence = AVP_DETACHED;
    return write_register(device, AVP_REGISTER_MIGRATION_ACK, AVP_MIGRATION_DETACHED);
}

static int connect_host(struct avp_device* device) {
    struct avp_user* user = user_of(device);
    struct avp_refusal refusal;
    int error = avp_sdk_socket_connect(&user->connection, user->devargs.socket, user->devargs.timeout_ms);

    if (error != 0) {
        user->refusal_count = 0;
        return refuse_host(device, strerror(-error), error);
    }
    user->refusal_count++;
    error = avp_sdk_map_regions(&user->connection, &device->regions, &refusal);
    if (error != 0)
        return refuse_host(device, refusal.text, error);
    wire_interrupts(device);
    error = attach_unless_migrating(device);
    if (error != 0) {
        device->presence = AVP_ABSENT;
        return refuse_host(device, "the device was refused", error);
    }
    user->is_logged = false;
    user->refusal_count = 0;
    return 0;
}

/* A host that is there and cannot be used is asked ever less often, each time with a line in the log. */
static uint64_t pause_before_attempt(const struct avp_user* user) {
    uint64_t pause = (uint64_t)user->devargs.retry_ms << RTE_MIN(user->refusal_count, 10u);

    return RTE_MIN(pause, RTE_MAX((uint64_t)AVP_MAX_REFUSAL_PAUSE_MS, (uint64_t)user->devargs.retry_ms));
}

/* Nothing is unmapped while a burst may still run, nor is the host told before: it clears the memory then. */
static bool leave_host(struct avp_device* device) {
    struct avp_user* user = user_of(device);

    if (device->regions.memory.base != NULL) {
        if (avp_sdk_device_leave(device, AVP_ABSENT) != 0)
            return false;
        avp_sdk_unmap_regions(&device->regions);
        AVP_LOG(NOTICE, avp_name(device), "socket %s: the host has gone", user->devargs.socket);
    }
    avp_sdk_socket_close(&user->connection);
    return true;
}

/* Registers are messages here: they are read at an interrupt, and seldom without. */
static bool is_register_time(struct avp_user* user, uint64_t now) {
    eventfd_t value;
    bool is_signalled = eventfd_read(user->status_event, &value) == 0;

    if (!is_signalled && now < user->next_reading)
        return false;
    user->next_reading = now + AVP_READING_INTERVAL_MS;
    return true;
}

static bool look(struct avp_device* device) {
    struct avp_user* user = user_of(device);
    uint64_t now = avp_sdk_now_ms();

    if (!avp_sdk_socket_is_over(&user->connection) && device->presence != AVP_ABSENT)
        return is_register_time(user, now);
    if (!leave_host(device) || now < user->next_attempt)
        return false;
    if (connect_host(device) == 0)
        AVP_LOG(NOTICE, avp_name(device), "socket %s: the host is back", user->devargs.socket);
    user->next_attempt = avp_sdk_now_ms() + pause_before_attempt(user);
    return true;
}

static int event_fds(struct avp_device* device, int* fds, uint32_t* wait_ms) {
    struct avp_user* user = user_of(device);
    uint64_t now = avp_sdk_now_ms();
    uint64_t left = user->next_attempt > now ? user->next_attempt - now : 0;
    int count = 0;

    fds[count++] = user->status_event;
    if (user->connection.fd >= 0 && !user->connection.is_broken)
        fds[count++] = user->connection.fd;
    else
        *wait_ms = (uint32_t)RTE_MIN(left, (uint64_t)*wait_ms);
    return count;
}

static void free_user(struct avp_user* user) {
    unsigned i;

    if (user->status_event >= 0)
        (void)close(user->status_event);
    for (i = 0; i < AVP_MAX_QUEUES; i++)
        if (user->rx_events[i] >= 0)
            (void)close(user->rx_events[i]);
    rte_free(user);
}

static void close_user(struct avp_device* device) {
    struct rte_intr_handle** handle = &rte_eth_devices[device->data->port_id].intr_handle;
    struct avp_user* user = user_of(device);

    avp_sdk_socket_close(&user->connection);
    avp_sdk_unmap_regions(&device->regions);
    rte_intr_vec_list_free(*handle);
    rte_intr_instance_free(*handle);
    *handle = NULL;
    free_user(user);
    device->bus_private = NULL;
}

static const struct avp_bus user_bus = {
    .read_register = read_register,
    .write_register = write_register,
    .reset = reset,
    .look = look,
    .event_fds = event_fds,
    .wire_rx_events = wire_rx_events,
    .signal_rx_event = signal_rx_event,
    .close = close_user,
};

/* --- Probe and removal ---------------------------------------------------------------------------------------- */

static struct avp_user* new_user(const struct avp_devargs* devargs, int node) {
    struct avp_user* user = rte_zmalloc_socket("avp user", sizeof(*user), 0, node);
    bool has_events;
    unsigned i;

    if (user == NULL)
        return NULL;
    user->devargs = *devargs;
    user->connection.fd = -1;
    user->status_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    has_events = user->status_event >= 0;
    for (i = 0; i < AVP_MAX_QUEUES; i++) {
        user->rx_events[i] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        has_events = has_events && user->rx_events[i] >= 0;
    }
    if (has_events)
        return user;
    free_user(user);
    return NULL;
}

/* The queues' eventfds, as ethdev hands them to an application's epoll. */
static int offer_rx_events(struct rte_eth_dev* port, const struct avp_user* user) {
    struct rte_intr_handle* handle = rte_intr_instance_alloc(RTE_INTR_INSTANCE_F_PRIVATE);
    int i;

    port->intr_handle = handle;
    if (handle == NULL || rte_intr_type_set(handle, RTE_INTR_HANDLE_VDEV) != 0 ||
        rte_intr_vec_list_alloc(handle, "avp vectors", AVP_MAX_QUEUES) != 0)
        return -ENOMEM;
    for (i = 0; i < AVP_MAX_QUEUES; i++) {
        (void)rte_intr_efds_index_set(handle, i, user->rx_events[i]);
        (void)rte_intr_vec_list_index_set(handle, i, i + RTE_INTR_VEC_RXTX_OFFSET);
    }
    (void)rte_intr_nb_efd_set(handle, AVP_MAX_QUEUES);
    (void)rte_intr_max_intr_set(handle, AVP_MAX_QUEUES + 1);
    (void)rte_intr_efd_counter_size_set(handle, sizeof(uint64_t));
    return 0;
}

static int init_port(struct rte_eth_dev* port, const struct avp_devargs* devargs) {
    struct avp_device* device = port->data->dev_private;
    int error;

    avp_sdk_device_init(device, port->data, &user_bus, devargs->timeout_ms);
    device->most_rx_events = AVP_MAX_QUEUES;
    device->bus_private = new_user(devargs, port->data->numa_node);
    if (device->bus_private == NULL)
        return -ENOMEM;
    error = offer_rx_events(port, device->bus_private);
    if (error != 0) {
        close_user(device);
        return error;
    }
    avp_sdk_device_lock(device);
    error = connect_host(device);
    if (error == 0 && device->presence != AVP_ATTACHED)
        error = refuse_host(device, "the device is being migrated", -EBUSY);
    avp_sdk_device_unlock(device);
    if (error == 0)
        error = avp_sdk_ethdev_init(port);
    if (error != 0)
        close_user(device);
    return error;
}

static int probe(struct rte_vdev_device* vdev) {
    const char* name = rte_vdev_device_name(vdev);
    struct avp_devargs devargs;
    struct rte_eth_dev* port;
    int error = avp_sdk_devargs_parse(&devargs, name, rte_vdev_device_args(vdev), true);

    if (error != 0)
        return error;
    if (rte_eal_process_type() != RTE_PROC_PRIMARY) {
        AVP_LOG(ERR, name, "a virtual device belongs to the primary process alone");
        return -ENOTSUP;
    }
    port = rte_eth_vdev_allocate(vdev, sizeof(struct avp_device));
    if (port == NULL)
        return -ENOMEM;
    error = init_port(port, &devargs);
    if (error != 0) {
        (void)rte_eth_dev_release_port(port);
        return error;
    }
    rte_eth_dev_probing_finish(port);
    return 0;
}

static int remove_port(struct rte_vdev_device* vdev) {
    struct rte_eth_dev* port = rte_eth_dev_allocated(rte_vdev_device_name(vdev));

    if (port == NULL)
        return 0;
    return rte_eth_dev_close(port->data->port_id);
}

static struct rte_vdev_driver avp_user_driver = {
    .probe = probe,
    .remove = remove_port,
};

RTE_PMD_REGISTER_VDEV(net_avp_user, avp_user_driver);
RTE_PMD_REGISTER_PARAM_STRING(net_avp_user, "socket=<path> timeout_ms=<10..60000> retry_ms=<10..60000>");
