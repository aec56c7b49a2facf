// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
#include "tests/runtime/http_stage.hpp"

#include <sys/socket.h>

#include <array>
#include <boost/asio/awaitable.hpp>
#include <catch2/catch.hpp>
#include <utility>

#include "runtime/socket_file.hpp"

namespace vnf::runtime::test {

HttpStage::HttpStage(HttpHandler handler, HttpServerLimits limits) {
    LocalServerOptions options;
    options.path = path();
    server_ = std::make_unique<HttpServer>(io, std::move(options), std::move(handler), limits);
    server_->start();
}

void HttpStage::settle() {
    io.restart();
    while (io.poll() > 0) {
    }
}

void HttpStage::wait() {
    io.restart();
    REQUIRE(io.run_one_for(std::chrono::seconds(30)) == 1);
}

RawClient::RawClient(HttpStage& stage) : stage_(stage) {
    std::error_code error;
    fd_ = connect_unix(stage.path(), error);
    REQUIRE_FALSE(error);
    stage_.settle();
}

std::size_t RawClient::send(std::string_view bytes) {
    std::size_t sent = 0;
    while (sent < bytes.size()) {
        const ssize_t taken =
            ::send(fd_.get(), bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (taken <= 0)
            break;
        sent += static_cast<std::size_t>(taken);
        stage_.settle();
    }
    return sent;
}

bool RawClient::take() {
    std::array<char, 65536> piece{};
    const ssize_t got = ::recv(fd_.get(), piece.data(), piece.size(), MSG_DONTWAIT);
    if (got > 0)
        buffer_.append(piece.data(), static_cast<std::size_t>(got));
    if (got == 0 || (got < 0 && errno != EAGAIN))
        ended_ = true;
    return got > 0;
}

std::string RawClient::received() {
    stage_.settle();
    while (take()) {
    }
    return std::exchange(buffer_, {});
}

std::string RawClient::rest() {
    while (!ended_)
        if (!take() && !ended_)
            stage_.wait();
    return std::exchange(buffer_, {});
}

std::string RawClient::answer() {
    for (;;) {
        const std::size_t head = buffer_.find("\r\n\r\n");
        const std::size_t field = buffer_.find("Content-Length: ");
        if (head != std::string::npos && field < head) {
            const std::size_t length = head + 4 + std::stoul(buffer_.substr(field + 16));
            if (buffer_.size() >= length) {
                std::string whole = buffer_.substr(0, length);
                buffer_.erase(0, length);
                return whole;
            }
        }
        if (ended_)
            return std::exchange(buffer_, {});
        if (!take() && !ended_)
            stage_.wait();
    }
}

void RawClient::half_close() {
    ::shutdown(fd_.get(), SHUT_WR);
    stage_.settle();
}

void RawClient::leave() {
    fd_.reset();
    stage_.settle();
}

int status_of(const std::string& answer) {
    return answer.starts_with("HTTP/1.1 ") ? std::stoi(answer.substr(9, 3)) : 0;
}

boost::asio::awaitable<HttpReply> echo(HttpRequest request) {
    std::string text = request.method + " " + request.path;
    for (const auto& [key, value] : request.query)
        text.append(" ?").append(key).append("=").append(value);
    HttpResponse response;
    response.body = text + " " + request.body;
    response.content_type = "text/plain";
    co_return response;
}

}  // namespace vnf::runtime::test
