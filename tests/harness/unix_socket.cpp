// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/harness/unix_socket.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace vnf::harness {
namespace {

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof(address.sun_path))
        throw std::invalid_argument("socket path too long: " + path);
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

FileDescriptor new_socket(int type) {
    FileDescriptor fd(::socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd)
        fail("socket");
    return fd;
}

}  // namespace

FileDescriptor bind_unix(const std::string& path, int type) {
    FileDescriptor fd = new_socket(type);
    const sockaddr_un address = address_of(path);
    ::unlink(path.c_str());
    if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
        fail(path);
    return fd;
}

FileDescriptor listen_unix(const std::string& path, int backlog, int type) {
    FileDescriptor fd = bind_unix(path, type);
    if (::listen(fd.get(), backlog) != 0)
        fail(path);
    return fd;
}

FileDescriptor try_connect_unix(const std::string& path, int type) {
    FileDescriptor fd = new_socket(type);
    const sockaddr_un address = address_of(path);
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0)
        return fd;
    if (errno != ENOENT && errno != ECONNREFUSED && errno != EAGAIN)
        fail(path);
    return {};
}

FileDescriptor connect_unix(const std::string& path, Milliseconds bound, int type) {
    const Deadline deadline(bound);
    while (true) {
        if (FileDescriptor fd = try_connect_unix(path, type))
            return fd;
        if (deadline.passed())
            throw std::runtime_error("nobody listens at " + path);
        ::poll(nullptr, 0, 2);  // nothing announces that listen() was called on an existing file
    }
}

FileDescriptor await_connection(const FileDescriptor& listener, Milliseconds bound) {
    const Deadline deadline(bound);
    while (true) {
        if (FileDescriptor fd = accept_one(listener))
            return fd;
        if (deadline.passed())
            throw std::runtime_error("nobody connects");
        pollfd waiting{listener.get(), POLLIN, 0};
        ::poll(&waiting, 1, deadline.poll_timeout());
    }
}

FileDescriptor accept_one(const FileDescriptor& listener) {
    FileDescriptor fd(::accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd && errno != EAGAIN && errno != ECONNABORTED)
        fail("accept");
    return fd;
}

PseudoTerminal open_pseudo_terminal() {
    PseudoTerminal terminal;
    terminal.master = FileDescriptor(::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
    std::array<char, 64> name{};
    if (!terminal.master || ::grantpt(terminal.master.get()) != 0 || ::unlockpt(terminal.master.get()) != 0 ||
        ::ptsname_r(terminal.master.get(), name.data(), name.size()) != 0)
        fail("posix_openpt");
    terminal.slave_path = name.data();
    terminal.slave = FileDescriptor(::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
    termios mode{};
    if (!terminal.slave || ::tcgetattr(terminal.slave.get(), &mode) != 0)
        fail(terminal.slave_path);
    ::cfmakeraw(&mode);
    ::tcsetattr(terminal.slave.get(), TCSANOW, &mode);
    return terminal;
}

}  // namespace vnf::harness
