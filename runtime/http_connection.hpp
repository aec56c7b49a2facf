// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One HTTP connection: requests one after the other, until either side has enough.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <exception>
#include <functional>
#include <memory>

#include "runtime/http_server.hpp"

namespace vnf::runtime {

class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
  public:
    using Socket = boost::asio::local::stream_protocol::socket;
    struct Owner {
        HttpHandler handler;
        HttpServerLimits limits;
        /// The connection is over.
        std::function<void(const std::shared_ptr<HttpConnection>&)> on_end;
        /// Takes the socket over for a response without end.
        std::function<void(Socket, HttpStreamResponse, bool chunked)> on_stream;
    };

    /// A `refused` connection gets one 503, whatever it asks.
    HttpConnection(Socket socket, PeerCredentials peer, std::shared_ptr<const Owner> owner, bool refused);
    void start();
    /// Ends it at once; its handler is cancelled. on_end still follows, from the loop.
    void stop();

  private:
    using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
    enum class Waiting {
        ForFirstByte,  ///< of a request: the connection is idle
        ForMore,       ///< of a request that has begun, with a deadline from now on
        ForStillMore,  ///< with that same deadline
    };
    template <typename Result>
    using Awaitable = boost::asio::awaitable<Result>;

    Awaitable<void> run();
    Awaitable<bool> serve_one();
    Awaitable<boost::system::error_code> read(Parser& parser);
    Awaitable<boost::system::error_code> read_some(Waiting for_what);
    Awaitable<HttpReply> handle(HttpRequest request);
    Awaitable<bool> send(HttpResponse response, bool keep, bool with_body);
    Awaitable<bool> write_all(std::string head, std::string_view body);
    Awaitable<void> refuse(boost::system::error_code error);
    Awaitable<void> linger();
    void ended(const std::exception_ptr& problem);
    void arm(Milliseconds time);
    void disarm();
    void watch_client();
    void client_left();

    Socket socket_;
    PeerCredentials peer_;
    std::shared_ptr<const Owner> owner_;
    bool refused_;  ///< from the start or because of a bad request: the client may still be sending
    bool timed_out_ = false;
    boost::asio::steady_timer deadline_;
    boost::beast::flat_buffer buffer_;
    boost::asio::cancellation_signal cancel_;  ///< of run(), and so of the handler that it waits for
    boost::asio::cancellation_signal stop_watching_;
};

}  // namespace vnf::runtime
