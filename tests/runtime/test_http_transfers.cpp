// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// POSTs from the loop to a server on the same loop, so that everything that would block shows as a hang.
#include <catch2/catch.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <optional>

#include "runtime/http_transfers.hpp"
#include "tests/runtime/loop_fixture.hpp"

using namespace vnf;
using namespace vnf::runtime;
using vnf::test::run_until;

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// Answers every request of every connection with the same bytes.
class Server {
  public:
    Server(asio::io_context& io, std::string answer)
        : acceptor_(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)), answer_(std::move(answer)) {
        accept();
    }
    std::string url(const std::string& host = "127.0.0.1") const {
        return "http://" + host + ':' + std::to_string(acceptor_.local_endpoint().port()) + "/path";
    }
    void say(const std::string& more) {
        for (const auto& one : connections_)
            asio::write(one->socket, asio::buffer(more));
    }
    void leave() {
        for (const auto& one : connections_)
            one->socket.close();
    }

    std::size_t accepted = 0;
    std::string requests;

  private:
    struct Connection {
        explicit Connection(tcp::socket with) : socket(std::move(with)) {}
        tcp::socket socket;
        std::array<char, 65536> buffer{};
    };

    void accept() {
        acceptor_.async_accept([this](const error_code& error, tcp::socket socket) {
            if (error)
                return;
            ++accepted;
            connections_.push_back(std::make_shared<Connection>(std::move(socket)));
            read(connections_.back());
            accept();
        });
    }
    void read(const std::shared_ptr<Connection>& one) {
        one->socket.async_read_some(asio::buffer(one->buffer),
                                    [this, one](const error_code& error, std::size_t size) {
                                        if (error)
                                            return;
                                        const std::string request(one->buffer.data(), size);
                                        requests += request;
                                        if (request.find("\r\n\r\n") != std::string::npos && !answer_.empty())
                                            asio::write(one->socket, asio::buffer(answer_));
                                        read(one);
                                    });
    }

    tcp::acceptor acceptor_;
    std::string answer_;
    std::vector<std::shared_ptr<Connection>> connections_;
};

std::string answer_of(const std::string& body, const std::string& status = "200 OK") {
    return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

HttpPost post_to(const std::string& url) {
    HttpPost post;
    post.url = url;
    post.body = "{\"a\":1}";
    return post;
}

HttpEnd ended(asio::io_context& io, HttpTransfers& transfers, HttpPost post) {
    std::optional<HttpEnd> end;
    transfers.start(std::move(post), [&end](HttpEnd with) { end = std::move(with); });
    CHECK_FALSE(end);
    REQUIRE(run_until(io, [&end] { return end.has_value(); }));
    return *end;
}

}  // namespace

TEST_CASE("A POST is answered whole, and the next one uses the same connection") {
    asio::io_context io;
    Server server(io, answer_of("hello", "404 Not Found"));
    HttpTransfers transfers(io, {});
    HttpPost post = post_to(server.url());
    post.authorization = "token.1";
    const HttpEnd first = ended(io, transfers, post);
    CHECK(first.status == 404);
    CHECK(first.body == "hello");
    CHECK(first.error.empty());
    CHECK(ended(io, transfers, post).body == "hello");
    CHECK(server.accepted == 1);
    CHECK(server.requests.find("POST /path HTTP/1.1\r\n") == 0);
    CHECK(server.requests.find("\r\nAuthorization: token.1\r\n") != std::string::npos);
    CHECK(server.requests.find("\r\nContent-Type: application/json\r\n") != std::string::npos);
    CHECK(server.requests.find("Expect") == std::string::npos);
    CHECK(transfers.running() == 0);
}

TEST_CASE("A name is resolved beside the loop") {
    asio::io_context io;
    Server server(io, answer_of("hello"));
    HttpTransfers transfers(io, {});
    CHECK(ended(io, transfers, post_to(server.url("localhost"))).body == "hello");
}

TEST_CASE("A stream's pieces are handed over as they come, and its end is told") {
    asio::io_context io;
    Server server(io, "HTTP/1.1 200 OK\r\n\r\nfirst\n");
    HttpTransfers transfers(io, {});
    HttpPost post = post_to(server.url());
    post.deadline = Milliseconds(0);
    post.largest_answer = 32768;
    std::string heard;
    std::optional<HttpEnd> end;
    transfers.start(
        post, [&end](HttpEnd with) { end = std::move(with); },
        [&heard](std::string_view data) { heard += data; });
    REQUIRE(run_until(io, [&heard] { return heard == "first\n"; }));
    // More in all than an answer may have.
    for (int i = 0; i < 8; ++i) {
        const std::size_t before = heard.size();
        server.say(std::string(16384, 'x'));
        REQUIRE(run_until(io, [&heard, before] { return heard.size() == before + 16384; }));
    }
    CHECK_FALSE(end);
    server.leave();
    REQUIRE(run_until(io, [&end] { return end.has_value(); }));
    CHECK(end->status == 200);
    CHECK(end->body.empty());
}

TEST_CASE("A stream that is refused has a body like any other answer") {
    asio::io_context io;
    Server server(io, answer_of("no", "401 Unauthorized"));
    HttpTransfers transfers(io, {});
    std::optional<HttpEnd> end;
    transfers.start(
        post_to(server.url()), [&end](HttpEnd with) { end = std::move(with); },
        [](std::string_view) { FAIL("no data"); });
    REQUIRE(run_until(io, [&end] { return end.has_value(); }));
    CHECK(end->status == 401);
    CHECK(end->body == "no");
}

TEST_CASE("An answer at its bound is taken, one beyond is refused") {
    asio::io_context io;
    HttpTransfers transfers(io, {});
    for (const std::size_t size : {99999U, 100000U, 100001U}) {
        Server server(io, answer_of(std::string(size, 'x')));
        HttpPost post = post_to(server.url());
        post.largest_answer = 100000;
        const HttpEnd end = ended(io, transfers, post);
        CHECK(end.status == (size > 100000 ? 0 : 200));
        CHECK(end.body.size() == (size > 100000 ? 0 : size));
        CHECK((end.error.find("too large") != std::string::npos) == (size > 100000));
        server.leave();
    }
}

TEST_CASE("Nobody there, no answer in time, half an answer, and no HTTP are told as such") {
    asio::io_context io;
    HttpTransfers transfers(io, {});
    std::string nobody;
    {
        const Server gone(io, "");
        nobody = gone.url();
    }
    CHECK_FALSE(ended(io, transfers, post_to(nobody)).error.empty());
    CHECK_FALSE(ended(io, transfers, post_to("file:///etc/passwd")).error.empty());
    CHECK_FALSE(ended(io, transfers, post_to("no url")).error.empty());
    Server silent(io, "");
    HttpPost post = post_to(silent.url());
    post.deadline = Milliseconds(50);
    CHECK(ended(io, transfers, post).status == 0);
    Server odd(io, "220 mail.example ESMTP\r\n");
    post = post_to(odd.url());
    post.deadline = Milliseconds(500);
    CHECK(ended(io, transfers, post).status == 0);
    Server half(io, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    std::optional<HttpEnd> end;
    transfers.start(post_to(half.url()), [&end](HttpEnd with) { end = std::move(with); });
    REQUIRE(run_until(io, [&half] { return half.requests.find("}") != std::string::npos; }));
    half.leave();
    REQUIRE(run_until(io, [&end] { return end.has_value(); }));
    CHECK(end->status == 0);
    CHECK(end->body.empty());
}

TEST_CASE("What is cancelled is not told, and leaves no descriptor behind") {
    asio::io_context io;
    Server silent(io, "");
    const std::size_t before = vnf::test::open_descriptors();
    {
        HttpTransfers transfers(io, {});
        const auto never = [](const HttpEnd&) {
            FAIL("told");
        };
        const HttpTransfers::Id cancelled = transfers.start(post_to(silent.url()), never);
        transfers.start(post_to(silent.url()), never);
        REQUIRE(run_until(io, [&silent] { return silent.accepted == 2; }));
        transfers.cancel(cancelled);
        transfers.cancel(cancelled);
        CHECK(transfers.running() == 1);
    }
    silent.leave();
    vnf::test::run_ready(io);
    CHECK(vnf::test::open_descriptors() <= before);
}

TEST_CASE("A handler may start the next transfer, and may destroy them all") {
    asio::io_context io;
    Server server(io, answer_of("hello"));
    auto transfers = std::make_unique<HttpTransfers>(io, HttpTls{});
    bool done = false;
    transfers->start(post_to(server.url()), [&](const HttpEnd&) {
        transfers->start(post_to(server.url()), [&](const HttpEnd&) {
            transfers.reset();
            done = true;
        });
        transfers->start(post_to("http://127.0.0.1:1/"), [](const HttpEnd&) {});
    });
    REQUIRE(run_until(io, [&done] { return done; }));
    Server streaming(io, "HTTP/1.1 200 OK\r\n\r\ndata");
    transfers = std::make_unique<HttpTransfers>(io, HttpTls{});
    transfers->start(
        post_to(streaming.url()), [](const HttpEnd&) { FAIL("told"); },
        [&transfers](std::string_view) { transfers.reset(); });
    REQUIRE(run_until(io, [&transfers] { return transfers == nullptr; }));
    vnf::test::run_ready(io);
}
