/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * libservergroup: an application's side of its VM's server group. The VMs of a group reach each other through
 * their hosts, without a network and without knowing one another: broadcasts, notifications of what happens to
 * a member, and the status of all members. A handle connects to guest-client and comes back by itself. The
 * library has no thread: wait until vnf_sg_get_fd() is readable or vnf_sg_next_timeout() has passed, then call
 * vnf_sg_dispatch(). Nothing here blocks, raises SIGPIPE or writes to a log. docs/libservergroup.md is the guide.
 */
#ifndef VNF_SERVERGROUP_H
#define VNF_SERVERGROUP_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifdef VNF_SERVERGROUP_BUILD
#define VNF_SG_API __attribute__((visibility("default")))
#else
#define VNF_SG_API
#endif

#define VNF_SG_VERSION_MAJOR 0
#define VNF_SG_VERSION_MINOR 1
#define VNF_SG_VERSION_PATCH 0

/* Longest texts in bytes of UTF-8, without the NUL. */
#define VNF_SG_NAME_MAX 63
#define VNF_SG_REASON_MAX 400
/* Longest broadcast: as given, and as JSON escapes it (a quote, a backslash and a slash count 2; newline, tab
 * and their like 2; other control characters 6). Both hold. Specification 3.5. */
#define VNF_SG_BROADCAST_MAX 3050
#define VNF_SG_BROADCAST_ESCAPED_MAX 3951

/* ---- Errors ---- */

/* Every function that can fail returns one of these; 0 is success. */
typedef int32_t vnf_sg_error;
enum {
    VNF_SG_OK = 0,
    VNF_SG_ERROR_INVALID_ARGUMENT = 1, /* a null pointer, or a field that must be 0 and is not */
    VNF_SG_ERROR_STRUCT_SIZE = 2,      /* a struct's size is too small, or has fields this library lacks */
    VNF_SG_ERROR_BAD_NAME = 3,         /* empty, too long, not UTF-8, or with a control character */
    VNF_SG_ERROR_BAD_SOCKET_PATH = 4,  /* empty, relative, or longer than a Unix socket's path may be */
    VNF_SG_ERROR_BAD_TIMEOUT = 5,      /* not 1..600000 ms */
    VNF_SG_ERROR_BAD_BACK_OFF = 6,     /* not 1..60000 ms, or the shortest above the longest */
    VNF_SG_ERROR_NO_MEMORY = 7,        /* nothing was changed */
    VNF_SG_ERROR_SYSTEM = 8,           /* the system refused a descriptor; errno says why */
    VNF_SG_ERROR_FORKED = 9,           /* the handle belongs to this process's parent */
    VNF_SG_ERROR_IN_DISPATCH = 10,     /* dispatch runs already: in another thread, or around this callback */
    VNF_SG_ERROR_CLOSED = 11,          /* a callback closed the handle, which is gone now */
    /* Why a message is not sent. Nothing of it was taken. */
    VNF_SG_ERROR_TOO_LONG = 12,         /* above 3050 bytes */
    VNF_SG_ERROR_TOO_LONG_ESCAPED = 13, /* above 3951 bytes once escaped */
    VNF_SG_ERROR_NOT_TEXT = 14,         /* not UTF-8, or with a NUL, which old peers cut it at */
    VNF_SG_ERROR_QUEUE_FULL = 15,       /* 256 messages wait already; try again after a dispatch */
    VNF_SG_ERROR_NO_LINK = 16,          /* guest-client can't reach the host */
    VNF_SG_ERROR_NOT_CONNECTED = 17,    /* guest-client can't be reached, or has not answered yet */
    /* These come with a state change or a status only. */
    VNF_SG_ERROR_CONNECT_FAILED =
        18, /* no guest-client, no permission, or its backlog is full; see system_error */
    VNF_SG_ERROR_CONNECTION_LOST = 19, /* guest-client closed the connection; see system_error */
    VNF_SG_ERROR_NO_ANSWER = 20,       /* guest-client did not answer within 5 s */
    VNF_SG_ERROR_PROTOCOL = 21,        /* guest-client sent what is no record */
    VNF_SG_ERROR_BUSY = 22,            /* the agent is an old one, and another process has its only address */
    VNF_SG_ERROR_TIMED_OUT = 23,       /* the status did not become complete in time */
    VNF_SG_ERROR_UNANSWERED = 24,      /* the host or guest-client gave the status up; the reason says why */
    VNF_SG_ERROR_TOO_MANY = 25         /* more members than a handle keeps (4096) or more than 16 MiB */
};

/* English text for an error, never NULL, static. Any thread. */
VNF_SG_API const char* vnf_sg_strerror(vnf_sg_error error);

/* The loaded library's version, "0.1.0" and 0x000100 (major, minor, patch: a byte each). Any thread. */
VNF_SG_API const char* vnf_sg_version(void);
VNF_SG_API uint32_t vnf_sg_version_number(void);

/* ---- Vocabulary ---- */

typedef int32_t vnf_sg_state;
enum {
    VNF_SG_STATE_DISCONNECTED = 0, /* no guest-client; the next attempt is planned */
    VNF_SG_STATE_CONNECTING = 1,   /* connected; guest-client has not said yet whether the host is there */
    VNF_SG_STATE_NO_LINK = 2,      /* guest-client can't reach the host; `reason` says why */
    VNF_SG_STATE_LINKED = 3,       /* messages go and come */
    VNF_SG_STATE_OLD_AGENT = 4     /* an old agent: messages go, whether they arrive is unknown */
};

/* What became of a member. */
typedef int32_t vnf_sg_change_kind;
enum {
    VNF_SG_MEMBER_JOINED = 1, /* it is a member now, or is seen for the first time */
    VNF_SG_MEMBER_LEFT = 2,   /* it is no member any more */
    VNF_SG_MEMBER_FAILED = 3, /* it is a member and can't serve: nobody meant that to happen */
    VNF_SG_MEMBER_CHANGED = 4 /* anything else, orderly stops and recoveries included */
};

/* Why. The table from event_type, state and cause to kind and reason is in docs/libservergroup.md. */
typedef int32_t vnf_sg_change_reason;
enum {
    VNF_SG_REASON_UPDATED = 0,    /* some field is another one */
    VNF_SG_REASON_LISTED = 1,     /* a status list has it, and it was not known */
    VNF_SG_REASON_NOT_LISTED = 2, /* a complete status list does not have it any more */
    VNF_SG_REASON_CREATED = 3,    /* also: taken into the group */
    VNF_SG_REASON_DELETED = 4,    /* also: taken out of the group */
    VNF_SG_REASON_STARTED = 5,
    VNF_SG_REASON_STOPPING = 6,
    VNF_SG_REASON_STOPPED = 7,
    VNF_SG_REASON_REBOOTING = 8,
    VNF_SG_REASON_REBOOTED = 9,
    VNF_SG_REASON_PAUSED = 10,
    VNF_SG_REASON_SUSPENDED = 11,
    VNF_SG_REASON_RESUMED = 12, /* after a pause or a suspension */
    VNF_SG_REASON_MIGRATING = 13,
    VNF_SG_REASON_MIGRATED = 14,
    VNF_SG_REASON_RESIZED = 15,
    VNF_SG_REASON_ERROR = 16, /* an action of the host on it failed, or its state is "error" */
    VNF_SG_REASON_GONE = 17,  /* its VM ended, and nobody had announced that */
    VNF_SG_REASON_HEARTBEAT_LOST = 18,
    VNF_SG_REASON_HEARTBEAT_FOUND = 19, /* begun, or there again */
    VNF_SG_REASON_UNHEALTHY = 20,       /* it says so itself, or an application in it died */
    VNF_SG_REASON_HEALTHY = 21,
    VNF_SG_REASON_HOST_LOST = 22 /* its host vanished */
};

/* The words of the values above: "old_agent", "failed", "heartbeat_lost"; "unknown" for any other number.
 * Never NULL, static. Any thread. */
VNF_SG_API const char* vnf_sg_state_name(vnf_sg_state state);
VNF_SG_API const char* vnf_sg_change_kind_name(vnf_sg_change_kind kind);
VNF_SG_API const char* vnf_sg_change_reason_name(vnf_sg_change_reason reason);

/* ---- Configuration ---- */

/* Zero every byte, set `size` (vnf_sg_config_init() does both), then what differs from the defaults. The
 * library copies everything during open; nothing is kept by pointer. */
typedef struct vnf_sg_config {
    uint32_t size;              /* sizeof(vnf_sg_config) */
    uint32_t reserved;          /* 0 */
    const char* name;           /* mandatory: 1..63 bytes of UTF-8, shown to operators of the guest */
    const char* socket_path;    /* absolute; NULL: $VNF_SERVERGROUP_SOCKET unless set-uid, else
                                /run/vnf-guest-sdk/server-group.sock */
    uint32_t status_timeout_ms; /* for a status list, 1..600000; 0: 5000 */
    uint32_t back_off_min_ms; /* before the first attempt to reconnect, doubled each time, 1..60000; 0: 100 */
    uint32_t back_off_max_ms; /* up to this; 0: 2000. Each wait is varied by up to a quarter */
    uint32_t reserved_too;    /* 0 */
} vnf_sg_config;

/* Zeroes `config` and sets its size. */
static inline void vnf_sg_config_init(vnf_sg_config* config) {
    memset(config, 0, sizeof *config);
    config->size = (uint32_t)sizeof *config;
}

/* ---- What callbacks are told ---- */

/* Every `size` says how much of a struct the library knows. All pointers are valid during the callback only;
 * no text is NULL, all end in a NUL. */

/* One handle; opaque. */
typedef struct vnf_sg vnf_sg;

/* Where the handle stands. */
typedef struct vnf_sg_state_info {
    uint32_t size;
    vnf_sg_state state;
    vnf_sg_error error;                 /* why, for DISCONNECTED; VNF_SG_OK otherwise */
    int32_t system_error;               /* errno behind `error`, 0 if none */
    char reason[VNF_SG_REASON_MAX + 1]; /* for NO_LINK: guest-client's words, else "" */
} vnf_sg_state_info;

/* A member as the host describes it. A text that it leaves out is "". Specification 3.4. */
typedef struct vnf_sg_member {
    uint32_t size;
    uint32_t json_length;
    const char* instance_id; /* a UUID: the member's identity */
    const char* display_name;
    const char* hostname;
    const char* host;              /* the machine that it runs on */
    const char* state;             /* "active", "paused", "stopped", "error", ...: treat others as opaque */
    const char* state_description; /* what is being done with it, "rebooting", or "" */
    const char* cause;             /* metadata's `cause`, a word: a host of ours says why, an old one never */
    const char* cause_text;        /* metadata's `reason`, for people */
    const char* json;              /* the whole entry */
} vnf_sg_member;

/* Something happened to another member. */
typedef struct vnf_sg_notification {
    uint32_t size;
    uint32_t json_length;
    const char* event_type; /* "compute.instance.pause.end", ...; "" in the bare form */
    const char* timestamp;  /* as the host writes it; "" in the bare form */
    const vnf_sg_member* member;
    const char* json; /* as it came: with the wrapper, if there was one */
} vnf_sg_notification;

/* The answer to vnf_sg_request_status(), or as much of it as there was. */
typedef struct vnf_sg_status {
    uint32_t size;
    int32_t complete;   /* 1, or 0 with the cause in `error`. The hops are not reliable: even a complete list
                           of an old host may lack a member */
    vnf_sg_error error; /* TIMED_OUT, UNANSWERED, NO_LINK, CONNECTION_LOST, TOO_MANY */
    uint32_t count;
    const char* reason;                  /* in words, or "" */
    const vnf_sg_member* const* members; /* `count` of them, in the order of the host */
} vnf_sg_status;

/* What the library makes of notifications and statuses. */
typedef struct vnf_sg_change {
    uint32_t size;
    vnf_sg_change_kind kind;
    vnf_sg_change_reason reason;
    uint32_t reserved;
    const char* previous_state;  /* the member's `state` before, or "" */
    const vnf_sg_member* member; /* as it is now; for NOT_LISTED what was known last, its json "{}" */
} vnf_sg_change;

/* Called from vnf_sg_dispatch() only, in its thread, without a lock held: they may call any function with this
 * handle, vnf_sg_close() included. They must not throw or longjmp. Any may be NULL; zero the struct first
 * (vnf_sg_callbacks_init()). `context` is that of open. */
typedef struct vnf_sg_callbacks {
    uint32_t size; /* sizeof(vnf_sg_callbacks) */

    /* The state changed. */
    void (*state_changed)(vnf_sg* handle, const vnf_sg_state_info* info, void* context);

    /* Another member sent this. `source` is its instance's name on the host, which no status entry has: let
     * members say in the text who they are. */
    void (*broadcast)(vnf_sg* handle, const char* source, const char* text, size_t length, void* context);

    /* Something happened to another member. */
    void (*notification)(vnf_sg* handle, const vnf_sg_notification* notification, void* context);

    /* The one answer to the last vnf_sg_request_status(). */
    void (*status)(vnf_sg* handle, const vnf_sg_status* status, void* context);

    /* A member joined, left, failed or changed; before the notification or status that says so. */
    void (*membership)(vnf_sg* handle, const vnf_sg_change* change, void* context);

    /* Messages for this handle were lost, `messages` of them, or 0 if nobody knows how many. Also told after
     * every return to LINKED or OLD_AGENT. Ask for the status. */
    void (*missed)(vnf_sg* handle, uint32_t messages, void* context);

    /* The host refused a message of this type ("broadcast", "status_query") that a handle sent. */
    void (*refused)(vnf_sg* handle, const char* message_type, const char* reason, void* context);

    /* Broadcasts that were taken did not reach the host after all. */
    void (*unsent)(vnf_sg* handle, uint32_t messages, const char* reason, void* context);
} vnf_sg_callbacks;

/* Zeroes `callbacks` and sets its size. */
static inline void vnf_sg_callbacks_init(vnf_sg_callbacks* callbacks) {
    memset(callbacks, 0, sizeof *callbacks);
    callbacks->size = (uint32_t)sizeof *callbacks;
}

/* ---- Life of a handle ---- */

/* Creates a handle; the first dispatch connects. `callbacks` may be NULL. On success *handle is the caller's
 * until vnf_sg_close(). Any number of handles; any thread. Errors: INVALID_ARGUMENT, STRUCT_SIZE, BAD_NAME,
 * BAD_SOCKET_PATH, BAD_TIMEOUT, BAD_BACK_OFF, NO_MEMORY, SYSTEM. */
VNF_SG_API vnf_sg_error vnf_sg_open(const vnf_sg_config* config, const vnf_sg_callbacks* callbacks,
                                    void* context, vnf_sg** handle);

/* Frees the handle; what still waits is not sent. From another thread it waits until a running dispatch has
 * returned, so that no callback runs afterwards; from a callback it returns at once, and the dispatch around
 * it returns CLOSED. In a forked child it frees the child's copy. No other call with this handle may be under
 * way or follow. NULL does nothing. Errors: none. */
VNF_SG_API vnf_sg_error vnf_sg_close(vnf_sg* handle);

/* The one descriptor to wait on, the same for the handle's life, whatever happens to the connection: readable
 * (poll: POLLIN) when dispatch has something to do. The library's: don't read, write or close it. Any thread.
 * Negative for an error: -VNF_SG_ERROR_INVALID_ARGUMENT, -VNF_SG_ERROR_FORKED. */
VNF_SG_API int vnf_sg_get_fd(const vnf_sg* handle);

/* Milliseconds until dispatch must be called even if the descriptor is not readable: 0 now, -1 no such time
 * (also for NULL and in a forked child). In the form that poll() takes. Ask again after each dispatch. Any
 * thread. */
VNF_SG_API int vnf_sg_next_timeout(vnf_sg* handle);

/* Does what is due: connects, reads, runs callbacks, writes. Bounded work: at most 64 messages are read in a
 * call. Calling it early or for nothing is harmless. One thread at a time. guest-client being away is no error.
 * Errors: INVALID_ARGUMENT, FORKED, IN_DISPATCH, NO_MEMORY, CLOSED (the handle is gone). */
VNF_SG_API vnf_sg_error vnf_sg_dispatch(vnf_sg* handle);

/* Fills in `info`, whose `size` the caller has set, for polling instead of the callback. Any thread.
 * Errors: INVALID_ARGUMENT, STRUCT_SIZE, FORKED. */
VNF_SG_API vnf_sg_error vnf_sg_get_state(vnf_sg* handle, vnf_sg_state_info* info);

/* ---- Messages ---- */

/* Sends `length` bytes of text to all other members. Success means that it was taken, not that it arrived:
 * delivery is best effort, and what is known to be lost later comes as `unsent` or `refused`. Any thread.
 * Errors: INVALID_ARGUMENT, FORKED, CLOSED, TOO_LONG, TOO_LONG_ESCAPED, NOT_TEXT, QUEUE_FULL, NO_LINK,
 * NOT_CONNECTED, NO_MEMORY. Specification 3.2 and 3.5. */
VNF_SG_API vnf_sg_error vnf_sg_broadcast(vnf_sg* handle, const char* text, size_t length);

/* Asks for the status of all members, this one included. The status callback answers, once, at the latest
 * after the configured timeout. A new request replaces one that is not answered yet, which then never is. Any
 * thread. Errors: INVALID_ARGUMENT, FORKED, CLOSED, QUEUE_FULL (an old agent's only), NO_LINK, NOT_CONNECTED,
 * NO_MEMORY. After an error there is no answer. Specification 3.2. */
VNF_SG_API vnf_sg_error vnf_sg_request_status(vnf_sg* handle);

#ifdef __cplusplus
}
#endif

#endif
