// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The packet socket of libservergroup's handles: accepts whom the allow-list and the broker's quotas admit, keeps their
// sessions by key. A path that is taken is tried again every 5 s: the heartbeat must not depend on it.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <unordered_map>

#include "guest-client/group_session.hpp"
#include "guest-client/settings.hpp"
#include "runtime/log_limits.hpp"
#include "runtime/packet_server.hpp"

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

    void start() { server_.start(); }
    void set_allow(const runtime::AllowList& allow) { server_.set_allow(allow); }
    /// Its packets are to be handed over, or it may be read from again. Unknown keys are ignored, here and below.
    void progress(GroupClientKey key);
    void disconnect(GroupClientKey key);

    bool listening() const { return server_.listening(); }
    runtime::LocalServerCounters socket_counters() const { return server_.counters(); }
    const std::array<std::uint64_t, wire::parse_reason_count>& rejected() const { return rejected_; }

  private:
    void accepted(runtime::FileDescriptor socket, const runtime::PeerCredentials& peer);
    void session_rejected(GroupClientKey key, const wire::ParseError& error) override;
    void session_ended(GroupClientKey key) override;
    void session_turn_ends() override { handler_.group_clients_said(); }

    boost::asio::io_context& io_;
    GroupBroker& broker_;
    Handler& handler_;
    std::unordered_map<GroupClientKey, std::shared_ptr<GroupSession>> sessions_;
    std::array<std::uint64_t, wire::parse_reason_count> rejected_{};
    runtime::LogLimits<wire::ParseReason, wire::parse_reason_count> rejection_log_;
    runtime::LogLimit refusal_log_;
    runtime::PacketServer server_;
};

}  // namespace vnf::guest
