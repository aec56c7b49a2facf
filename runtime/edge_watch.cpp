// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// An epoll with one descriptor in it.
#include "runtime/edge_watch.hpp"

#include <sys/epoll.h>

#include "runtime/file_descriptor.hpp"

namespace vnf::runtime {

std::error_code EdgeWatch::open(int fd) {
    close();
    FileDescriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll)
        return last_error();
    epoll_event wanted{};
    wanted.events = EPOLLIN | EPOLLOUT | EPOLLHUP | EPOLLET;
    if (::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd, &wanted) != 0)
        return last_error();
    boost::system::error_code error;
    epoll_.assign(epoll.get(), error);
    if (!error)
        epoll.release();
    return error;
}

void EdgeWatch::close() {
    boost::system::error_code ignored;
    epoll_.close(ignored);
}

EdgeWatch::Edges EdgeWatch::take() {
    epoll_event seen{};
    if (::epoll_wait(epoll_.native_handle(), &seen, 1, 0) != 1)
        return {};
    return {(seen.events & EPOLLIN) != 0, (seen.events & EPOLLOUT) != 0,
            (seen.events & (EPOLLHUP | EPOLLERR)) != 0};
}

}  // namespace vnf::runtime
