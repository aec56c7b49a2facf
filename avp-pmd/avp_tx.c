/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * Transmitting: frames are copied into empty buffers that the host gave, so an mbuf is free again when the burst returns.
 *
 * A frame that can never be sent (shorter than a header, larger than the host takes, parts that don't make up the whole) is dropped and counted,
 * so that it stands in nobody's way. Frames for which there is no room now are left to the caller. A buffer that cannot
 * stand is not used; the frames that it was for wait for the next burst.
 */
#include "avp_frame.h"
#include "avp_queue.h"

#define AVP_BURST_BUFFERS 128
#define AVP_TAG_BYTES 4

/* The buffers of one round, checked. */
struct avp_buffers {
    uint64_t handles[AVP_BURST_BUFFERS];
    struct avp_descriptor* descriptors[AVP_BURST_BUFFERS];
    uint8_t* data[AVP_BURST_BUFFERS];
    uint32_t count;
};

struct avp_tx_counts {
    uint64_t bytes;
    uint32_t frames;
    uint32_t oversize;
};

/* --- Which frames, which buffers ------------------------------------------------------------------------------ */

static inline bool inserts_tag(const struct rte_mbuf* mbuf) {
    return (mbuf->ol_flags & RTE_MBUF_F_TX_VLAN) != 0;
}

/* Whether a frame's parts are as long together as it says. */
static bool is_whole(const struct rte_mbuf* mbuf) {
    uint32_t left = mbuf->pkt_len;
    uint32_t parts = mbuf->nb_segs;

    for (; mbuf != NULL && parts > 0; mbuf = mbuf->next, parts--) {
        if (mbuf->data_len > left)
            return false;
        left -= mbuf->data_len;
    }
    return mbuf == NULL && parts == 0 && left == 0;
}

/* How many buffers a frame takes; 0 if it can never be sent. */
static inline uint32_t buffers_for(const struct avp_tx_queue* queue, const struct rte_mbuf* mbuf) {
    uint32_t bytes = mbuf->pkt_len;
    uint32_t tag_bytes = inserts_tag(mbuf) ? AVP_TAG_BYTES : 0;
    uint32_t buffers;

    if (unlikely(bytes < RTE_ETHER_HDR_LEN || bytes > queue->max_frame - tag_bytes))
        return 0;
    if (likely(mbuf->nb_segs == 1 ? mbuf->data_len == bytes : is_whole(mbuf))) {
        bytes += queue->host_inserts ? 0 : tag_bytes;
        if (likely(bytes <= queue->buffer_bytes))
            return 1;
        buffers = (bytes + queue->buffer_bytes - 1) / queue->buffer_bytes;
        /* A ring shorter than that never has them all. */
        return buffers <= queue->alloc.mask ? buffers : 0;
    }
    return 0;
}

/* The first frames that `buffers` buffers suffice for, how many each takes, and the sum. */
static uint32_t plan(const struct avp_tx_queue* queue, struct rte_mbuf* const* mbufs, uint32_t count,
                     uint32_t buffers, uint8_t* needed, uint32_t* sum) {
    uint32_t i;

    *sum = 0;
    for (i = 0; i < count; i++) {
        uint32_t more = buffers_for(queue, mbufs[i]);

        if (more > buffers - *sum)
            break;
        needed[i] = (uint8_t)more;
        *sum += more;
    }
    return i;
}

/* Lines that will be written, on their way to this processor: a buffer's descriptor, and where its data begins if that is
 * where the last one's did. The host's word about it is looked at when the buffer is used. */
static inline void warm_buffer(const struct avp_tx_queue* queue, uint64_t handle) {
    const uint8_t* descriptor = avp_pool_place(queue->pools, handle, sizeof(struct avp_descriptor));

    if (likely(descriptor != NULL)) {
        if (queue->kept_last)
            avp_prefetch_read(descriptor);
        else
            avp_prefetch_write(descriptor);
        avp_prefetch_write(descriptor + queue->data_distance);
    }
}

/* The next `wanted` buffers, as far as they are known to be there and were not warmed before. */
static inline void warm_buffers(struct avp_tx_queue* queue, uint32_t wanted) {
    uint32_t known = avp_ring_known(&queue->alloc, wanted);

    for (; queue->warmed < known; queue->warmed++)
        warm_buffer(queue, avp_ring_peek(&queue->alloc, queue->warmed));
}

/* Takes `wanted` buffers from the ring, and keeps those that can be used. */
static void take_buffers(struct avp_tx_queue* queue, uint32_t wanted, struct avp_buffers* buffers) {
    uint32_t i;

    warm_buffers(queue, wanted);
    buffers->count = 0;
    for (i = 0; i < wanted; i++) {
        uint64_t handle = avp_ring_peek(&queue->alloc, i);
        struct avp_descriptor* descriptor = avp_descriptor_place(queue->pools, handle);
        uint64_t address = descriptor != NULL ? AVP_LOAD_ONCE(&descriptor->data) : 0;
        uint8_t* data =
            descriptor != NULL ? avp_pool_place(queue->pools, address, queue->buffer_bytes) : NULL;

        buffers->handles[buffers->count] = handle;
        buffers->descriptors[buffers->count] = descriptor;
        buffers->data[buffers->count] = data;
        buffers->count += data != NULL;
    }
    if (likely(buffers->count > 0))
        queue->data_distance = buffers->data[0] - (uint8_t*)buffers->descriptors[0];
    if (unlikely(buffers->count < wanted))
        avp_count(&queue->counters, AVP_COUNT_BAD_BUFFER, wanted - buffers->count);
    avp_ring_take(&queue->alloc, wanted);
    queue->warmed -= RTE_MIN(queue->warmed, wanted);
}

/* --- Copying --------------------------------------------------------------------------------------------------- */

static inline void describe(struct avp_descriptor* descriptor, uint32_t bytes, uint64_t next) {
    descriptor->flags = 0;
    descriptor->next = next;
    descriptor->length = (uint16_t)bytes;
}

static inline void describe_frame(const struct avp_tx_queue* queue, struct avp_descriptor* descriptor,
                                  const struct rte_mbuf* mbuf, uint32_t bytes, uint32_t segments) {
    descriptor->segments = (uint8_t)segments;
    descriptor->frame_bytes = (uint16_t)bytes;
    descriptor->frame_bytes_high = 0;
    if (unlikely(inserts_tag(mbuf)) && queue->host_inserts) {
        descriptor->flags = AVP_DESCRIPTOR_TX_VLAN;
        descriptor->vlan_tci = mbuf->vlan_tci;
    }
}

/* Whether a descriptor says already what would be written for a frame in one buffer, without a tag: as after the last
 * frame of that size, at a host that keeps descriptors. It is not stored again, and its line stays with both sides. A host
 * that changes it meanwhile reads its own. */
static inline bool describes(const struct avp_descriptor* descriptor, uint16_t bytes) {
    return AVP_LOAD_ONCE(&descriptor->flags) == 0 && AVP_LOAD_ONCE(&descriptor->next) == 0 &&
           AVP_LOAD_ONCE(&descriptor->length) == bytes && AVP_LOAD_ONCE(&descriptor->segments) == 1 &&
           AVP_LOAD_ONCE(&descriptor->frame_bytes) == bytes &&
           AVP_LOAD_ONCE(&descriptor->frame_bytes_high) == 0;
}

/* Writes a frame's bytes one after another over its buffers. */
struct avp_writer {
    const struct avp_buffers* buffers;
    uint32_t size;   /* of a buffer */
    uint32_t index;  /* of the one being filled */
    uint32_t filled; /* of it */
};

static void write_bytes(struct avp_writer* writer, const uint8_t* bytes, uint32_t count) {
    while (count > 0) {
        uint32_t now = RTE_MIN(count, writer->size - writer->filled);

        if (now == 0) {
            writer->index++;
            writer->filled = 0;
            continue;
        }
        avp_copy(writer->buffers->data[writer->index] + writer->filled, bytes, now);
        writer->filled += now;
        bytes += now;
        count -= now;
    }
}

/* The frame's parts, with the tag after the addresses if the host does not insert it. */
static void write_frame(struct avp_writer* writer, const struct rte_mbuf* mbuf, bool writes_tag) {
    const uint8_t tag[AVP_TAG_BYTES] = {0x81, 0x00, (uint8_t)(mbuf->vlan_tci >> 8), (uint8_t)mbuf->vlan_tci};
    uint32_t before_tag = writes_tag ? 2 * RTE_ETHER_ADDR_LEN : UINT32_MAX;

    for (; mbuf != NULL; mbuf = mbuf->next) {
        const uint8_t* bytes = rte_pktmbuf_mtod(mbuf, const uint8_t*);
        uint32_t count = mbuf->data_len;

        if (before_tag <= count) {
            write_bytes(writer, bytes, before_tag);
            write_bytes(writer, tag, sizeof(tag));
            bytes += before_tag;
            count -= before_tag;
            before_tag = UINT32_MAX;
        } else if (before_tag != UINT32_MAX) {
            before_tag -= count;
        }
        write_bytes(writer, bytes, count);
    }
}

/* A frame that is not one mbuf in one buffer; its bytes. */
static __rte_noinline uint32_t send_parts(struct avp_tx_queue* queue, const struct rte_mbuf* mbuf,
                                          const struct avp_buffers* buffers, uint32_t first, uint32_t count) {
    bool writes_tag = inserts_tag(mbuf) && !queue->host_inserts;
    uint32_t bytes = mbuf->pkt_len + (writes_tag ? AVP_TAG_BYTES : 0);
    struct avp_writer writer = {.buffers = buffers, .size = queue->buffer_bytes, .index = first};
    uint32_t left = bytes;
    uint32_t i;

    write_frame(&writer, mbuf, writes_tag);
    for (i = first; i < first + count; i++) {
        uint32_t filled = RTE_MIN(left, queue->buffer_bytes);

        left -= filled;
        describe(buffers->descriptors[i], filled, left == 0 ? 0 : buffers->handles[i + 1]);
    }
    describe_frame(queue, buffers->descriptors[first], mbuf, bytes, count);
    return mbuf->pkt_len;
}

static inline uint32_t send_one(struct avp_tx_queue* queue, const struct rte_mbuf* mbuf,
                                const struct avp_buffers* buffers, uint32_t index) {
    struct avp_descriptor* descriptor = buffers->descriptors[index];

    avp_copy(buffers->data[index], rte_pktmbuf_mtod(mbuf, const void*), mbuf->data_len);
    queue->kept_last = !inserts_tag(mbuf) && describes(descriptor, mbuf->data_len);
    if (!queue->kept_last) {
        describe(descriptor, mbuf->data_len, 0);
        describe_frame(queue, descriptor, mbuf, mbuf->data_len, 1);
    }
    return mbuf->data_len;
}

static inline uint32_t send_frame(struct avp_tx_queue* queue, const struct rte_mbuf* mbuf,
                                  const struct avp_buffers* buffers, uint32_t first, uint32_t count) {
    if (likely(count == 1 && mbuf->nb_segs == 1 && (queue->host_inserts || !inserts_tag(mbuf))))
        return send_one(queue, mbuf, buffers, first);
    return send_parts(queue, mbuf, buffers, first, count);
}

/* --- Bursts ---------------------------------------------------------------------------------------------------- */

/* Sends the first frames that the buffers suffice for; how many frames were dealt with, sent or dropped. */
static uint32_t send_frames(struct avp_tx_queue* queue, struct rte_mbuf* const* mbufs, uint32_t count,
                            const uint8_t* needed, const struct avp_buffers* buffers) {
    struct avp_tx_counts counts = {0};
    uint32_t used = 0;
    uint32_t i;

    for (i = 0; i < count; i++) {
        if (unlikely(needed[i] == 0)) {
            counts.oversize++;
            continue;
        }
        if (unlikely(needed[i] > buffers->count - used))
            break;
        counts.bytes += send_frame(queue, mbufs[i], buffers, used, needed[i]);
        avp_ring_fill(&queue->tx, counts.frames, buffers->handles[used]);
        used += needed[i];
        counts.frames++;
        warm_buffers(queue, RTE_MIN(queue->warmed + 1, count));
    }
    avp_ring_publish(&queue->tx, counts.frames);
    avp_count(&queue->counters, AVP_COUNT_FRAMES, counts.frames);
    avp_count(&queue->counters, AVP_COUNT_BYTES, counts.bytes);
    if (unlikely(counts.oversize != 0))
        avp_count(&queue->counters, AVP_COUNT_OVERSIZE, counts.oversize);
    return i;
}

static inline void free_mbufs(const struct avp_tx_queue* queue, struct rte_mbuf** mbufs, uint32_t count) {
    if (queue->frees_fast)
        rte_mempool_put_bulk(mbufs[0]->pool, (void**)mbufs, count);
    else
        rte_pktmbuf_free_bulk(mbufs, count);
}

/* One round of at most AVP_BURST frames; the number dealt with, which are freed. */
static uint32_t send_round(struct avp_tx_queue* queue, struct rte_mbuf** mbufs, uint32_t count) {
    uint8_t needed[AVP_BURST];
    struct avp_buffers buffers;
    int room = avp_ring_room(&queue->tx, count);
    int ready = avp_ring_ready(&queue->alloc, AVP_BURST_BUFFERS);
    uint32_t planned;
    uint32_t sum;
    uint32_t done;

    if (unlikely(room < 0 || ready < 0)) {
        queue->is_broken = true;
        avp_count(&queue->counters, AVP_COUNT_BAD_RING, 1);
        return 0;
    }
    planned = plan(queue, mbufs, (uint32_t)room, (uint32_t)ready, needed, &sum);
    if (planned == 0)
        return 0;
    take_buffers(queue, sum, &buffers);
    done = send_frames(queue, mbufs, planned, needed, &buffers);
    avp_ring_give_back_lazily(&queue->alloc);
    avp_ring_warm_peek(&queue->alloc, count, count);
    avp_ring_claim(&queue->tx, count);
    if (done > 0)
        free_mbufs(queue, mbufs, done);
    return done;
}

uint16_t avp_sdk_tx_burst(void* burst_queue, struct rte_mbuf** mbufs, uint16_t count) {
    struct avp_tx_queue* queue = burst_queue;
    uint32_t sent = 0;

    if (likely(avp_gate_enter(&queue->gate) && !queue->is_broken)) {
        while (sent < count) {
            uint32_t round = RTE_MIN(count - sent, (uint32_t)AVP_BURST);
            uint32_t done = send_round(queue, mbufs + sent, round);

            sent += done;
            /* A round of long frames ends where the buffers of one round do, and the ring may have more. */
            if (done < round && (done == 0 || avp_ring_known(&queue->alloc, 1) == 0))
                break;
        }
    }
    avp_gate_leave(&queue->gate);
    return (uint16_t)sent;
}

int avp_sdk_tx_descriptor(struct avp_tx_queue* queue, uint32_t offset) {
    int is_free = -1;

    if (offset <= queue->tx.mask) {
        is_free = 0;
        if (avp_gate_enter(&queue->gate) && !queue->is_broken)
            is_free = avp_ring_room(&queue->tx, offset + 1) > (int)offset;
        avp_gate_leave(&queue->gate);
    }
    return is_free;
}
