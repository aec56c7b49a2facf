/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * A vfio-user client: one command at a time over a Unix socket, each answered before its deadline or the connection is
 * over. The server is not trusted: an answer has the identifier, the command and the size that belong to it.
 */
#ifndef AVP_SOCKET_H
#define AVP_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "avp-abi/avp_vfio_user.h"

struct avp_socket {
    int fd;         /* -1: not connected */
    bool is_broken; /* out of step with the server: nothing is exchanged any more */
    uint16_t next_id;
    uint32_t timeout_ms; /* for each answer */
};

/* A command's payload and where its answer goes. */
struct avp_exchange {
    uint16_t command;
    const void* head; /* both parts are sent one after the other */
    size_t head_bytes;
    const void* tail;
    size_t tail_bytes;
    const int* fds; /* sent with it; stay the caller's */
    int fd_count;
    void* answer;
    size_t answer_bytes;   /* room */
    size_t answered_bytes; /* what came */
    int answer_fd;         /* the first that came, or -1; the caller closes it */
};

/* Connected and both versions agreed on; a negative errno otherwise. */
int avp_sdk_socket_connect(struct avp_socket* connection, const char* path, uint32_t timeout_ms);
void avp_sdk_socket_close(struct avp_socket* connection);

/* 0; the server's error as a negative errno (the connection lives on); or what went wrong with the connection, which is
 * broken then: -ETIMEDOUT, -ECONNRESET, -EPROTO. It stays open, since at its end the server takes its memory back. */
int avp_sdk_socket_exchange(struct avp_socket* connection, struct avp_exchange* exchange);

/* Whether it is broken, the server has ended it or sends what nobody asked for. */
int avp_sdk_socket_is_over(const struct avp_socket* connection);

#endif
