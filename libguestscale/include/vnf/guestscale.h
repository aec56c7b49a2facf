/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * libguestscale: an application's side of vCPU scaling. The host takes vCPUs from the VM and gives them back; a handle
 * tells the application before and after, waits for its "ready", lets it name the vCPU or refuse, and gives threads
 * their affinity back, which kernels don't. A handle connects to guest-scale-agent and comes back by itself. The
 * library has no thread: wait until vnf_gs_get_fd() is readable or vnf_gs_next_timeout() has passed, then call
 * vnf_gs_dispatch(). Nothing here blocks, raises SIGPIPE or writes to a log. docs/libguestscale.md is the guide.
 */
#ifndef VNF_GUESTSCALE_H
#define VNF_GUESTSCALE_H

#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifdef VNF_GUESTSCALE_BUILD
#define VNF_GS_API __attribute__((visibility("default")))
#else
#define VNF_GS_API
#endif

#define VNF_GS_VERSION_MAJOR 0
#define VNF_GS_VERSION_MINOR 1
#define VNF_GS_VERSION_PATCH 0

/* vCPUs are 0 to 4095. */
#define VNF_GS_CPU_LIMIT 4096
/* Longest texts in bytes of UTF-8, without the NUL. */
#define VNF_GS_NAME_MAX 63
#define VNF_GS_REASON_MAX 399

/* ---- Errors ---- */

/* Every function that can fail returns one of these; 0 is success. */
typedef int32_t vnf_gs_error;
enum {
    VNF_GS_OK = 0,
    VNF_GS_ERROR_INVALID_ARGUMENT = 1, /* a null pointer, or a field that must be 0 and is not */
    VNF_GS_ERROR_STRUCT_SIZE = 2,      /* a struct's size is too small, or has fields this library lacks */
    VNF_GS_ERROR_BAD_NAME = 3,         /* empty, too long, not UTF-8, or with a control character */
    VNF_GS_ERROR_BAD_SOCKET_PATH = 4,  /* empty, relative, or longer than a Unix socket's path may be */
    VNF_GS_ERROR_BAD_BACK_OFF = 5,     /* not 1..60000 ms, or the shortest above the longest */
    VNF_GS_ERROR_NO_MEMORY = 6,        /* nothing was changed */
    VNF_GS_ERROR_SYSTEM = 7,           /* the system refused something; errno says why */
    VNF_GS_ERROR_FORKED = 8,           /* the handle belongs to this process's parent */
    VNF_GS_ERROR_IN_DISPATCH = 9,      /* dispatch runs already: in another thread, or around this callback */
    VNF_GS_ERROR_CLOSED = 10,          /* a callback closed the handle, which is gone now */
    /* Why an answer is not given. */
    VNF_GS_ERROR_NO_EVENT =
        11, /* no event with this number is open: answered already, over, or never begun */
    VNF_GS_ERROR_TOO_LATE = 12,   /* its deadline has passed */
    VNF_GS_ERROR_NOT_A_DOWN = 13, /* a vCPU that comes can neither be refused nor chosen */
    VNF_GS_ERROR_BAD_CPU = 14,    /* vCPU 0, or one that is not online */
    VNF_GS_ERROR_CHOSEN = 15,     /* the helper has chosen already */
    VNF_GS_ERROR_BAD_REASON = 16, /* NULL, or not UTF-8 */
    /* These come with a state change only. */
    VNF_GS_ERROR_CONNECT_FAILED = 17,  /* no agent, no permission, or its backlog is full; see system_error */
    VNF_GS_ERROR_CONNECTION_LOST = 18, /* the agent closed the connection; see system_error */
    VNF_GS_ERROR_NO_ANSWER = 19,       /* the agent did not answer within 5 s */
    VNF_GS_ERROR_PROTOCOL = 20         /* the agent sent what is no record */
};

/* English text for an error, never NULL, static. Any thread. */
VNF_GS_API const char* vnf_gs_strerror(vnf_gs_error error);

/* The loaded library's version, "0.1.0" and 0x000100 (major, minor, patch: a byte each). Any thread. */
VNF_GS_API const char* vnf_gs_version(void);
VNF_GS_API uint32_t vnf_gs_version_number(void);

/* ---- Vocabulary ---- */

typedef int32_t vnf_gs_state;
enum {
    VNF_GS_STATE_DISCONNECTED = 0, /* no agent; the next attempt is planned */
    VNF_GS_STATE_CONNECTING = 1,   /* connected; the agent has not answered yet */
    VNF_GS_STATE_CONNECTED = 2     /* events come */
};

typedef int32_t vnf_gs_direction;
enum {
    VNF_GS_DOWN = 1, /* a vCPU goes */
    VNF_GS_UP = 2    /* a vCPU comes */
};

/* The words of the values above: "connected", "down"; "unknown" for any other number. Never NULL, static. Any
 * thread. */
VNF_GS_API const char* vnf_gs_state_name(vnf_gs_state state);
VNF_GS_API const char* vnf_gs_direction_name(vnf_gs_direction direction);

/* A set of vCPUs: vCPU n is bit n % 64 of bits[n / 64]. */
typedef struct vnf_gs_cpus {
    uint64_t bits[VNF_GS_CPU_LIMIT / 64];
} vnf_gs_cpus;

/* 1 if the set has it; 0 also for numbers out of range. */
static inline int vnf_gs_cpus_has(const vnf_gs_cpus* cpus, int32_t cpu) {
    return cpu >= 0 && cpu < VNF_GS_CPU_LIMIT && (cpus->bits[cpu / 64] >> (cpu % 64) & 1U) != 0;
}
/* The first one from `from` on, -1 if there is none: for (c = next(s, 0); c >= 0; c = next(s, c + 1)). */
static inline int32_t vnf_gs_cpus_next(const vnf_gs_cpus* cpus, int32_t from) {
    int32_t cpu;
    for (cpu = from < 0 ? 0 : from; cpu < VNF_GS_CPU_LIMIT; ++cpu) {
        if (vnf_gs_cpus_has(cpus, cpu)) {
            return cpu;
        }
    }
    return -1;
}
static inline int32_t vnf_gs_cpus_count(const vnf_gs_cpus* cpus) {
    int32_t count = 0;
    int32_t cpu;
    for (cpu = vnf_gs_cpus_next(cpus, 0); cpu >= 0; cpu = vnf_gs_cpus_next(cpus, cpu + 1)) {
        ++count;
    }
    return count;
}

/* ---- Configuration ---- */

/* How an event is answered when the callback `about` has not said anything by its return. */
enum {
    VNF_GS_ANSWER_READY = 0, /* ready, when the callback returns */
    VNF_GS_ANSWER_LATER =
        1 /* by vnf_gs_ready() or vnf_gs_refuse(); at the deadline the agent goes on by itself */
};

/* Zero every byte, set `size` (vnf_gs_config_init() does both), then what differs from the defaults. The
 * library copies everything during open; nothing is kept by pointer. */
typedef struct vnf_gs_config {
    uint32_t size;            /* sizeof(vnf_gs_config) */
    int32_t answer;           /* VNF_GS_ANSWER_... */
    const char* name;         /* mandatory: 1..63 bytes of UTF-8, shown to operators of the guest */
    const char* socket_path;  /* absolute; NULL: $VNF_GUESTSCALE_SOCKET unless set-uid, else
                                 /run/vnf-guest-sdk/guest-scale.sock */
    uint32_t back_off_min_ms; /* before the first attempt to reconnect, doubled each time, 1..60000; 0: 100 */
    uint32_t back_off_max_ms; /* up to this; 0: 2000. Each wait is varied by up to a quarter */
    int32_t
        keep_affinity; /* 0: masks of all threads of this process are recorded before a vCPU goes and given
                                 back when it returns; 1: they are left alone (vnf_gs_record_affinity() still works) */
    uint32_t reserved; /* 0 */
} vnf_gs_config;

/* Zeroes `config` and sets its size. */
static inline void vnf_gs_config_init(vnf_gs_config* config) {
    memset(config, 0, sizeof *config);
    config->size = (uint32_t)sizeof *config;
}

/* ---- What callbacks are told ---- */

/* Every `size` says how much of a struct the library knows. Pointers are valid during the callback only. */

/* One handle; opaque. */
typedef struct vnf_gs vnf_gs;

/* Where the handle stands. */
typedef struct vnf_gs_state_info {
    uint32_t size;
    vnf_gs_state state;
    vnf_gs_error error;   /* why, for DISCONNECTED; VNF_GS_OK otherwise */
    int32_t system_error; /* errno behind `error`, 0 if none */
    int32_t next_down;    /* what would go if nobody chose; -1: nothing can, or not known */
    uint32_t reserved;
    vnf_gs_cpus online; /* as the agent said last; empty before it has */
} vnf_gs_state_info;

/* A vCPU is about to go or to come. */
typedef struct vnf_gs_about {
    uint32_t size;
    uint32_t event; /* the number to answer with */
    vnf_gs_direction direction;
    int32_t cpu;         /* -1 in a down: the application may choose (vnf_gs_choose()) */
    int32_t next_down;   /* what goes if it does not; -1 if not known, or in an up */
    uint32_t timeout_ms; /* from now; silence until then counts as ready */
    vnf_gs_cpus online;  /* as it is now */
} vnf_gs_about;

/* It happened, or did not. */
typedef struct vnf_gs_done {
    uint32_t size;
    uint32_t event;
    vnf_gs_direction direction;
    int32_t happened;         /* 1, or 0 with the reason */
    int32_t cpu;              /* which one went or came; -1 if it did not happen */
    int32_t threads_repinned; /* of this process, which have their affinity again */
    int32_t threads_failed;   /* ... which could not be given it */
    int32_t reserved;
    vnf_gs_cpus online;                 /* as it is now */
    char reason[VNF_GS_REASON_MAX + 1]; /* in words, or "" */
} vnf_gs_done;

/* Called from vnf_gs_dispatch() only, in its thread, without a lock held: they may call any function with this
 * handle, vnf_gs_close() included. They must not throw or longjmp. Any may be NULL; zero the struct first
 * (vnf_gs_callbacks_init()). `context` is that of open. */
typedef struct vnf_gs_callbacks {
    uint32_t size; /* sizeof(vnf_gs_callbacks) */

    /* The state changed, or the set of online vCPUs did so without an event. */
    void (*state_changed)(vnf_gs* handle, const vnf_gs_state_info* info, void* context);

    /* Before: make room, then answer. Every event ends with `done`, or with a state change away from CONNECTED. */
    void (*about)(vnf_gs* handle, const vnf_gs_about* about, void* context);

    /* After. */
    void (*done)(vnf_gs* handle, const vnf_gs_done* done, void* context);
} vnf_gs_callbacks;

/* Zeroes `callbacks` and sets its size. */
static inline void vnf_gs_callbacks_init(vnf_gs_callbacks* callbacks) {
    memset(callbacks, 0, sizeof *callbacks);
    callbacks->size = (uint32_t)sizeof *callbacks;
}

/* ---- Life of a handle ---- */

/* Creates a handle; the first dispatch connects. `callbacks` may be NULL. On success *handle is the caller's
 * until vnf_gs_close(). Any number of handles; any thread. Errors: INVALID_ARGUMENT, STRUCT_SIZE, BAD_NAME,
 * BAD_SOCKET_PATH, BAD_BACK_OFF, NO_MEMORY, SYSTEM. */
VNF_GS_API vnf_gs_error vnf_gs_open(const vnf_gs_config* config, const vnf_gs_callbacks* callbacks,
                                    void* context, vnf_gs** handle);

/* Frees the handle; an open event goes on without this application. From another thread it waits until a
 * running dispatch has returned, so that no callback runs afterwards; from a callback it returns at once, and
 * the dispatch around it returns CLOSED. In a forked child it frees the child's copy. No other call with this
 * handle may be under way or follow. NULL does nothing. Errors: none. */
VNF_GS_API vnf_gs_error vnf_gs_close(vnf_gs* handle);

/* The one descriptor to wait on, the same for the handle's life, whatever happens to the connection: readable
 * (poll: POLLIN) when dispatch has something to do. The library's: don't read, write or close it. Any thread.
 * Negative for an error: -VNF_GS_ERROR_INVALID_ARGUMENT, -VNF_GS_ERROR_FORKED. */
VNF_GS_API int vnf_gs_get_fd(const vnf_gs* handle);

/* Milliseconds until dispatch must be called even if the descriptor is not readable: 0 now, -1 no such time
 * (also for NULL and in a forked child). In the form that poll() takes. Ask again after each dispatch. Any
 * thread. */
VNF_GS_API int vnf_gs_next_timeout(vnf_gs* handle);

/* Does what is due: connects, reads, runs callbacks, writes, records and restores affinity. Bounded work: at
 * most 64 records are read in a call. Calling it early or for nothing is harmless. One thread at a time. The
 * agent being away is no error. Errors: INVALID_ARGUMENT, FORKED, IN_DISPATCH, NO_MEMORY, CLOSED (the handle
 * is gone). */
VNF_GS_API vnf_gs_error vnf_gs_dispatch(vnf_gs* handle);

/* Fills in `info`, whose `size` the caller has set, for polling instead of the callback. Any thread.
 * Errors: INVALID_ARGUMENT, STRUCT_SIZE, FORKED. */
VNF_GS_API vnf_gs_error vnf_gs_get_state(vnf_gs* handle, vnf_gs_state_info* info);

/* ---- Answers to `about` ---- */

/* The application has done what it had to, the change may begin. Any thread, inside the callback or later.
 * Errors: INVALID_ARGUMENT, FORKED, CLOSED, NO_EVENT, TOO_LATE, NO_MEMORY. */
VNF_GS_API vnf_gs_error vnf_gs_ready(vnf_gs* handle, uint32_t event);

/* The application can't do without. The vCPU stays: a host of ours leaves it there; an old host takes its
 * physical CPU away regardless. `reason` is for the operator, cut at 399 bytes. Any
 * thread. Errors: INVALID_ARGUMENT, FORKED, CLOSED, NO_EVENT, TOO_LATE, NOT_A_DOWN, BAD_REASON, NO_MEMORY. */
VNF_GS_API vnf_gs_error vnf_gs_refuse(vnf_gs* handle, uint32_t event, const char* reason);

/* Names the vCPU that goes; vnf_gs_ready() (or the return of the callback) follows. The helper's word counts
 * before it; of several applications the first. Any thread. Errors: INVALID_ARGUMENT, FORKED, CLOSED, NO_EVENT,
 * TOO_LATE, NOT_A_DOWN, BAD_CPU, CHOSEN, NO_MEMORY. */
VNF_GS_API vnf_gs_error vnf_gs_choose(vnf_gs* handle, uint32_t event, int32_t cpu);

/* ---- Affinity by hand ---- */

/* Records the masks of all threads of this process now, also of those that never heard of this library. Done
 * by itself before each vCPU goes, unless keep_affinity says no. A thread that has lost a vCPU keeps the mask that
 * was recorded before. Any thread. Errors: INVALID_ARGUMENT, FORKED, CLOSED, NO_MEMORY. */
VNF_GS_API vnf_gs_error vnf_gs_record_affinity(vnf_gs* handle);

/* Gives every thread whose mask is wider than the recorded one the recorded one back, as far as its vCPUs are
 * online. `threads`, if not NULL, is set to how many got it. Errors: INVALID_ARGUMENT, FORKED, CLOSED, NO_MEMORY,
 * SYSTEM (of a thread that could not be given it; the others were). */
VNF_GS_API vnf_gs_error vnf_gs_restore_affinity(vnf_gs* handle, uint32_t* threads);

#ifdef __cplusplus
}
#endif

#endif
