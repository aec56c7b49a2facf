/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * One end of a packet path under measurement, on any DPDK port: sends, receives, or sends back what comes, from one
 * polling core. It does with a frame what any program does, and what avp-host does at the other end of a path: writes the
 * header and a number of what it sends, reads the header of what it receives, exchanges the addresses of what it sends
 * back where it came from. A path on which frames stay where they are has these lines to move as well.
 *
 * Each line on standard input is answered with one line of JSON: the counters and the clock at that moment, taken by the
 * polling core itself between two rounds. The line "inject" makes it send some frames first, which two ends that bounce
 * then keep between them. The end of the input ends the program. What drives it is avp_bench.py.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_ether.h>
#include <rte_lcore.h>
#include <rte_malloc.h>
#include <rte_mbuf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BURST = 32, MOST_PORTS = 2, MOST_QUEUES = 8, MOST_SIZES = 16, POOL_CACHE = 256 };
enum { LEAST_FRAME = 60, MOST_FRAME = 9238 };
enum { TEST_TYPE = 0x88B5 }; /* as avp-host's generator */

enum mode { SEND, RECEIVE, BOUNCE };

struct options {
    enum mode mode;
    uint16_t sizes[MOST_SIZES]; /* one after the other, for ever */
    unsigned size_count;
    uint16_t queues;
    uint16_t descriptors;
    unsigned mbufs;
    uint16_t room; /* of an mbuf */
    uint16_t mtu;
    unsigned inject;
    bool untouched;
};

/* What the polling core counts. */
struct counters {
    uint64_t received;
    uint64_t received_bytes;
    uint64_t sent;
    uint64_t refused; /* of those that were to be sent */
    uint64_t foreign; /* of those received */
    uint64_t clock;
};

struct run {
    struct options options;
    struct rte_mempool* pool;
    uint16_t ports;
    bool stop;
    bool wants_frames;
    uint64_t asked; /* samples that the main core wants */
    uint64_t given;
    struct counters sample;
};

static struct counters counted;

static void die(const char* what) {
    fprintf(stderr, "avp_traffic: %s\n", what);
    exit(EXIT_FAILURE);
}

/* "64", or "64,64,570,1500": lengths without checksum. */
static void parse_sizes(struct options* options, const char* text) {
    char* rest;

    options->size_count = 0;
    do {
        const unsigned long size = strtoul(text, &rest, 10);
        if (rest == text || size < LEAST_FRAME || size > MOST_FRAME || options->size_count == MOST_SIZES)
            die("--sizes: up to 16 lengths of 60 to 9238 bytes, with commas");
        options->sizes[options->size_count++] = (uint16_t)size;
        text = rest + 1;
    } while (*rest == ',');
    if (*rest != '\0')
        die("--sizes: up to 16 lengths of 60 to 9238 bytes, with commas");
}

static unsigned parse_number(const char* name, const char* text, unsigned least, unsigned most) {
    char* rest;
    const unsigned long value = strtoul(text, &rest, 10);

    if (rest == text || *rest != '\0' || value < least || value > most) {
        fprintf(stderr, "avp_traffic: --%s: '%s' is not between %u and %u\n", name, text, least, most);
        exit(EXIT_FAILURE);
    }
    return (unsigned)value;
}

static enum mode parse_mode(const char* text) {
    if (strcmp(text, "send") == 0)
        return SEND;
    if (strcmp(text, "receive") == 0)
        return RECEIVE;
    if (strcmp(text, "bounce") == 0)
        return BOUNCE;
    die("--mode: send, receive or bounce");
    return SEND;
}

static const char usage[] =
    "Usage: avp_traffic EAL-OPTION... -- --mode send|receive|bounce [OPTION]...\n"
    "  --sizes N[,N...]  lengths to send, one after the other (64)\n"
    "  --queues N        of each port, 1 to 8 (1)\n"
    "  --descriptors N   of each queue (1024)\n"
    "  --mbufs N         of the pool (16384)\n"
    "  --room N          bytes of an mbuf (2048)\n"
    "  --mtu N           set before the start\n"
    "  --inject N        frames that the line \"inject\" sends (256)\n"
    "  --untouched       neither write nor read what is in the frames\n";

static struct options parse(int count, char** words) {
    static const struct option known[] = {
        {"mode", required_argument, NULL, 'm'},
        {"sizes", required_argument, NULL, 's'},
        {"queues", required_argument, NULL, 'q'},
        {"descriptors", required_argument, NULL, 'd'},
        {"mbufs", required_argument, NULL, 'b'},
        {"room", required_argument, NULL, 'r'},
        {"mtu", required_argument, NULL, 'u'},
        {"inject", required_argument, NULL, 'i'},
        {"untouched", no_argument, NULL, 't'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    struct options options = {.mode = SEND,
                              .sizes = {64},
                              .size_count = 1,
                              .queues = 1,
                              .descriptors = 1024,
                              .mbufs = 16384,
                              .room = 2048,
                              .inject = 256};
    int letter;

    while ((letter = getopt_long(count, words, "h", known, NULL)) != -1) {
        switch (letter) {
            case 'm':
                options.mode = parse_mode(optarg);
                break;
            case 's':
                parse_sizes(&options, optarg);
                break;
            case 'q':
                options.queues = (uint16_t)parse_number("queues", optarg, 1, MOST_QUEUES);
                break;
            case 'd':
                options.descriptors = (uint16_t)parse_number("descriptors", optarg, 64, 32768);
                break;
            case 'b':
                options.mbufs = parse_number("mbufs", optarg, 512, 1048576);
                break;
            case 'r':
                options.room = (uint16_t)parse_number("room", optarg, 256, 16384);
                break;
            case 'u':
                options.mtu = (uint16_t)parse_number("mtu", optarg, 68, MOST_FRAME);
                break;
            case 'i':
                options.inject = parse_number("inject", optarg, 0, 4096);
                break;
            case 't':
                options.untouched = true;
                break;
            default:
                fputs(usage, letter == 'h' ? stdout : stderr);
                exit(letter == 'h' ? 0 : EXIT_FAILURE);
        }
    }
    return options;
}

static void write_head(struct rte_mbuf* mbuf, uint64_t number) {
    static const struct rte_ether_hdr header = {
        .dst_addr = {{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}},
        .src_addr = {{2}},
        .ether_type = RTE_BE16(TEST_TYPE),
    };

    memcpy(rte_pktmbuf_mtod(mbuf, void*), &header, sizeof header);
    memcpy(rte_pktmbuf_mtod_offset(mbuf, void*, sizeof header), &number, sizeof number);
}

/* What nobody touches later has a header all the same. */
static void write_once(struct rte_mempool* pool, void* context, void* object, unsigned index) {
    (void)pool;
    (void)context;
    write_head(object, index);
}

static void start_port(uint16_t port, const struct run* run) {
    const struct options* options = &run->options;
    struct rte_eth_conf configuration = {0};
    struct rte_eth_dev_info info;

    if (rte_eth_dev_info_get(port, &info) != 0)
        die("no information of the port");
    configuration.txmode.offloads = info.tx_offload_capa & RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
    configuration.rxmode.offloads = options->mtu != 0 ? info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_SCATTER : 0;
    if (options->mtu != 0)
        configuration.rxmode.mtu = options->mtu;
    if (rte_eth_dev_configure(port, options->queues, options->queues, &configuration) != 0)
        die("the port takes no such configuration");
    for (uint16_t queue = 0; queue < options->queues; ++queue) {
        if (rte_eth_rx_queue_setup(port, queue, options->descriptors, (unsigned)SOCKET_ID_ANY, NULL,
                                   run->pool) != 0 ||
            rte_eth_tx_queue_setup(port, queue, options->descriptors, (unsigned)SOCKET_ID_ANY, NULL) != 0)
            die("a queue cannot be set up");
    }
    if (rte_eth_dev_start(port) != 0)
        die("the port does not start");
    (void)rte_eth_promiscuous_enable(port);
}

static void send_or_free(uint16_t port, uint16_t queue, struct rte_mbuf** mbufs, uint16_t count) {
    const uint16_t sent = rte_eth_tx_burst(port, queue, mbufs, count);

    counted.sent += sent;
    if (sent < count) {
        counted.refused += (uint64_t)(count - sent);
        rte_pktmbuf_free_bulk(mbufs + sent, (unsigned)(count - sent));
    }
}

static uint16_t fresh_frames(struct run* run, struct rte_mbuf** mbufs, uint16_t count) {
    static unsigned next;
    static uint64_t number;

    if (rte_pktmbuf_alloc_bulk(run->pool, mbufs, count) != 0)
        return 0;
    for (uint16_t i = 0; i < count; ++i) {
        mbufs[i]->data_len = run->options.sizes[next];
        mbufs[i]->pkt_len = run->options.sizes[next];
        if (!run->options.untouched)
            write_head(mbufs[i], number++);
        next = next + 1 < run->options.size_count ? next + 1 : 0;
    }
    return count;
}

static void send_round(struct run* run, uint16_t port) {
    struct rte_mbuf* mbufs[BURST];

    for (uint16_t queue = 0; queue < run->options.queues; ++queue) {
        const uint16_t count = fresh_frames(run, mbufs, BURST);
        if (count != 0)
            send_or_free(port, queue, mbufs, count);
    }
}

static void read_head(const struct run* run, struct rte_mbuf* mbuf) {
    struct rte_ether_hdr* header = rte_pktmbuf_mtod(mbuf, struct rte_ether_hdr*);

    counted.foreign += header->ether_type != RTE_BE16(TEST_TYPE);
    if (run->options.mode == BOUNCE && run->ports == 1) {
        const struct rte_ether_addr sender = header->src_addr;

        header->src_addr = header->dst_addr;
        header->dst_addr = sender;
    }
}

/* Receives; what came is freed, or goes out at the other port, or at the same one if there is one only. */
static void receive_round(struct run* run, uint16_t port) {
    const uint16_t out = (uint16_t)(run->ports - 1 - port);
    struct rte_mbuf* mbufs[BURST];

    for (uint16_t queue = 0; queue < run->options.queues; ++queue) {
        const uint16_t count = rte_eth_rx_burst(port, queue, mbufs, BURST);
        if (count == 0)
            continue;
        counted.received += count;
        for (uint16_t i = 0; i < count; ++i) {
            counted.received_bytes += mbufs[i]->pkt_len;
            if (!run->options.untouched)
                read_head(run, mbufs[i]);
        }
        if (run->options.mode == BOUNCE)
            send_or_free(out, queue, mbufs, count);
        else
            rte_pktmbuf_free_bulk(mbufs, count);
    }
}

static void inject(struct run* run) {
    struct rte_mbuf* mbufs[BURST];

    for (unsigned left = run->options.inject; left >= BURST; left -= BURST)
        for (uint16_t port = 0; port < run->ports; ++port)
            send_or_free(port, 0, mbufs, fresh_frames(run, mbufs, BURST));
}

static int poll_ports(void* argument) {
    struct run* run = argument;

    while (!__atomic_load_n(&run->stop, __ATOMIC_RELAXED)) {
        for (uint16_t port = 0; port < run->ports; ++port) {
            if (run->options.mode == SEND)
                send_round(run, port);
            else
                receive_round(run, port);
        }
        const uint64_t asked = __atomic_load_n(&run->asked, __ATOMIC_ACQUIRE);
        if (asked == run->given)
            continue;
        if (run->wants_frames)
            inject(run);
        run->sample = counted;
        run->sample.clock = rte_rdtsc();
        __atomic_store_n(&run->given, asked, __ATOMIC_RELEASE);
    }
    return 0;
}

static void answer(struct run* run, bool wants_frames) {
    run->wants_frames = wants_frames;
    const uint64_t asked = __atomic_add_fetch(&run->asked, 1, __ATOMIC_RELEASE);

    while (__atomic_load_n(&run->given, __ATOMIC_ACQUIRE) != asked)
        rte_delay_us_sleep(100);
    printf("{\"received\": %" PRIu64 ", \"received_bytes\": %" PRIu64 ", \"sent\": %" PRIu64
           ", \"refused\": %" PRIu64 ", \"foreign\": %" PRIu64 ", \"clock\": %" PRIu64 ", \"hertz\": %" PRIu64
           "}\n",
           run->sample.received, run->sample.received_bytes, run->sample.sent, run->sample.refused,
           run->sample.foreign, run->sample.clock, rte_get_tsc_hz());
    fflush(stdout);
}

static void serve_input(struct run* run) {
    char line[64];

    printf("ready\n");
    fflush(stdout);
    while (fgets(line, sizeof line, stdin) != NULL)
        answer(run, strcmp(line, "inject\n") == 0);
}

int main(int count, char** words) {
    static struct run run;
    const int used = rte_eal_init(count, words);
    unsigned worker;

    if (used < 0)
        die(rte_strerror(rte_errno));
    run.options = parse(count - used, words + used);
    run.ports = rte_eth_dev_count_avail();
    worker = rte_get_next_lcore(-1U, 1, 0);
    if (run.ports == 0 || run.ports > MOST_PORTS || worker == RTE_MAX_LCORE)
        die("wants one or two ports, and two lcores");
    run.pool = rte_pktmbuf_pool_create("frames", run.options.mbufs, POOL_CACHE, 0,
                                       (uint16_t)(run.options.room + RTE_PKTMBUF_HEADROOM), SOCKET_ID_ANY);
    if (run.pool == NULL)
        die("no memory for the mbufs");
    rte_mempool_obj_iter(run.pool, write_once, NULL);
    for (uint16_t port = 0; port < run.ports; ++port)
        start_port(port, &run);
    rte_eal_remote_launch(poll_ports, &run, worker);
    serve_input(&run);
    __atomic_store_n(&run.stop, true, __ATOMIC_RELAXED);
    rte_eal_wait_lcore(worker);
    for (uint16_t port = 0; port < run.ports; ++port) {
        (void)rte_eth_dev_stop(port);
        (void)rte_eth_dev_close(port);
    }
    return rte_eal_cleanup() == 0 ? 0 : EXIT_FAILURE;
}
