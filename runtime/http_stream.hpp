// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One response without end, after the connection that asked for it has handed over its socket.
#pragma once

#include <boost/asio/local/stream_protocol.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/http_server.hpp"

namespace vnf::runtime {

class HttpStreamConnection : public std::enable_shared_from_this<HttpStreamConnection> {
  public:
    using Socket = boost::asio::local::stream_protocol::socket;
    using OnEnd = std::function<void(const std::shared_ptr<HttpStreamConnection>&)>;

    /// `chunked` is false for a client of HTTP/1.0: then the end of the connection is the end of the body.
    HttpStreamConnection(Socket socket, HttpStreamResponse response, bool chunked,
                         std::size_t largest_backlog);
    /// Sends the head, then lets the response begin. `on_end` is called once, not from inside write() or
    /// stop().
    void start(OnEnd on_end);
    void stop();

    bool write(std::string_view chunk);
    void end();

  private:
    enum class State {
        Open,    ///< the writer may write
        Ending,  ///< end() was called, the rest is on its way
        Closed,  ///< nothing more is sent: sent to the end, or the reader left, was cut off, or stop() was
                 ///< called
    };
    void begin();
    void flush();
    void sent(bool failed);
    void watch_reader();
    void reader_left();
    void close();

    Socket socket_;
    HttpStreamResponse response_;
    bool chunked_;
    std::size_t largest_backlog_;
    OnEnd on_end_;
    State state_ = State::Open;
    bool begun_ = false;
    std::string pending_, in_flight_;
};

}  // namespace vnf::runtime
