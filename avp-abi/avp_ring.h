/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * One side of a ring in memory that a peer can write at any time. The side's own index and the ring's length are kept
 * here and never read back; the peer's index is loaded once, with acquire, and refused unless it lies in the ring. The
 * peer's index is loaded again only when the last one known does not suffice, so that its cache line moves seldom.
 *
 * What the slots hold is the peer's word too: whoever takes one checks it before use. Specification 1.6.
 */
#ifndef AVP_RING_H
#define AVP_RING_H

#include "avp_abi.h"

#ifdef __KERNEL__
#include <asm/barrier.h>
#include <linux/compiler.h>
#include <linux/prefetch.h>
#define AVP_LOAD_ACQUIRE(where) smp_load_acquire(where)
#define AVP_STORE_RELEASE(where, value) smp_store_release(where, value)
#define AVP_LOAD_ONCE(where) READ_ONCE(*(where))
#define AVP_STORE_ONCE(where, value) WRITE_ONCE(*(where), value)
#else
#define AVP_LOAD_ACQUIRE(where) __atomic_load_n(where, __ATOMIC_ACQUIRE)
#define AVP_STORE_RELEASE(where, value) __atomic_store_n(where, value, __ATOMIC_RELEASE)
#define AVP_LOAD_ONCE(where) __atomic_load_n(where, __ATOMIC_RELAXED)
#define AVP_STORE_ONCE(where, value) __atomic_store_n(where, value, __ATOMIC_RELAXED)
#endif

/* A line that this side will write is asked for, so that the store finds it here. Compilers make a plain prefetch of this
 * for a baseline x86-64, which gets the line to read and asks again to write. */
static inline void avp_prefetch_write(const void* line) {
#if defined(__KERNEL__)
    prefetchw(line);
#elif defined(__x86_64__)
    __asm__ volatile("prefetchw %0" : : "m"(*(const char*)line));
#else
    __builtin_prefetch(line, 1);
#endif
}

static inline void avp_prefetch_read(const void* line) {
#if defined(__KERNEL__)
    prefetch(line);
#else
    __builtin_prefetch(line);
#endif
}

/* Lines that this side will write, and the other has read, are got fastest by a store to each in a row: then all are on
 * their way at once. Among a burst's other stores they come one after another, and where it was measured, on an AMD EPYC, a
 * prefetch for writing did not change that. Only where the peer does not look before it is told: what stood there is
 * gone. `word` is aligned to 8 bytes. */
static inline void avp_claim_line(void* word) {
    AVP_STORE_ONCE((__u64*)word, 0);
}

struct avp_ring {
    struct avp_fifo* fifo;
    __u64* slots;
    __u32 mask;    /* length - 1 */
    __u32 own;     /* the index that this side writes */
    __u32 peer;    /* the other side's, as last checked */
    __u32 pending; /* consumer: slots taken and not yet given back; producer: filled and not yet published */
};

/* Host, before a guest can see the ring: empty, of `length` slots (a power of two). */
static inline void avp_fifo_clear(struct avp_fifo* fifo, __u32 length) {
    AVP_STORE_ONCE(&fifo->write, 0);
    AVP_STORE_ONCE(&fifo->read, 0);
    AVP_STORE_ONCE(&fifo->length, length);
    AVP_STORE_ONCE(&fifo->element_bytes, 8);
}

/* Guest: the length of a ring that may use `bytes` bytes, loaded once; 0 if it is none of 2..AVP_MAX_RING_SLOTS, not a
 * power of two, does not fit, or its elements are not 8 bytes. */
static inline __u32 avp_fifo_length(struct avp_fifo* fifo, __u64 bytes) {
    __u32 length;

    if (bytes < sizeof(struct avp_fifo))
        return 0;
    length = AVP_LOAD_ONCE(&fifo->length);
    if (length < 2 || length > AVP_MAX_RING_SLOTS || (length & (length - 1)) != 0)
        return 0;
    if (AVP_FIFO_BYTES(length) > bytes || AVP_LOAD_ONCE(&fifo->element_bytes) != 8)
        return 0;
    return length;
}

/* `length` is the caller's own, or came from avp_fifo_length(). Both open at the indices that stand there, so that a
 * driver that starts on a used ring goes on; false if one lies outside. */
static inline int avp_ring_open(struct avp_ring* ring, struct avp_fifo* fifo, __u32 length, __u32 own,
                                __u32 peer) {
    ring->fifo = fifo;
    ring->slots = (__u64*)(void*)(fifo + 1);
    ring->mask = length - 1;
    ring->own = own;
    ring->peer = peer;
    ring->pending = 0;
    return own < length && peer < length;
}

static inline int avp_ring_open_producer(struct avp_ring* ring, struct avp_fifo* fifo, __u32 length) {
    return avp_ring_open(ring, fifo, length, AVP_LOAD_ONCE(&fifo->write), AVP_LOAD_ACQUIRE(&fifo->read));
}

static inline int avp_ring_open_consumer(struct avp_ring* ring, struct avp_fifo* fifo, __u32 length) {
    return avp_ring_open(ring, fifo, length, AVP_LOAD_ONCE(&fifo->read), AVP_LOAD_ACQUIRE(&fifo->write));
}

/* Producer: how many of `wanted` slots can be filled now; negative if the peer's index lies outside the ring. */
static inline int avp_ring_room(struct avp_ring* ring, __u32 wanted) {
    __u32 room = ((ring->peer - ring->own - 1) & ring->mask) - ring->pending;

    if (room < wanted) {
        __u32 peer = AVP_LOAD_ACQUIRE(&ring->fifo->read);

        if (peer > ring->mask)
            return -1;
        room = (peer - ring->own - 1) & ring->mask;
        /* Nor may it go back before what it had read: what is pending was filled since. */
        if (room < ring->pending)
            return -1;
        ring->peer = peer;
        room -= ring->pending;
    }
    return (int)(room < wanted ? room : wanted);
}

#define AVP_SLOTS_A_LINE 8

/* Producer: the lines of the next `count` slots are on their way to this processor, to be written; nothing if the
 * consumer may still have some of them to read. */
static inline void avp_ring_claim(const struct avp_ring* ring, __u32 count) {
    __u32 room = ((ring->peer - ring->own - 1) & ring->mask) - ring->pending;
    __u32 i;

    if (room < count + AVP_SLOTS_A_LINE)
        return;
    for (i = 0; i < count + AVP_SLOTS_A_LINE - 1; i += AVP_SLOTS_A_LINE)
        avp_claim_line(&ring->slots[(ring->own + ring->pending + i) & ring->mask]);
}

/* Producer: the slot `index` places after the next one; below what avp_ring_room() told. */
static inline void avp_ring_fill(struct avp_ring* ring, __u32 index, __u64 value) {
    AVP_STORE_ONCE(&ring->slots[(ring->own + ring->pending + index) & ring->mask], value);
}

/* Producer: the consumer may take `count` slots more, those kept back, and all that was written before. */
static inline void avp_ring_publish(struct avp_ring* ring, __u32 count) {
    ring->own = (ring->own + ring->pending + count) & ring->mask;
    ring->pending = 0;
    AVP_STORE_RELEASE(&ring->fifo->write, ring->own);
}

/* How many slots are worth a move of the line that both indices lie in, where nobody waits for them. */
static inline __u32 avp_ring_batch(const struct avp_ring* ring) {
    return (ring->mask + 1) / 8;
}

/* How often nothing comes before what was kept back goes to the peer: a pause, not the moment between two bursts. */
#define AVP_RING_IDLE_POLLS 64

/* Producer: as avp_ring_publish(), now or later: avp_ring_publish(ring, 0) publishes what was kept back. */
static inline void avp_ring_publish_lazily(struct avp_ring* ring, __u32 count) {
    ring->pending += count;
    if (ring->pending >= avp_ring_batch(ring))
        avp_ring_publish(ring, 0);
}

/* Consumer: how many of `wanted` slots there are to take; negative if the peer's index lies outside the ring. */
static inline int avp_ring_ready(struct avp_ring* ring, __u32 wanted) {
    __u32 first = ring->own + ring->pending;
    __u32 ready = (ring->peer - first) & ring->mask;

    if (ready < wanted) {
        __u32 peer = AVP_LOAD_ACQUIRE(&ring->fifo->write);

        if (peer > ring->mask)
            return -1;
        /* A peer that moved back into what is taken already would hand out slots twice: what is pending stays apart. */
        ready = (peer - ring->own) & ring->mask;
        if (ready < ring->pending)
            return -1;
        ring->peer = peer;
        ready -= ring->pending;
    }
    return (int)(ready < wanted ? ready : wanted);
}

/* Consumer: how many of `wanted` slots there are by what is known already; no line of the peer's is asked for. */
static inline __u32 avp_ring_known(const struct avp_ring* ring, __u32 wanted) {
    __u32 ready = (ring->peer - ring->own - ring->pending) & ring->mask;

    return ready < wanted ? ready : wanted;
}

/* Consumer: the lines of `count` slots from the one `index` places after those taken are on their way, to be read; not
 * those that the producer may still write. */
static inline void avp_ring_warm_peek(const struct avp_ring* ring, __u32 index, __u32 count) {
    __u32 known = avp_ring_known(ring, index + count);

    for (; index < known; index += AVP_SLOTS_A_LINE)
        avp_prefetch_read(&ring->slots[(ring->own + ring->pending + index) & ring->mask]);
}

/* Consumer: the slot `index` places after those taken; below what avp_ring_ready() told. */
static inline __u64 avp_ring_peek(const struct avp_ring* ring, __u32 index) {
    return AVP_LOAD_ONCE(&ring->slots[(ring->own + ring->pending + index) & ring->mask]);
}

/* Consumer: `count` slots were read; what they name is still in use here. */
static inline void avp_ring_take(struct avp_ring* ring, __u32 count) {
    ring->pending += count;
}

/* Consumer: nothing of the slots taken is read any more; the producer may fill them again. */
static inline void avp_ring_give_back(struct avp_ring* ring) {
    ring->own = (ring->own + ring->pending) & ring->mask;
    ring->pending = 0;
    AVP_STORE_RELEASE(&ring->fifo->read, ring->own);
}

/* Consumer: as avp_ring_give_back(), now or later. */
static inline void avp_ring_give_back_lazily(struct avp_ring* ring) {
    if (ring->pending >= avp_ring_batch(ring))
        avp_ring_give_back(ring);
}

#endif
