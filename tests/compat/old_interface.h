/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * The old SDK's binary interface as heartbeat specification 4 and 4.1 state it, declared here once more and on purpose
 * apart from libheartbeat/compat/include: what the stub libraries and the old application are built with must not
 * come from what is tested.
 */
#ifndef OLD_INTERFACE_H
#define OLD_INTERFACE_H

#include <stdbool.h>

enum { OLD_OKAY, OLD_FAILED, OLD_INTERRUPTED, OLD_TRY_AGAIN };

struct old_init_data {
    char name[40];
    int heartbeat_interval_ms;
    int vote_secs;
    int shutdown_notice_secs;
    int suspend_notice_secs;
    int resume_notice_secs;
    int corrective_action;
};

struct old_callbacks {
    void (*register_state)(bool registered);
    void (*health_check)(bool* healthy, int* action, char log[192]);
    void (*action_notify)(int id, int event, int notify);
};

int guest_heartbeat_api_initialize(struct old_callbacks* callbacks);
int guest_heartbeat_api_finalize(void);
int guest_heartbeat_api_register(struct old_init_data* data);
int guest_heartbeat_api_deregister(char log[]);
int guest_heartbeat_api_send_action_response(int id, int event, int notify, int vote, char log[]);
void guest_heartbeat_api_dispatch(int descriptor);
int guest_heartbeat_api_get_selobj(void);
const char* guest_heartbeat_api_action_str(int action);
const char* guest_heartbeat_api_event_str(int event);
const char* guest_heartbeat_api_notify_str(int notify);
const char* guest_heartbeat_api_vote_result_str(int vote);

const char* guest_api_error_str(int error);
int guest_api_debug_initialize(char name[]);
int guest_api_debug_finalize(void);
void guest_api_debug_set_log_level(int level);
bool guest_api_debug_want_log(int level);
void guest_api_debug_log(const char* format, ...);
const char* guest_api_debug_log_level_str(int level);

#endif
