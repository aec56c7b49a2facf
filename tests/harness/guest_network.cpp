// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The namespaces live as long as their descriptors and the processes in them.
#include "tests/harness/guest_network.hpp"

#include <fcntl.h>
#include <sched.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace vnf::harness {
namespace {

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

FileDescriptor present_network() {
    FileDescriptor network(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
    if (!network)
        fail("/proc/thread-self/ns/net");
    return network;
}

}  // namespace

GuestNetwork::GuestNetwork() {
    const FileDescriptor home = present_network();
    if (::unshare(CLONE_NEWNET) != 0)
        fail("unshare");
    place_ = present_network();
    if (::setns(home.get(), CLONE_NEWNET) != 0)
        std::abort();  // a test in the wrong namespace would only mislead
}

GuestNetwork::Visit::Visit(const GuestNetwork& network) : home_(present_network()) {
    if (::setns(network.place_.get(), CLONE_NEWNET) != 0)
        fail("setns");
}

GuestNetwork::Visit::~Visit() {
    if (::setns(home_.get(), CLONE_NEWNET) != 0)
        std::abort();
}

}  // namespace vnf::harness
