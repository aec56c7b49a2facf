/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * A DPDK application that never polls: it sleeps, without an end, in one epoll of its RX queues and its standard input, and
 * says what woke it. A frame that comes without an interrupt is a frame that it does not see. What it prints is for a
 * scenario to wait for; nothing in it is AVP's.
 */
#include <rte_dev.h>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_interrupts.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { MOST_PORTS = 2, QUEUES = 2, BURST = 32, MBUFS = 2048, DESCRIPTORS = 1024, EVENTS = 8, WORD = 64 };

static const char usage[] =
    "Usage: avp_sleeper EAL-OPTION...\n"
    "Receives on two RX queues of each port by their interrupts alone. Lines at standard input:\n"
    "  stop, start, close  all ports\n"
    "  remove              closed ports' devices\n"
    "  quit\n";

static uint64_t received[MOST_PORTS][QUEUES];
static struct rte_device* devices[MOST_PORTS];

static void check(const char* what, int error) {
    if (error >= 0)
        return;
    printf("%s: %s\n", what, rte_strerror(-error));
    exit(EXIT_FAILURE);
}

static int on_link(uint16_t port, enum rte_eth_event_type event, void* argument, void* result) {
    struct rte_eth_link link = {.link_status = RTE_ETH_LINK_DOWN};

    (void)argument;
    (void)result;
    (void)event;
    if (rte_eth_link_get_nowait(port, &link) == 0)
        printf("port %u: link %s\n", port, link.link_status == RTE_ETH_LINK_UP ? "up" : "down");
    return 0;
}

static void on_removal(const char* device, enum rte_dev_event_type event, void* argument) {
    (void)argument;
    if (event == RTE_DEV_EVENT_REMOVE)
        printf("%s: is to be removed\n", device);
}

static void configure(uint16_t port, struct rte_mempool* pool) {
    struct rte_eth_conf configuration = {.intr_conf = {.rxq = 1, .lsc = 1}};
    struct rte_eth_dev_info info;

    check("info", rte_eth_dev_info_get(port, &info));
    devices[port] = info.device;
    check("configure", rte_eth_dev_configure(port, QUEUES, 1, &configuration));
    for (uint16_t queue = 0; queue < QUEUES; ++queue)
        check("RX queue", rte_eth_rx_queue_setup(port, queue, DESCRIPTORS, 0, NULL, pool));
    check("TX queue", rte_eth_tx_queue_setup(port, 0, DESCRIPTORS, 0, NULL));
    check("callback", rte_eth_dev_callback_register(port, RTE_ETH_EVENT_INTR_LSC, on_link, NULL));
}

static uint16_t take_frames(uint16_t port, uint16_t queue) {
    struct rte_mbuf* frames[BURST];
    const uint16_t count = rte_eth_rx_burst(port, queue, frames, BURST);

    rte_pktmbuf_free_bulk(frames, count);
    received[port][queue] += count;
    return count;
}

/* Empties the queue that woke us and arms it, and then says so; of a frame between the driver wakes us again. */
static void serve(const void* woken) {
    for (uint16_t port = 0; port < MOST_PORTS; ++port) {
        for (uint16_t queue = 0; queue < QUEUES; ++queue) {
            if (woken != &received[port][queue])
                continue;
            while (take_frames(port, queue) != 0) {
            }
            check("arm", rte_eth_dev_rx_intr_enable(port, queue));
            printf("port %u queue %u: asleep after %ju frames\n", port, queue,
                   (uintmax_t)received[port][queue]);
        }
    }
}

/* Who stops a port takes its queues out of the epoll. */
static void start(uint16_t port) {
    check("start", rte_eth_dev_start(port));
    check("promiscuous", rte_eth_promiscuous_enable(port));
    printf("port %u: started\n", port);
    for (uint16_t queue = 0; queue < QUEUES; ++queue) {
        check("epoll", rte_eth_dev_rx_intr_ctl_q(port, queue, RTE_EPOLL_PER_THREAD, RTE_INTR_EVENT_ADD,
                                                 &received[port][queue]));
        serve(&received[port][queue]);
    }
}

static void stop(uint16_t port) {
    check("stop", rte_eth_dev_stop(port));
    printf("port %u: stopped\n", port);
}

static void close_port(uint16_t port) {
    stop(port);
    check("close", rte_eth_dev_close(port));
    printf("port %u: closed\n", port);
}

/* False: the last one. */
static bool obey(uint16_t ports) {
    char line[WORD] = "";
    const ssize_t length = read(STDIN_FILENO, line, sizeof(line) - 1);
    uint16_t port;

    line[length > 0 ? length : 0] = '\0';
    if (length <= 0 || strcmp(line, "quit\n") == 0)
        return false;
    for (port = 0; port < ports; ++port) {
        if (strcmp(line, "start\n") == 0)
            start(port);
        else if (strcmp(line, "stop\n") == 0)
            stop(port);
        else if (strcmp(line, "close\n") == 0)
            close_port(port);
        else if (strcmp(line, "remove\n") == 0)
            check("remove", rte_dev_remove(devices[port]));
        else
            fputs(usage, stdout);
    }
    return true;
}

static void sleep_and_serve(uint16_t ports) {
    static struct rte_epoll_event input = {.epdata = {.event = EPOLLIN}};
    struct rte_epoll_event events[EVENTS];
    bool goes_on = true;

    check("epoll", rte_epoll_ctl(RTE_EPOLL_PER_THREAD, EPOLL_CTL_ADD, STDIN_FILENO, &input));
    while (goes_on) {
        const int count = rte_epoll_wait(RTE_EPOLL_PER_THREAD, events, EVENTS, -1);

        for (int i = 0; i < count; ++i) {
            if (events[i].epdata.data == NULL) {
                goes_on = obey(ports);
                break; /* the other events may be of ports that are closed now */
            }
            serve(events[i].epdata.data);
        }
    }
}

int main(int count, char** words) {
    struct rte_mempool* pool;
    uint16_t ports;

    setvbuf(stdout, NULL, _IOLBF, 0);
    check("EAL", rte_eal_init(count, words));
    check("callback", rte_dev_event_callback_register(NULL, on_removal, NULL));
    ports = rte_eth_dev_count_avail();
    pool = rte_pktmbuf_pool_create("frames", MBUFS, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
    if (pool == NULL || ports == 0 || ports > MOST_PORTS) {
        fputs(usage, stdout);
        return 2;
    }
    for (uint16_t port = 0; port < ports; ++port)
        configure(port, pool);
    for (uint16_t port = 0; port < ports; ++port)
        start(port);
    sleep_and_serve(ports);
    return rte_eal_cleanup() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
