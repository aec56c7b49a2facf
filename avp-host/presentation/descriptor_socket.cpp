// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "avp-host/presentation/descriptor_socket.hpp"

#include <sys/socket.h>

#include <array>
#include <cstring>

namespace vnf::avp {
namespace {

void take_descriptors(msghdr& message, std::vector<runtime::FileDescriptor>& descriptors) {
    for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS)
            continue;
        const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
            int descriptor = -1;
            std::memcpy(&descriptor, CMSG_DATA(part) + i * sizeof descriptor, sizeof descriptor);
            descriptors.emplace_back(descriptor);
        }
    }
}

}  // namespace

Received receive(int socket, std::span<std::byte> into, std::vector<runtime::FileDescriptor>& descriptors) {
    iovec data{into.data(), into.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(kMostDescriptors * sizeof(int))> control{};
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    ssize_t got = -1;
    do
        got = ::recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    Received received;
    if (got < 0) {
        received.error = runtime::last_error();
        return received;
    }
    take_descriptors(message, descriptors);
    received.bytes = static_cast<std::size_t>(got);
    received.lost_descriptors = (message.msg_flags & MSG_CTRUNC) != 0;
    if (descriptors.size() > kMostDescriptors) {
        // Each byte of a message can bring as many again.
        descriptors.clear();
        received.lost_descriptors = true;
    }
    return received;
}

std::size_t send(int socket, std::span<const std::byte> bytes, int descriptor, std::error_code& error) {
    // sendmsg() reads only.
    iovec data{const_cast<std::byte*>(bytes.data()), bytes.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    if (descriptor >= 0) {
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        cmsghdr* part = CMSG_FIRSTHDR(&message);
        part->cmsg_level = SOL_SOCKET;
        part->cmsg_type = SCM_RIGHTS;
        part->cmsg_len = CMSG_LEN(sizeof descriptor);
        std::memcpy(CMSG_DATA(part), &descriptor, sizeof descriptor);
    }
    ssize_t sent = -1;
    do
        sent = ::sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    error = sent < 0 ? runtime::last_error() : std::error_code();
    return sent < 0 ? 0 : static_cast<std::size_t>(sent);
}

}  // namespace vnf::avp
