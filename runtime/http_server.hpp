// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A small HTTP/1.1 server on a Unix socket: the daemons' control interface. Requests are bounded (64 KiB body, 8 KiB
// head, 10 s to arrive), connections too; what a path means is the handler's.
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

/// Returned for a stream: called once the head was sent; keeps the stream for as long as it wants to write. `on_gone`
/// set on it is called when the reader leaves.
struct HttpStreamResponse {
    std::string content_type = "application/x-ndjson";
    std::function<void(std::shared_ptr<HttpStream>)> begin;
    std::function<void()> on_gone;
};

using HttpReply = std::variant<HttpResponse, HttpStreamResponse>;
/// Runs on the loop; may wait. An exception becomes a 500 and a log line. When the client goes away the coroutine is
/// cancelled by its cancellation slot.
using HttpHandler = std::function<boost::asio::awaitable<HttpReply>(HttpRequest)>;

struct HttpServerLimits {
    std::size_t connections = 64;
    std::size_t body = 64 * 1024;
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
