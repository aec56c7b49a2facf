/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * A member of a server group, built for the old SDK. Each line of input is one call; its result, and every callback, is
 * one line of output. Ends with its input. The descriptor is polled by "process" alone, so that a test sees each step.
 */
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "old_group_interface.h"

static int descriptor = -1;
static int asks_inside_status = 0;

static void on_broadcast(char* source, void* msg, unsigned short len) {
    printf("broadcast %s %hu %.*s%s\n", source, len, (int)len, (char*)msg,
           strlen(msg) == len ? "" : " (no NUL)");
}

static void on_notification(void* msg, unsigned short len) {
    printf("notification %hu %.*s\n", len, (int)len, (char*)msg);
}

static void on_status(void* msg, unsigned short len) {
    printf("status %hu %.*s\n", len, (int)len, (char*)msg);
    if (asks_inside_status)
        printf("inside %d\n", sg_request_status());
}

static int count_descriptors(void) {
    int count = 0;
    DIR* const directory = opendir("/proc/self/fd");
    while (readdir(directory) != NULL)
        ++count;
    closedir(directory);
    return count;
}

/* "init [without]": the descriptor's properties as poll loops rely on them. */
static void init(const char* how) {
    const int fd = strcmp(how, "without") == 0 ? init_sg(NULL, NULL, NULL)
                                               : init_sg(on_broadcast, on_notification, on_status);
    if (fd < 0) {
        printf("init %d %s\n", fd, sg_get_error());
        return;
    }
    descriptor = fd;
    printf("init ok%s\n", (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0 ? "" : " (blocks)");
}

/* One datagram, waited for. */
static void process(void) {
    struct pollfd waiting = {descriptor, POLLIN, 0};
    if (poll(&waiting, 1, 20000) <= 0)
        puts("nothing came");
    const int result = process_sg_msg();
    printf("process %d%s%s\n", result, result < 0 ? " " : "", result < 0 ? sg_get_error() : "");
}

/* "repeat N TEXT": a broadcast of N times TEXT. */
static void broadcast_repeated(const char* arguments) {
    static char message[8192];
    int count = 0;
    char text[64] = "";
    sscanf(arguments, "%d %63s", &count, text);
    message[0] = '\0';
    char* end = message;
    for (int number = 0; number < count; ++number)
        end = stpcpy(end, text);
    const int result = sg_msg_broadcast(message, 1);
    printf("broadcast %d%s%s\n", result, result < 0 ? " " : "", result < 0 ? sg_get_error() : "");
}

static void run(char* line) {
    char word[32] = "";
    static char text[4096];
    text[0] = '\0';
    sscanf(line, "%31s %4095[^\n]", word, text);
    if (strcmp(word, "init") == 0)
        init(text);
    else if (strcmp(word, "process") == 0)
        process();
    else if (strcmp(word, "process-now") == 0)
        printf("process %d\n", process_sg_msg());
    else if (strcmp(word, "broadcast") == 0)
        printf("broadcast %d\n", sg_msg_broadcast(text, 0));
    else if (strcmp(word, "broadcast-null") == 0) {
        const int result = sg_msg_broadcast(NULL, 0);
        printf("broadcast %d %s\n", result, sg_get_error());
    } else if (strcmp(word, "repeat") == 0)
        broadcast_repeated(text);
    else if (strcmp(word, "status") == 0)
        printf("request %d\n", sg_request_status());
    else if (strcmp(word, "inside") == 0) {
        asks_inside_status = 1;
        puts("inside");
    } else if (strcmp(word, "error") == 0)
        printf("error '%s'\n", sg_get_error());
    else if (strcmp(word, "descriptors") == 0)
        printf("descriptors %d\n", count_descriptors());
    else
        puts("what?");
}

int main(void) {
    static char line[8192];
    setvbuf(stdout, NULL, _IOLBF, 0);
    while (fgets(line, sizeof line, stdin) != NULL)
        run(line);
    return 0;
}
