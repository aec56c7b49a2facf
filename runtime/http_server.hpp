// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A small HTTP/1.1 server on a Unix socket: the daemons' control interface. Requests are bounded in size and time,
// connections in number; what a path means is the handler's.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "runtime/clock.hpp"
#include "runtime/local_server.hpp"

namespace vnf::runtime {

struct HttpRequest {
    std::string method;                        ///< "GET"
    std::string path;                          ///< "/v1/instances/vm1", percent-decoded
    std::map<std::string, std::string> query;  ///< decoded
    std::string body;
    PeerCredentials peer;
};

struct HttpResponse {
    unsigned status = 200;
    std::string body;
    std::string content_type = "application/json";
};

/// A response without end, written chunk by chunk. A reader that falls behind by more than 256 KiB is cut off.
class HttpStream {
  public:
    virtual ~HttpStream() = default;
    /// False once the reader is gone or was cut off; nothing is written then.
    virtual bool write(std::string_view chunk) = 0;
    virtual void end() = 0;
};

/// `begin` is called once the head was sent, and keeps the stream for as long as it wants to write: to drop the last
/// pointer is to end the stream. `on_gone` is called when the reader leaves or is cut off, never from inside write();
/// not after end(), and not by stop().
struct HttpStreamResponse {
    std::string content_type = "application/x-ndjson";
    std::function<void(std::shared_ptr<HttpStream>)> begin;
    std::function<void()> on_gone;
};

using HttpReply = std::variant<HttpResponse, HttpStreamResponse>;
/// Runs on the loop; may wait. An exception becomes a 500 and a log line. When the client goes away the coroutine is
/// cancelled by its cancellation slot.
using HttpHandler = std::function<boost::asio::awaitable<HttpReply>(HttpRequest)>;

/// What is over a limit is answered (431, 413, 408, 503) and its connection closed; a stream is cut off.
struct HttpServerLimits {
    std::size_t connections = 64;
    std::size_t body = 64 * 1024;
    std::size_t head = 8 * 1024;
    std::size_t stream_backlog = 256 * 1024;
    Milliseconds request_time{10000};  ///< from a request's first byte to its last; also for a response to be taken
    Milliseconds idle_time{60000};     ///< without a request on a kept connection
};

class HttpServer {
  public:
    HttpServer(boost::asio::io_context& io, LocalServerOptions socket, HttpHandler handler, HttpServerLimits limits = {});
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;
    void start();
    void stop();

  private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

/// {"error": {"code": CODE, "message": TEXT}} with that status.
HttpResponse http_error(unsigned status, std::string_view code, std::string_view message);

}  // namespace vnf::runtime
