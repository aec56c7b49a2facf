/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * Who may touch a queue's memory: an lcore within a burst, or control. A burst says that it runs, then looks whether it
 * may; control forbids, then waits until no burst runs any more. That is a real check, whatever the scheduler does.
 *
 * The full fence that this needs on the lcore's side is made from the control's side, by membarrier(2); where the kernel
 * has none of it, the burst makes its own.
 */
#ifndef AVP_GATE_H
#define AVP_GATE_H

#include <stdbool.h>
#include <stdint.h>

struct avp_gate {
    uint32_t is_busy;   /* written by the lcore */
    uint32_t is_open;   /* written by control */
    uint32_t has_fence; /* written once: the burst makes the fence */
};

/* Closed; chooses the fence. */
void avp_sdk_gate_init(struct avp_gate* gate);
void avp_sdk_gate_open(struct avp_gate* gate);
/* From its return on no burst begins; those under way may still run: see avp_sdk_gate_is_quiet(). */
void avp_sdk_gate_close(struct avp_gate* gate);
/* One fence for all gates that were closed before it. */
void avp_sdk_gates_settle(void);
/* After both: no burst runs, and none will. */
bool avp_sdk_gate_is_quiet(const struct avp_gate* gate);

/* Lcore: whether the queue may be used; then avp_gate_leave() follows, in either case. */
static inline bool avp_gate_enter(struct avp_gate* gate) {
    __atomic_store_n(&gate->is_busy, 1, __ATOMIC_RELAXED);
    if (__builtin_expect(gate->has_fence != 0, 0))
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
    else
        __atomic_signal_fence(__ATOMIC_SEQ_CST);
    return __atomic_load_n(&gate->is_open, __ATOMIC_ACQUIRE) != 0;
}

static inline void avp_gate_leave(struct avp_gate* gate) {
    __atomic_store_n(&gate->is_busy, 0, __ATOMIC_RELEASE);
}

#endif
