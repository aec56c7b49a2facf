/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * Types of the old SDK's common library, libguest_common_api.so.3: for building an application that keeps to
 * the old interface. Functions, fields, values and layout are the old ones (heartbeat specification 4
 * and 4.1); the names of types and constants are this project's own, so old sources may need a typedef or
 * two. Enumerations are int, which is what they are in the binary interface. New applications use
 * vnf/heartbeat.h.
 */
#ifndef GUEST_API_TYPES_H
#define GUEST_API_TYPES_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef int guest_api_error;
enum { GUEST_API_OKAY = 0, GUEST_API_FAILED = 1, GUEST_API_INTERRUPTED = 2, GUEST_API_TRY_AGAIN = 3 };

/* "OKAY", "FAILED", "INTERRUPTED", "TRY_AGAIN"; "???" for any other number. Static. Any thread. */
const char* guest_api_error_str(guest_api_error error);

#ifdef __cplusplus
}
#endif

#endif
