// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A listening Unix socket, of streams or of packets: bound here or inherited from the service manager, checked against an allow-list,
// bounded. What a connection says is its owner's business.
//
// Policy. A socket file of a live server is never stolen: bind first connects to it, and only a refused connection
// makes it stale. The file is removed on stop only if it is still the one bound here.
#pragma once

#include <sys/stat.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "runtime/file_descriptor.hpp"
#include "runtime/peer_credentials.hpp"

namespace vnf::runtime {

struct LocalServerOptions {
    std::string path;
    mode_t mode = 0660;
    std::optional<gid_t> group;  ///< chown of the socket file to this group
    AllowList allow;
    int backlog = 128;
    std::optional<int> inherited_fd;  ///< an already listening socket; path is then informative
};

struct LocalServerCounters {
    std::uint64_t accepted = 0, refused_credentials = 0, accept_errors = 0;
};

class LocalServer {
  public:
    using Socket = boost::asio::local::stream_protocol::socket;
    using OnAccept = std::function<void(Socket, PeerCredentials)>;
    using OnPacketSocket = std::function<void(FileDescriptor, PeerCredentials)>;

    /// Binds or adopts at once; throws std::system_error whose text names the path.
    LocalServer(boost::asio::io_context& io, LocalServerOptions options, OnAccept on_accept);
    /// The same for SOCK_SEQPACKET. What is handed over does not block and is closed on exec.
    LocalServer(boost::asio::io_context& io, LocalServerOptions options, OnPacketSocket on_accept);
    ~LocalServer();
    LocalServer(const LocalServer&) = delete;
    LocalServer& operator=(const LocalServer&) = delete;

    void start();
    void stop();
    void set_allow(AllowList allow);
    const LocalServerCounters& counters() const;

  private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace vnf::runtime
