// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Accepts, counts and stops connections; http_connection and http_stream do the talking. One connection above
// the limit is answered 503; above twice the limit it is closed without an answer.
#include "runtime/http_server.hpp"

#include <boost/asio/use_awaitable.hpp>
#include <set>
#include <utility>

#include "runtime/http_connection.hpp"
#include "runtime/http_stream.hpp"
#include "runtime/log.hpp"
#include "wire/text.hpp"

namespace vnf::runtime {
namespace {

void append_json_text(std::string& out, std::string_view text) {
    out += '"';
    wire::append_json_escaped(out, wire::clean_utf8(text, text.size()));
    out += '"';
}

}  // namespace

class HttpServer::Impl : public std::enable_shared_from_this<Impl> {
  public:
    Impl(HttpHandler handler, HttpServerLimits limits) : handler_(std::move(handler)), limits_(limits) {}

    void open(boost::asio::io_context& io, LocalServerOptions socket) {
        auto owner = std::make_shared<HttpConnection::Owner>();
        owner->handler = std::move(handler_);
        owner->limits = limits_;
        owner->on_end = [weak = weak_from_this()](const std::shared_ptr<HttpConnection>& connection) {
            if (const auto self = weak.lock())
                self->connections_.erase(connection);
        };
        owner->on_stream = [weak = weak_from_this()](HttpConnection::Socket taken,
                                                     HttpStreamResponse response, bool chunked) {
            if (const auto self = weak.lock())
                self->add_stream(std::move(taken), std::move(response), chunked);
        };
        owner_ = std::move(owner);
        server_ = std::make_unique<LocalServer>(
            io, std::move(socket),
            [weak = weak_from_this()](LocalServer::Socket accepted, PeerCredentials peer) {
                if (const auto self = weak.lock())
                    self->add(std::move(accepted), std::move(peer));
            });
    }

    void start() { server_->start(); }

    void stop() {
        server_->stop();
        stopped_ = true;
        for (const auto& stream : std::exchange(streams_, {}))
            stream->stop();
        for (const auto& connection : std::exchange(connections_, {}))
            connection->stop();
    }

  private:
    void add(LocalServer::Socket socket, PeerCredentials peer) {
        const std::size_t open = connections_.size() + streams_.size();
        if (stopped_ || open >= 2 * limits_.connections)
            return;
        const bool refused = open >= limits_.connections;
        if (refused && refusals_.admit(Clock::now()))
            log_warning(
                "http connection refused, there are too many",
                {{"limit", limits_.connections}, {"pid", peer.pid}, {"unlogged", refusals_.suppressed()}});
        const auto connection =
            std::make_shared<HttpConnection>(std::move(socket), std::move(peer), owner_, refused);
        connections_.insert(connection);
        connection->start();
    }

    void add_stream(HttpConnection::Socket socket, HttpStreamResponse response, bool chunked) {
        if (stopped_)
            return;
        const auto stream = std::make_shared<HttpStreamConnection>(std::move(socket), std::move(response),
                                                                   chunked, limits_.stream_backlog);
        streams_.insert(stream);
        stream->start([weak = weak_from_this()](const std::shared_ptr<HttpStreamConnection>& ended) {
            if (const auto self = weak.lock())
                self->streams_.erase(ended);
        });
    }

    HttpHandler handler_;
    HttpServerLimits limits_;
    std::shared_ptr<const HttpConnection::Owner> owner_;
    std::unique_ptr<LocalServer> server_;
    std::set<std::shared_ptr<HttpConnection>> connections_;
    std::set<std::shared_ptr<HttpStreamConnection>> streams_;
    bool stopped_ = false;
    LogLimit refusals_;
};

HttpServer::HttpServer(boost::asio::io_context& io, LocalServerOptions socket, HttpHandler handler,
                       HttpServerLimits limits)
    : impl_(std::make_shared<Impl>(std::move(handler), limits)) {
    impl_->open(io, std::move(socket));
}

HttpServer::~HttpServer() {
    stop();
}
void HttpServer::start() {
    impl_->start();
}
void HttpServer::stop() {
    impl_->stop();
}

HttpResponse http_error(unsigned status, std::string_view code, std::string_view message) {
    HttpResponse response;
    response.status = status;
    response.body = R"({"error": {"code": )";
    append_json_text(response.body, code);
    response.body += R"(, "message": )";
    append_json_text(response.body, message);
    response.body += "}}\n";
    return response;
}

}  // namespace vnf::runtime
