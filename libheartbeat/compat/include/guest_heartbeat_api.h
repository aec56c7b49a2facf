/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * The old SDK's heartbeat interface, libguest_heartbeat_api.so.3: one registration a process, version-2
 * records. Return values are the old ones, the peculiar ones too (heartbeat specification 4), because
 * binaries rely on them. New applications use vnf/heartbeat.h, which reconnects by itself and knows
 * deadlines; docs/libheartbeat.md has both side by side.
 */
#ifndef GUEST_HEARTBEAT_API_H
#define GUEST_HEARTBEAT_API_H

#include "guest_api_types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Sizes of the text fields, NUL included. */
#define GUEST_HEARTBEAT_API_NAME_SIZE 40
#define GUEST_HEARTBEAT_API_LOG_SIZE 192

typedef int guest_heartbeat_api_action;
enum {
    GUEST_HEARTBEAT_API_ACTION_UNKNOWN = 0,
    GUEST_HEARTBEAT_API_ACTION_NONE = 1,
    GUEST_HEARTBEAT_API_ACTION_REBOOT = 2,
    GUEST_HEARTBEAT_API_ACTION_STOP = 3,
    GUEST_HEARTBEAT_API_ACTION_LOG = 4
};

typedef int guest_heartbeat_api_event;
enum {
    GUEST_HEARTBEAT_API_EVENT_UNKNOWN = 0,
    GUEST_HEARTBEAT_API_EVENT_STOP = 1,
    GUEST_HEARTBEAT_API_EVENT_REBOOT = 2,
    GUEST_HEARTBEAT_API_EVENT_SUSPEND = 3,
    GUEST_HEARTBEAT_API_EVENT_PAUSE = 4,
    GUEST_HEARTBEAT_API_EVENT_UNPAUSE = 5,
    GUEST_HEARTBEAT_API_EVENT_RESUME = 6,
    GUEST_HEARTBEAT_API_EVENT_RESIZE_BEGIN = 7,
    GUEST_HEARTBEAT_API_EVENT_RESIZE_END = 8,
    GUEST_HEARTBEAT_API_EVENT_LIVE_MIGRATE_BEGIN = 9,
    GUEST_HEARTBEAT_API_EVENT_LIVE_MIGRATE_END = 10,
    GUEST_HEARTBEAT_API_EVENT_COLD_MIGRATE_BEGIN = 11,
    GUEST_HEARTBEAT_API_EVENT_COLD_MIGRATE_END = 12
};

typedef int guest_heartbeat_api_notify;
enum {
    GUEST_HEARTBEAT_API_NOTIFY_UNKNOWN = 0,
    GUEST_HEARTBEAT_API_NOTIFY_REVOCABLE = 1,
    GUEST_HEARTBEAT_API_NOTIFY_IRREVOCABLE = 2
};

typedef int guest_heartbeat_api_vote_result;
enum {
    GUEST_HEARTBEAT_API_VOTE_UNKNOWN = 0,
    GUEST_HEARTBEAT_API_VOTE_ACCEPT = 1,
    GUEST_HEARTBEAT_API_VOTE_REJECT = 2,
    GUEST_HEARTBEAT_API_VOTE_COMPLETE = 3
};

typedef struct {
    char name[GUEST_HEARTBEAT_API_NAME_SIZE];
    int heartbeat_interval_ms; /* 400 at least */
    int vote_secs;
    int shutdown_notice_secs;
    int suspend_notice_secs;
    int resume_notice_secs;
    guest_heartbeat_api_action corrective_action;
} guest_heartbeat_api_init_data;

/* Called from guest_heartbeat_api_dispatch() only; each may call any function of this interface. */
typedef struct {
    /* The daemon's answer to a registration; false also when the connection was lost: register again. */
    void (*register_state)(bool registered);
    /* How the application is; preset to true, NONE and "". `log_msg` has room for 192 bytes. */
    void (*health_check)(bool* healthy, guest_heartbeat_api_action* action, char log_msg[]);
    /* A vote or notification, to be answered now or later with guest_heartbeat_api_send_action_response(). */
    void (*action_notify)(int invocation_id, guest_heartbeat_api_event event,
                          guest_heartbeat_api_notify notify);
} guest_heartbeat_api_callbacks;

/* Sets the callbacks (copied), all of them mandatory: else FAILED. Does not connect. */
guest_api_error guest_heartbeat_api_initialize(guest_heartbeat_api_callbacks* callbacks);

/* Closes the connection and forgets the callbacks. Always OKAY. */
guest_api_error guest_heartbeat_api_finalize(void);

/* Connects if need be and sends the registration. OKAY: sent, not yet accepted (register_state tells); sent
 * already and not yet answered counts too. TRY_AGAIN: no daemon, its backlog is full, or the connection has
 * just been lost. FAILED: not initialized, a number out of range, or another error. Does not block. */
guest_api_error guest_heartbeat_api_register(guest_heartbeat_api_init_data* init_data);

/* Leaves in good order; the connection stays. OKAY when there is no connection. FAILED: not sent. */
guest_api_error guest_heartbeat_api_deregister(char log_msg[]);

/* Answers an action_notify. OKAY, as ever, when there is no connection and the answer goes nowhere (defect
 * L-09): register_state(false) is what tells of it. FAILED: not sent. */
guest_api_error guest_heartbeat_api_send_action_response(int invocation_id, guest_heartbeat_api_event event,
                                                         guest_heartbeat_api_notify notify,
                                                         guest_heartbeat_api_vote_result vote,
                                                         char log_msg[]);

/* Call it when get_selobj()'s descriptor is readable; ignores any other descriptor. Does not block. */
void guest_heartbeat_api_dispatch(int selobj);

/* The connection's descriptor, another one after a reconnect; -1 without a connection. */
int guest_heartbeat_api_get_selobj(void);

/* Words with hyphens, such as "live-migrate-begin"; "event-???" and so on for other numbers. Static. */
const char* guest_heartbeat_api_action_str(guest_heartbeat_api_action action);
const char* guest_heartbeat_api_event_str(guest_heartbeat_api_event event);
const char* guest_heartbeat_api_notify_str(guest_heartbeat_api_notify notify);
const char* guest_heartbeat_api_vote_result_str(guest_heartbeat_api_vote_result vote);

#ifdef __cplusplus
}
#endif

#endif
