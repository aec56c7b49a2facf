// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What waits for the owner of one abstract name to read it.
//
// Policy. 256 datagrams, what comes then is dropped and counted. A datagram socket never says when one receiver has
// room, except to a socket that is connected to it: so a second, nameless one is connected for the waiting. Where that
// can't be had, and after a wake-up that was for nothing, it is tried again after 20 ms. One that is gone loses
// everything that waited.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "runtime/local_datagram.hpp"

namespace vnf::runtime {

struct DatagramCounters {
    /// delivered: given to it. The others are datagrams that were not.
    std::uint64_t delivered = 0, absent = 0, overflow = 0, failed = 0;
};

class DatagramQueue : public std::enable_shared_from_this<DatagramQueue> {
  public:
    static constexpr std::size_t limit = 256;

    /// `sender` and `counters` outlive the queue's use: until close().
    DatagramQueue(boost::asio::io_context& io, int sender, const std::string& receiver,
                  DatagramCounters& counters);

    void push(std::string datagram);
    std::size_t size() const { return waiting_.size(); }
    void close();

  private:
    enum class Sent : std::uint8_t { Delivered, Busy, Absent, Failed };

    Sent send(const std::string& datagram) const;
    void flush();
    void wait(bool in_vain);
    bool watch();
    void retry();

    int sender_;
    AbstractAddress address_;
    DatagramCounters& counters_;
    std::deque<std::string> waiting_;
    boost::asio::posix::stream_descriptor probe_;
    boost::asio::steady_timer timer_;
    bool open_ = true;
};

}  // namespace vnf::runtime
