// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The tools' client against the daemons' server, which runs in a thread of its own here because the client
// blocks.
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <catch2/catch.hpp>
#include <future>
#include <thread>

#include "runtime/http_client.hpp"
#include "runtime/socket_file.hpp"
#include "tests/runtime/http_stage.hpp"

using namespace vnf::runtime;
using namespace vnf::runtime::test;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

asio::awaitable<HttpReply> wait(asio::io_context& io) {
    asio::steady_timer timer(io, 1h);
    co_await timer.async_wait(asio::use_awaitable);
    co_return HttpResponse{};
}

asio::awaitable<HttpReply> absent() {
    co_return http_error(404, "not_found", "no such thing");
}

asio::awaitable<HttpReply> stream() {
    HttpStreamResponse response;
    response.begin = [](const std::shared_ptr<HttpStream>& stream) {
        stream->write("one\ntw");
        stream->write("o\n\nthree\nunfinished");
    };
    co_return response;
}

class Daemon {
  public:
    Daemon() {
        thread_ = std::thread([this] { stage_.io.run(); });
    }
    ~Daemon() {
        asio::post(stage_.io, [this] { stage_.stop(); });
        thread_.join();
    }
    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;
    std::string path() const { return stage_.path(); }

  private:
    asio::awaitable<HttpReply> answer(HttpRequest request) {
        if (request.path == "/wait")
            return wait(stage_.io);
        if (request.path == "/absent")
            return absent();
        return request.path == "/stream" ? stream() : echo(std::move(request));
    }

    HttpStage stage_{[this](HttpRequest request) {
        return answer(std::move(request));
    }};
    std::thread thread_;
};

}  // namespace

TEST_CASE("http client: methods, bodies, paths and statuses arrive as they are") {
    const Daemon daemon;
    const HttpClient client(daemon.path());
    HttpResult result = client.request(
        "GET", "/v1/" + HttpClient::encode("a b+c?") + "?since=" + HttpClient::encode("1&2=3/4"));
    CHECK(result.status == 200);
    CHECK(result.error.empty());
    CHECK(result.body == "GET /v1/a b+c? ?since=1&2=3/4 ");
    CHECK(client.request("POST", "/v", "{\"event\":\"stop\"}").body == "POST /v {\"event\":\"stop\"}");
    CHECK(client.request("POST", "/v").body == "POST /v ");
    CHECK(client.request("DELETE", "/v").body == "DELETE /v ");
    CHECK(client.request("POST", "/v", std::string(60000, 'x')).body.size() == 60008);
    result = client.request("GET", "/absent");
    CHECK(result.status == 404);
    CHECK(result.error.empty());
    CHECK(result.body.find("no such thing") != std::string::npos);
    CHECK(client.request("POST", "/v", std::string(70000, 'x')).status == 413);
}

TEST_CASE("http client: lines of a stream come one by one, until its end or until the caller has enough") {
    const Daemon daemon;
    const HttpClient client(daemon.path());
    std::vector<std::string> lines;
    HttpResult result = client.stream("/stream", [&lines](std::string_view line) {
        lines.emplace_back(line);
        return true;
    });
    CHECK(lines == std::vector<std::string>{"one", "two", "", "three"});
    CHECK(result.status == 200);
    CHECK(result.error.empty());
    CHECK(result.body == "unfinished");
    lines.clear();
    result = client.stream("/stream", [&lines](std::string_view line) {
        lines.emplace_back(line);
        return lines.size() < 2;
    });
    CHECK(lines.size() == 2);
    CHECK(result.error.empty());
    lines.clear();
    result = client.stream("/absent", [&lines](std::string_view line) {
        lines.emplace_back(line);
        return true;
    });
    CHECK(result.status == 404);
    CHECK(lines.empty());
    CHECK(result.body.find("no such thing") != std::string::npos);
}

TEST_CASE("http client: the environment's proxy is not asked") {
    const ScopedVariable proxy("http_proxy", "http://127.0.0.1:1");
    const ScopedVariable all("ALL_PROXY", "http://127.0.0.1:1");
    const Daemon daemon;
    CHECK(HttpClient(daemon.path()).request("GET", "/x").status == 200);
}

TEST_CASE("http client: no answer in time says so") {
    const Daemon daemon;
    const HttpResult result = HttpClient(daemon.path()).request("GET", "/wait", "", 30ms);
    CHECK(result.status == 0);
    CHECK(result.error ==
          "no answer from " + daemon.path() + ": the time is over; is the daemon stopped or overloaded?");
}

TEST_CASE("http client: an error names the socket and what to look at") {
    const ScratchFolder folder;
    const auto error_at = [](const std::string& path) {
        const HttpResult result = HttpClient(path).request("GET", "/");
        CHECK(result.status == 0);
        return result.error;
    };
    CHECK(error_at(folder / "absent") ==
          "no answer from " + folder / "absent" +
              ": there is no such socket; is the daemon running, and is this its socket?");
    const FileDescriptor dead(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    REQUIRE(fill_address(address, folder / "dead"));
    REQUIRE(::bind(dead.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
    CHECK(error_at(folder / "dead").find("nobody listens there") != std::string::npos);
    CHECK(error_at("").find("no socket is named") != std::string::npos);
    CHECK(error_at(folder / std::string(200, 'x')).find("too long") != std::string::npos);
    const HttpResult streamed =
        HttpClient(folder / "absent").stream("/", [](std::string_view) { return true; });
    CHECK(streamed.status == 0);
    CHECK(streamed.error.find("no such socket") != std::string::npos);
}

TEST_CASE("http client: a daemon that closes or ends in the middle is reported") {
    const ScratchFolder folder;
    SocketFile file(folder / "s", {});
    const FileDescriptor listener = file.take_socket();
    for (const auto& [answer_text, words] :
         {std::pair<std::string, std::string>{"", "it closed the connection"},
          {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", "in the middle of its answer"},
          {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "in the middle of its answer"}}) {
        auto result = std::async(std::launch::async,
                                 [&folder] { return HttpClient(folder / "s").request("GET", "/"); });
        pollfd ready{listener.get(), POLLIN, 0};
        REQUIRE(::poll(&ready, 1, 30000) == 1);
        FileDescriptor peer(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
        std::array<char, 4096> request{};
        REQUIRE(::read(peer.get(), request.data(), request.size()) > 0);
        REQUIRE(::write(peer.get(), answer_text.data(), answer_text.size()) ==
                static_cast<ssize_t>(answer_text.size()));
        peer.reset();
        const HttpResult seen = result.get();
        CHECK(seen.status == 0);
        CHECK(seen.error.find(words) != std::string::npos);
    }
}

TEST_CASE("http client: encode keeps what needs no code") {
    CHECK(HttpClient::encode("aZ09-._~") == "aZ09-._~");
    CHECK(HttpClient::encode("a b/c?d=e&f+g%\xc3\xa4") == "a%20b%2Fc%3Fd%3De%26f%2Bg%25%C3%A4");
}
