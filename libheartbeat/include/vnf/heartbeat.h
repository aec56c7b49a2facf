/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * libheartbeat: an application's side of the guest heartbeat. A handle is one registration with guest-client;
 * it connects, registers, answers challenges and comes back after a restart of the daemon by itself. The
 * library has no thread: wait until vnf_heartbeat_get_fd() is readable or vnf_heartbeat_next_timeout() has
 * passed, then call vnf_heartbeat_dispatch(). Nothing here blocks, raises SIGPIPE or writes to a log.
 * docs/libheartbeat.md is the guide.
 */
#ifndef VNF_HEARTBEAT_H
#define VNF_HEARTBEAT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifdef VNF_HEARTBEAT_BUILD
#define VNF_HEARTBEAT_API __attribute__((visibility("default")))
#else
#define VNF_HEARTBEAT_API
#endif

#define VNF_HEARTBEAT_VERSION_MAJOR 0
#define VNF_HEARTBEAT_VERSION_MINOR 1
#define VNF_HEARTBEAT_VERSION_PATCH 0

/* Longest texts in bytes of UTF-8, without the NUL. An old daemon gets at most 39 and 191 of them. */
#define VNF_HEARTBEAT_NAME_MAX 63
#define VNF_HEARTBEAT_REASON_MAX 223
#define VNF_HEARTBEAT_ORIGIN_MAX 63

/* ---- Errors ---- */

/* Every function that can fail returns one of these; 0 is success. */
typedef int32_t vnf_heartbeat_error;
enum {
    VNF_HEARTBEAT_OK = 0,
    VNF_HEARTBEAT_ERROR_INVALID_ARGUMENT = 1, /* a null pointer, or a number outside its enumeration */
    VNF_HEARTBEAT_ERROR_STRUCT_SIZE = 2, /* a struct's size is too small, or has fields this library lacks */
    VNF_HEARTBEAT_ERROR_BAD_NAME = 3,    /* empty, too long, not UTF-8, or with a control character */
    VNF_HEARTBEAT_ERROR_BAD_SOCKET_PATH = 4, /* empty, relative, or longer than a Unix socket's path may be */
    VNF_HEARTBEAT_ERROR_BAD_INTERVAL = 5,    /* not 10..60000 ms */
    VNF_HEARTBEAT_ERROR_BAD_TIMEOUT = 6,     /* a class timeout or an extension not 1..600000 ms */
    VNF_HEARTBEAT_ERROR_BAD_BACK_OFF = 7,    /* not 1..60000 ms, or the shortest above the longest */
    VNF_HEARTBEAT_ERROR_NO_MEMORY = 8,       /* nothing was changed */
    VNF_HEARTBEAT_ERROR_SYSTEM = 9,          /* the system refused a descriptor; errno says why */
    VNF_HEARTBEAT_ERROR_FORKED = 10,         /* the handle belongs to this process's parent */
    VNF_HEARTBEAT_ERROR_BUSY = 11,   /* dispatch runs already: in another thread, or around this callback */
    VNF_HEARTBEAT_ERROR_CLOSED = 12, /* a callback closed the handle, which is gone now */
    VNF_HEARTBEAT_ERROR_STALE_ACTION = 13,     /* answered, cancelled, expired, or of an earlier connection */
    VNF_HEARTBEAT_ERROR_VOTE_NOT_ALLOWED = 14, /* a notification can't be rejected */
    VNF_HEARTBEAT_ERROR_NOT_REGISTERED = 15,   /* deregistered already */
    VNF_HEARTBEAT_ERROR_NOT_SUPPORTED = 16,    /* the daemon is an old one, which can't do that */
    VNF_HEARTBEAT_ERROR_QUEUE_FULL = 17,       /* the daemon does not read; try again after a dispatch */
    /* These come with a state change only. */
    VNF_HEARTBEAT_ERROR_CONNECT_FAILED =
        18, /* no daemon, no permission, or its backlog is full; see system_error */
    VNF_HEARTBEAT_ERROR_CONNECTION_LOST = 19, /* the daemon closed the connection; see system_error */
    VNF_HEARTBEAT_ERROR_NO_ANSWER = 20,       /* the daemon did not answer the registration within 5 s */
    VNF_HEARTBEAT_ERROR_PROTOCOL = 21,        /* the daemon sent what is no record */
    VNF_HEARTBEAT_ERROR_REFUSED = 22          /* the daemon refused the registration; see reason */
};

/* English text for an error, never NULL, static. Any thread. */
VNF_HEARTBEAT_API const char* vnf_heartbeat_strerror(vnf_heartbeat_error error);

/* The loaded library's version, "0.1.0" and 0x000100 (major, minor, patch: a byte each). Any thread. */
VNF_HEARTBEAT_API const char* vnf_heartbeat_version(void);
VNF_HEARTBEAT_API uint32_t vnf_heartbeat_version_number(void);

/* ---- Vocabulary ---- */

/* What the host does to the VM when the application is unwell or dead. Specification 1.10. */
typedef int32_t vnf_heartbeat_corrective_action;
enum {
    VNF_HEARTBEAT_ACTION_UNKNOWN = 0,
    VNF_HEARTBEAT_ACTION_NONE = 1, /* shown as unhealthy, nothing is done */
    VNF_HEARTBEAT_ACTION_REBOOT = 2,
    VNF_HEARTBEAT_ACTION_STOP = 3,
    VNF_HEARTBEAT_ACTION_LOG = 4
};

/* What is about to happen, or has happened, to the VM. Specification 1.7. */
typedef int32_t vnf_heartbeat_event;
enum {
    VNF_HEARTBEAT_EVENT_UNKNOWN = 0, /* a newer host's; answer it like any other */
    VNF_HEARTBEAT_EVENT_STOP = 1,
    VNF_HEARTBEAT_EVENT_REBOOT = 2,
    VNF_HEARTBEAT_EVENT_SUSPEND = 3,
    VNF_HEARTBEAT_EVENT_PAUSE = 4,
    VNF_HEARTBEAT_EVENT_UNPAUSE = 5,
    VNF_HEARTBEAT_EVENT_RESUME = 6,
    VNF_HEARTBEAT_EVENT_RESIZE_BEGIN = 7,
    VNF_HEARTBEAT_EVENT_RESIZE_END = 8,
    VNF_HEARTBEAT_EVENT_LIVE_MIGRATE_BEGIN = 9,
    VNF_HEARTBEAT_EVENT_LIVE_MIGRATE_END = 10,
    VNF_HEARTBEAT_EVENT_COLD_MIGRATE_BEGIN = 11,
    VNF_HEARTBEAT_EVENT_COLD_MIGRATE_END = 12
};

/* Whether the application is asked (revocable: a vote) or told (irrevocable: a notification). */
typedef int32_t vnf_heartbeat_notification;
enum {
    VNF_HEARTBEAT_NOTIFICATION_UNKNOWN = 0,
    VNF_HEARTBEAT_NOTIFICATION_REVOCABLE = 1,
    VNF_HEARTBEAT_NOTIFICATION_IRREVOCABLE = 2
};

/* An answer. ACCEPT and COMPLETE mean the same to the library: it sends a vote the first, a notification the
 * second. */
typedef int32_t vnf_heartbeat_vote;
enum {
    VNF_HEARTBEAT_VOTE_LATER =
        0, /* only from the action callback: answered there already, or to be answered later */
    VNF_HEARTBEAT_VOTE_ACCEPT = 1,
    VNF_HEARTBEAT_VOTE_REJECT = 2,
    VNF_HEARTBEAT_VOTE_COMPLETE = 3
};

/* What the daemon makes of a connection that ends without a deregistration (a crash). docs/protocol.md 2.3.
 */
typedef int32_t vnf_heartbeat_silent_close;
enum {
    VNF_HEARTBEAT_SILENT_CLOSE_DEFAULT = 0, /* as the daemon is configured: failed, if nobody changed it */
    VNF_HEARTBEAT_SILENT_CLOSE_HEALTHY = 1,
    VNF_HEARTBEAT_SILENT_CLOSE_FAILED = 2 /* the corrective action is asked for */
};

/* Why an action needs no answer any more. */
typedef int32_t vnf_heartbeat_cancel_reason;
enum {
    VNF_HEARTBEAT_CANCEL_UNKNOWN = 0,
    VNF_HEARTBEAT_CANCEL_HOST_CANCELLED = 1,    /* it will not happen */
    VNF_HEARTBEAT_CANCEL_DEADLINE_PASSED = 2,   /* decided without this application */
    VNF_HEARTBEAT_CANCEL_HOST_LOST = 3,         /* the guest lost its host */
    VNF_HEARTBEAT_CANCEL_ALREADY_DECIDED = 4,   /* another application rejected */
    VNF_HEARTBEAT_CANCEL_CONNECTION_LOST = 256, /* the application lost its daemon */
    VNF_HEARTBEAT_CANCEL_SUPERSEDED = 257       /* 64 actions were open, and this was the oldest */
};

typedef int32_t vnf_heartbeat_state;
enum {
    VNF_HEARTBEAT_STATE_DISCONNECTED = 0, /* no connection; the next attempt is planned */
    VNF_HEARTBEAT_STATE_CONNECTING = 1,   /* connected, not yet registered */
    VNF_HEARTBEAT_STATE_REGISTERED = 2,   /* challenges are answered, actions arrive */
    VNF_HEARTBEAT_STATE_REFUSED = 3,      /* the daemon said no; asked again after the longest back-off */
    VNF_HEARTBEAT_STATE_DEREGISTERED = 4  /* at rest until vnf_heartbeat_register() */
};

/* The words of the values above: "live_migrate_begin", "revocable", "accept", "reboot", "registered",
 * "host_cancelled"; "unknown" for any other number. Never NULL, static. Any thread. */
VNF_HEARTBEAT_API const char* vnf_heartbeat_corrective_action_name(vnf_heartbeat_corrective_action action);
VNF_HEARTBEAT_API const char* vnf_heartbeat_event_name(vnf_heartbeat_event event);
VNF_HEARTBEAT_API const char* vnf_heartbeat_notification_name(vnf_heartbeat_notification notification);
VNF_HEARTBEAT_API const char* vnf_heartbeat_vote_name(vnf_heartbeat_vote vote);
VNF_HEARTBEAT_API const char* vnf_heartbeat_cancel_reason_name(vnf_heartbeat_cancel_reason reason);
VNF_HEARTBEAT_API const char* vnf_heartbeat_state_name(vnf_heartbeat_state state);

/* ---- Configuration ---- */

/* Bits of vnf_heartbeat_config.require. */
enum {
    VNF_HEARTBEAT_REQUIRE_VERSION_3 = 1 /* an old daemon (no push, no deadlines) counts as a refusal */
};

/* How to register. Zero every byte, set `size` (vnf_heartbeat_config_init() does both), then what differs
 * from the defaults. The library copies everything during open; nothing is kept by pointer. */
typedef struct vnf_heartbeat_config {
    uint32_t size;           /* sizeof(vnf_heartbeat_config) */
    uint32_t require;        /* bits above; 0: work with any daemon */
    const char* name;        /* mandatory: 1..63 bytes of UTF-8, shown to operators on the host */
    const char* socket_path; /* absolute; NULL: $VNF_HEARTBEAT_SOCKET unless set-uid, else
                                /var/run/.guest_heartbeat_api */
    uint32_t interval_ms;    /* between challenges, 10..60000; 0: 1000. An old daemon gets at least 400 */
    uint32_t vote_ms; /* time wanted for a vote, 1..600000; 0: 8000. An old daemon gets whole seconds, up */
    uint32_t shutdown_notice_ms; /* for a stop or reboot notification; 0: 5000 */
    uint32_t suspend_notice_ms;  /* for pause, suspend and the *_begin notifications; 0: 5000 */
    uint32_t resume_notice_ms;   /* for unpause, resume and the *_end notifications; 0: 5000 */
    vnf_heartbeat_corrective_action corrective_action; /* if it dies or hangs; 0: LOG */
    vnf_heartbeat_silent_close silent_close;
    uint32_t back_off_min_ms; /* before the first attempt to reconnect, doubled each time, 1..60000; 0: 100 */
    uint32_t back_off_max_ms; /* up to this; 0: 2000. Each wait is varied by up to a quarter */
    uint32_t reserved;        /* 0 */
} vnf_heartbeat_config;

/* Zeroes `config` and sets its size. */
static inline void vnf_heartbeat_config_init(vnf_heartbeat_config* config) {
    memset(config, 0, sizeof *config);
    config->size = (uint32_t)sizeof *config;
}

/* ---- What callbacks are told ---- */

/* One handle; opaque. */
typedef struct vnf_heartbeat vnf_heartbeat;

/* Where the handle stands. `size` says how much of the struct the library knows. */
typedef struct vnf_heartbeat_state_info {
    uint32_t size;
    vnf_heartbeat_state state;
    vnf_heartbeat_error error; /* why, for DISCONNECTED and REFUSED; VNF_HEARTBEAT_OK otherwise */
    int32_t system_error;      /* errno behind `error`, 0 if none */
    uint32_t daemon_version;   /* 2 or 3 when REGISTERED, else 0 */
    uint32_t interval_ms;      /* in force when REGISTERED, else 0 */
    char reason[VNF_HEARTBEAT_REASON_MAX + 1]; /* the daemon's words for a refusal, else "" */
} vnf_heartbeat_state_info;

/* The answer to a challenge; set by the health callback. */
typedef struct vnf_heartbeat_health {
    uint32_t size;
    int32_t healthy;                           /* 1 on entry; 0 to be unwell */
    vnf_heartbeat_corrective_action action;    /* asked for when unwell; the configured one on entry */
    char reason[VNF_HEARTBEAT_REASON_MAX + 1]; /* "" on entry; NUL-terminated */
} vnf_heartbeat_health;

/* A vote or a notification. Valid during the callback only; `id` stays good until the action has ended. */
typedef struct vnf_heartbeat_action {
    uint32_t size;
    vnf_heartbeat_event event;
    uint64_t id; /* unique for the handle's life */
    vnf_heartbeat_notification notification;
    uint32_t timeout_ms;      /* time to answer in, from now */
    int32_t timeout_is_exact; /* 0: an old daemon did not say; computed from the handle's own timeouts */
    char origin[VNF_HEARTBEAT_ORIGIN_MAX + 1]; /* who asked, "" if unknown */
} vnf_heartbeat_action;

/* Called from vnf_heartbeat_dispatch() only, in its thread, without a lock held: they may call any function
 * with this handle, vnf_heartbeat_close() included. They must not throw or longjmp. Any may be NULL; zero the
 * struct first (vnf_heartbeat_callbacks_init()). `context` is that of open. */
typedef struct vnf_heartbeat_callbacks {
    uint32_t size; /* sizeof(vnf_heartbeat_callbacks) */

    /* The state changed. */
    void (*state_changed)(vnf_heartbeat* handle, const vnf_heartbeat_state_info* info, void* context);

    /* The daemon asks how the application is; fill in `health`. A state pushed as unhealthy by
     * vnf_heartbeat_report_health() wins over what this says. NULL: the pushed state answers. */
    void (*health_check)(vnf_heartbeat* handle, vnf_heartbeat_health* health, void* context);

    /* A vote is asked or a notification given. Return the answer; or return VNF_HEARTBEAT_VOTE_LATER after
     * answering with vnf_heartbeat_respond() or to do so later. Another value, a rejected notification
     * included, counts as LATER. NULL: votes are accepted and notifications completed at once. */
    vnf_heartbeat_vote (*action)(vnf_heartbeat* handle, const vnf_heartbeat_action* action, void* context);

    /* The action ended without this application's answer; its id is stale now. `text` is the cause in words.
     */
    void (*action_cancelled)(vnf_heartbeat* handle, uint64_t id, vnf_heartbeat_cancel_reason reason,
                             const char* text, void* context);

    /* The answer to vnf_heartbeat_extend(): granted (1) or not (0), and the time left in ms. */
    void (*action_extended)(vnf_heartbeat* handle, uint64_t id, int32_t granted, uint32_t remaining_ms,
                            void* context);
} vnf_heartbeat_callbacks;

/* Zeroes `callbacks` and sets its size. */
static inline void vnf_heartbeat_callbacks_init(vnf_heartbeat_callbacks* callbacks) {
    memset(callbacks, 0, sizeof *callbacks);
    callbacks->size = (uint32_t)sizeof *callbacks;
}

/* ---- Life of a handle ---- */

/* Creates a handle that wants to be registered; the first dispatch connects. `callbacks` may be NULL.
 * On success *handle is the caller's until vnf_heartbeat_close(). Any number of handles; any thread.
 * Errors: INVALID_ARGUMENT, STRUCT_SIZE, BAD_NAME, BAD_SOCKET_PATH, BAD_INTERVAL, BAD_TIMEOUT, BAD_BACK_OFF,
 * NO_MEMORY, SYSTEM. Specification 2.3, docs/protocol.md 2.1. */
VNF_HEARTBEAT_API vnf_heartbeat_error vnf_heartbeat_open(const vnf_heartbeat_config* config,
                                                         const vnf_heartbeat_callbacks* callbacks,
                                                         void* context, vnf_heartbeat** handle);

/* Deregisters if need be (the daemon sees an orderly end, not a crash) and frees the handle. From another
 * thread it waits until a running dispatch has returned, so that no callback runs afterwards; from a callback
 * it returns at once, and the dispatch around it returns CLOSED. In a forked child it frees the child's copy
 * and sends nothing. No other call with this handle may be under way or follow. NULL does nothing. Errors:
 * none. */
VNF_HEARTBEAT_API vnf_heartbeat_error vnf_heartbeat_close(vnf_heartbeat* handle);

/* The one descriptor to wait on, the same for the handle's life, whatever happens to the connection: readable
 * (poll: POLLIN) when dispatch has something to do. The library's: don't read, write or close it. Any thread.
 * Negative for an error: -VNF_HEARTBEAT_ERROR_INVALID_ARGUMENT, -VNF_HEARTBEAT_ERROR_FORKED. */
VNF_HEARTBEAT_API int vnf_heartbeat_get_fd(const vnf_heartbeat* handle);

/* Milliseconds until dispatch must be called even if the descriptor is not readable: 0 now, -1 no such time
 * (also for NULL and in a forked child). In the form that poll() takes. Ask again after each dispatch. Any
 * thread. */
VNF_HEARTBEAT_API int vnf_heartbeat_next_timeout(vnf_heartbeat* handle);

/* Does what is due: connects, reads, runs callbacks, writes. Bounded work: at most 16 KiB are read in a call.
 * Calling it early or for nothing is harmless. One thread at a time. The daemon being away is no error.
 * Errors: INVALID_ARGUMENT, FORKED, BUSY, NO_MEMORY, CLOSED (the handle is gone). */
VNF_HEARTBEAT_API vnf_heartbeat_error vnf_heartbeat_dispatch(vnf_heartbeat* handle);

/* Takes the handle back to work after vnf_heartbeat_deregister(); no effect otherwise. A new handle needs no
 * such call. Any thread. Errors: INVALID_ARGUMENT, FORKED, CLOSED, NO_MEMORY. */
VNF_HEARTBEAT_API vnf_heartbeat_error vnf_heartbeat_register(vnf_heartbeat* handle);

/* Leaves the service in good order: the application's end is no failure any more and open actions are dropped
 * without a callback. `reason` is for the daemon's log; NULL is "". The handle rests until
 * vnf_heartbeat_register() or close. Any thread. Errors: INVALID_ARGUMENT, FORKED, CLOSED, NOT_REGISTERED
 * (done before), NO_MEMORY. Specification 2.4. */
VNF_HEARTBEAT_API vnf_heartbeat_error vnf_heartbeat_deregister(vnf_heartbeat* handle, const char* reason);

/* Fills in `info`, whose `size` the caller has set, for polling instead of the callback. Any thread.
 * Errors: INVALID_ARGUMENT, STRUCT_SIZE, FORKED. */
VNF_HEARTBEAT_API vnf_heartbeat_error vnf_heartbeat_get_state(vnf_heartbeat* handle,
                                                              vnf_heartbeat_state_info* info);

/* ---- Health ---- */

/* Pushes the application's health: the host hears of it at once from a daemon of ours; an old daemon with the
 * answer to its next challenge. Kept until the next call, over reconnects too, so it never needs repeating.
 * `action` is what to do when unhealthy (NONE..LOG; ignored when healthy), `reason` why; a reason above 223
 * bytes is cut, NULL is "". Any thread. Errors: INVALID_ARGUMENT, FORKED, CLOSED, NO_MEMORY.
 * Specification 2.5, docs/protocol.md 2.3. */
VNF_HEARTBEAT_API vnf_heartbeat_error vnf_heartbeat_report_health(vnf_heartbeat* handle, int32_t healthy,
                                                                  vnf_heartbeat_corrective_action action,
                                                                  const char* reason);

/* ---- Actions ---- */

/* Answers a vote or a notification, once. `vote` is ACCEPT, REJECT (votes only) or COMPLETE; `reason` is
 * shown to who asked; above 223 bytes it is cut, NULL is "". After an error other than STALE_ACTION the
 * action is still open. Any thread. Errors: INVALID_ARGUMENT, FORKED, CLOSED, STALE_ACTION, VOTE_NOT_ALLOWED,
 * QUEUE_FULL, NO_MEMORY. Specification 2.6 and 2.7. */
VNF_HEARTBEAT_API vnf_heartbeat_error vnf_heartbeat_respond(vnf_heartbeat* handle, uint64_t id,
                                                            vnf_heartbeat_vote vote, const char* reason);

/* Asks for `extra_ms` (1..600000) more, beyond the present deadline; the answer comes as the action_extended
 * callback. Until then the deadline stands. Any thread. Errors: INVALID_ARGUMENT, FORKED, CLOSED,
 * BAD_TIMEOUT, STALE_ACTION, NOT_SUPPORTED (old daemon), QUEUE_FULL, NO_MEMORY. docs/protocol.md 1.4. */
VNF_HEARTBEAT_API vnf_heartbeat_error vnf_heartbeat_extend(vnf_heartbeat* handle, uint64_t id,
                                                           uint32_t extra_ms, const char* reason);

/* The time left to answer in, in ms; 0 when it has passed but the daemon has not said so yet. Any thread.
 * Errors: INVALID_ARGUMENT, FORKED, CLOSED, STALE_ACTION. */
VNF_HEARTBEAT_API vnf_heartbeat_error vnf_heartbeat_action_remaining(vnf_heartbeat* handle, uint64_t id,
                                                                     uint32_t* remaining_ms);

#ifdef __cplusplus
}
#endif

#endif
