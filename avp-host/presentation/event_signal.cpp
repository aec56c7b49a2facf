// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "avp-host/presentation/event_signal.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <string>
#include <string_view>

namespace vnf::avp {

EventSignal::EventSignal() : always_ready_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!always_ready_ || ::syscall(SYS_io_setup, 1, &context_) != 0)
        throw std::system_error(runtime::last_error(), "interrupts: io_setup");
}

EventSignal::~EventSignal() {
    ::syscall(SYS_io_destroy, context_);
}

void EventSignal::send(int eventfd) {
    iocb request{};
    request.aio_fildes = static_cast<std::uint32_t>(always_ready_.get());
    request.aio_lio_opcode = IOCB_CMD_POLL;
    request.aio_buf = POLLOUT;
    request.aio_flags = IOCB_FLAG_RESFD;
    request.aio_resfd = static_cast<std::uint32_t>(eventfd);
    std::array<iocb*, 1> requests{&request};
    if (::syscall(SYS_io_submit, context_, 1, requests.data()) != 1)
        return;
    io_event done{};
    timespec at_once{};
    ::syscall(SYS_io_getevents, context_, 0, 1, &done, &at_once);
}

bool is_eventfd(int descriptor) {
    std::array<char, 64> target{};
    const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
    const ssize_t length = ::readlink(link.c_str(), target.data(), target.size());
    return length > 0 &&
           std::string_view(target.data(), static_cast<std::size_t>(length)) == "anon_inode:[eventfd]";
}

}  // namespace vnf::avp
