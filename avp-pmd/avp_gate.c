/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * Control's side of a gate. membarrier's expedited form reaches every thread of every process that registered, so a
 * secondary process's lcores too.
 */
#include "avp_gate.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool membarrier_works(void) {
    long offered = syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 0, 0);

    return offered > 0 && (offered & MEMBARRIER_CMD_GLOBAL_EXPEDITED) != 0 &&
           syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED, 0, 0) == 0;
}

void avp_sdk_gate_init(struct avp_gate* gate) {
    gate->is_busy = 0;
    gate->is_open = 0;
    gate->has_fence = membarrier_works() ? 0 : 1;
}

void avp_sdk_gate_open(struct avp_gate* gate) {
    __atomic_store_n(&gate->is_open, 1, __ATOMIC_RELEASE);
}

void avp_sdk_gate_close(struct avp_gate* gate) {
    __atomic_store_n(&gate->is_open, 0, __ATOMIC_SEQ_CST);
}

void avp_sdk_gates_settle(void) {
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    (void)syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL_EXPEDITED, 0, 0);
}

bool avp_sdk_gate_is_quiet(const struct avp_gate* gate) {
    return __atomic_load_n(&gate->is_busy, __ATOMIC_ACQUIRE) == 0;
}
