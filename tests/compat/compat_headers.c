/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * The compatibility headers against the facts: layout, values, inclusion twice (defect L-07). Compiling is the test;
 * compat_headers_test.cpp calls it.
 */
#include <guest_api_debug.h>
#include <guest_api_types.h>
#include <guest_heartbeat_api.h>
#include <stddef.h>

#define HOLDS(name, condition) typedef char name[(condition) ? 1 : -1]

HOLDS(bool_is_a_byte, sizeof(bool) == 1);
HOLDS(errors_are_ints, sizeof(guest_api_error) == 4);
HOLDS(init_data_is_64_bytes, sizeof(guest_heartbeat_api_init_data) == 64);
HOLDS(interval_is_at_40, offsetof(guest_heartbeat_api_init_data, heartbeat_interval_ms) == 40);
HOLDS(action_is_at_60, offsetof(guest_heartbeat_api_init_data, corrective_action) == 60);
HOLDS(three_pointers, sizeof(guest_heartbeat_api_callbacks) == 3 * sizeof(void (*)(void)));
HOLDS(health_is_second, offsetof(guest_heartbeat_api_callbacks, health_check) == sizeof(void (*)(void)));
HOLDS(last_event, GUEST_HEARTBEAT_API_EVENT_COLD_MIGRATE_END == 12);
HOLDS(last_action, GUEST_HEARTBEAT_API_ACTION_LOG == 4);
HOLDS(last_vote, GUEST_HEARTBEAT_API_VOTE_COMPLETE == 3);
HOLDS(last_notify, GUEST_HEARTBEAT_API_NOTIFY_IRREVOCABLE == 2);
HOLDS(last_error, GUEST_API_TRY_AGAIN == 3);
HOLDS(last_level, GUEST_API_LOG_VERBOSE == 3);

static void registered(bool is) {
    (void)is;
}
static void health(bool* healthy, guest_heartbeat_api_action* action, char log_msg[]) {
    (void)healthy;
    (void)action;
    (void)log_msg;
}
static void action(int id, guest_heartbeat_api_event event, guest_heartbeat_api_notify notify) {
    (void)id;
    (void)event;
    (void)notify;
}

int use_compat_headers(void);

int use_compat_headers(void) {
    guest_heartbeat_api_callbacks callbacks = {registered, health, action};
    const guest_api_error begun = guest_heartbeat_api_initialize(&callbacks);
    return begun == GUEST_API_OKAY && guest_heartbeat_api_finalize() == GUEST_API_OKAY &&
           guest_api_error_str(GUEST_API_OKAY)[0] == 'O';
}
