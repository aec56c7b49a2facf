// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One application's socket: bytes to records and back, its end, and the end of its process. What a record means is the
// table's. No buffer of its own beyond a partial record and what the peer has not read yet (16 KiB at most).
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "guest-client/application_table.hpp"
#include "runtime/file_descriptor.hpp"
#include "wire/application_record.hpp"

namespace vnf::guest {

class ApplicationSession : public std::enable_shared_from_this<ApplicationSession> {
  public:
    using Socket = boost::asio::local::stream_protocol::socket;
    static constexpr std::size_t write_queue_limit = 16 * 1024;

    /// Whom a session reports to, always on the loop and never from inside one of the session's own calls.
    class Owner {
      public:
        virtual ~Owner() = default;
        virtual void session_turn_begins() = 0;
        virtual void session_turn_ends() = 0;
        virtual void session_record(ApplicationKey key, const wire::ApplicationRecord& record) = 0;
        virtual void session_rejected(ApplicationKey key, const wire::ParseError& error) = 0;
        /// It is over; the session is closed already.
        virtual void session_ended(ApplicationKey key, Departure departure) = 0;
    };

    ApplicationSession(ApplicationKey key, Socket socket, Owner& owner);

    void start();
    /// Closes without telling the owner.
    void close();
    /// Version 3 from the next byte on; then also the process is watched: who agreed to it does not hand its
    /// connection to a child.
    void switch_to_version_3(std::int32_t pid);
    /// False if the peer can't be reached: its queue is full, which also ends the session soon.
    bool send(std::string_view record);
    /// Takes what is waiting without waiting for it. Part of somebody's turn.
    void drain();

  private:
    void wait_readable();
    void wait_writable();
    void wait_process();
    /// False when there is nothing more to read now.
    bool read_once();
    void take_records();
    void end(Departure departure);
    void end_soon(Departure departure);
    void flush();

    ApplicationKey key_;
    Socket socket_;
    Owner& owner_;
    wire::ApplicationRecordDecoder decoder_;
    std::string unsent_;
    std::unique_ptr<boost::asio::posix::stream_descriptor> process_;
    bool open_ = true, writing_ = false;
};

}  // namespace vnf::guest
