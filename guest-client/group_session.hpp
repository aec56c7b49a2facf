// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One handle client's connection: packets to records and back, and its end. What a record means, and what waits for the
// client, is the broker's; here is no buffer at all. While its share is used up the client is not read from: its
// library's send then says that the queue is full. That it has left is seen all the same; what it said before is then
// taken as far as there is room for it, and counted beyond that.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <memory>
#include <string_view>

#include "guest-client/group_broker.hpp"
#include "runtime/file_descriptor.hpp"

namespace vnf::guest {

class GroupSession : public std::enable_shared_from_this<GroupSession> {
  public:
    /// Called on the loop, never from inside progress() or close().
    class Owner {
      public:
        virtual ~Owner() = default;
        virtual void session_rejected(GroupClientKey key, const wire::ParseError& error) = 0;
        /// It is over and closed already.
        virtual void session_ended(GroupClientKey key) = 0;
        /// After the last record of those that were there, and after an end.
        virtual void session_turn_ends() = 0;
    };

    GroupSession(boost::asio::io_context& io, runtime::FileDescriptor socket, GroupClientKey key,
                 GroupBroker& broker, Owner& owner);

    void start();
    /// Hands over what waits for the client, and reads on if that was held back.
    void progress();
    void close();

  private:
    void wait_readable();
    void wait_hang_up();
    void read_some();
    bool read_once();
    void take(std::string_view packet);
    void reject(const wire::ParseError& error);
    void write_some();
    void wait_writable();
    void end();
    void end_soon();
    void hung_up();

    GroupClientKey key_;
    GroupBroker& broker_;
    Owner& owner_;
    boost::asio::posix::stream_descriptor socket_;
    bool open_ = true, reading_ = false, writing_ = false, watching_ = false;
};

}  // namespace vnf::guest
