// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Watches one descriptor edge-triggered, through an epoll of its own that Asio waits on in turn. For
// virtio-serial ports: their hang-up is a level that lasts as long as the host is away, and Asio, which asks
// anew for each wait, would come back at once for ever. Whoever is told of an edge reads until the port would
// block.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <system_error>
#include <utility>

namespace vnf::runtime {

class EdgeWatch {
  public:
    /// What the descriptor could do when the edge was taken, not only what has changed.
    struct Edges {
        bool in = false, out = false, hang_up = false;
    };

    explicit EdgeWatch(boost::asio::io_context& io) : epoll_(io) {}

    /// `fd` stays its owner's, and is closed after this watch. What it can do already counts as the first
    /// edge.
    std::error_code open(int fd);
    void close();
    /// Calls `then(error)` once, when there is an edge to take.
    template <typename Then>
    void async_wait(Then then) {
        epoll_.async_wait(boost::asio::posix::stream_descriptor::wait_read, std::move(then));
    }
    /// Never waits. All false when there was none.
    Edges take();

  private:
    boost::asio::posix::stream_descriptor epoll_;
};

}  // namespace vnf::runtime
