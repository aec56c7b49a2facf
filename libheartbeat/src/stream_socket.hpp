// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Unix stream sockets as libheartbeat and the old library's shim use them: never blocking, never raising
// SIGPIPE (defect L-03), short writes continued later (L-04).
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "libhandle/descriptor.hpp"
#include "outbox.hpp"

namespace vnf::libheartbeat {

using libhandle::Descriptor;

/// $VNF_HEARTBEAT_SOCKET, unless the program is set-uid; else the old SDK's path. Static or of the
/// environment.
const char* default_socket_path();

/// 0 or an errno. A full backlog is EAGAIN: later is another chance (defect L-08).
int connect_stream(const std::string& path, Descriptor& socket);

struct Input {
    enum class Kind { Data, Nothing, Ended } kind;
    std::size_t size = 0;
    int system_error = 0;
};
Input read_stream(int fd, std::span<char> buffer);

/// Sends what the system takes at once. An errno if nothing will ever be taken.
int write_stream(int fd, Outbox& outbox);

}  // namespace vnf::libheartbeat
