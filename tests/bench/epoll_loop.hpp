// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The least a program needs to serve many sockets: one epoll set, one number per descriptor, and whole
// blocking-free reads and writes of small records. The floor of every comparison is built on this and on
// nothing else.
#pragma once

#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "tests/harness/file_descriptor.hpp"

namespace vnf::bench {

class EpollLoop {
  public:
    EpollLoop() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}

    void add(int fd, std::uint64_t tag) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = tag;
        if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0)
            std::perror("epoll_ctl"), std::exit(1);
    }

    /// Calls `ready(tag)` for everything readable, for ever.
    template <typename Ready>
    [[noreturn]] void run(Ready&& ready) {
        std::array<epoll_event, 256> events{};
        while (true) {
            const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), -1);
            for (int i = 0; i < count; ++i)
                ready(events[static_cast<std::size_t>(i)].data.u64);
        }
    }

  private:
    harness::FileDescriptor epoll_;
};

/// The bytes that one read gives; empty at the end of the stream and when nothing is there.
struct SmallRead {
    std::array<char, 8192> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): read() fills it
    ssize_t size = 0;
    std::string_view from(int fd) {
        size = ::read(fd, buffer.data(), buffer.size());
        return {buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
    }
    bool ended() const { return size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR); }
};

inline void write_whole(int fd, std::string_view bytes) {
    if (::write(fd, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
        std::perror("write"), std::exit(1);
}

/// Tells the driver that everything is connected.
inline void say_ready() {
    write_whole(STDOUT_FILENO, "ready\n");
}

/// As many descriptors as this user may have.
inline void raise_descriptor_limit(rlim_t wanted) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace vnf::bench
