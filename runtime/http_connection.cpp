// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The request's bytes are fed to Beast's parser by hand, so that the deadline begins at the first of them and
// a body is not waited for when the head was enough to refuse. Responses are written here: a head and a body
// in one call, which nearly always takes all at once.
#include "runtime/http_connection.hpp"

#include <array>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/status.hpp>
#include <utility>

#include "runtime/http_target.hpp"
#include "runtime/log.hpp"

namespace vnf::runtime {
namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

constexpr std::size_t read_size = 8 * 1024;
/// After the last answer: how long and how much is read and thrown away, so that a client that is still
/// sending sees the answer and not a broken pipe.
constexpr Milliseconds linger_time{1000};
constexpr std::size_t linger_bytes = 1024 * 1024;

auto into(error_code& error) {
    return asio::redirect_error(asio::use_awaitable, error);
}

std::string head_of(const HttpResponse& response, bool keep) {
    const auto reason = http::obsolete_reason(http::int_to_status(response.status));
    std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
    head.append(reason).append("\r\n");
    if (!response.body.empty())
        head.append("Content-Type: ").append(response.content_type).append("\r\n");
    head.append("Content-Length: ").append(std::to_string(response.body.size())).append("\r\n");
    return head.append(keep ? "\r\n" : "Connection: close\r\n\r\n");
}

}  // namespace

HttpConnection::HttpConnection(Socket socket, PeerCredentials peer, std::shared_ptr<const Owner> owner,
                               bool refused)
    : socket_(std::move(socket)),
      peer_(std::move(peer)),
      owner_(std::move(owner)),
      refused_(refused),
      deadline_(socket_.get_executor()),
      buffer_(owner_->limits.head + read_size) {}

void HttpConnection::start() {
    asio::co_spawn(socket_.get_executor(), run(),
                   asio::bind_cancellation_slot(
                       cancel_.slot(), [self = shared_from_this()](const std::exception_ptr& problem) {
                           self->ended(problem);
                       }));
}

void HttpConnection::stop() {
    error_code ignored;
    socket_.close(ignored);
    disarm();
    // Emitted outside the loop, the signal would be passed on later, when this connection may be gone.
    asio::dispatch(socket_.get_executor(),
                   [self = shared_from_this()] { self->cancel_.emit(asio::cancellation_type::terminal); });
}

void HttpConnection::ended(const std::exception_ptr& problem) {
    disarm();
    error_code ignored;
    socket_.close(ignored);
    try {
        if (problem)
            std::rethrow_exception(problem);
    } catch (const boost::system::system_error& error) {
        if (error.code() != asio::error::operation_aborted)
            log_warning("http connection failed", {{"cause", error.what()}});
    } catch (const std::exception& error) {
        log_warning("http connection failed", {{"cause", error.what()}});
    }
    owner_->on_end(shared_from_this());
}

asio::awaitable<void> HttpConnection::run() {
    error_code ignored;
    socket_.non_blocking(true, ignored);
    bool more = true;
    while (more)
        more = co_await serve_one();
    if (refused_)
        co_await linger();
}

/// True when another request may follow.
asio::awaitable<bool> HttpConnection::serve_one() {
    Parser parser;
    const error_code error = co_await read(parser);
    if (error) {
        co_await refuse(error);
        co_return false;
    }
    const bool keep = parser.get().keep_alive();
    const bool with_body = parser.get().method() != http::verb::head;
    auto target = parse_http_target(parser.get().target());
    if (refused_)
        co_return co_await send(http_error(503, "busy", "too many connections, try again"), false, with_body);
    if (!target)
        co_return co_await send(http_error(400, "bad_request", "the request's target is not usable"), keep,
                                with_body);
    HttpRequest request{parser.get().method_string(), std::move(target->path), std::move(target->query),
                        std::move(parser.get().body()), peer_};
    HttpReply reply = co_await handle(std::move(request));
    if (!socket_.is_open())
        co_return false;
    if (auto* response = std::get_if<HttpResponse>(&reply))
        co_return co_await send(std::move(*response), keep, with_body);
    owner_->on_stream(std::move(socket_), std::move(std::get<HttpStreamResponse>(reply)),
                      parser.get().version() >= 11);
    co_return false;
}

/// A whole request, or why there is none: end_of_stream when the client had nothing more to ask.
asio::awaitable<error_code> HttpConnection::read(Parser& parser) {
    parser.header_limit(static_cast<std::uint32_t>(owner_->limits.head));
    parser.body_limit(owner_->limits.body);
    bool wants_bytes = buffer_.size() == 0;
    Waiting for_what = wants_bytes ? Waiting::ForFirstByte : Waiting::ForMore;
    std::size_t head = 0;
    while (!parser.is_done()) {
        error_code error;
        if (wants_bytes) {
            error = co_await read_some(for_what);
            if (error)
                co_return error;
            for_what = for_what == Waiting::ForFirstByte ? Waiting::ForMore : Waiting::ForStillMore;
        }
        const bool had_head = parser.is_header_done();
        const std::size_t used = parser.put(buffer_.data(), error);
        buffer_.consume(used);
        // Beast's own limit is for one piece of the head that arrives without a line's end.
        head += had_head ? 0 : used;
        if (head > owner_->limits.head)
            co_return http::error::header_limit;
        if (error && error != http::error::need_more)
            co_return error;
        if (!had_head && parser.is_header_done() && parser.get()[http::field::expect] == "100-continue") {
            co_await write_all("HTTP/1.1 100 Continue\r\n\r\n", "");
            for_what = Waiting::ForMore;
        }
        wants_bytes = error == http::error::need_more || buffer_.size() == 0;
    }
    disarm();
    co_return error_code();
}

/// A request that arrives in one piece costs one deadline, the idle one.
asio::awaitable<error_code> HttpConnection::read_some(Waiting for_what) {
    const bool idle = for_what == Waiting::ForFirstByte;
    if (buffer_.size() + read_size > buffer_.max_size())
        co_return http::error::header_limit;
    if (for_what != Waiting::ForStillMore)
        arm(idle && !refused_ ? owner_->limits.idle_time : owner_->limits.request_time);
    error_code error;
    const std::size_t length = co_await socket_.async_read_some(buffer_.prepare(read_size), into(error));
    buffer_.commit(length);
    if (!error || length > 0)
        co_return error_code();
    if (idle)
        co_return http::error::end_of_stream;
    co_return timed_out_ ? error_code(asio::error::timed_out) : http::error::partial_message;
}

asio::awaitable<HttpReply> HttpConnection::handle(HttpRequest request) {
    const std::string what = request.method + " " + request.path;
    std::string problem;
    try {
        watch_client();
        HttpReply reply = co_await owner_->handler(std::move(request));
        stop_watching_.emit(asio::cancellation_type::terminal);
        co_return reply;
    } catch (const std::exception& error) {
        problem = error.what();
    }
    stop_watching_.emit(asio::cancellation_type::terminal);
    if (!socket_.is_open())
        throw boost::system::system_error(asio::error::operation_aborted);
    log_error("http handler failed", {{"request", what}, {"cause", problem}});
    co_return http_error(500, "internal", "the request failed inside the daemon; its log says why");
}

/// True when the connection is kept.
asio::awaitable<bool> HttpConnection::send(HttpResponse response, bool keep, bool with_body) {
    const bool written = co_await write_all(head_of(response, keep),
                                            with_body ? std::string_view(response.body) : std::string_view());
    co_return written&& keep;
}

asio::awaitable<bool> HttpConnection::write_all(std::string head, std::string_view body) {
    std::array<asio::const_buffer, 2> parts{asio::buffer(head), asio::buffer(body)};
    error_code error;
    std::size_t sent = socket_.write_some(parts, error);
    if (error && error != asio::error::would_block)
        co_return false;
    if (sent == head.size() + body.size())
        co_return true;
    for (asio::const_buffer& part : parts) {
        const std::size_t done = std::min(sent, part.size());
        part += done;
        sent -= done;
    }
    arm(owner_->limits.request_time);
    co_await asio::async_write(socket_, parts, into(error));
    disarm();
    co_return !error;
}

asio::awaitable<void> HttpConnection::refuse(error_code error) {
    if (error == http::error::end_of_stream)
        co_return;
    HttpResponse response =
        http_error(400, "bad_request", "this is not a usable HTTP request: " + error.message());
    if (error == http::error::header_limit)
        response = http_error(431, "head_too_large", "the request's head is too large");
    else if (error == http::error::body_limit)
        response = http_error(413, "body_too_large", "the request's body is too large");
    else if (error == asio::error::timed_out)
        response = http_error(408, "too_slow", "the request did not arrive in time");
    refused_ = true;
    co_await send(std::move(response), false, true);
}

asio::awaitable<void> HttpConnection::linger() {
    error_code error;
    socket_.shutdown(Socket::shutdown_send, error);
    arm(linger_time);
    for (std::size_t thrown_away = 0; !error && !timed_out_ && thrown_away < linger_bytes;) {
        buffer_.clear();
        thrown_away += co_await socket_.async_read_some(buffer_.prepare(read_size), into(error));
    }
}

void HttpConnection::arm(Milliseconds time) {
    timed_out_ = false;
    deadline_.expires_after(time);
    deadline_.async_wait([weak = weak_from_this()](const error_code& error) {
        const auto self = weak.lock();
        // A wait that had already ended when the deadline moved is not the new deadline's end.
        if (!self || error || self->deadline_.expiry() > Clock::now())
            return;
        self->timed_out_ = true;
        error_code ignored;
        self->socket_.cancel(ignored);
    });
}

/// Moves the expiry as well, for a wait that has ended and was not heard of yet.
void HttpConnection::disarm() {
    deadline_.expires_at(never);
}

/// Reports only a client that has closed its whole socket: one that will send nothing more still reads, and
/// what it pipelines must not be read yet. It costs no wake-up as long as the client stays.
void HttpConnection::watch_client() {
    socket_.async_wait(Socket::wait_error,
                       asio::bind_cancellation_slot(stop_watching_.slot(),
                                                    [weak = weak_from_this()](const error_code& error) {
                                                        const auto self = weak.lock();
                                                        if (self && !error)
                                                            self->client_left();
                                                    }));
}

void HttpConnection::client_left() {
    error_code ignored;
    socket_.close(ignored);
    cancel_.emit(asio::cancellation_type::terminal);
}

}  // namespace vnf::runtime
