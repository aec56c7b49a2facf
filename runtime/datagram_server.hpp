// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The datagram socket with an abstract name by which a daemon is reached: bound, tried again every 5 s while the name is
// somebody else's, and read in turns. What a datagram is worth is its owner's to say.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <string>
#include <vector>

#include "runtime/local_datagram.hpp"

namespace vnf::runtime {

class DatagramServer {
  public:
    class Handler {
      public:
        virtual ~Handler() = default;
        /// The socket can be sent from, and nothing was read yet.
        virtual void socket_bound(int socket) = 0;
        /// Valid during the call.
        virtual void datagram_came(const LocalDatagram& datagram) = 0;
        /// After the last of those that were there, or of as many as are read before the loop's other work.
        virtual void datagram_turn_ends() = 0;
    };
    struct Options {
        std::string name;
        std::string trouble;  ///< what can't be done without the name, for the log
        std::size_t longest;  ///< datagram; a longer one comes truncated
        int datagrams_a_turn;
    };

    DatagramServer(boost::asio::io_context& io, Options options, Handler& handler);
    DatagramServer(const DatagramServer&) = delete;
    DatagramServer& operator=(const DatagramServer&) = delete;

    void start() { bind(); }

    bool bound() const { return socket_.is_open(); }
    int native_handle() { return socket_.native_handle(); }
    const std::string& name() const { return options_.name; }
    /// Why it is not bound.
    const std::string& problem() const { return problem_; }

  private:
    void bind();
    void bind_later();
    void wait_readable();
    bool read_once();

    Options options_;
    Handler& handler_;
    boost::asio::posix::stream_descriptor socket_;
    boost::asio::steady_timer timer_;
    std::vector<char> buffer_;
    std::string problem_;
};

}  // namespace vnf::runtime
