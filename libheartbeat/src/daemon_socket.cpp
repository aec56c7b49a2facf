// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "daemon_socket.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <cerrno>
#include <cstdint>
#include <utility>

namespace vnf::libheartbeat {
namespace {

bool watch(int epoll, int operation, int fd, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    return ::epoll_ctl(epoll, operation, fd, &event) == 0;
}

}  // namespace

bool DaemonSocket::create() {
    epoll_ = Descriptor(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll_.is_open())
        return false;
    wake_ = Descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    return wake_.is_open() && watch(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), EPOLLIN);
}

int DaemonSocket::connect(const std::string& path) {
    close();
    Descriptor fresh;
    if (const int error = connect_stream(path, fresh); error != 0)
        return error;
    if (!watch(epoll_.get(), EPOLL_CTL_ADD, fresh.get(), EPOLLIN))
        return errno;
    socket_ = std::move(fresh);
    watches_output_ = false;
    return 0;
}

void DaemonSocket::close() {
    // A forked child may hold the socket open; without the removal epoll would go on reporting it here.
    if (socket_.is_open())
        watch(epoll_.get(), EPOLL_CTL_DEL, socket_.get(), 0);
    socket_.reset();
}

void DaemonSocket::abandon() {
    socket_.reset();
    wake_.reset();
    epoll_.reset();
}

int DaemonSocket::write(Outbox& outbox) {
    const int error = write_stream(socket_.get(), outbox);
    watch_output(error == 0 && !outbox.empty());
    return error;
}

void DaemonSocket::watch_output(bool wanted) {
    if (wanted == watches_output_)
        return;
    watches_output_ = wanted;
    watch(epoll_.get(), EPOLL_CTL_MOD, socket_.get(), wanted ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

void DaemonSocket::wake() {
    if (std::exchange(is_woken_, true))
        return;
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t ignored = ::write(wake_.get(), &one, sizeof one);
}

void DaemonSocket::clear_wake() {
    if (!std::exchange(is_woken_, false))
        return;
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t ignored = ::read(wake_.get(), &count, sizeof count);
}

}  // namespace vnf::libheartbeat
