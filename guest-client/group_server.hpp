// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The packet socket of libservergroup's handles: accepts whom the allow-list and the broker's quotas admit, keeps their
// sessions by key. A path that is taken is tried again every 5 s: the heartbeat must not depend on it.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "guest-client/group_session.hpp"
#include "guest-client/settings.hpp"
#include "runtime/local_server.hpp"
#include "runtime/log_limits.hpp"

namespace vnf::guest {

class GroupServer final : private GroupSession::Owner {
  public:
    class Handler {
      public:
        virtual ~Handler() = default;
        /// Clients have said something, come or gone.
        virtual void group_clients_said() = 0;
    };

    /// Binds at once, if it can.
    GroupServer(boost::asio::io_context& io, const SocketSettings& settings, GroupBroker& broker,
                Handler& handler);
    ~GroupServer() override;
    GroupServer(const GroupServer&) = delete;
    GroupServer& operator=(const GroupServer&) = delete;

    void start();
    void set_allow(const runtime::AllowList& allow);
    /// Its packets are to be handed over, or it may be read from again. Unknown keys are ignored, here and below.
    void progress(GroupClientKey key);
    void disconnect(GroupClientKey key);

    bool listening() const { return server_.has_value(); }
    runtime::LocalServerCounters socket_counters() const;
    const std::array<std::uint64_t, wire::parse_reason_count>& rejected() const { return rejected_; }

  private:
    void bind();
    void accepted(runtime::FileDescriptor socket, const runtime::PeerCredentials& peer);
    void session_rejected(GroupClientKey key, const wire::ParseError& error) override;
    void session_ended(GroupClientKey key) override;
    void session_turn_ends() override { handler_.group_clients_said(); }

    boost::asio::io_context& io_;
    SocketSettings settings_;
    GroupBroker& broker_;
    Handler& handler_;
    boost::asio::steady_timer timer_;
    std::unordered_map<GroupClientKey, std::shared_ptr<GroupSession>> sessions_;
    std::array<std::uint64_t, wire::parse_reason_count> rejected_{};
    runtime::LogLimits<wire::ParseReason, wire::parse_reason_count> rejection_log_;
    runtime::LogLimit refusal_log_;
    std::string problem_;
    bool started_ = false;
    std::optional<runtime::LocalServer> server_;
};

}  // namespace vnf::guest
