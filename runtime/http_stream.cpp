// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Chunks are gathered while a write is on its way, so that a burst costs one write. The bound counts both.
#include "runtime/http_stream.hpp"

#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <utility>

namespace vnf::runtime {
namespace asio = boost::asio;
namespace {

/// What the writer holds; to drop it is to end the stream.
class StreamHandle final : public HttpStream {
  public:
    explicit StreamHandle(std::shared_ptr<HttpStreamConnection> connection)
        : connection_(std::move(connection)) {}
    StreamHandle(const StreamHandle&) = delete;
    StreamHandle& operator=(const StreamHandle&) = delete;
    ~StreamHandle() override { connection_->end(); }
    bool write(std::string_view chunk) override { return connection_->write(chunk); }
    void end() override { connection_->end(); }

  private:
    std::shared_ptr<HttpStreamConnection> connection_;
};

void append_chunk(std::string& out, std::string_view chunk) {
    std::array<char, 16> digits{};
    char* const end = std::to_chars(digits.begin(), digits.end(), chunk.size(), 16).ptr;
    out.append(digits.begin(), end).append("\r\n").append(chunk).append("\r\n");
}

}  // namespace

HttpStreamConnection::HttpStreamConnection(Socket socket, HttpStreamResponse response, bool chunked,
                                           std::size_t largest_backlog)
    : socket_(std::move(socket)),
      response_(std::move(response)),
      chunked_(chunked),
      largest_backlog_(largest_backlog) {}

void HttpStreamConnection::start(OnEnd on_end) {
    on_end_ = std::move(on_end);
    pending_ = "HTTP/1.1 200 OK\r\nContent-Type: " + response_.content_type +
               "\r\nCache-Control: no-store\r\n" + (chunked_ ? "Transfer-Encoding: chunked\r\n" : "") +
               "Connection: close\r\n\r\n";
    watch_reader();
    flush();
}

bool HttpStreamConnection::write(std::string_view chunk) {
    if (state_ != State::Open)
        return false;
    if (chunk.empty())
        return true;
    if (pending_.size() + in_flight_.size() + chunk.size() > largest_backlog_) {
        state_ = State::Closed;
        asio::post(socket_.get_executor(), [self = shared_from_this()] { self->reader_left(); });
        return false;
    }
    if (chunked_)
        append_chunk(pending_, chunk);
    else
        pending_ += chunk;
    flush();
    return true;
}

void HttpStreamConnection::end() {
    if (state_ != State::Open)
        return;
    state_ = State::Ending;
    if (chunked_)
        pending_ += "0\r\n\r\n";
    if (in_flight_.empty())
        asio::post(socket_.get_executor(), [self = shared_from_this()] { self->flush(); });
}

void HttpStreamConnection::flush() {
    if (!in_flight_.empty())
        return;
    if (pending_.empty()) {
        if (state_ == State::Ending)
            close();
        return;
    }
    std::swap(in_flight_, pending_);
    asio::async_write(socket_, asio::buffer(in_flight_),
                      [self = shared_from_this()](const boost::system::error_code& error, std::size_t) {
                          self->sent(error.failed());
                      });
}

void HttpStreamConnection::sent(bool failed) {
    in_flight_.clear();
    if (!socket_.is_open())
        return;
    if (failed)
        return reader_left();
    if (!std::exchange(begun_, true))
        begin();
    if (socket_.is_open())
        flush();
}

void HttpStreamConnection::begin() {
    const auto handle = std::make_shared<StreamHandle>(shared_from_this());
    if (const auto writer = std::exchange(response_.begin, nullptr))
        writer(handle);
}

/// Only a reader that has closed its whole socket has left; one that will send nothing more still reads.
void HttpStreamConnection::watch_reader() {
    socket_.async_wait(Socket::wait_error, [weak = weak_from_this()](const boost::system::error_code& error) {
        const auto self = weak.lock();
        if (self && !error)
            self->reader_left();
    });
}

void HttpStreamConnection::reader_left() {
    if (!socket_.is_open())
        return;
    const bool to_tell = begun_ && state_ != State::Ending;
    const auto on_gone = std::move(response_.on_gone);
    close();
    if (to_tell && on_gone)
        on_gone();
}

void HttpStreamConnection::close() {
    const OnEnd on_end = std::move(on_end_);
    stop();
    if (on_end)
        on_end(shared_from_this());
}

void HttpStreamConnection::stop() {
    state_ = State::Closed;
    boost::system::error_code ignored;
    socket_.close(ignored);
    pending_.clear();
    response_ = {};  // what these capture may hold this connection
    on_end_ = nullptr;
}

}  // namespace vnf::runtime
