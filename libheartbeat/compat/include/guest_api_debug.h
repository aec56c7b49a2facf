/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * The old SDK's log functions, in libguest_common_api.so.3. Messages go to syslog at level info under the
 * identity and facility that the application itself has chosen, with the name given here in front of the
 * text: unlike the old library (defect L-14) this one never calls openlog() or closelog().
 */
#ifndef GUEST_API_DEBUG_H
#define GUEST_API_DEBUG_H

#include "guest_api_types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef int guest_api_log_level;
enum { GUEST_API_LOG_ERROR = 0, GUEST_API_LOG_INFO = 1, GUEST_API_LOG_DEBUG = 2, GUEST_API_LOG_VERBOSE = 3 };

/* Remembers the name, at most 63 bytes of it; NULL is FAILED. Call it before threads log. */
guest_api_error guest_api_debug_initialize(char process_name[]);
guest_api_error guest_api_debug_finalize(void);

/* Which levels want_log() lets through: this one and those below. INFO at first. Any thread. */
void guest_api_debug_set_log_level(guest_api_log_level level);
bool guest_api_debug_want_log(guest_api_log_level level);

/* One message as by printf, at most 511 bytes; may block as syslog() does. */
void guest_api_debug_log(const char* format, ...) __attribute__((format(printf, 1, 2)));

/* "error", " info", "debug", " verb"; "???" for any other number. Static. Any thread. */
const char* guest_api_debug_log_level_str(guest_api_log_level level);

#ifdef __cplusplus
}
#endif

#endif
