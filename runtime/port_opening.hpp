// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One attempt to open what a port's address names. Never waits, keeps nothing; when to try again is
// port.cpp's.
#pragma once

#include <string>
#include <variant>

#include "runtime/file_descriptor.hpp"
#include "runtime/port_address.hpp"
#include "runtime/socket_file.hpp"

namespace vnf::runtime {

struct OpenedPort {
    enum class Kind : std::uint8_t {
        VirtioSerial,      ///< its peer comes and goes while it is open
        Terminal,          ///< a pty or serial line in raw mode; ends when its peer hangs up
        Socket,            ///< connected
        ConnectingSocket,  ///< writable once connected or failed
    };
    Kind kind = Kind::Socket;
    FileDescriptor fd;
    std::string where;
};

struct OpenedListener {
    FileDescriptor fd;
    SocketFile file;  ///< of a Unix socket
    std::string where;
};

/// The alternative is one sentence that says why not.
std::variant<OpenedPort, std::string> open_port(const PortAddress& address, bool only_sockets);
std::variant<OpenedListener, std::string> open_listener(const PortAddress& address);

/// Where a file would appear that makes the next attempt worth while.
struct Appearance {
    std::string directory;
    std::string name;  ///< empty: any
};
Appearance appearance_of(const PortAddress& address);

}  // namespace vnf::runtime
