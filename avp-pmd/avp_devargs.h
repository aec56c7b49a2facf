/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * What may stand behind a device's name: KEY=VALUE, separated by commas. An unknown key or a value out of its range is an
 * error that names the key and says what is allowed.
 */
#ifndef AVP_DEVARGS_H
#define AVP_DEVARGS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/un.h>

#define AVP_SOCKET_PATH_BYTES sizeof(((struct sockaddr_un*)0)->sun_path)

struct avp_devargs {
    char socket[AVP_SOCKET_PATH_BYTES]; /* socket=PATH: of the vfio-user server; the virtual device alone */
    uint32_t timeout_ms;                /* timeout_ms=10..60000: for each answer of the host */
    uint32_t retry_ms;                  /* retry_ms=10..60000: between attempts to connect again; the same */
};

/* 0, or -EINVAL with a line in the log. A virtual device needs `socket`. */
int avp_sdk_devargs_parse(struct avp_devargs* parsed, const char* name, const char* text, bool is_virtual);

#endif
