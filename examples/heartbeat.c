/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * A C application in the guest heartbeat: one poll() loop with the library's descriptor, the signals and the
 * answers that are still being thought about. A place to start from: replace think() and the health flag by
 * your own.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>
#include <vnf/heartbeat.h>

#include "heartbeat_options.h"

#define PENDING_MAX 8

/* An action that was not answered at once; id 0 is a free place. */
struct pending {
    uint64_t id;
    vnf_heartbeat_event event;
    vnf_heartbeat_notification notification;
    int64_t answer_at_ms;
};

struct application {
    struct heartbeat_options options;
    struct pending pending[PENDING_MAX];
    int unhealthy;
};

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static const char* kind(vnf_heartbeat_notification notification) {
    return notification == VNF_HEARTBEAT_NOTIFICATION_REVOCABLE ? "vote" : "notification";
}

static int event_index(vnf_heartbeat_event event) {
    return event >= 0 && event < HEARTBEAT_EVENTS ? event : VNF_HEARTBEAT_EVENT_UNKNOWN;
}

/* The application's decision: a rejection with a reason, or no objection. */
static void answer(vnf_heartbeat* handle, const struct application* self, const struct pending* action) {
    const char* const objection = action->notification == VNF_HEARTBEAT_NOTIFICATION_REVOCABLE
                                      ? self->options.reject[event_index(action->event)]
                                      : NULL;
    const vnf_heartbeat_error error = vnf_heartbeat_respond(
        handle, action->id, objection != NULL ? VNF_HEARTBEAT_VOTE_REJECT : VNF_HEARTBEAT_VOTE_ACCEPT,
        objection);
    printf("%s: answer to %s %s: %s%s%s%s%s\n", self->options.config.name, kind(action->notification),
           vnf_heartbeat_event_name(action->event), objection != NULL ? "reject, " : "no objection",
           objection != NULL ? objection : "", error != VNF_HEARTBEAT_OK ? " (not sent: " : "",
           error != VNF_HEARTBEAT_OK ? vnf_heartbeat_strerror(error) : "",
           error != VNF_HEARTBEAT_OK ? ")" : "");
}

static struct pending* find_pending(struct application* self, uint64_t id) {
    for (int place = 0; place < PENDING_MAX; ++place)
        if (self->pending[place].id == id)
            return &self->pending[place];
    return NULL;
}

static void on_state(vnf_heartbeat* handle, const vnf_heartbeat_state_info* info, void* context) {
    const struct application* const self = context;
    (void)handle;
    printf("%s: %s", self->options.config.name, vnf_heartbeat_state_name(info->state));
    if (info->state == VNF_HEARTBEAT_STATE_REGISTERED)
        printf(", version %u, every %u ms", info->daemon_version, info->interval_ms);
    if (info->error != VNF_HEARTBEAT_OK)
        printf(": %s", vnf_heartbeat_strerror(info->error));
    if (info->reason[0] != '\0')
        printf(": %s", info->reason);
    printf("\n");
}

static vnf_heartbeat_vote on_action(vnf_heartbeat* handle, const vnf_heartbeat_action* action,
                                    void* context) {
    struct application* const self = context;
    const uint32_t slow_ms = self->options.slow_ms[event_index(action->event)];
    const struct pending asked = {action->id, action->event, action->notification, now_ms() + slow_ms};
    printf("%s: %s %s, %u ms to answer%s%s\n", self->options.config.name, kind(action->notification),
           vnf_heartbeat_event_name(action->event), action->timeout_ms,
           action->origin[0] != '\0' ? ", from " : "", action->origin);
    if (slow_ms == HEARTBEAT_NEVER)
        return VNF_HEARTBEAT_VOTE_LATER;
    struct pending* const place = slow_ms != 0 ? find_pending(self, 0) : NULL;
    if (place == NULL) {
        answer(handle, self, &asked);
        return VNF_HEARTBEAT_VOTE_LATER;
    }
    *place = asked;
    if (self->options.extend && slow_ms >= action->timeout_ms)
        vnf_heartbeat_extend(handle, action->id, slow_ms - action->timeout_ms + 1000, "still thinking");
    return VNF_HEARTBEAT_VOTE_LATER;
}

static void on_cancelled(vnf_heartbeat* handle, uint64_t id, vnf_heartbeat_cancel_reason reason,
                         const char* text, void* context) {
    struct application* const self = context;
    struct pending* const place = find_pending(self, id);
    (void)handle;
    if (place != NULL)
        place->id = 0;
    printf("%s: no answer needed any more: %s (%s)\n", self->options.config.name,
           vnf_heartbeat_cancel_reason_name(reason), text);
}

static void on_extended(vnf_heartbeat* handle, uint64_t id, int32_t granted, uint32_t remaining_ms,
                        void* context) {
    const struct application* const self = context;
    (void)handle;
    (void)id;
    printf("%s: more time %s, %u ms left\n", self->options.config.name, granted ? "granted" : "refused",
           remaining_ms);
}

/* Answers what has been thought about; the time until the next, or -1. */
static int think(vnf_heartbeat* handle, struct application* self) {
    int64_t next = -1;
    for (int index = 0; index < PENDING_MAX; ++index) {
        struct pending* const place = &self->pending[index];
        const int64_t left = place->answer_at_ms - now_ms();
        if (place->id == 0)
            continue;
        if (left <= 0) {
            answer(handle, self, place);
            place->id = 0;
        } else if (next < 0 || left < next) {
            next = left;
        }
    }
    return (int)next;
}

static void toggle_health(vnf_heartbeat* handle, struct application* self) {
    self->unhealthy = !self->unhealthy;
    const vnf_heartbeat_corrective_action action = self->options.config.corrective_action;
    vnf_heartbeat_report_health(handle, !self->unhealthy,
                                action != VNF_HEARTBEAT_ACTION_UNKNOWN ? action : VNF_HEARTBEAT_ACTION_LOG,
                                self->unhealthy ? "told so by SIGUSR1" : "");
    printf("%s: %s\n", self->options.config.name, self->unhealthy ? "unhealthy" : "healthy");
}

static int open_signals(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* 1 to go on, 0 when asked to end. */
static int handle_signals(int signals, vnf_heartbeat* handle, struct application* self) {
    struct signalfd_siginfo info;
    while (read(signals, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo != SIGUSR1)
            return 0;
        toggle_health(handle, self);
    }
    return 1;
}

static int earlier(int left, int right) {
    return left < 0 || (right >= 0 && right < left) ? right : left;
}

static void run(vnf_heartbeat* handle, int signals, struct application* self) {
    struct pollfd descriptors[2] = {{vnf_heartbeat_get_fd(handle), POLLIN, 0}, {signals, POLLIN, 0}};
    for (;;) {
        const int timeout = earlier(think(handle, self), vnf_heartbeat_next_timeout(handle));
        if (poll(descriptors, 2, timeout) < 0 && errno != EINTR)
            return;
        if (vnf_heartbeat_dispatch(handle) != VNF_HEARTBEAT_OK)
            return;
        if (!handle_signals(signals, handle, self))
            return;
    }
}

int main(int argc, char** argv) {
    struct application self;
    memset(&self, 0, sizeof self);
    setvbuf(stdout, NULL, _IOLBF, 0);
    heartbeat_parse_options(argc, argv, &self.options);

    vnf_heartbeat_callbacks callbacks;
    vnf_heartbeat_callbacks_init(&callbacks);
    callbacks.state_changed = on_state;
    callbacks.action = on_action;
    callbacks.action_cancelled = on_cancelled;
    callbacks.action_extended = on_extended;

    vnf_heartbeat* handle = NULL;
    const vnf_heartbeat_error error = vnf_heartbeat_open(&self.options.config, &callbacks, &self, &handle);
    if (error != VNF_HEARTBEAT_OK) {
        fprintf(stderr, "%s: %s\n", argv[0], vnf_heartbeat_strerror(error));
        return error == VNF_HEARTBEAT_ERROR_SYSTEM || error == VNF_HEARTBEAT_ERROR_NO_MEMORY ? 1 : 2;
    }
    const int signals = open_signals();
    if (signals >= 0)
        run(handle, signals, &self);
    vnf_heartbeat_deregister(handle, "stopped");
    vnf_heartbeat_close(handle);
    if (signals >= 0)
        close(signals);
    printf("%s: deregistered\n", self.options.config.name);
    return signals >= 0 ? 0 : 1;
}
