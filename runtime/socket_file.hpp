// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The file of a listening Unix socket, of streams or of packets: how it appears, and how it goes.
//
// Policy. What is at the path is replaced only if it is a socket where nobody answers. Looking, removing, binding and
// listening happen under a lock of the directory, so that of two daemons started at the same moment one gets the path
// and the other an error (G-31). The lock is waited for 200 ms at most (any user who may read the directory can take
// it) and done without after that. Mode and group are set before it listens. On destruction the file is removed if
// it is still ours.
#pragma once

#include <sys/socket.h>
#include <sys/stat.h>

#include <optional>
#include <string>
#include <system_error>

#include "runtime/file_descriptor.hpp"

struct sockaddr_un;

namespace vnf::runtime {

struct SocketFileOptions {
    mode_t mode = 0660;
    std::optional<gid_t> group;
    int backlog = 128;
    int type = SOCK_STREAM;  ///< or SOCK_SEQPACKET
};

class SocketFile {
  public:
    SocketFile() = default;
    /// Throws std::system_error whose text names the path.
    SocketFile(std::string path, const SocketFileOptions& options);
    SocketFile(SocketFile&& other) noexcept;
    SocketFile& operator=(SocketFile&& other) noexcept;
    ~SocketFile() { remove(); }

    /// The listening socket: non-blocking, closed on exec.
    FileDescriptor take_socket() { return std::move(socket_); }
    void remove() noexcept;

  private:
    std::string path_;
    dev_t device_ = 0;
    ino_t inode_ = 0;
    FileDescriptor socket_;
};

/// False when the path does not fit into the kernel's address (107 bytes).
bool fill_address(sockaddr_un& address, const std::string& path);

/// A connected or connecting non-blocking socket. AF_UNIX connects at once or not at all: EAGAIN means
/// that the server's backlog is full.
FileDescriptor connect_unix(const std::string& path, std::error_code& error, int type = SOCK_STREAM);

}  // namespace vnf::runtime
