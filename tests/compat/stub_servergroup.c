/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * Stands in for the old libservergroup.so.2 when the old member is linked. It does nothing but say so.
 */
#include <stdio.h>
#include <stdlib.h>

#include "old_group_interface.h"

static void stub(void) {
    fputs("stub\n", stderr);
    exit(99);
}

int init_sg(old_broadcast broadcast, old_text notification, old_text status) {
    (void)broadcast;
    (void)notification;
    (void)status;
    stub();
    return 0;
}
int process_sg_msg(void) {
    stub();
    return 0;
}
int sg_msg_broadcast(void* msg, unsigned int len) {
    (void)msg;
    (void)len;
    stub();
    return 0;
}
int sg_request_status(void) {
    stub();
    return 0;
}
char* sg_get_error(void) {
    stub();
    return NULL;
}
