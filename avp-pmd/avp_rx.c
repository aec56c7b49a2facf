/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * Receiving: frames are copied out of the device's memory and their buffers go back in the same burst.
 *
 * A frame's descriptor is copied once and checked; its length is the sum of its parts, never what the host calls it. A
 * frame that cannot stand is counted and its buffer given back. If the mempool is empty, frames wait in the ring. A ring
 * whose index lies outside stops the queue until the device is attached anew.
 */
#include <errno.h>

#include "avp_frame.h"
#include "avp_queue.h"

#define AVP_MAX_MBUFS (AVP_MAX_FRAME_BYTES / AVP_MIN_ROOM_BYTES + 2)
#define AVP_MAC_MASK 0x0000FFFFFFFFFFFFull
#define AVP_GROUP_BIT 1ull

/* A frame's parts, checked, before it is copied. */
struct avp_parts {
    const uint8_t* data[AVP_MAX_SEGMENTS];
    uint32_t lengths[AVP_MAX_SEGMENTS];
    uint32_t count;
    uint32_t bytes;
};

struct avp_rx_counts {
    uint64_t bytes;
    uint32_t frames;
    uint32_t filtered;
    uint32_t oversize;
    uint32_t bad;
};

int avp_sdk_rx_use_mempool(struct avp_rx_queue* queue, struct rte_mempool* mempool) {
    uint32_t room = rte_pktmbuf_data_room_size(mempool);
    struct rte_mbuf model;

    if (room < RTE_PKTMBUF_HEADROOM + AVP_MIN_ROOM_BYTES)
        return -EINVAL;
    queue->mempool = mempool;
    queue->room_first = room - RTE_PKTMBUF_HEADROOM;
    queue->room_more = queue->room_first;
    memset(&model, 0, sizeof(model));
    model.data_off = RTE_PKTMBUF_HEADROOM;
    model.nb_segs = 1;
    model.port = queue->port_id;
    rte_mbuf_refcnt_set(&model, 1);
    rte_compiler_barrier();
    memcpy(&queue->rearm, (const void*)&model.rearm_data, sizeof(queue->rearm));
    return 0;
}

static inline void rearm(const struct avp_rx_queue* queue, struct rte_mbuf* mbuf, uint32_t bytes) {
    memcpy((void*)&mbuf->rearm_data, &queue->rearm, sizeof(queue->rearm));
    mbuf->ol_flags = 0;
    mbuf->packet_type = 0;
    mbuf->pkt_len = bytes;
    mbuf->data_len = (uint16_t)bytes;
    mbuf->vlan_tci = 0;
}

/* --- Filter -------------------------------------------------------------------------------------------------- */

static bool is_listed(const uint64_t* list, uint32_t count, uint64_t mac) {
    uint32_t i;

    for (i = 0; i < count; i++)
        if (list[i] == mac)
            return true;
    return false;
}

/* Whether a frame of at least 14 bytes is for the application. */
static inline bool is_wanted(const struct avp_filter* filter, const uint8_t* frame) {
    uint64_t mac;

    if (filter->takes_all)
        return true;
    memcpy(&mac, frame, sizeof(mac));
    mac &= AVP_MAC_MASK;
    if (mac == filter->macs[0] || mac == AVP_MAC_MASK)
        return true;
    if ((mac & AVP_GROUP_BIT) != 0)
        return filter->takes_all_multicast || is_listed(filter->multicast, filter->multicast_count, mac);
    return is_listed(filter->macs, filter->mac_count, mac);
}

/* --- Tags ---------------------------------------------------------------------------------------------------- */

/* The tag that came beside the frame goes back into it, since the application did not ask for stripping. */
static bool put_tag_back(struct rte_mbuf* mbuf, uint16_t tci) {
    uint8_t* frame = (uint8_t*)rte_pktmbuf_prepend(mbuf, sizeof(struct rte_vlan_hdr));
    const uint16_t type = rte_cpu_to_be_16(RTE_ETHER_TYPE_VLAN);
    const uint16_t tag = rte_cpu_to_be_16(tci);

    if (frame == NULL)
        return false;
    memmove(frame, frame + sizeof(struct rte_vlan_hdr), 2 * RTE_ETHER_ADDR_LEN);
    memcpy(frame + 2 * RTE_ETHER_ADDR_LEN, &type, sizeof(type));
    memcpy(frame + 2 * RTE_ETHER_ADDR_LEN + sizeof(type), &tag, sizeof(tag));
    return true;
}

static bool settle_tag(const struct avp_rx_queue* queue, struct rte_mbuf* mbuf, const struct avp_seen* seen) {
    if ((seen->flags & AVP_DESCRIPTOR_RX_VLAN) != 0) {
        if (!queue->strips_vlan)
            return put_tag_back(mbuf, seen->vlan_tci);
        mbuf->vlan_tci = seen->vlan_tci;
        mbuf->ol_flags |= RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED;
    } else if (queue->strips_vlan && !queue->host_strips &&
               mbuf->data_len >= RTE_ETHER_HDR_LEN + sizeof(struct rte_vlan_hdr)) {
        /* The flags follow from the tag that is found: none is no fault. */
        (void)rte_vlan_strip(mbuf);
    }
    return true;
}

/* --- Frames of several parts ---------------------------------------------------------------------------------- */

static bool add_part(const struct avp_rx_queue* queue, struct avp_parts* parts, const struct avp_seen* seen) {
    const uint8_t* data = avp_pool_place(queue->pools, seen->data, seen->length);

    if (data == NULL || parts->count == AVP_MAX_SEGMENTS)
        return false;
    parts->data[parts->count] = data;
    parts->lengths[parts->count] = seen->length;
    parts->count++;
    parts->bytes += seen->length;
    return true;
}

/* Follows the chain from its first descriptor; false if it does not end in bounds, or is not what its head says. */
static bool collect_parts(const struct avp_rx_queue* queue, const struct avp_seen* first,
                          struct avp_parts* parts) {
    struct avp_seen seen = *first;

    parts->count = 0;
    parts->bytes = 0;
    for (;;) {
        const struct avp_descriptor* next;

        if (!add_part(queue, parts, &seen))
            return false;
        if (seen.next == 0)
            break;
        next = avp_descriptor_place(queue->pools, seen.next);
        if (next == NULL)
            return false;
        avp_see(&seen, next);
    }
    return parts->count == first->segments && parts->bytes == first->frame_bytes &&
           parts->lengths[0] >= RTE_ETHER_HDR_LEN;
}

/* Copies all parts into a chain of `count` mbufs that have room for them. */
static void copy_parts(const struct avp_rx_queue* queue, const struct avp_parts* parts,
                       struct rte_mbuf* const* mbufs, uint32_t count) {
    uint32_t part = 0;
    uint32_t offset = 0;
    uint32_t i;

    for (i = 0; i < count; i++) {
        uint8_t* to = rte_pktmbuf_mtod(mbufs[i], uint8_t*);
        uint32_t room = i == 0 ? queue->room_first : queue->room_more;
        uint32_t filled = 0;

        while (part < parts->count && filled < room) {
            uint32_t bytes = RTE_MIN(parts->lengths[part] - offset, room - filled);

            avp_copy(to + filled, parts->data[part] + offset, bytes);
            filled += bytes;
            offset += bytes;
            if (offset == parts->lengths[part]) {
                part++;
                offset = 0;
            }
        }
        mbufs[i]->data_len = (uint16_t)filled;
        mbufs[i]->next = i + 1 < count ? mbufs[i + 1] : NULL;
    }
    mbufs[0]->nb_segs = (uint16_t)count;
    mbufs[0]->pkt_len = parts->bytes;
}

enum avp_outcome { AVP_DELIVERED, AVP_DROPPED, AVP_WAITS };

/* A frame that is not one part in one mbuf. `head` is used if the frame is delivered. */
static __rte_noinline enum avp_outcome receive_parts(struct avp_rx_queue* queue, const struct avp_seen* seen,
                                                     struct rte_mbuf* head, struct avp_rx_counts* counts) {
    struct rte_mbuf* mbufs[AVP_MAX_MBUFS];
    struct avp_parts parts;
    uint32_t count;
    uint32_t i;

    if (!collect_parts(queue, seen, &parts)) {
        counts->bad++;
        return AVP_DROPPED;
    }
    count = parts.bytes <= queue->room_first
                ? 1
                : 1 + (parts.bytes - queue->room_first + queue->room_more - 1) / queue->room_more;
    if (parts.bytes > queue->max_frame) {
        counts->oversize++;
        return AVP_DROPPED;
    }
    if (!is_wanted(queue->filter, parts.data[0])) {
        counts->filtered++;
        return AVP_DROPPED;
    }
    mbufs[0] = head;
    if (count > 1 && rte_mempool_get_bulk(queue->mempool, (void**)&mbufs[1], count - 1) != 0)
        return AVP_WAITS;
    for (i = 0; i < count; i++)
        rearm(queue, mbufs[i], 0);
    copy_parts(queue, &parts, mbufs, count);
    return AVP_DELIVERED;
}

/* --- One frame ------------------------------------------------------------------------------------------------ */

/* A frame of one part that fits one mbuf, which is what nearly all are. */
static inline enum avp_outcome receive_one(struct avp_rx_queue* queue, const struct avp_seen* seen,
                                           struct rte_mbuf* mbuf, struct avp_rx_counts* counts) {
    const uint8_t* data = avp_pool_place(queue->pools, seen->data, seen->length);

    if (data == NULL || seen->length < RTE_ETHER_HDR_LEN || seen->frame_bytes != seen->length) {
        counts->bad++;
        return AVP_DROPPED;
    }
    if (seen->length > queue->max_frame) {
        counts->oversize++;
        return AVP_DROPPED;
    }
    if (!is_wanted(queue->filter, data)) {
        counts->filtered++;
        return AVP_DROPPED;
    }
    rearm(queue, mbuf, seen->length);
    avp_copy(rte_pktmbuf_mtod(mbuf, void*), data, seen->length);
    return AVP_DELIVERED;
}

static inline enum avp_outcome receive_frame(struct avp_rx_queue* queue,
                                             const struct avp_descriptor* descriptor, struct rte_mbuf* mbuf,
                                             struct avp_rx_counts* counts) {
    enum avp_outcome outcome;
    struct avp_seen seen;

    if (unlikely(descriptor == NULL)) {
        counts->bad++;
        return AVP_DROPPED;
    }
    avp_see(&seen, descriptor);
    if (likely(seen.next == 0 && seen.segments == 1 && seen.length <= queue->room_first))
        outcome = receive_one(queue, &seen, mbuf, counts);
    else
        outcome = receive_parts(queue, &seen, mbuf, counts);
    if (outcome != AVP_DELIVERED)
        return outcome;
    if (unlikely((seen.flags & AVP_DESCRIPTOR_RX_VLAN) != 0 || queue->strips_vlan) &&
        !settle_tag(queue, mbuf, &seen)) {
        /* Without headroom for the tag. What hangs on the head goes; the head itself serves the next frame. */
        rte_pktmbuf_free(mbuf->next);
        mbuf->next = NULL;
        mbuf->nb_segs = 1;
        counts->oversize++;
        return AVP_DROPPED;
    }
    counts->bytes += mbuf->pkt_len;
    counts->frames++;
    return AVP_DELIVERED;
}

/* --- Bursts --------------------------------------------------------------------------------------------------- */

static void add_counts(struct avp_rx_queue* queue, const struct avp_rx_counts* counts) {
    avp_count(&queue->counters, AVP_COUNT_FRAMES, counts->frames);
    avp_count(&queue->counters, AVP_COUNT_BYTES, counts->bytes);
    if (likely((counts->filtered | counts->oversize | counts->bad) == 0))
        return;
    avp_count(&queue->counters, AVP_COUNT_FILTERED, counts->filtered);
    avp_count(&queue->counters, AVP_COUNT_OVERSIZE, counts->oversize);
    avp_count(&queue->counters, AVP_COUNT_BAD_FRAME, counts->bad);
}

/* Mbufs for up to `wanted` frames; fewer if the mempool has fewer. */
static uint32_t get_mbufs(struct avp_rx_queue* queue, struct rte_mbuf** mbufs, uint32_t wanted) {
    uint32_t count = wanted;

    while (count > 0 && unlikely(rte_mempool_get_bulk(queue->mempool, (void**)mbufs, count) != 0))
        count /= 2;
    if (unlikely(count < wanted))
        avp_count(&queue->counters, AVP_COUNT_NO_MBUF, wanted - count);
    return count;
}

/* Lines that will be read, on their way to this processor: of the next `wanted` frames, as far as they are known to be
 * there, the descriptor, and the data if they begin where the last frame's did. What the host says about it is looked at
 * when the frame's turn comes. */
static inline void warm_frames(const struct avp_rx_queue* queue, struct avp_rx_ring* ring, uint32_t wanted) {
    uint32_t known = avp_ring_known(&ring->rx, wanted);

    for (; ring->warmed < known; ring->warmed++) {
        const uint8_t* descriptor = avp_pool_place(queue->pools, avp_ring_peek(&ring->rx, ring->warmed),
                                                   sizeof(struct avp_descriptor));

        if (likely(descriptor != NULL)) {
            avp_prefetch_read(descriptor);
            avp_prefetch_read(descriptor + ring->data_distance);
        }
    }
}

/* Where the next frame's data begins, for the frames after those that are on their way. */
static inline void learn_distance(const struct avp_rx_queue* queue, struct avp_rx_ring* ring) {
    const struct avp_descriptor* descriptor = avp_descriptor_place(queue->pools, avp_ring_peek(&ring->rx, 0));
    const uint8_t* data =
        descriptor != NULL ? avp_pool_place(queue->pools, AVP_LOAD_ONCE(&descriptor->data), 1) : NULL;

    if (likely(data != NULL))
        ring->data_distance = data - (const uint8_t*)descriptor;
}

/* Takes `count` frames; those delivered are mbufs[0...] afterwards, and the number of frames done with is told. */
static uint32_t take_frames(struct avp_rx_queue* queue, struct avp_rx_ring* ring, struct rte_mbuf** mbufs,
                            uint32_t count, uint32_t* delivered) {
    struct avp_rx_counts counts = {0};
    uint32_t kept = 0;
    uint32_t i;

    warm_frames(queue, ring, count);
    learn_distance(queue, ring);
    for (i = 0; i < count; i++) {
        uint64_t handle = avp_ring_peek(&ring->rx, i);
        enum avp_outcome outcome =
            receive_frame(queue, avp_descriptor_place(queue->pools, handle), mbufs[kept], &counts);

        if (unlikely(outcome == AVP_WAITS)) {
            avp_count(&queue->counters, AVP_COUNT_NO_MBUF, 1);
            break;
        }
        avp_ring_fill(&ring->free, i, handle);
        kept += outcome == AVP_DELIVERED;
    }
    add_counts(queue, &counts);
    *delivered = kept;
    return i;
}

/* Nothing came: after a while the host gets what was kept back. */
static inline void count_idle_poll(struct avp_rx_ring* ring) {
    if (++ring->idle_polls == AVP_RING_IDLE_POLLS)
        avp_rx_ring_settle(ring);
}

/* One round over one ring, of at most AVP_BURST frames; the number of frames taken from it. */
static uint32_t serve_ring(struct avp_rx_queue* queue, struct avp_rx_ring* ring, struct rte_mbuf** mbufs,
                           uint32_t wanted, uint32_t* delivered) {
    int ready = avp_ring_ready(&ring->rx, wanted);
    int room = ready > 0 ? avp_ring_room(&ring->free, (uint32_t)ready) : 0;
    uint32_t count;
    uint32_t taken;

    *delivered = 0;
    if (unlikely(ready < 0 || room < 0)) {
        queue->is_broken = true;
        avp_count(&queue->counters, AVP_COUNT_BAD_RING, 1);
        return 0;
    }
    count = (uint32_t)room;
    if (count == 0) {
        count_idle_poll(ring);
        return 0;
    }
    count = get_mbufs(queue, mbufs, count);
    taken = take_frames(queue, ring, mbufs, count, delivered);
    if (unlikely(*delivered < count))
        rte_mempool_put_bulk(queue->mempool, (void**)&mbufs[*delivered], count - *delivered);
    avp_ring_take(&ring->rx, taken);
    avp_ring_give_back_lazily(&ring->rx);
    avp_ring_publish_lazily(&ring->free, taken);
    ring->idle_polls = 0;
    ring->warmed -= RTE_MIN(ring->warmed, taken);
    warm_frames(queue, ring, wanted);
    avp_ring_warm_peek(&ring->rx, wanted, wanted);
    avp_ring_claim(&ring->free, wanted);
    return taken;
}

uint16_t avp_sdk_rx_burst(void* burst_queue, struct rte_mbuf** mbufs, uint16_t wanted) {
    struct avp_rx_queue* queue = burst_queue;
    uint32_t received = 0;

    if (likely(avp_gate_enter(&queue->gate) && !queue->is_broken)) {
        struct avp_rx_ring* ring = &queue->rings[queue->next_ring];
        uint32_t taken;

        queue->next_ring = queue->next_ring + 1 < queue->ring_count ? queue->next_ring + 1 : 0;
        do {
            uint32_t round = RTE_MIN(wanted - received, (uint32_t)AVP_BURST);
            uint32_t delivered;

            taken = serve_ring(queue, ring, mbufs + received, round, &delivered);
            received += delivered;
            taken = taken < round ? 0 : taken;
        } while (taken != 0 && received < wanted);
    }
    avp_gate_leave(&queue->gate);
    return (uint16_t)received;
}

/* --- What stands in the rings ---------------------------------------------------------------------------------- */

uint32_t avp_sdk_rx_ready(struct avp_rx_queue* queue) {
    uint32_t sum = 0;
    uint32_t i;

    if (avp_gate_enter(&queue->gate) && !queue->is_broken) {
        for (i = 0; i < queue->ring_count; i++) {
            int ready = avp_ring_ready(&queue->rings[i].rx, queue->rings[i].rx.mask);

            sum += ready > 0 ? (uint32_t)ready : 0;
        }
    }
    avp_gate_leave(&queue->gate);
    return sum;
}

int avp_sdk_rx_descriptor(struct avp_rx_queue* queue, uint32_t offset) {
    uint32_t ready = avp_sdk_rx_ready(queue);

    if (offset >= (queue->rings[0].rx.mask + 1) * queue->ring_count)
        return -1;
    return offset < ready ? 1 : 0;
}

int avp_sdk_rx_arm(struct avp_rx_queue* queue, bool on) {
    int result = 0;
    uint32_t i;

    if (avp_gate_enter(&queue->gate) && !queue->is_broken) {
        for (i = 0; i < queue->ring_count; i++) {
            avp_rx_ring_settle(&queue->rings[i]);
            if (queue->rings[i].arm_word == NULL)
                result = -ENOTSUP;
            else
                AVP_STORE_ONCE(queue->rings[i].arm_word, on ? 1u : 0u);
        }
        /* Of arming here and publishing there, one side sees the other's. Specification 4.4. */
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
        for (i = 0; result == 0 && i < queue->ring_count; i++)
            result = avp_ring_ready(&queue->rings[i].rx, 1) != 0 ? 1 : 0;
    }
    avp_gate_leave(&queue->gate);
    return result;
}
