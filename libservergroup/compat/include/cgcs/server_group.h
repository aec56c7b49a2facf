/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * The old SDK's server-group interface, in libservergroup.so.2: one use a process and one process a guest, no timers
 * (server-group specification 3.1). New applications use vnf/servergroup.h, which any number of processes can;
 * docs/libservergroup.md has both side by side.
 */
#ifndef CGCS_SERVER_GROUP_H
#define CGCS_SERVER_GROUP_H

#ifdef __cplusplus
extern "C" {
#endif

/* Longest broadcast in bytes; once JSON-escaped it may have at most 3951. */
#define MAX_MSG_DATA_LEN 3050

/* All pointers are valid during the call only; the texts end in a NUL, and `len` does not count it. */
typedef void (*sg_broadcast_msg_handler_t)(char* source_instance, void* msg, unsigned short len);
typedef void (*sg_notification_msg_handler_t)(void* msg, unsigned short len);
/* A JSON array, one object for each member; above 65535 bytes it ends with the last member that fits. */
typedef void (*sg_status_msg_handler_t)(void* msg, unsigned short len);

/* Binds the service's address and remembers the callbacks, any of which may be NULL. A descriptor to wait for reading
 * on, or -1: another process has the address. Says nothing about whether the agent is there. */
int init_sg(sg_broadcast_msg_handler_t broadcast_handler, sg_notification_msg_handler_t notification_handler,
            sg_status_msg_handler_t status_handler);

/* Reads one message and calls back. 0, also if none is there; -1 for what is no message of the agent's, and for the
 * host's refusal of one of ours: sg_get_error() has the text. */
int process_sg_msg(void);

/* Sends the text `msg`, which ends in a NUL, to all other members; `len` is ignored. 0, or -1: no text, too long, not
 * UTF-8, no agent, or the agent does not read. */
int sg_msg_broadcast(void* msg, unsigned int len);

/* Asks for the status of all members; a request that is not answered yet is forgotten. There is no timeout. 0 or -1. */
int sg_request_status(void);

/* The text of this thread's last error, at most 399 bytes, never cleared. */
char* sg_get_error(void);

#ifdef __cplusplus
}
#endif

#endif
