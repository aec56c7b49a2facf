/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * The exchange of vfio-user messages; see the header for its rules.
 */
#include "avp_socket.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "avp_control.h"

static const char own_capabilities[] = "{\"capabilities\":{\"max_msg_fds\":8,\"max_data_xfer_size\":4096}}";

void avp_sdk_socket_close(struct avp_socket* connection) {
    if (connection->fd >= 0)
        (void)close(connection->fd);
    connection->fd = -1;
}

/* --- Bytes --------------------------------------------------------------------------------------------------- */

static int wait_for(int fd, short events, uint64_t deadline) {
    for (;;) {
        struct pollfd waited = {.fd = fd, .events = events};
        uint64_t now = avp_sdk_now_ms();
        int ready;

        if (now >= deadline)
            return -ETIMEDOUT;
        ready = poll(&waited, 1, (int)(deadline - now));
        if (ready > 0)
            return 0;
        if (ready < 0 && errno != EINTR)
            return -errno;
    }
}

/* Descriptors travel with the first byte. */
static void add_fds(struct msghdr* message, void* control, const int* fds, int count) {
    struct cmsghdr* header;
    size_t bytes = (size_t)count * sizeof(int);

    if (count == 0)
        return;
    message->msg_control = control;
    message->msg_controllen = CMSG_SPACE(bytes);
    header = CMSG_FIRSTHDR(message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(bytes);
    memcpy(CMSG_DATA(header), fds, bytes);
}

static int send_all(int fd, struct iovec* parts, int count, const struct avp_exchange* exchange,
                    uint64_t deadline) {
    union {
        struct cmsghdr alignment;
        char bytes[CMSG_SPACE(AVP_VFIO_USER_MAX_FDS * sizeof(int))];
    } control;
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = (size_t)count};

    if (exchange->fd_count > AVP_VFIO_USER_MAX_FDS)
        return -E2BIG;
    memset(&control, 0, sizeof(control));
    add_fds(&message, &control, exchange->fds, exchange->fd_count);
    while (message.msg_iovlen > 0) {
        ssize_t sent = sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        int error;

        if (sent < 0 && errno != EAGAIN && errno != EINTR)
            return -errno;
        if (sent < 0) {
            error = wait_for(fd, POLLOUT, deadline);
            if (error != 0)
                return error;
            continue;
        }
        message.msg_control = NULL;
        message.msg_controllen = 0;
        while (message.msg_iovlen > 0 && (size_t)sent >= message.msg_iov->iov_len) {
            sent -= (ssize_t)message.msg_iov->iov_len;
            message.msg_iov++;
            message.msg_iovlen--;
        }
        if (message.msg_iovlen > 0) {
            message.msg_iov->iov_base = (char*)message.msg_iov->iov_base + sent;
            message.msg_iov->iov_len -= (size_t)sent;
        }
    }
    return 0;
}

/* Keeps the first descriptor that came, closes the others. */
static void keep_fd(struct msghdr* message, int* kept) {
    struct cmsghdr* header;

    for (header = CMSG_FIRSTHDR(message); header != NULL; header = CMSG_NXTHDR(message, header)) {
        size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        size_t i;

        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
            continue;
        for (i = 0; i < count; i++) {
            int fd;

            memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof(int));
            if (*kept < 0)
                *kept = fd;
            else
                (void)close(fd);
        }
    }
}

static int receive_all(int fd, void* to, size_t bytes, int* kept_fd, uint64_t deadline) {
    union {
        struct cmsghdr alignment;
        char bytes[CMSG_SPACE(AVP_VFIO_USER_MAX_FDS * sizeof(int))];
    } control;

    while (bytes > 0) {
        struct iovec part = {.iov_base = to, .iov_len = bytes};
        struct msghdr message = {
            .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
        ssize_t received;
        int error = wait_for(fd, POLLIN, deadline);

        if (error != 0)
            return error;
        received = recvmsg(fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
        if (received < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (received <= 0)
            return received < 0 ? -errno : -ECONNRESET;
        keep_fd(&message, kept_fd);
        to = (char*)to + received;
        bytes -= (size_t)received;
    }
    return 0;
}

/* --- Messages ------------------------------------------------------------------------------------------------ */

static int check_answer(const struct avp_exchange* exchange, uint16_t id,
                        const struct avp_vfio_user_header* header) {
    if (header->id != id || header->command != exchange->command ||
        (header->flags & AVP_VFIO_USER_TYPE_MASK) != AVP_VFIO_USER_TYPE_REPLY)
        return -EPROTO;
    if (header->size < sizeof(*header) || header->size - sizeof(*header) > exchange->answer_bytes)
        return -EPROTO;
    return 0;
}

static int take_answer(struct avp_socket* connection, struct avp_exchange* exchange, uint16_t id,
                       uint64_t deadline, int* server_error) {
    struct avp_vfio_user_header header;
    int error = receive_all(connection->fd, &header, sizeof(header), &exchange->answer_fd, deadline);

    if (error == 0)
        error = check_answer(exchange, id, &header);
    if (error != 0)
        return error;
    exchange->answered_bytes = header.size - sizeof(header);
    error = receive_all(connection->fd, exchange->answer, exchange->answered_bytes, &exchange->answer_fd,
                        deadline);
    if (error == 0 && (header.flags & AVP_VFIO_USER_ERROR) != 0)
        *server_error = header.error > 0 && header.error < 4096 ? -(int)header.error : -EPROTO;
    return error;
}

int avp_sdk_socket_exchange(struct avp_socket* connection, struct avp_exchange* exchange) {
    uint64_t deadline = avp_sdk_now_ms() + connection->timeout_ms;
    uint16_t id = connection->next_id++;
    struct avp_vfio_user_header header = {
        .id = id,
        .command = exchange->command,
        .size = (uint32_t)(sizeof(header) + exchange->head_bytes + exchange->tail_bytes),
        .flags = AVP_VFIO_USER_TYPE_COMMAND,
    };
    struct iovec parts[] = {
        {.iov_base = &header, .iov_len = sizeof(header)},
        {.iov_base = (void*)(uintptr_t)exchange->head, .iov_len = exchange->head_bytes},
        {.iov_base = (void*)(uintptr_t)exchange->tail, .iov_len = exchange->tail_bytes},
    };
    int server_error = 0;
    int error;

    exchange->answer_fd = -1;
    exchange->answered_bytes = 0;
    if (connection->fd < 0 || connection->is_broken)
        return -ENOTCONN;
    error = send_all(connection->fd, parts, 3, exchange, deadline);
    if (error == 0)
        error = take_answer(connection, exchange, id, deadline, &server_error);
    if (error != 0)
        connection->is_broken = true;
    else
        error = server_error;
    if (error != 0 && exchange->answer_fd >= 0) {
        (void)close(exchange->answer_fd);
        exchange->answer_fd = -1;
    }
    return error;
}

int avp_sdk_socket_is_over(const struct avp_socket* connection) {
    struct pollfd looked = {.fd = connection->fd, .events = POLLIN};

    return connection->fd < 0 || connection->is_broken || poll(&looked, 1, 0) > 0;
}

/* --- Connection ---------------------------------------------------------------------------------------------- */

static int agree_on_version(struct avp_socket* connection) {
    struct avp_vfio_user_version own = {.major = AVP_VFIO_USER_MAJOR, .minor = AVP_VFIO_USER_MINOR};
    char answer[AVP_VFIO_USER_MAX_MESSAGE];
    struct avp_exchange exchange = {
        .command = AVP_VFIO_USER_VERSION,
        .head = &own,
        .head_bytes = sizeof(own),
        .tail = own_capabilities,
        .tail_bytes = sizeof(own_capabilities),
        .answer = answer,
        .answer_bytes = sizeof(answer),
    };
    struct avp_vfio_user_version theirs;
    int error = avp_sdk_socket_exchange(connection, &exchange);

    if (exchange.answer_fd >= 0)
        (void)close(exchange.answer_fd);
    if (error != 0)
        return error;
    if (exchange.answered_bytes < sizeof(theirs))
        return -EPROTO;
    memcpy(&theirs, answer, sizeof(theirs));
    return theirs.major == AVP_VFIO_USER_MAJOR ? 0 : -EPROTONOSUPPORT;
}

int avp_sdk_socket_connect(struct avp_socket* connection, const char* path, uint32_t timeout_ms) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int error;

    connection->next_id = 1;
    connection->is_broken = false;
    connection->timeout_ms = timeout_ms;
    if (strlen(path) >= sizeof(address.sun_path))
        return -ENAMETOOLONG;
    memcpy(address.sun_path, path, strlen(path) + 1);
    connection->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (connection->fd < 0)
        return -errno;
    /* Without waiting: a server whose queue of connections is full is asked again later. */
    error = connect(connection->fd, (const struct sockaddr*)&address, sizeof(address)) == 0 ? 0 : -errno;
    if (error == 0)
        error = agree_on_version(connection);
    if (error != 0)
        avp_sdk_socket_close(connection);
    return error;
}
