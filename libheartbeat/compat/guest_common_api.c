/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * libguest_common_api.so.3: the old SDK's error words and log functions. The old library's stream and socket
 * functions served its heartbeat library alone and are not here (heartbeat specification 4.1).
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "guest_api_debug.h"

#define NAME_SIZE 64
#define MESSAGE_SIZE 512

static char process_name[NAME_SIZE];
static int wanted_level = GUEST_API_LOG_INFO;

const char* guest_api_error_str(guest_api_error error) {
    switch (error) {
        case GUEST_API_OKAY:
            return "OKAY";
        case GUEST_API_FAILED:
            return "FAILED";
        case GUEST_API_INTERRUPTED:
            return "INTERRUPTED";
        case GUEST_API_TRY_AGAIN:
            return "TRY_AGAIN";
    }
    return "???";
}

guest_api_error guest_api_debug_initialize(char name[]) {
    if (name == NULL)
        return GUEST_API_FAILED;
    snprintf(process_name, sizeof process_name, "%s", name);
    return GUEST_API_OKAY;
}

guest_api_error guest_api_debug_finalize(void) {
    process_name[0] = '\0';
    return GUEST_API_OKAY;
}

void guest_api_debug_set_log_level(guest_api_log_level level) {
    __atomic_store_n(&wanted_level, (int)level, __ATOMIC_RELAXED);
}

bool guest_api_debug_want_log(guest_api_log_level level) {
    return (int)level <= __atomic_load_n(&wanted_level, __ATOMIC_RELAXED);
}

void guest_api_debug_log(const char* format, ...) {
    char message[MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (process_name[0] != '\0')
        syslog(LOG_INFO, "%s: %s", process_name, message);
    else
        syslog(LOG_INFO, "%s", message);
}

const char* guest_api_debug_log_level_str(guest_api_log_level level) {
    switch (level) {
        case GUEST_API_LOG_ERROR:
            return "error";
        case GUEST_API_LOG_INFO:
            return " info";
        case GUEST_API_LOG_DEBUG:
            return "debug";
        case GUEST_API_LOG_VERBOSE:
            return " verb";
    }
    return "???";
}
