// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Requests to one of several etcd endpoints. Each is asked once, where the last one went well; who fails to reach an
// endpoint calls next_endpoint() and tries again. A token is fetched when one is needed, and anew when it is refused.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "host-agent/etcd/etcd_settings.hpp"
#include "runtime/http_transfers.hpp"

namespace vnf::host {

/// What an answer means for who asked.
enum class EtcdFault : std::uint8_t {
    None,
    Unreachable,  ///< no answer, no leader, overload: it may have been done or not
    LeaseGone,    ///< not done
    Compacted,    ///< not done: the history asked for is no more
    Full,         ///< not done: the store has no space left
    Denied,       ///< not done: user, password or permission
    Refused,      ///< not done: anything else
};

struct EtcdReply {
    EtcdFault fault = EtcdFault::Unreachable;
    std::string error;  ///< for people
    std::string body;   ///< without a fault
};

class EtcdClient {
  public:
    using OnReply = std::function<void(const EtcdReply&)>;
    using OnLine = std::function<void(std::string_view)>;

    EtcdClient(boost::asio::io_context& io, const EtcdSettings& settings);
    EtcdClient(const EtcdClient&) = delete;
    EtcdClient& operator=(const EtcdClient&) = delete;

    /// `path` is behind "/v3/". `on_reply` is called once on the loop, never from inside, unless cancelled before.
    void call(std::string_view path, std::string body, OnReply on_reply);
    /// One stream at a time; a new one ends the one before. `on_end` when it is over, however it went.
    void stream(std::string_view path, std::string body, OnLine on_line, OnReply on_end);
    void cancel_stream();
    /// Nothing that was asked is answered any more.
    void cancel_all();

    void next_endpoint() { current_ = (current_ + 1) % settings_.endpoints.size(); }
    const std::string& endpoint() const { return settings_.endpoints[current_]; }
    /// It was refused where an answer can't say so.
    void forget_token() { token_.clear(); }

  private:
    struct Asking {
        std::string path, body;
        OnReply on_reply;
        OnLine on_line;      ///< set: a stream
        bool again = false;  ///< with a new token already
    };

    void ask(Asking asking);
    void send(Asking asking);
    void answered(Asking asking, runtime::HttpEnd end);
    void authenticate();
    void authenticated(const runtime::HttpEnd& end);
    runtime::HttpPost post(const std::string& path, std::string body) const;
    void take_lines(std::string_view data);

    const EtcdSettings& settings_;
    std::size_t current_ = 0;
    std::string token_;
    std::vector<Asking> waiting_;  ///< for a token
    bool authenticating_ = false;
    std::string line_;
    OnLine on_line_;
    OnReply on_stream_end_;
    runtime::HttpTransfers::Id stream_{};
    std::uint64_t round_ = 0;  ///< counts cancel_all()
    std::unique_ptr<runtime::HttpTransfers> transfers_;
    boost::asio::io_context& io_;
};

}  // namespace vnf::host
