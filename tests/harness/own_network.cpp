// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// As root a network namespace alone; else with a user namespace in which everybody keeps their own number.
#include "tests/harness/own_network.hpp"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "tests/harness/file_descriptor.hpp"

namespace vnf::harness {
namespace {

std::string because(const char* what) {
    return std::string(what) + ": " + std::generic_category().message(errno);
}

bool write_to(const char* path, const std::string& text) {
    const FileDescriptor file(::open(path, O_WRONLY | O_CLOEXEC));
    return file && ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

/// One number stands for itself; without a map all would be the overflow user's.
std::string itself(unsigned id) {
    return std::to_string(id) + " " + std::to_string(id) + " 1\n";
}

void raise_loopback() {
    const FileDescriptor any(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq loopback{};
    std::strcpy(loopback.ifr_name, "lo");  // NOLINT(clang-analyzer-security.insecureAPI.strcpy): fits
    loopback.ifr_flags = IFF_UP;
    ::ioctl(any.get(), SIOCSIFFLAGS, &loopback);
}

std::string enter() {
    const uid_t uid = ::geteuid();
    const gid_t gid = ::getegid();
    if (uid == 0 && ::unshare(CLONE_NEWNET) == 0)
        return {};
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
        return because("no network namespace of our own");
    if (!write_to("/proc/self/setgroups", "deny") || !write_to("/proc/self/uid_map", itself(uid)) ||
        !write_to("/proc/self/gid_map", itself(gid)))
        return because("no user namespace of our own");
    return {};
}

}  // namespace

std::string try_enter_own_network() {
    static const std::string refusal = [] {
        std::string why = enter();
        if (why.empty())
            raise_loopback();
        return why;
    }();
    return refusal;
}

bool enter_own_network() {
    const std::string why = try_enter_own_network();
    if (!why.empty())
        WARN("SKIPPED: " << why);
    return why.empty();
}

}  // namespace vnf::harness
