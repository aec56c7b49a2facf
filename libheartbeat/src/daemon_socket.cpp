// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "daemon_socket.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

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
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    Descriptor fresh(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fresh.is_open() ||
        ::connect(fresh.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        !watch(epoll_.get(), EPOLL_CTL_ADD, fresh.get(), EPOLLIN))
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

DaemonSocket::Input DaemonSocket::read(std::span<char> buffer) {
    ssize_t count = 0;
    do
        count = ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    while (count < 0 && errno == EINTR);
    if (count > 0)
        return {Input::Kind::Data, static_cast<std::size_t>(count)};
    if (count < 0 && errno == EAGAIN)
        return {Input::Kind::Nothing};
    return {Input::Kind::Ended, 0, count < 0 ? errno : 0};
}

int DaemonSocket::write(Outbox& outbox) {
    while (!outbox.empty()) {
        const std::string_view pending = outbox.pending();
        const ssize_t count =
            ::send(socket_.get(), pending.data(), pending.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count >= 0)
            outbox.sent(static_cast<std::size_t>(count));
        else if (errno == EAGAIN)
            break;
        else if (errno != EINTR)
            return errno;
    }
    watch_output(!outbox.empty());
    return 0;
}

void DaemonSocket::watch_output(bool wanted) {
    if (wanted == watches_output_)
        return;
    watches_output_ = wanted;
    watch(epoll_.get(), EPOLL_CTL_MOD, socket_.get(), wanted ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

void DaemonSocket::wake() {
    const std::uint64_t one = 1;
    // A full counter is as good as another wake.
    [[maybe_unused]] const ssize_t ignored = ::write(wake_.get(), &one, sizeof one);
}

void DaemonSocket::clear_wake() {
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t ignored = ::read(wake_.get(), &count, sizeof count);
}

}  // namespace vnf::libheartbeat
