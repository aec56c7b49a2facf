/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * Parsing with getopt_long, strictly: an unknown word or number ends the program with status 2.
 */
#include "heartbeat_options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: %s --name NAME [option...]\n"
    "Registers with guest-client, answers its heartbeat, votes and notifications, and prints what happens.\n"
    "\n"
    "  -n, --name NAME            name shown on the host (mandatory)\n"
    "  -s, --socket PATH          guest-client's application socket (default: $VNF_HEARTBEAT_SOCKET, else\n"
    "                             /var/run/.guest_heartbeat_api)\n"
    "  -i, --interval MS          time between challenges, 10 to 60000 (default 1000)\n"
    "  -a, --action WORD          what to do when this application fails: none, log, reboot, stop (default "
    "log)\n"
    "  -t, --vote-timeout MS      time wanted for a vote (default 8000)\n"
    "  -c, --silent-close WORD    what a death means: default, healthy, failed (default: the daemon's "
    "setting)\n"
    "  -r, --reject EVENT=REASON  reject votes on EVENT (stop, pause, live_migrate_begin, ...; all for every "
    "one)\n"
    "  -w, --slow EVENT=SECONDS   answer EVENT that late; \"never\" for no answer at all\n"
    "  -e, --extend               ask for more time when --slow takes longer than allowed\n"
    "  -h, --help                 this text\n"
    "  -V, --version              the library's version\n"
    "\n"
    "SIGUSR1 turns unhealthy on and off. SIGTERM and SIGINT deregister and end the program.\n";

static const struct option long_options[] = {{"name", required_argument, NULL, 'n'},
                                             {"socket", required_argument, NULL, 's'},
                                             {"interval", required_argument, NULL, 'i'},
                                             {"action", required_argument, NULL, 'a'},
                                             {"vote-timeout", required_argument, NULL, 't'},
                                             {"silent-close", required_argument, NULL, 'c'},
                                             {"reject", required_argument, NULL, 'r'},
                                             {"slow", required_argument, NULL, 'w'},
                                             {"extend", no_argument, NULL, 'e'},
                                             {"help", no_argument, NULL, 'h'},
                                             {"version", no_argument, NULL, 'V'},
                                             {NULL, 0, NULL, 0}};

/* Before any thread exists. */
static void __attribute__((noreturn)) leave(int status) {
    exit(status); /* NOLINT(concurrency-mt-unsafe) */
}

static void __attribute__((noreturn)) usage_error(const char* what, const char* text) {
    fprintf(stderr, "%s: %s (see --help)\n", what, text);
    leave(2);
}

static uint32_t parse_number(const char* option, const char* text, uint32_t highest) {
    char* end = NULL;
    errno = 0;
    const unsigned long value = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || value > highest)
        usage_error(option, "not a number in range");
    return (uint32_t)value;
}

static vnf_heartbeat_corrective_action parse_action(const char* text) {
    for (vnf_heartbeat_corrective_action action = VNF_HEARTBEAT_ACTION_NONE;
         action <= VNF_HEARTBEAT_ACTION_LOG; ++action)
        if (strcmp(text, vnf_heartbeat_corrective_action_name(action)) == 0)
            return action;
    usage_error("--action", "none, log, reboot or stop expected");
}

static vnf_heartbeat_silent_close parse_silent_close(const char* text) {
    if (strcmp(text, "default") == 0)
        return VNF_HEARTBEAT_SILENT_CLOSE_DEFAULT;
    if (strcmp(text, "healthy") == 0)
        return VNF_HEARTBEAT_SILENT_CLOSE_HEALTHY;
    if (strcmp(text, "failed") != 0)
        usage_error("--silent-close", "default, healthy or failed expected");
    return VNF_HEARTBEAT_SILENT_CLOSE_FAILED;
}

/* Splits EVENT=VALUE: the first and last event meant, and the value. */
static const char* parse_event(const char* option, const char* text, int* first, int* last) {
    const char* const equals = strchr(text, '=');
    if (equals == NULL)
        usage_error(option, "EVENT=VALUE expected");
    const size_t length = (size_t)(equals - text);
    *first = 0;
    *last = HEARTBEAT_EVENTS - 1;
    if (length == strlen("all") && strncmp(text, "all", length) == 0)
        return equals + 1;
    for (int event = VNF_HEARTBEAT_EVENT_STOP; event < HEARTBEAT_EVENTS; ++event) {
        const char* const word = vnf_heartbeat_event_name(event);
        if (strlen(word) == length && strncmp(text, word, length) == 0) {
            *first = *last = event;
            return equals + 1;
        }
    }
    usage_error(option, "unknown event");
}

static void parse_reject(const char* text, struct heartbeat_options* options) {
    int first = 0;
    int last = 0;
    const char* const reason = parse_event("--reject", text, &first, &last);
    for (int event = first; event <= last; ++event)
        options->reject[event] = reason;
}

static void parse_slow(const char* text, struct heartbeat_options* options) {
    int first = 0;
    int last = 0;
    const char* const value = parse_event("--slow", text, &first, &last);
    const uint32_t slow_ms =
        strcmp(value, "never") == 0 ? HEARTBEAT_NEVER : parse_number("--slow", value, 86400) * 1000;
    for (int event = first; event <= last; ++event)
        options->slow_ms[event] = slow_ms;
}

static void parse_option(int option, const char* program, struct heartbeat_options* options) {
    switch (option) {
        case 'n':
            options->config.name = optarg;
            break;
        case 's':
            options->config.socket_path = optarg;
            break;
        case 'i':
            options->config.interval_ms = parse_number("--interval", optarg, 60000);
            break;
        case 'a':
            options->config.corrective_action = parse_action(optarg);
            break;
        case 't':
            options->config.vote_ms = parse_number("--vote-timeout", optarg, 600000);
            break;
        case 'c':
            options->config.silent_close = parse_silent_close(optarg);
            break;
        case 'r':
            parse_reject(optarg, options);
            break;
        case 'w':
            parse_slow(optarg, options);
            break;
        case 'e':
            options->extend = 1;
            break;
        case 'h':
            printf(help, program);
            leave(0);
        case 'V':
            printf("%s (libheartbeat %s)\n", program, vnf_heartbeat_version());
            leave(0);
        default:
            leave(2); /* getopt_long has said why */
    }
}

void heartbeat_parse_options(int argc, char** argv, struct heartbeat_options* options) {
    memset(options, 0, sizeof *options);
    vnf_heartbeat_config_init(&options->config);
    for (;;) {
        /* Before any thread exists. NOLINTNEXTLINE(concurrency-mt-unsafe) */
        const int option = getopt_long(argc, argv, "n:s:i:a:t:c:r:w:ehV", long_options, NULL);
        if (option == -1)
            break;
        parse_option(option, argv[0], options);
    }
    if (optind != argc)
        usage_error(argv[optind], "unexpected argument");
    if (options->config.name == NULL)
        usage_error("--name", "missing");
}
