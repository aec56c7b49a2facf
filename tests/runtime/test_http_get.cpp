// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One GET against a server that says what the test wants: a metadata service, good and bad.
#include <catch2/catch.hpp>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <thread>

#include "runtime/http_get.hpp"

namespace vnf::runtime {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::milliseconds;

/// Takes one connection and its request, gives one answer, and closes; or says nothing until the client leaves.
class OneAnswer {
  public:
    explicit OneAnswer(std::string answer)
        : acceptor_(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
        thread_ = std::thread([this, answer = std::move(answer)] { serve(answer); });
    }
    ~OneAnswer() { thread_.join(); }
    OneAnswer(const OneAnswer&) = delete;
    OneAnswer& operator=(const OneAnswer&) = delete;
    std::string url() const {
        return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + "/set";
    }

  private:
    void serve(const std::string& answer) {
        boost::system::error_code error;
        tcp::socket socket(io_);
        acceptor_.accept(socket, error);
        std::string request;
        asio::read_until(socket, asio::dynamic_buffer(request), "\r\n\r\n", error);
        if (!answer.empty()) {
            asio::write(socket, asio::buffer(answer), error);
            return;
        }
        std::array<char, 1> more{};
        socket.read_some(asio::buffer(more), error);  // until the client gives up
    }

    asio::io_context io_;
    tcp::acceptor acceptor_;
    std::thread thread_;
};

std::string ok(const std::string& body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

TEST_CASE("A GET gives status and body") {
    const OneAnswer server(ok("set([2, 3])\n"));
    const HttpResult result = http_get(server.url(), milliseconds(10000), 4096);
    CHECK(result.status == 200);
    CHECK(result.body == "set([2, 3])\n");
    CHECK(result.error.empty());
}

TEST_CASE("What is not found has its status, and a redirection is not followed") {
    const OneAnswer missing("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    CHECK(http_get(missing.url(), milliseconds(10000), 4096).status == 404);
    const OneAnswer elsewhere(
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
    CHECK(http_get(elsewhere.url(), milliseconds(10000), 4096).status == 302);
}

TEST_CASE("A body of the limit is taken, and one byte more is an error") {
    const auto [size, status] = GENERATE(table<std::size_t, unsigned>({{4095, 200}, {4096, 200}, {4097, 0}}));
    INFO(size);
    const OneAnswer server(ok(std::string(size, 'x')));
    const HttpResult result = http_get(server.url(), milliseconds(10000), 4096);
    CHECK(result.status == status);
    CHECK(result.error.empty() == (status != 0));
}

TEST_CASE("A server that does not answer costs the given time, and a scheme that is not http is refused") {
    const OneAnswer silent("");
    const HttpResult result = http_get(silent.url(), milliseconds(50), 4096);
    CHECK(result.status == 0);
    CHECK_FALSE(result.error.empty());
    CHECK(http_get("file:///etc/hostname", milliseconds(1000), 4096).status == 0);
}

}  // namespace
}  // namespace vnf::runtime
