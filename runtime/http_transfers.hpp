// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// HTTP/1.1 POSTs from a daemon's loop, many at once, by libcurl's multi interface: sockets and timers are the loop's,
// names are resolved in curl's own thread. Proxies of the environment are ignored; redirects are not followed.
//
// Policy. Every transfer has a bounded answer and, unless it is a stream, a deadline. A stream's dead peer is noticed by
// TCP (keep-alive, user timeout) within some 10 s; who wants to know earlier asks by another transfer.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/clock.hpp"

namespace vnf::runtime {

/// Files in PEM. Without `ca` the system's authorities count; without `certificate` the client shows none.
struct HttpTls {
    std::string ca, certificate, key;
    friend bool operator==(const HttpTls&, const HttpTls&) = default;
};

struct HttpPost {
    std::string url;            ///< http or https
    std::string body;           ///< JSON
    std::string authorization;  ///< the header's value; empty: no header
    Milliseconds connect_deadline{2000};
    Milliseconds deadline{5000};  ///< of the whole transfer; 0: none
    std::size_t largest_answer = 16U * 1024U * 1024U;
};

struct HttpEnd {
    unsigned status = 0;  ///< 0: no whole answer, `error` says why
    std::string body;     ///< empty for a stream that succeeded
    std::string error;
};

class HttpTransfers {
  public:
    using OnEnd = std::function<void(HttpEnd)>;
    using OnData = std::function<void(std::string_view)>;
    /// 0 is none.
    enum class Id : std::uint64_t {};

    HttpTransfers(boost::asio::io_context& io, HttpTls tls);
    /// Cancels what is under way.
    ~HttpTransfers();
    HttpTransfers(const HttpTransfers&) = delete;
    HttpTransfers& operator=(const HttpTransfers&) = delete;

    /// `on_end` is called once, on the loop, never from inside this call and not after cancel(). With `on_data` a
    /// body with status 200 goes there piece by piece, unbounded in all.
    Id start(HttpPost post, OnEnd on_end, OnData on_data = {});
    /// An unknown or ended id is ignored.
    void cancel(Id id);
    std::size_t running() const;

  private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace vnf::runtime
