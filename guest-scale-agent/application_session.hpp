// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One application's connection: packets to records and back, and its end. 64 packets wait for an application that does
// not read; with one more it is disconnected, since it would miss what happens to its vCPUs.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "guest-scale-agent/applications.hpp"
#include "runtime/file_descriptor.hpp"
#include "wire/scale_record.hpp"

namespace vnf::scale {

class ApplicationSession : public std::enable_shared_from_this<ApplicationSession> {
  public:
    static constexpr std::size_t packet_limit = 64;

    /// Called on the loop, never from inside send() or close().
    class Owner {
      public:
        virtual ~Owner() = default;
        virtual void session_said(ApplicationKey key, const wire::ScaleClientRecord& record) = 0;
        virtual void session_rejected(ApplicationKey key, const wire::ParseError& error) = 0;
        /// It is over and closed already.
        virtual void session_ended(ApplicationKey key) = 0;
        /// After the last record of those that were there, and after an end.
        virtual void session_turn_ends() = 0;
    };

    ApplicationSession(boost::asio::io_context& io, runtime::FileDescriptor socket, ApplicationKey key,
                       Owner& owner);

    void start() { wait_readable(); }
    void send(std::string packet);
    void close();
    std::size_t queued() const { return waiting_.size(); }

  private:
    void wait_readable();
    void read_some();
    bool read_once();
    void take(std::string_view packet);
    void write_some();
    void wait_writable();
    void end();
    void end_soon();

    ApplicationKey key_;
    Owner& owner_;
    boost::asio::posix::stream_descriptor socket_;
    std::deque<std::string> waiting_;
    bool open_ = true, writing_ = false, ending_ = false;
};

}  // namespace vnf::scale
