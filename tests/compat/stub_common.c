/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * Stands in for the old libguest_common_api.so.3 when the old application is linked. It does nothing but say so.
 */
#include <stdio.h>
#include <stdlib.h>

#include "old_interface.h"

static void stub(void) {
    fputs("stub\n", stderr);
    exit(99);
}

const char* guest_api_error_str(int error) {
    (void)error;
    stub();
    return "";
}
int guest_api_debug_initialize(char name[]) {
    (void)name;
    stub();
    return 0;
}
int guest_api_debug_finalize(void) {
    stub();
    return 0;
}
void guest_api_debug_set_log_level(int level) {
    (void)level;
    stub();
}
bool guest_api_debug_want_log(int level) {
    (void)level;
    stub();
    return false;
}
void guest_api_debug_log(const char* format, ...) {
    (void)format;
    stub();
}
const char* guest_api_debug_log_level_str(int level) {
    (void)level;
    stub();
    return "";
}
