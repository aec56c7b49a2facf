/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * A C member of a server group: broadcasts its argument, asks once who is in the group, then prints what comes, in the
 * lines of the old SDK's sample, which tools look for. What is no message goes to standard error.
 */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vnf/servergroup.h>

static const char help[] =
    "usage: %s [option...] [TEXT]\n"
    "Broadcasts TEXT to the guest's server group, asks for the status of its members, and prints what "
    "comes.\n"
    "\n"
    "  -n, --name NAME     shown to operators of the guest (default servergroup-c)\n"
    "  -s, --socket PATH   guest-client's socket (default: $VNF_SERVERGROUP_SOCKET, else\n"
    "                      /run/vnf-guest-sdk/server-group.sock)\n"
    "  -h, --help          this\n"
    "  -V, --version       the library's version\n";

struct member {
    const char* text; /* still to be broadcast, or NULL */
    int has_asked;
};

static void begin(vnf_sg* handle, struct member* self) {
    if (self->text != NULL) {
        const vnf_sg_error error = vnf_sg_broadcast(handle, self->text, strlen(self->text));
        if (error != VNF_SG_OK)
            fprintf(stderr, "broadcast: %s\n", vnf_sg_strerror(error));
        self->text = NULL;
    }
    if (!self->has_asked)
        self->has_asked = vnf_sg_request_status(handle) == VNF_SG_OK;
}

static void on_state(vnf_sg* handle, const vnf_sg_state_info* info, void* context) {
    fprintf(stderr, "%s", vnf_sg_state_name(info->state));
    if (info->error != VNF_SG_OK)
        fprintf(stderr, ": %s", vnf_sg_strerror(info->error));
    fprintf(stderr, "%s%s\n", info->reason[0] != '\0' ? ": " : "", info->reason);
    if (info->state == VNF_SG_STATE_LINKED || info->state == VNF_SG_STATE_OLD_AGENT)
        begin(handle, context);
}

static void on_broadcast(vnf_sg* handle, const char* source, const char* text, size_t length, void* context) {
    (void)handle;
    (void)context;
    printf("got server group broadcast msg: len: %zu, sinstance: %s, msg: %s\n\n", length, source, text);
}

static void on_notification(vnf_sg* handle, const vnf_sg_notification* notification, void* context) {
    (void)handle;
    (void)context;
    printf("got server group notification msg: %s\n\n", notification->json);
}

static void on_status(vnf_sg* handle, const vnf_sg_status* status, void* context) {
    (void)handle;
    (void)context;
    if (!status->complete)
        fprintf(stderr, "status: %s%s%s\n", vnf_sg_strerror(status->error),
                status->reason[0] != '\0' ? ": " : "", status->reason);
    printf("got server group status response msg: [");
    for (uint32_t index = 0; index < status->count; ++index)
        printf("%s%s", index == 0 ? "" : ",", status->members[index]->json);
    printf("]\n\n");
}

static void on_membership(vnf_sg* handle, const vnf_sg_change* change, void* context) {
    (void)handle;
    (void)context;
    fprintf(stderr, "member %s (%s) %s: %s\n", change->member->display_name, change->member->instance_id,
            vnf_sg_change_kind_name(change->kind), vnf_sg_change_reason_name(change->reason));
}

static void on_missed(vnf_sg* handle, uint32_t messages, void* context) {
    (void)handle;
    (void)context;
    fprintf(stderr, "missed messages: %u (0: unknown)\n", messages);
}

static void on_refused(vnf_sg* handle, const char* type, const char* reason, void* context) {
    (void)handle;
    (void)context;
    fprintf(stderr, "refused %s: %s\n", type, reason);
}

static void on_unsent(vnf_sg* handle, uint32_t messages, const char* reason, void* context) {
    (void)handle;
    (void)context;
    fprintf(stderr, "unsent messages: %u: %s\n", messages, reason);
}

static vnf_sg_callbacks all_callbacks(void) {
    vnf_sg_callbacks callbacks;
    vnf_sg_callbacks_init(&callbacks);
    callbacks.state_changed = on_state;
    callbacks.broadcast = on_broadcast;
    callbacks.notification = on_notification;
    callbacks.status = on_status;
    callbacks.membership = on_membership;
    callbacks.missed = on_missed;
    callbacks.refused = on_refused;
    callbacks.unsent = on_unsent;
    return callbacks;
}

static void parse(int argc, char** argv, vnf_sg_config* config, struct member* self) {
    static const struct option options[] = {{"name", required_argument, NULL, 'n'},
                                            {"socket", required_argument, NULL, 's'},
                                            {"help", no_argument, NULL, 'h'},
                                            {"version", no_argument, NULL, 'V'},
                                            {NULL, 0, NULL, 0}};
    for (int option = 0; (option = getopt_long(argc, argv, "n:s:hV", options, NULL)) != -1;) {
        if (option == 'n') {
            config->name = optarg;
        } else if (option == 's') {
            config->socket_path = optarg;
        } else if (option == 'h') {
            printf(help, argv[0]);
            exit(0);
        } else if (option == 'V') {
            printf("%s (libservergroup %s)\n", argv[0], vnf_sg_version());
            exit(0);
        } else {
            exit(2);
        }
    }
    if (argc - optind > 1) {
        fprintf(stderr, "%s: more than one TEXT\n", argv[0]);
        exit(2);
    }
    self->text = argv[optind];
}

int main(int argc, char** argv) {
    vnf_sg_config config;
    struct member self = {NULL, 0};
    setvbuf(stdout, NULL, _IOLBF, 0);
    vnf_sg_config_init(&config);
    config.name = "servergroup-c";
    parse(argc, argv, &config, &self);

    const vnf_sg_callbacks callbacks = all_callbacks();
    vnf_sg* handle = NULL;
    const vnf_sg_error error = vnf_sg_open(&config, &callbacks, &self, &handle);
    if (error != VNF_SG_OK) {
        fprintf(stderr, "%s: %s\n", argv[0], vnf_sg_strerror(error));
        return error == VNF_SG_ERROR_SYSTEM || error == VNF_SG_ERROR_NO_MEMORY ? 1 : 2;
    }
    do {
        struct pollfd waiting = {vnf_sg_get_fd(handle), POLLIN, 0};
        if (poll(&waiting, 1, vnf_sg_next_timeout(handle)) < 0 && errno != EINTR)
            break;
    } while (vnf_sg_dispatch(handle) == VNF_SG_OK);
    vnf_sg_close(handle);
    return 1;
}
