/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * Stands in for the old libguest_heartbeat_api.so.3 when the old application is linked. It does nothing but say so.
 */
#include <stdio.h>
#include <stdlib.h>

#include "old_interface.h"

static void stub(void) {
    fputs("stub\n", stderr);
    exit(99);
}

int guest_heartbeat_api_initialize(struct old_callbacks* callbacks) {
    (void)callbacks;
    stub();
    return 0;
}
int guest_heartbeat_api_finalize(void) {
    stub();
    return 0;
}
int guest_heartbeat_api_register(struct old_init_data* data) {
    (void)data;
    stub();
    return 0;
}
int guest_heartbeat_api_deregister(char log[]) {
    (void)log;
    stub();
    return 0;
}
int guest_heartbeat_api_send_action_response(int id, int event, int notify, int vote, char log[]) {
    (void)id;
    (void)event;
    (void)notify;
    (void)vote;
    (void)log;
    stub();
    return 0;
}
void guest_heartbeat_api_dispatch(int descriptor) {
    (void)descriptor;
    stub();
}
int guest_heartbeat_api_get_selobj(void) {
    stub();
    return 0;
}
const char* guest_heartbeat_api_action_str(int action) {
    (void)action;
    stub();
    return "";
}
const char* guest_heartbeat_api_event_str(int event) {
    (void)event;
    stub();
    return "";
}
const char* guest_heartbeat_api_notify_str(int notify) {
    (void)notify;
    stub();
    return "";
}
const char* guest_heartbeat_api_vote_result_str(int vote) {
    (void)vote;
    stub();
    return "";
}
