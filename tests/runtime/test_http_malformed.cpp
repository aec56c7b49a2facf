// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Requests that are none, too large or too slow: an answer that says what is wrong, and a server that goes
// on.
#include <boost/asio/awaitable.hpp>
#include <catch2/catch.hpp>
#include <random>

#include "tests/runtime/http_stage.hpp"

using namespace vnf::runtime;
using namespace vnf::runtime::test;
using namespace std::chrono_literals;

namespace {

const std::string good = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

std::string answer_to(HttpStage& stage, const std::string& request) {
    RawClient client(stage);
    client.send(request);
    client.half_close();
    return client.rest();
}

void check_alive(HttpStage& stage) {
    RawClient client(stage);
    client.send(good);
    CHECK(status_of(client.answer()) == 200);
}

}  // namespace

TEST_CASE("http server: a malformed request is a 400 with a JSON error and the end of the connection") {
    HttpStage stage(echo);
    for (const std::string& wrong :
         {std::string("\r\n\r\n"), std::string("GET\r\n\r\n"), std::string("GET /\r\n\r\n"),
          std::string("GET / HTTP/2.0\r\n\r\n"), std::string("GET / HTTP/1.1\r\nno colon\r\n\r\n"),
          std::string("GET / HTTP/1.1\r\n: empty\r\n\r\n"), std::string("GET / HTTP/1.1\r\na b: c\r\n\r\n"),
          std::string("GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"),
          std::string("GET / HTTP/1.1\r\nContent-Length: 5x\r\n\r\nhello"),
          std::string("GET / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n"),
          std::string("GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
          std::string("POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
          std::string("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
          std::string("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n"),
          std::string("\0\0\0\0\r\n\r\n", 8),
          std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15),
          std::string("GET / HTTP/1.1\r\nx: \x01\r\n\r\n"), std::string("GET /\x01 HTTP/1.1\r\n\r\n"),
          std::string("GET / HTTP/1.1\nHost: x\n\n")}) {
        INFO(wrong);
        const std::string answer = answer_to(stage, wrong);
        CHECK(status_of(answer) == 400);
        CHECK(answer.find("{\"error\": {\"code\": \"bad_request\"") != std::string::npos);
        CHECK(answer.find("Connection: close\r\n") != std::string::npos);
    }
    check_alive(stage);
}

TEST_CASE("http server: a request that ends in its middle is a 400, no request at all is nothing") {
    HttpStage stage(echo);
    const std::string post = "POST /b HTTP/1.1\r\nContent-Length: 5\r\n\r\nhell";
    for (std::size_t length = 1; length <= post.size(); ++length)
        CHECK(status_of(answer_to(stage, post.substr(0, length))) == 400);
    CHECK(answer_to(stage, "").empty());
    check_alive(stage);
}

TEST_CASE("http server: a target that is not usable is a 400, and the connection is kept") {
    HttpStage stage(echo);
    RawClient client(stage);
    for (const char* target : {"*", "/%zz", "/a%2Fb", "/a%00", "/a?x=1&x=2", "nothing"}) {
        client.send("GET " + std::string(target) + " HTTP/1.1\r\n\r\n");
        CHECK(status_of(client.answer()) == 400);
    }
    client.send(good);
    CHECK(status_of(client.answer()) == 200);
}

TEST_CASE("http server: a head above 8 KiB is a 431, however it arrives") {
    HttpStage stage(echo);
    const std::string start = "GET /a HTTP/1.1\r\nx: ";
    CHECK(status_of(answer_to(stage, start + std::string(8000, 'x') + "\r\n\r\n")) == 200);
    CHECK(status_of(answer_to(stage, start + std::string(9000, 'x') + "\r\n\r\n")) == 431);
    CHECK(status_of(answer_to(stage, start + std::string(500000, 'x'))) == 431);
    CHECK(status_of(answer_to(stage, "GET /" + std::string(500000, 'x'))) == 431);
    std::string fields = "GET /a HTTP/1.1\r\n";
    for (int i = 0; i < 2000; ++i)
        fields += "x: y\r\n";
    CHECK(status_of(answer_to(stage, fields + "\r\n")) == 431);
    RawClient slow(stage);
    slow.send("GET /a HTTP/1.1\r\nx: ");
    for (int i = 0; i < 100; ++i)
        slow.send(std::string(100, 'x'));
    CHECK(status_of(slow.rest()) == 431);
    check_alive(stage);
}

TEST_CASE("http server: a body above 64 KiB is a 413, announced or not") {
    HttpStage stage(echo);
    const auto post = [](std::size_t length) {
        return "POST /b HTTP/1.1\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n";
    };
    CHECK(status_of(answer_to(stage, post(65536) + std::string(65536, 'x'))) == 200);
    CHECK(status_of(answer_to(stage, post(65537))) == 413);
    CHECK(status_of(answer_to(stage, post(65537) + std::string(65537, 'x'))) == 413);
    CHECK(status_of(answer_to(stage, post(1UL << 40U))) == 413);
    const std::string chunked = "POST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    CHECK(status_of(answer_to(stage, chunked + "10000\r\n" + std::string(65536, 'x') + "\r\n0\r\n\r\n")) ==
          200);
    CHECK(status_of(answer_to(stage, chunked + "10001\r\n" + std::string(65537, 'x') + "\r\n0\r\n\r\n")) ==
          413);
    CHECK(status_of(answer_to(stage, chunked + "ffffffffffffffff\r\n")) == 413);
    check_alive(stage);
}

TEST_CASE("http server: a client that sends for ever sees its answer and then the end") {
    HttpStage stage(echo);
    RawClient client(stage);
    client.send("POST /b HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n");
    const std::string block(65536, 'x');
    std::size_t sent = 0;
    while (sent < 64 * 1024 * 1024) {
        const std::size_t taken = client.send(block);
        sent += taken;
        if (taken < block.size())
            break;
    }
    CHECK(sent < 8 * 1024 * 1024);
    CHECK(status_of(client.rest()) == 413);
}

TEST_CASE("http server: a request that does not arrive in its time is a 408") {
    HttpServerLimits limits;
    limits.request_time = 20ms;
    HttpStage stage(echo, limits);
    for (const std::string start :
         {"G", "GET /a HTTP/1.1\r\n", "POST /b HTTP/1.1\r\nContent-Length: 5\r\n\r\nhell"}) {
        RawClient client(stage);
        client.send(start);
        CHECK(status_of(client.rest()) == 408);
    }
}

TEST_CASE("http server: a connection without a request is closed after its time, without a word") {
    HttpServerLimits limits;
    limits.idle_time = 20ms;
    HttpStage stage(echo, limits);
    RawClient fresh(stage);
    CHECK(fresh.rest().empty());
    RawClient kept(stage);
    kept.send(good);
    CHECK(status_of(kept.answer()) == 200);
    CHECK(kept.rest().empty());
}

TEST_CASE("http server: a client that does not take its answer is closed after its time") {
    HttpServerLimits limits;
    limits.request_time = 20ms;
    limits.idle_time = 20ms;
    HttpStage stage(
        [](HttpRequest) -> boost::asio::awaitable<HttpReply> {
            co_return HttpResponse{200, std::string(5000000, 'x'), "t"};
        },
        limits);
    RawClient client(stage);
    client.send(good);
    stage.stop();  // would hang or leak if the connection were not in its hands
    CHECK(client.rest().size() < 5000000);
}

TEST_CASE("http server: damaged requests get an answer or the end, and the server goes on") {
    HttpStage stage(echo);
    const std::string whole =
        "POST /v1/instances/a%20b/vote?x=1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
        "Connection: keep-alive\r\n\r\nhelloPOST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5;ext=1\r\nhello\r\n0\r\nTrailer: x\r\n\r\n";
    std::mt19937 random(20260802);
    const auto any = [&random](std::size_t below) {
        return std::uniform_int_distribution<std::size_t>(0, below - 1)(random);
    };
    int refused = 0;
    for (int round = 0; round < 3000; ++round) {
        std::string text = whole;
        for (std::size_t change = any(5) + 1; change > 0; --change) {
            const std::size_t at = any(text.size());
            if (any(3) == 0)
                text.erase(at, any(20));
            else if (any(2) == 0)
                text.insert(at, whole, any(whole.size()), any(30));
            else
                text[at] = static_cast<char>(any(256));
        }
        const std::string answer = answer_to(stage, text);
        CHECK((answer.empty() || status_of(answer) >= 200));
        refused += answer.find("HTTP/1.1 4") != std::string::npos ? 1 : 0;
    }
    CHECK(refused > 500);
    check_alive(stage);
}
