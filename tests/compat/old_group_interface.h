/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * The old server-group library's binary interface as the server-group specification 3.1 states it, declared here once
 * more and on purpose apart from libservergroup/compat/include: what the stub library and the old member are built with
 * must not come from what is tested.
 */
#ifndef OLD_GROUP_INTERFACE_H
#define OLD_GROUP_INTERFACE_H

typedef void (*old_broadcast)(char* source_instance, void* msg, unsigned short len);
typedef void (*old_text)(void* msg, unsigned short len);

int init_sg(old_broadcast broadcast, old_text notification, old_text status);
int process_sg_msg(void);
int sg_msg_broadcast(void* msg, unsigned int len);
int sg_request_status(void);
char* sg_get_error(void);

#endif
