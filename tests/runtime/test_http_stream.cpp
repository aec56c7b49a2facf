// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <catch2/catch.hpp>

#include "runtime/socket_file.hpp"
#include "tests/runtime/http_stage.hpp"

using namespace vnf::runtime;
using namespace vnf::runtime::test;
using namespace std::chrono_literals;

namespace {

const std::string get = "GET /events HTTP/1.1\r\nHost: x\r\n\r\n";

/// A server whose every answer is a stream that the test writes.
struct StreamStage {
    std::shared_ptr<HttpStream> stream;
    int begun = 0, gone = 0;
    HttpStage stage{[this](HttpRequest) -> boost::asio::awaitable<HttpReply> {
        HttpStreamResponse response;
        response.begin = [this](std::shared_ptr<HttpStream> opened) {
            ++begun;
            stream = std::move(opened);
        };
        response.on_gone = [this] {
            ++gone;
        };
        co_return response;
    }};
    RawClient client{stage};

    StreamStage() { client.send(get); }
};

std::string chunk(const std::string& text) {
    std::array<char, 16> size{};
    std::snprintf(size.data(), size.size(), "%zx", text.size());
    return std::string(size.data()) + "\r\n" + text + "\r\n";
}

}  // namespace

TEST_CASE("http stream: the head is sent at once, each chunk as it is written, and end() ends it") {
    StreamStage s;
    const std::string head = s.client.received();
    CHECK(head.starts_with("HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n"));
    CHECK(head.find("Transfer-Encoding: chunked\r\n") != std::string::npos);
    CHECK(head.ends_with("\r\n\r\n"));
    REQUIRE(s.begun == 1);
    CHECK(s.stream->write("{\"a\":1}\n"));
    CHECK(s.client.received() == chunk("{\"a\":1}\n"));
    CHECK(s.stream->write("one\n"));
    CHECK(s.stream->write("two\n"));
    CHECK(s.stream->write(""));
    CHECK(s.client.received() == chunk("one\n") + chunk("two\n"));
    s.stream->write("last\n");
    s.stream->end();
    CHECK_FALSE(s.stream->write("too late\n"));
    CHECK(s.client.rest() == chunk("last\n") + "0\r\n\r\n");
    CHECK(s.gone == 0);
}

TEST_CASE("http stream: to drop the last pointer ends the stream") {
    StreamStage s;
    s.client.received();
    s.stream->write("x\n");
    s.stream.reset();
    CHECK(s.client.rest() == chunk("x\n") + "0\r\n\r\n");
    CHECK(s.gone == 0);
}

TEST_CASE("http stream: a client of HTTP/1.0 gets the bytes as they are") {
    StreamStage s;
    RawClient old(s.stage);
    s.client.leave();
    old.send("GET /events HTTP/1.0\r\n\r\n");
    const std::string head = old.received();
    CHECK(head.find("chunked") == std::string::npos);
    s.stream->write("x\n");
    s.stream->end();
    CHECK(old.rest() == "x\n");
}

TEST_CASE("http stream: a reader that leaves is reported once, and write says so") {
    StreamStage s;
    s.client.leave();
    CHECK(s.gone == 1);
    CHECK_FALSE(s.stream->write("x\n"));
    s.stream->end();
    s.stage.settle();
    CHECK(s.gone == 1);
}

TEST_CASE("http stream: a reader that leaves before the stream begins gets none, and nobody is told") {
    int begun = 0, gone = 0, asked = 0;
    boost::asio::io_context* io = nullptr;
    HttpServerLimits limits;
    limits.connections = 1;
    HttpStage stage(
        [&](HttpRequest) -> boost::asio::awaitable<HttpReply> {
            ++asked;
            boost::asio::steady_timer timer(*io, 1h);
            try {
                co_await timer.async_wait(boost::asio::use_awaitable);
            } catch (const boost::system::system_error&) {
            }
            HttpStreamResponse response;
            response.begin = [&begun](const std::shared_ptr<HttpStream>&) {
                ++begun;
            };
            response.on_gone = [&gone] {
                ++gone;
            };
            co_return response;
        },
        limits);
    io = &stage.io;
    for (int i = 1; i <= 3; ++i) {  // the one place is free again each time
        RawClient client(stage);
        client.send(get);
        REQUIRE(asked == i);
        client.leave();
    }
    CHECK(begun == 0);
    CHECK(gone == 0);
}

TEST_CASE("http stream: a reader that leaves before it gets the head gets no stream, and nobody is told") {
    FileDescriptor reader;
    int begun = 0, gone = 0, asked = 0;
    HttpStage stage([&](const HttpRequest&) -> boost::asio::awaitable<HttpReply> {
        ++asked;
        reader.reset();
        HttpStreamResponse response;
        response.begin = [&begun](const std::shared_ptr<HttpStream>&) {
            ++begun;
        };
        response.on_gone = [&gone] {
            ++gone;
        };
        co_return response;
    });
    std::error_code error;
    reader = connect_unix(stage.path(), error);
    REQUIRE(::write(reader.get(), get.data(), get.size()) > 0);
    stage.settle();
    CHECK(asked == 1);
    CHECK(begun == 0);
    CHECK(gone == 0);
}

TEST_CASE("http stream: a reader that sends nothing more, or too much, has not left") {
    StreamStage s;
    s.client.send("unasked words\r\n");
    s.client.half_close();
    CHECK(s.gone == 0);
    s.client.received();
    CHECK(s.stream->write("x\n"));
    CHECK(s.client.received() == chunk("x\n"));
}

TEST_CASE(
    "http stream: a reader that falls behind by more than 256 KiB is cut off, never from inside write") {
    StreamStage s;
    const std::string line(1023, 'x');
    std::size_t written = 0;
    while (s.stream->write(line + "\n")) {
        written += line.size() + 1;
        REQUIRE(written < 64 * 1024 * 1024);
        s.stage.settle();
        CHECK(s.gone == 0);
    }
    CHECK(s.gone == 0);
    CHECK(written > 240 * 1024);
    CHECK(written < 2 * 1024 * 1024);
    s.stage.settle();
    CHECK(s.gone == 1);
    CHECK_FALSE(s.stream->write("x\n"));
    CHECK(s.client.rest().size() < written);
}

TEST_CASE("http stream: a burst in one turn of the loop counts against the bound too") {
    StreamStage s;
    std::size_t written = 0;
    while (s.stream->write(std::string(1024, 'x')))
        written += 1024;
    CHECK(written > 240 * 1024);
    CHECK(written <= 256 * 1024);
}

TEST_CASE("http stream: a reader that keeps up reads without end") {
    StreamStage s;
    s.client.received();
    const std::string line(100 * 1024, 'x');
    std::size_t received = 0;
    for (int i = 0; i < 100; ++i) {
        REQUIRE(s.stream->write(line));
        while (received < (i + 1) * chunk(line).size())
            received += s.client.received().size();
    }
    CHECK(received == 100 * chunk(line).size());
}

TEST_CASE("http stream: stop ends it without telling, and the writer may go on asking") {
    StreamStage s;
    s.stage.stop();
    s.stage.settle();
    CHECK(s.gone == 0);
    CHECK_FALSE(s.stream->write("x\n"));
    s.stream.reset();
    CHECK(s.client.rest().find("0\r\n\r\n") == std::string::npos);
}

TEST_CASE("http stream: a stream takes one of the connections, and gives it back") {
    HttpServerLimits limits;
    limits.connections = 1;
    std::shared_ptr<HttpStream> stream;
    HttpStage stage(
        [&stream](HttpRequest) -> boost::asio::awaitable<HttpReply> {
            HttpStreamResponse response;
            response.begin = [&stream](std::shared_ptr<HttpStream> opened) {
                stream = std::move(opened);
            };
            co_return response;
        },
        limits);
    RawClient first(stage), second(stage), third(stage);
    first.send(get);
    first.received();
    second.send(get);
    CHECK(status_of(second.rest()) == 503);
    second.leave();
    third.leave();
    stream.reset();
    first.rest();
    RawClient next(stage);
    next.send(get);
    CHECK(status_of(next.received()) == 200);
}
