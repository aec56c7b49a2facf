/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * A DPDK application with two ports: what comes in at one goes out at the other, from an address of its own. It is the
 * same in a guest, with AVP cards bound to VFIO, and in a process, with virtual devices; nothing in it is AVP's. Its
 * polling core rests on RX interrupts when nothing comes, if both ports have them.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_ether.h>
#include <rte_interrupts.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PORTS = 2, BURST = 32, DESCRIPTORS = 1024, MBUFS = 8192, CACHE = 256 };
enum { EMPTY_ROUNDS = 1000, REST_MS = 100 };

static volatile sig_atomic_t is_ending;

static const char usage[] =
    "Usage: avp-l2fwd EAL-OPTION... -- [OPTION]\n"
    "  --sleep     wait for RX interrupts when nothing comes (both ports must have them)\n"
    "  -h, --help  this text\n\n"
    "Forwards between two ports until SIGTERM or SIGINT, then prints what each did. In a process:\n"
    "  avp-l2fwd --no-huge --no-shconf --no-pci -m 128 -d .../librte_net_avp_sdk.so \\\n"
    "    --vdev net_avp_user0,socket=vm1.sock --vdev net_avp_user1,socket=vm2.sock -- --sleep\n";

struct forwarder {
    struct rte_ether_addr own[PORTS];
    uint64_t received[PORTS];
    uint64_t dropped[PORTS]; /* found no room at the other port */
};

static void end_soon(int number) {
    (void)number;
    is_ending = 1;
}

static void die(const char* what, int error) {
    fprintf(stderr, "avp-l2fwd: %s: %s\n", what, rte_strerror(-error));
    exit(EXIT_FAILURE);
}

static bool wants_sleep(int count, char** words) {
    static const struct option known[] = {
        {"sleep", no_argument, NULL, 's'}, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    bool sleeps = false;
    int letter;

    while ((letter = getopt_long(count, words, "h", known, NULL)) != -1) {
        if (letter != 's') {
            fputs(usage, letter == 'h' ? stdout : stderr);
            exit(letter == 'h' ? EXIT_SUCCESS : 2);
        }
        sleeps = true;
    }
    return sleeps;
}

static void start(uint16_t port, struct rte_mempool* pool, struct forwarder* forwarder, bool sleeps) {
    struct rte_eth_conf configuration = {.intr_conf = {.rxq = sleeps}};
    struct rte_eth_dev_info info;
    int error = rte_eth_dev_info_get(port, &info);

    if (error == 0) {
        configuration.rxmode.mtu = info.max_mtu; /* in chains, where an mbuf is smaller */
        configuration.rxmode.offloads = info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_SCATTER;
        configuration.txmode.offloads = info.tx_offload_capa & RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
        error = rte_eth_dev_configure(port, 1, 1, &configuration);
    }
    if (error == 0)
        error = rte_eth_rx_queue_setup(port, 0, DESCRIPTORS, 0, NULL, pool);
    if (error == 0)
        error = rte_eth_tx_queue_setup(port, 0, DESCRIPTORS, 0, NULL);
    if (error == 0)
        error = rte_eth_dev_start(port);
    if (error == 0)
        error = rte_eth_promiscuous_enable(port);
    if (error == 0)
        error = rte_eth_macaddr_get(port, &forwarder->own[port]);
    if (error == 0 && sleeps)
        error = rte_eth_dev_rx_intr_ctl_q(port, 0, RTE_EPOLL_PER_THREAD, RTE_INTR_EVENT_ADD, NULL);
    if (error != 0)
        die("a port cannot be started", error);
}

/* How many frames came. */
static uint16_t forward(struct forwarder* forwarder, uint16_t from) {
    const uint16_t to = (uint16_t)(1 - from);
    struct rte_mbuf* frames[BURST];
    const uint16_t count = rte_eth_rx_burst(from, 0, frames, BURST);
    uint16_t sent;

    if (count == 0)
        return 0;
    for (uint16_t i = 0; i < count; ++i) {
        struct rte_ether_hdr* header = rte_pktmbuf_mtod(frames[i], struct rte_ether_hdr*);
        rte_ether_addr_copy(&forwarder->own[to], &header->src_addr);
    }
    sent = rte_eth_tx_burst(to, 0, frames, count);
    if (sent < count)
        rte_pktmbuf_free_bulk(frames + sent, (unsigned)(count - sent));
    forwarder->received[from] += count;
    forwarder->dropped[from] += (uint64_t)(count - sent);
    return count;
}

/* Arms both queues, looks once more, since a frame may have come before, and waits. */
static void rest(struct forwarder* forwarder) {
    struct rte_epoll_event events[PORTS];
    uint16_t count = 0;

    for (uint16_t port = 0; port < PORTS; ++port)
        (void)rte_eth_dev_rx_intr_enable(port, 0);
    for (uint16_t port = 0; port < PORTS; ++port)
        count = (uint16_t)(count + forward(forwarder, port));
    if (count == 0)
        (void)rte_epoll_wait(RTE_EPOLL_PER_THREAD, events, PORTS, REST_MS);
    for (uint16_t port = 0; port < PORTS; ++port)
        (void)rte_eth_dev_rx_intr_disable(port, 0);
}

static void run(struct forwarder* forwarder, bool sleeps) {
    unsigned empty = 0;

    while (!is_ending) {
        const bool came = forward(forwarder, 0) + forward(forwarder, 1) != 0;
        empty = came ? 0 : empty + 1;
        if (sleeps && empty >= EMPTY_ROUNDS)
            rest(forwarder);
    }
}

int main(int count, char** words) {
    static struct forwarder forwarder;
    struct rte_mempool* pool;
    int used;
    bool sleeps;

    if (count == 2 && (strcmp(words[1], "--help") == 0 || strcmp(words[1], "-h") == 0)) {
        fputs(usage, stdout);
        return EXIT_SUCCESS;
    }
    used = rte_eal_init(count, words);
    if (used < 0)
        die("EAL", -rte_errno);
    sleeps = wants_sleep(count - used, words + used);
    if (rte_eth_dev_count_avail() != PORTS)
        die("wants two ports", -ENODEV);
    pool = rte_pktmbuf_pool_create("frames", MBUFS, CACHE, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
    if (pool == NULL)
        die("no memory for frames", -rte_errno);
    for (uint16_t port = 0; port < PORTS; ++port)
        start(port, pool, &forwarder, sleeps);
    signal(SIGTERM, end_soon);
    signal(SIGINT, end_soon);
    printf("forwarding\n");
    fflush(stdout);
    run(&forwarder, sleeps);
    for (uint16_t port = 0; port < PORTS; ++port) {
        printf("port %u: received %" PRIu64 ", dropped %" PRIu64 "\n", port, forwarder.received[port],
               forwarder.dropped[port]);
        (void)rte_eth_dev_stop(port);
        (void)rte_eth_dev_close(port);
    }
    return rte_eal_cleanup() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
