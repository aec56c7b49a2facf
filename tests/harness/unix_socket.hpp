// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Unix sockets (streams unless said otherwise) and ptys as the scripted peers use them. Everything is non-blocking and close-on-exec.
#pragma once

#include <sys/socket.h>

#include <string>

#include "tests/harness/deadline.hpp"
#include "tests/harness/file_descriptor.hpp"

namespace vnf::harness {

/// A datagram socket at `path`. Throws std::system_error naming the path, as listen_unix() does.
FileDescriptor bind_unix(const std::string& path, int type = SOCK_DGRAM);
FileDescriptor listen_unix(const std::string& path, int backlog = 1024, int type = SOCK_STREAM);

/// Connected, or empty if nobody listens at `path` (yet).
FileDescriptor try_connect_unix(const std::string& path, int type = SOCK_STREAM);

/// Retries until somebody listens: how a test learns that a daemon is ready.
FileDescriptor connect_unix(const std::string& path, Milliseconds bound = patience, int type = SOCK_STREAM);

/// Connected, or empty if nobody waits.
FileDescriptor accept_one(const FileDescriptor& listener);
/// Waits for somebody.
FileDescriptor await_connection(const FileDescriptor& listener, Milliseconds bound = patience);

/// A raw pseudo terminal; the slave's end is held open so that the master never sees a hang-up.
struct PseudoTerminal {
    FileDescriptor master;
    FileDescriptor slave;
    std::string slave_path;
};
PseudoTerminal open_pseudo_terminal();

}  // namespace vnf::harness
