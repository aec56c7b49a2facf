// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The packet socket of libguestscale's handles: accepts whom the allow-list and the desk's quotas admit, keeps their
// sessions by key. A path that is taken is tried again every 5 s: the host's requests must not depend on it.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include "guest-scale-agent/application_session.hpp"
#include "runtime/log.hpp"
#include "runtime/packet_server.hpp"

namespace vnf::scale {

class ApplicationServer final : private ApplicationSession::Owner {
  public:
    class Handler {
      public:
        virtual ~Handler() = default;
        /// 0 if there are too many.
        virtual ApplicationKey application_opened(ApplicationPeer peer) = 0;
        virtual void application_said(ApplicationKey key, const wire::ScaleClientRecord& record) = 0;
        virtual void application_closed(ApplicationKey key) = 0;
        virtual void application_turn_ends() = 0;
    };

    /// Binds at once, if it can.
    ApplicationServer(boost::asio::io_context& io, const runtime::SocketSettings& settings, Handler& handler);
    ~ApplicationServer() override;
    ApplicationServer(const ApplicationServer&) = delete;
    ApplicationServer& operator=(const ApplicationServer&) = delete;

    void start() { server_.start(); }
    void set_allow(const runtime::AllowList& allow) { server_.set_allow(allow); }
    /// Unknown keys are ignored, here and below.
    void send(ApplicationKey key, const std::string& packet);
    /// Its handler is not told.
    void disconnect(ApplicationKey key);

    bool listening() const { return server_.listening(); }
    runtime::LocalServerCounters socket_counters() const { return server_.counters(); }
    const std::array<std::uint64_t, wire::parse_reason_count>& rejected() const { return rejected_; }

  private:
    void accepted(runtime::FileDescriptor socket, const runtime::PeerCredentials& peer);
    void session_said(ApplicationKey key, const wire::ScaleClientRecord& record) override;
    void session_rejected(ApplicationKey key, const wire::ParseError& error) override;
    void session_ended(ApplicationKey key) override;
    void session_turn_ends() override { handler_.application_turn_ends(); }

    boost::asio::io_context& io_;
    Handler& handler_;
    std::unordered_map<ApplicationKey, std::shared_ptr<ApplicationSession>> sessions_;
    std::array<std::uint64_t, wire::parse_reason_count> rejected_{};
    runtime::LogLimit rejection_log_, refusal_log_;
    runtime::PacketServer server_;
};

}  // namespace vnf::scale
