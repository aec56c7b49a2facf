// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// An HttpServer on a real socket and clients that send bytes of the test's choice. Server and client take
// turns in one thread, so that "what the server has read by now" is the test's decision.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/http_server.hpp"
#include "tests/runtime/surroundings.hpp"

namespace vnf::runtime::test {

class HttpStage {
  public:
    explicit HttpStage(HttpHandler handler, HttpServerLimits limits = {});
    /// Lets the server do all that it can do now.
    void settle();
    /// Lets the server do something; fails the test when nothing happens for long.
    void wait();
    void stop() { server_.reset(); }

    boost::asio::io_context io;
    std::string path() const { return folder_ / "s"; }

  private:
    ScratchFolder folder_;
    std::unique_ptr<HttpServer> server_;
};

class RawClient {
  public:
    explicit RawClient(HttpStage& stage);
    /// Sends what the socket takes now and lets the server read it; the number of bytes taken.
    std::size_t send(std::string_view bytes);
    /// One answer with Content-Length, whole; or what came before the connection ended.
    std::string answer();
    /// All until the connection ends.
    std::string rest();
    /// What has come by now.
    std::string received();
    void half_close();
    void leave();

  private:
    bool take();

    HttpStage& stage_;
    FileDescriptor fd_;
    std::string buffer_;
    bool ended_ = false;
};

/// The status code of an answer, 0 if it is none.
int status_of(const std::string& answer);

/// "METHOD PATH ?k=v&... BODY" back to the client.
boost::asio::awaitable<HttpReply> echo(HttpRequest request);

}  // namespace vnf::runtime::test
