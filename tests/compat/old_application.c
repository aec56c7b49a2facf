/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * An application of the old SDK: a poll loop over standard input and the library's descriptor. Each line of input is
 * one call; its result, and every callback, is one line of output. Ends with its input.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include "old_interface.h"

static struct old_init_data data = {"app1", 1000, 8, 5, 5, 5, 2};
static struct {
    bool healthy;
    int action;
    char log[192];
} health = {true, 1, ""};
static char inside_health[32]; /* a call to make inside the callback */

static void initialize(const char* which);

static void on_register(bool registered) {
    printf("registered %d\n", registered);
}

static void on_health(bool* healthy, int* action, char log[192]) {
    printf("health %d %d '%s'\n", *healthy, *action, log);
    *healthy = health.healthy;
    *action = health.action;
    strcpy(log, health.log);
    if (strcmp(inside_health, "finalize") == 0)
        printf("finalize %d\n", guest_heartbeat_api_finalize());
    if (strcmp(inside_health, "register") == 0)
        printf("register %d\n", guest_heartbeat_api_register(&data));
    if (strcmp(inside_health, "deregister") == 0)
        printf("deregister %d\n", guest_heartbeat_api_deregister(health.log));
    if (strcmp(inside_health, "renew") == 0) {
        guest_heartbeat_api_finalize();
        initialize("");
        printf("renew %d\n", guest_heartbeat_api_register(&data));
    }
    if (strcmp(inside_health, "dispatch") == 0)
        guest_heartbeat_api_dispatch(guest_heartbeat_api_get_selobj());
}

static void on_action(int id, int event, int notify) {
    printf("action %d %s %s\n", id, guest_heartbeat_api_event_str(event),
           guest_heartbeat_api_notify_str(notify));
}

static void initialize(const char* which) {
    struct old_callbacks callbacks = {on_register, on_health, on_action};
    if (strcmp(which, "null") == 0) {
        printf("initialize %d\n", guest_heartbeat_api_initialize(NULL));
        return;
    }
    if (strcmp(which, "without-register") == 0)
        callbacks.register_state = NULL;
    if (strcmp(which, "without-health") == 0)
        callbacks.health_check = NULL;
    if (strcmp(which, "without-action") == 0)
        callbacks.action_notify = NULL;
    printf("initialize %d\n", guest_heartbeat_api_initialize(&callbacks));
}

static void print_words(void) {
    for (int number = -1; number < 14; ++number)
        printf("word %d %s|%s|%s|%s|%s|%s\n", number, guest_heartbeat_api_action_str(number),
               guest_heartbeat_api_event_str(number), guest_heartbeat_api_notify_str(number),
               guest_heartbeat_api_vote_result_str(number), guest_api_error_str(number),
               guest_api_debug_log_level_str(number));
}

/* The application's own syslog identity must survive the library's. */
static void use_log(void) {
    char name[] = "old-app";
    openlog("my-own-ident", LOG_PERROR | LOG_NDELAY, LOG_LOCAL3);
    printf("log-initialize %d %d\n", guest_api_debug_initialize(name), guest_api_debug_initialize(NULL));
    printf("want %d%d%d%d", guest_api_debug_want_log(0), guest_api_debug_want_log(1),
           guest_api_debug_want_log(2), guest_api_debug_want_log(3));
    guest_api_debug_set_log_level(3);
    printf(" %d\n", guest_api_debug_want_log(3));
    guest_api_debug_log("hello %d %s", 42, "world");
    printf("log-finalize %d\n", guest_api_debug_finalize());
    syslog(LOG_INFO, "mine");
}

/* As a program that turns itself into a daemon after registering. */
static void go_on_in_child(void) {
    const pid_t child = fork();
    if (child > 0) {
        int status = 0;
        waitpid(child, &status, 0);
        _exit(WEXITSTATUS(status));
    }
    puts("child");
}

static void run(char* line) {
    char word[32] = "";
    char text[256] = "";
    int id = 0;
    int event = 0;
    int notify = 0;
    int vote = 0;
    sscanf(line, "%31s %255[^\n]", word, text);
    if (strcmp(word, "initialize") == 0)
        initialize(text);
    else if (strcmp(word, "finalize") == 0)
        printf("finalize %d\n", guest_heartbeat_api_finalize());
    else if (strcmp(word, "interval") == 0)
        data.heartbeat_interval_ms = atoi(text);
    else if (strcmp(word, "vote-secs") == 0)
        data.vote_secs = atoi(text);
    else if (strcmp(word, "name") == 0)
        /* As old ones did: without a NUL if it is long. */
        memcpy(data.name, text, strlen(text) < sizeof data.name ? strlen(text) + 1 : sizeof data.name);
    else if (strcmp(word, "register") == 0)
        printf("register %d\n", guest_heartbeat_api_register(strcmp(text, "null") == 0 ? NULL : &data));
    else if (strcmp(word, "deregister") == 0)
        printf("deregister %d\n", guest_heartbeat_api_deregister(text));
    else if (strcmp(word, "selobj") == 0)
        printf("selobj %d\n", guest_heartbeat_api_get_selobj() >= 0);
    else if (strcmp(word, "foreign") == 0) {
        guest_heartbeat_api_dispatch(0);
        puts("ignored");
    } else if (strcmp(word, "unhealthy") == 0) {
        health.healthy = false;
        health.action = 3;
        snprintf(health.log, sizeof health.log, "%.191s", text);
    } else if (strcmp(word, "inside-health") == 0)
        snprintf(inside_health, sizeof inside_health, "%.31s", text);
    else if (strcmp(word, "respond") == 0) {
        text[0] = '\0';
        sscanf(line, "%*s %d %d %d %d %255[^\n]", &id, &event, &notify, &vote, text);
        printf("respond %d\n", guest_heartbeat_api_send_action_response(id, event, notify, vote, text));
    } else if (strcmp(word, "words") == 0)
        print_words();
    else if (strcmp(word, "log") == 0)
        use_log();
    else if (strcmp(word, "fork") == 0)
        go_on_in_child();
    else
        puts("what?");
}

/* Lines come in whole from the test, but more than one may be there. */
static int read_commands(void) {
    char buffer[1024];
    const ssize_t count = read(STDIN_FILENO, buffer, sizeof buffer - 1);
    if (count <= 0)
        return 0;
    buffer[count] = '\0';
    for (char* line = strtok(buffer, "\n"); line != NULL; line = strtok(NULL, "\n"))
        run(line);
    return 1;
}

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (;;) {
        const int selobj = guest_heartbeat_api_get_selobj();
        struct pollfd descriptors[2] = {{STDIN_FILENO, POLLIN, 0}, {selobj, POLLIN, 0}};
        if (poll(descriptors, 2, -1) < 0 && errno != EINTR)
            return 1;
        if (descriptors[1].revents != 0)
            guest_heartbeat_api_dispatch(selobj);
        if (descriptors[0].revents != 0 && !read_commands())
            return 0;
    }
}
