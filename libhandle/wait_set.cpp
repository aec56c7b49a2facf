// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "wait_set.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <cstdint>
#include <utility>

namespace vnf::libhandle {

bool WaitSet::control(int operation, int fd, unsigned events) {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    return ::epoll_ctl(epoll_.get(), operation, fd, &event) == 0;
}

bool WaitSet::create() {
    epoll_ = Descriptor(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll_.is_open())
        return false;
    wake_ = Descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    return wake_.is_open() && control(EPOLL_CTL_ADD, wake_.get(), EPOLLIN);
}

bool WaitSet::add(int fd) {
    watches_output_ = false;
    return control(EPOLL_CTL_ADD, fd, EPOLLIN);
}

void WaitSet::remove(int fd) {
    control(EPOLL_CTL_DEL, fd, 0);
}

void WaitSet::watch_output(int fd, bool wanted) {
    if (wanted == watches_output_)
        return;
    watches_output_ = wanted;
    control(EPOLL_CTL_MOD, fd, wanted ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

void WaitSet::wake() {
    if (std::exchange(is_woken_, true))
        return;
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t ignored = ::write(wake_.get(), &one, sizeof one);
}

void WaitSet::clear_wake() {
    if (!std::exchange(is_woken_, false))
        return;
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t ignored = ::read(wake_.get(), &count, sizeof count);
}

void WaitSet::abandon() {
    wake_.reset();
    epoll_.reset();
}

}  // namespace vnf::libhandle
