/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * Reads devargs; see the header for the keys.
 */
#include "avp_devargs.h"

#include <errno.h>
#include <rte_kvargs.h>
#include <stdlib.h>
#include <string.h>

#include "avp_device.h"
#include "avp_log.h"

#define AVP_DEFAULT_RETRY_MS 100

struct avp_parsing {
    struct avp_devargs* parsed;
    const char* name;
    bool is_virtual;
};

static int parse_milliseconds(const struct avp_parsing* parsing, const char* key, const char* value,
                              uint32_t* to) {
    char* end = NULL;
    unsigned long number;

    errno = 0;
    number = value == NULL ? 0 : strtoul(value, &end, 10);
    if (value == NULL || errno != 0 || end == value || *end != '\0' || value[0] == '-' ||
        number < AVP_MIN_TIMEOUT_MS || number > AVP_MAX_TIMEOUT_MS) {
        AVP_LOG(ERR, parsing->name, "devargs: %s=%s is not %u to %u", key, value == NULL ? "" : value,
                AVP_MIN_TIMEOUT_MS, AVP_MAX_TIMEOUT_MS);
        return -EINVAL;
    }
    *to = (uint32_t)number;
    return 0;
}

static int parse_socket(const struct avp_parsing* parsing, const char* value) {
    size_t bytes = value == NULL ? 0 : strlen(value);

    if (bytes == 0 || bytes >= sizeof(parsing->parsed->socket)) {
        AVP_LOG(ERR, parsing->name, "devargs: socket=%s is not a path of 1 to %zu bytes",
                value == NULL ? "" : value, sizeof(parsing->parsed->socket) - 1);
        return -EINVAL;
    }
    memcpy(parsing->parsed->socket, value, bytes + 1);
    return 0;
}

static int parse_one(const char* key, const char* value, void* argument) {
    const struct avp_parsing* parsing = argument;

    if (strcmp(key, "timeout_ms") == 0)
        return parse_milliseconds(parsing, key, value, &parsing->parsed->timeout_ms);
    if (parsing->is_virtual && strcmp(key, "retry_ms") == 0)
        return parse_milliseconds(parsing, key, value, &parsing->parsed->retry_ms);
    if (parsing->is_virtual && strcmp(key, "socket") == 0)
        return parse_socket(parsing, value);
    AVP_LOG(ERR, parsing->name, "devargs: no key '%s'; allowed: %s", key,
            parsing->is_virtual ? "socket, timeout_ms, retry_ms" : "timeout_ms");
    return -EINVAL;
}

int avp_sdk_devargs_parse(struct avp_devargs* parsed, const char* name, const char* text, bool is_virtual) {
    struct avp_parsing parsing = {.parsed = parsed, .name = name, .is_virtual = is_virtual};
    struct rte_kvargs* pairs = NULL;
    int error = 0;

    memset(parsed, 0, sizeof(*parsed));
    parsed->timeout_ms = AVP_DEFAULT_TIMEOUT_MS;
    parsed->retry_ms = AVP_DEFAULT_RETRY_MS;
    if (text != NULL && text[0] != '\0') {
        pairs = rte_kvargs_parse(text, NULL);
        if (pairs == NULL) {
            AVP_LOG(ERR, name, "devargs: '%s' is not KEY=VALUE, separated by commas", text);
            return -EINVAL;
        }
        error = rte_kvargs_process(pairs, NULL, parse_one, &parsing);
        rte_kvargs_free(pairs);
    }
    if (error == 0 && is_virtual && parsed->socket[0] == '\0') {
        AVP_LOG(ERR, name, "devargs: socket=PATH is missing");
        error = -EINVAL;
    }
    return error == 0 ? 0 : -EINVAL;
}
