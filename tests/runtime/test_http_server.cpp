// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Well-formed requests, however they arrive; handlers that wait, fail, or are left; the limits on
// connections.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <catch2/catch.hpp>
#include <deque>

#include "runtime/socket_file.hpp"
#include "tests/runtime/http_stage.hpp"

using namespace vnf::runtime;
using namespace vnf::runtime::test;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

const std::string get = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
const std::string post = "POST /b?k=v HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello";
const std::string chunked =
    "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n";

std::string body_of(const std::string& answer) {
    return answer.substr(answer.find("\r\n\r\n") + 4);
}

/// A handler that waits until the test releases it, and counts what became of it.
struct Waiting {
    asio::io_context* io = nullptr;
    int begun = 0, cancelled = 0;
    bool released = false;
    asio::steady_timer* gate = nullptr;  ///< on the stack of the last handler that waits

    asio::awaitable<HttpReply> operator()() {
        ++begun;
        asio::steady_timer timer(*io, 1h);
        gate = &timer;
        try {
            co_await timer.async_wait(asio::use_awaitable);
        } catch (const boost::system::system_error&) {
            cancelled += released ? 0 : 1;
            if (!released)
                throw;
        }
        co_return HttpResponse{200, "released", "text/plain"};
    }
    void release() {
        released = true;
        gate->cancel();
    }
};

HttpHandler handler_of(const std::shared_ptr<Waiting>& waiting) {
    return [waiting](const HttpRequest&) {
        return (*waiting)();
    };
}

}  // namespace

TEST_CASE("http server: a request is answered with its parts, and the connection is kept") {
    HttpStage stage(echo);
    RawClient client(stage);
    client.send(post);
    CHECK(client.answer() ==
          "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 18\r\n\r\nPOST /b ?k=v hello");
    client.send(get);
    CHECK(body_of(client.answer()) == "GET /a ");
}

TEST_CASE("http server: a request cut in two at any byte is the same request") {
    HttpStage stage(echo);
    RawClient client(stage);
    for (const std::string& request : {get, post, chunked}) {
        client.send(request);
        const std::string whole = client.answer();
        REQUIRE(status_of(whole) == 200);
        for (std::size_t at = 1; at < request.size(); ++at) {
            client.send(request.substr(0, at));
            CHECK(client.received().empty());
            client.send(request.substr(at));
            CHECK(client.answer() == whole);
        }
    }
}

TEST_CASE("http server: a request that comes byte by byte is the same request") {
    HttpStage stage(echo);
    RawClient client(stage);
    for (const char byte : chunked)
        client.send(std::string(1, byte));
    CHECK(body_of(client.answer()) == "POST /c hello");
}

TEST_CASE("http server: pipelined requests are answered in their order") {
    HttpStage stage(echo);
    RawClient client(stage);
    std::string requests;
    for (int i = 0; i < 200; ++i)
        requests.append("GET /")
            .append(std::to_string(i))
            .append(" HTTP/1.1\r\n\r\n")
            .append(post)
            .append(chunked);
    CHECK(client.send(requests) == requests.size());
    for (int i = 0; i < 200; ++i) {
        CHECK(body_of(client.answer()) == "GET /" + std::to_string(i) + " ");
        CHECK(body_of(client.answer()) == "POST /b ?k=v hello");
        CHECK(body_of(client.answer()) == "POST /c hello");
    }
}

TEST_CASE("http server: the client may close after the request, and still gets its answer") {
    HttpStage stage(echo);
    RawClient client(stage);
    client.send(get);
    client.half_close();
    CHECK(body_of(client.answer()) == "GET /a ");
    CHECK(client.rest().empty());
}

TEST_CASE("http server: Connection: close and HTTP/1.0 end the connection after the answer") {
    HttpStage stage(echo);
    for (const std::string request :
         {"GET /a HTTP/1.1\r\nConnection: close\r\n\r\n", "GET /a HTTP/1.0\r\n\r\n"}) {
        RawClient client(stage);
        client.send(request);
        const std::string answer = client.rest();
        CHECK(status_of(answer) == 200);
        CHECK(answer.find("Connection: close\r\n") != std::string::npos);
    }
}

TEST_CASE("http server: HEAD gets the head of the answer alone") {
    HttpStage stage(echo);
    RawClient client(stage);
    client.send("HEAD /a HTTP/1.1\r\nConnection: close\r\n\r\n");
    const std::string answer = client.rest();
    CHECK(answer.find("Content-Length: 8\r\n") != std::string::npos);
    CHECK(answer.ends_with("\r\n\r\n"));
}

TEST_CASE("http server: a client that asks may send its body is told to go on") {
    HttpStage stage(echo);
    RawClient client(stage);
    client.send("POST /b HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    CHECK(client.received() == "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("hello");
    CHECK(body_of(client.answer()) == "POST /b hello");
}

TEST_CASE("http server: an answer larger than the socket takes at once arrives whole") {
    const std::string large(3 * 1024 * 1024, 'x');
    HttpStage stage([&large](HttpRequest) -> asio::awaitable<HttpReply> {
        co_return HttpResponse{200, large, "t"};
    });
    RawClient client(stage);
    client.send(get + get);
    CHECK(body_of(client.answer()) == large);
    CHECK(body_of(client.answer()) == large);
}

TEST_CASE("http server: the peer is who the kernel says") {
    uid_t seen = 99999;
    HttpStage stage([&seen](HttpRequest request) -> asio::awaitable<HttpReply> {
        seen = request.peer.uid;
        co_return HttpResponse{};
    });
    RawClient client(stage);
    client.send(get);
    CHECK(status_of(client.answer()) == 200);
    CHECK(seen == ::geteuid());
}

TEST_CASE("http server: a handler that throws is a 500 without its reason, and the next request works") {
    HttpStage stage([](HttpRequest request) -> asio::awaitable<HttpReply> {
        if (request.path == "/a")
            throw std::runtime_error("secret");
        co_return HttpResponse{};
    });
    RawClient client(stage);
    client.send(get);
    const std::string answer = client.answer();
    CHECK(status_of(answer) == 500);
    CHECK(answer.find("secret") == std::string::npos);
    client.send(post);
    CHECK(status_of(client.answer()) == 200);
}

TEST_CASE("http server: a handler may wait, and other connections go on meanwhile") {
    auto waiting = std::make_shared<Waiting>();
    HttpStage stage([waiting](HttpRequest request) {
        return request.path == "/a" ? (*waiting)() : echo(std::move(request));
    });
    waiting->io = &stage.io;
    RawClient slow(stage), quick(stage);
    slow.send(get);
    quick.send(post);
    CHECK(status_of(quick.answer()) == 200);
    CHECK(slow.received().empty());
    waiting->release();
    CHECK(body_of(slow.answer()) == "released");
}

TEST_CASE("http server: the handler of a client that leaves is cancelled at once") {
    auto waiting = std::make_shared<Waiting>();
    HttpStage stage(handler_of(waiting));
    waiting->io = &stage.io;
    RawClient client(stage);
    client.send(get);
    REQUIRE(waiting->begun == 1);
    client.leave();
    CHECK(waiting->cancelled == 1);
}

TEST_CASE("http server: a client with more requests on their way has left all the same when it leaves") {
    auto waiting = std::make_shared<Waiting>();
    HttpStage stage(handler_of(waiting));
    waiting->io = &stage.io;
    RawClient client(stage);
    client.send(get + get + post);
    client.send(get);
    REQUIRE(waiting->begun == 1);
    CHECK(waiting->cancelled == 0);
    client.leave();
    CHECK(waiting->cancelled == 1);
    CHECK(waiting->begun == 1);
}

TEST_CASE("http server: a client that closes only its sending side has not left") {
    auto waiting = std::make_shared<Waiting>();
    HttpStage stage(handler_of(waiting));
    waiting->io = &stage.io;
    RawClient client(stage);
    client.send(get);
    client.half_close();
    CHECK(waiting->cancelled == 0);
    waiting->release();
    CHECK(body_of(client.answer()) == "released");
}

TEST_CASE("http server: a client that has left before its handler begins is noticed") {
    auto waiting = std::make_shared<Waiting>();
    HttpStage stage(handler_of(waiting));
    waiting->io = &stage.io;
    {
        std::error_code error;
        const FileDescriptor hasty = connect_unix(stage.path(), error);
        REQUIRE(::write(hasty.get(), get.data(), get.size()) > 0);
    }
    stage.settle();
    CHECK(waiting->begun == waiting->cancelled);
}

TEST_CASE("http server: a handler that swallows its cancellation does no harm") {
    int begun = 0;
    asio::io_context* io = nullptr;
    HttpStage stage([&begun, &io](HttpRequest) -> asio::awaitable<HttpReply> {
        ++begun;
        asio::steady_timer timer(*io, 1h);
        try {
            co_await timer.async_wait(asio::use_awaitable);
        } catch (const boost::system::system_error&) {
        }
        co_return HttpResponse{};
    });
    io = &stage.io;
    RawClient client(stage);
    client.send(get + get);
    client.leave();
    CHECK(begun == 1);
}

TEST_CASE(
    "http server: stop ends waiting handlers, idle connections and half requests, and the loop runs dry") {
    auto waiting = std::make_shared<Waiting>();
    HttpStage stage(handler_of(waiting));
    waiting->io = &stage.io;
    RawClient asking(stage), idle(stage), half(stage);
    asking.send(get);
    half.send("GET /a HT");
    stage.stop();
    stage.io.restart();
    stage.io.run_for(30s);
    CHECK(stage.io.stopped());
    CHECK(waiting->cancelled == 1);
    CHECK(asking.rest().empty());
    CHECK(idle.rest().empty());
    CHECK(half.rest().empty());
}

TEST_CASE("http server: one connection too many is told so, and there is room again when one leaves") {
    HttpStage stage(echo);
    std::deque<RawClient> clients;
    for (int i = 0; i < 64; ++i) {
        clients.emplace_back(stage).send(get);
        REQUIRE(status_of(clients.back().answer()) == 200);
    }
    RawClient surplus(stage);
    surplus.send(post);
    CHECK(status_of(surplus.rest()) == 503);
    surplus.leave();
    clients.front().leave();
    RawClient next(stage);
    next.send(get);
    CHECK(status_of(next.answer()) == 200);
}

TEST_CASE("http server: twice too many connections are closed without a word") {
    HttpServerLimits limits;
    limits.connections = 4;
    HttpStage stage(echo, limits);
    std::deque<RawClient> clients;
    for (int i = 0; i < 8; ++i)
        clients.emplace_back(stage);
    RawClient surplus(stage);
    CHECK(surplus.rest().empty());
    clients.front().send(get);
    CHECK(status_of(clients.front().answer()) == 200);
}

TEST_CASE("http server: an error's text is JSON, whatever it quotes") {
    const HttpResponse response = http_error(404, "not_found", "no \"x\\y\"\n\x01\xff\xc3\xa4");
    CHECK(response.status == 404);
    CHECK(response.body ==
          "{\"error\": {\"code\": \"not_found\", \"message\": "
          "\"no \\\"x\\\\y\\\"\\n\\u0001?\xc3\xa4\"}}\n");
}
