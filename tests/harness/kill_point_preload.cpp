// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Preloaded into a daemon or an application under test: the n-th call that reads from a socket, or the n-th that writes
// to one, is the process's last. SIGKILL comes right before the call or right after it, so that what lies between two
// neighbouring points is known to have happened, or not.
//
// VNF_KILL_POINT names a file. While it isn't there nothing is counted; from then on its content holds:
// "read|write before|after NUMBER [TEXT]". With TEXT only calls count that move bytes with TEXT in them. A read that
// finds nothing doesn't count: what it will find is peeked at. What the process starts is not preloaded.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#define INTERPOSED extern "C" __attribute__((visibility("default")))

namespace {

struct Plan {
    bool reads = false, before = false;
    unsigned long number = 0;
    char text[128] = "";
};

// NOLINTBEGIN(cppcoreguidelines-avoid-non-const-global-variables): calls of libc have no other place for it
char plan_file[512];
Plan plan;
std::atomic<bool> armed{false};
std::atomic<unsigned long> counted{0};
// NOLINTEND(cppcoreguidelines-avoid-non-const-global-variables)

__attribute__((constructor)) void take_environment() {
    if (const char* file = std::getenv("VNF_KILL_POINT"))
        std::snprintf(plan_file, sizeof plan_file, "%s", file);
    ::unsetenv("VNF_KILL_POINT");
    ::unsetenv("LD_PRELOAD");
}

/// By system calls: read() is ours here.
std::size_t load(char* text, std::size_t size) {
    const auto fd = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, plan_file, O_RDONLY | O_CLOEXEC));
    if (fd < 0)
        return 0;
    const long got = ::syscall(SYS_read, fd, text, size - 1);
    ::syscall(SYS_close, fd);
    return got > 0 ? static_cast<std::size_t>(got) : 0;
}

bool is_armed() {
    if (armed || plan_file[0] == '\0')
        return armed;
    char text[256] = "", call[8] = "", when[8] = "";
    if (load(text, sizeof text) == 0)
        return false;
    if (std::sscanf(text, "%7s %7s %lu %127[^\n]", call, when, &plan.number, plan.text) < 3)
        std::abort();  // a plan that can't be read must not look like one that was survived
    plan.reads = std::strcmp(call, "read") == 0;
    plan.before = std::strcmp(when, "before") == 0;
    armed = true;
    return true;
}

bool is_socket(int fd) {
    struct stat status {};
    return ::fstat(fd, &status) == 0 && S_ISSOCK(status.st_mode);
}

bool has_text(const void* bytes, std::size_t size) {
    return plan.text[0] == '\0' || ::memmem(bytes, size, plan.text, std::strlen(plan.text)) != nullptr;
}

bool is_write_of_plan(int fd, const iovec* parts, std::size_t count) {
    if (!is_armed() || plan.reads || !is_socket(fd))
        return false;
    for (std::size_t i = 0; i < count; ++i)
        if (has_text(parts[i].iov_base, parts[i].iov_len))
            return true;
    return false;
}

bool is_read_of_plan(int fd, int flags) {
    if (!is_armed() || !plan.reads || (flags & MSG_PEEK) != 0 || !is_socket(fd))
        return false;
    char bytes[65536];
    const long got =
        ::syscall(SYS_recvfrom, fd, bytes, sizeof bytes, MSG_PEEK | MSG_DONTWAIT, nullptr, nullptr);
    return got > 0 && has_text(bytes, static_cast<std::size_t>(got));
}

[[noreturn]] void die() {
    for (;;)
        ::syscall(SYS_kill, ::getpid(), SIGKILL);
}

template <typename Call>
ssize_t around(bool counts, Call call) {
    const bool is_last = counts && ++counted == plan.number;
    if (is_last && plan.before)
        die();
    const ssize_t result = call();
    if (is_last)
        die();
    return result;
}

template <typename Call>
ssize_t reading(int fd, int flags, Call call) {
    const int error = errno;
    const bool counts = is_read_of_plan(fd, flags);
    errno = error;
    return around(counts, call);
}

template <typename Call>
ssize_t writing(int fd, const iovec* parts, std::size_t count, Call call) {
    const int error = errno;
    const bool counts = is_write_of_plan(fd, parts, count);
    errno = error;
    return around(counts, call);
}

template <typename Call>
ssize_t writing(int fd, const void* bytes, std::size_t size, Call call) {
    const iovec all{const_cast<void*>(bytes), size};
    return writing(fd, &all, 1, call);
}

/// What the name means behind this library: libc's, or a sanitizer's that leads there.
template <typename Function>
Function* next(const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

// ---- reading ----------------------------------------------------------------------------------------------

INTERPOSED ssize_t read(int fd, void* bytes, size_t size) {
    static const auto real = next<decltype(::read)>("read");
    return reading(fd, 0, [=] { return real(fd, bytes, size); });
}

INTERPOSED ssize_t readv(int fd, const iovec* parts, int count) {
    static const auto real = next<decltype(::readv)>("readv");
    return reading(fd, 0, [=] { return real(fd, parts, count); });
}

INTERPOSED ssize_t recv(int fd, void* bytes, size_t size, int flags) {
    static const auto real = next<decltype(::recv)>("recv");
    return reading(fd, flags, [=] { return real(fd, bytes, size, flags); });
}

INTERPOSED ssize_t recvfrom(int fd, void* bytes, size_t size, int flags, sockaddr* from, socklen_t* length) {
    static const auto real = next<decltype(::recvfrom)>("recvfrom");
    return reading(fd, flags, [=] { return real(fd, bytes, size, flags, from, length); });
}

INTERPOSED ssize_t recvmsg(int fd, msghdr* message, int flags) {
    static const auto real = next<decltype(::recvmsg)>("recvmsg");
    return reading(fd, flags, [=] { return real(fd, message, flags); });
}

// ---- writing ----------------------------------------------------------------------------------------------

INTERPOSED ssize_t write(int fd, const void* bytes, size_t size) {
    static const auto real = next<decltype(::write)>("write");
    return writing(fd, bytes, size, [=] { return real(fd, bytes, size); });
}

INTERPOSED ssize_t writev(int fd, const iovec* parts, int count) {
    static const auto real = next<decltype(::writev)>("writev");
    return writing(fd, parts, static_cast<std::size_t>(count), [=] { return real(fd, parts, count); });
}

INTERPOSED ssize_t send(int fd, const void* bytes, size_t size, int flags) {
    static const auto real = next<decltype(::send)>("send");
    return writing(fd, bytes, size, [=] { return real(fd, bytes, size, flags); });
}

INTERPOSED ssize_t sendto(int fd, const void* bytes, size_t size, int flags, const sockaddr* to,
                          socklen_t length) {
    static const auto real = next<decltype(::sendto)>("sendto");
    return writing(fd, bytes, size, [=] { return real(fd, bytes, size, flags, to, length); });
}

INTERPOSED ssize_t sendmsg(int fd, const msghdr* message, int flags) {
    static const auto real = next<decltype(::sendmsg)>("sendmsg");
    return writing(fd, message->msg_iov, message->msg_iovlen, [=] { return real(fd, message, flags); });
}
