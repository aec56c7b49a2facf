// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Watches one directory for guests' sockets, `cgcs.heartbeat.<uuid>.sock` and `cgcs.messaging.<name>.sock`. Policy: the
// directory and each
// socket are checked before they are believed (socket_trust), again after each change of their mode or owner,
// and again from the start when the kernel dropped events. A directory that is not there, or not trusted, is
// looked at again every 5 s.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

#include "host-agent/guest_spec.hpp"
#include "host-agent/socket_trust.hpp"

namespace vnf::host {

class DiscoveryHandler {
  public:
    virtual ~DiscoveryHandler() = default;
    virtual void socket_found(const SocketName& socket, const std::string& path) = 0;
    virtual void socket_lost(const SocketName& socket, const std::string& path) = 0;
    virtual void socket_refused(const std::string& path, const std::string& why) = 0;
};

class GuestDiscovery {
  public:
    /// `handler` outlives the discovery; it is called from the loop, and from start().
    GuestDiscovery(boost::asio::io_context& io, std::string directory, TrustedOwners owners,
                   DiscoveryHandler& handler);
    ~GuestDiscovery();
    GuestDiscovery(const GuestDiscovery&) = delete;
    GuestDiscovery& operator=(const GuestDiscovery&) = delete;
    void start();
    const std::string& directory() const;
    /// Why nothing is watched at present; empty when all is well.
    const std::string& trouble() const;

  private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace vnf::host
