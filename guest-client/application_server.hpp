// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The application socket: accepts whom the allow-list and the quotas admit, keeps their sessions by key.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>

#include "guest-client/application_session.hpp"
#include "guest-client/settings.hpp"
#include "runtime/local_server.hpp"
#include "runtime/log.hpp"

namespace vnf::guest {

class ApplicationServer final : private ApplicationSession::Owner {
  public:
    class Handler {
      public:
        virtual ~Handler() = default;
        /// Everything below happens between these two.
        virtual void turn_begins() = 0;
        virtual void turn_ends() = 0;
        /// Its key, or 0 to refuse it.
        virtual ApplicationKey application_opened(Application::Peer peer) = 0;
        virtual void application_record(ApplicationKey key, const wire::ApplicationRecord& record) = 0;
        virtual void application_closed(ApplicationKey key, Departure departure) = 0;
    };

    /// Binds at once; throws std::system_error naming the path.
    ApplicationServer(boost::asio::io_context& io, const SocketSettings& settings, Handler& handler);
    ~ApplicationServer() override;
    ApplicationServer(const ApplicationServer&) = delete;
    ApplicationServer& operator=(const ApplicationServer&) = delete;

    void start();
    void set_allow(const runtime::AllowList& allow);

    bool send(ApplicationKey key, const wire::DaemonRecord& record, wire::RecordVersion version);
    void switch_to_version_3(ApplicationKey key, std::int32_t pid);
    void disconnect(ApplicationKey key);
    void drain(ApplicationKey key);

    const runtime::LocalServerCounters& socket_counters() const { return server_.counters(); }
    /// Rejected records by wire::ParseReason.
    const std::array<std::uint64_t, wire::parse_reason_count>& rejected() const { return rejected_; }

  private:
    void accepted(runtime::LocalServer::Socket socket, const runtime::PeerCredentials& peer);
    std::shared_ptr<ApplicationSession> find(ApplicationKey key) const;

    void session_turn_begins() override { handler_.turn_begins(); }
    void session_turn_ends() override { handler_.turn_ends(); }
    void session_record(ApplicationKey key, const wire::ApplicationRecord& record) override;
    void session_rejected(ApplicationKey key, const wire::ParseError& error) override;
    void session_ended(ApplicationKey key, Departure departure) override;

    Handler& handler_;
    std::unordered_map<ApplicationKey, std::shared_ptr<ApplicationSession>> sessions_;
    std::uint32_t sequence_ = 0;
    std::array<std::uint64_t, wire::parse_reason_count> rejected_{};
    runtime::LogLimit rejection_log_, refusal_log_;
    runtime::LocalServer server_;
};

}  // namespace vnf::guest
