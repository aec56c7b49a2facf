// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The abstract datagram socket `@cgcs.messaging`, by which local services and the host reach each other: who sent what,
// checked, and what is for them, queued.
//
// Policy. A datagram counts only from a socket that is bound to an abstract name, whose user the kernel vouches for
// (SCM_CREDENTIALS) and the allow-list of that name admits: names can be squatted. What is refused is counted by its
// reason and logged at a limited rate, each reason at its own; its sender can't be told. No service gets more than 4096
// bytes at once, the buffer of the old libraries.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "guest-client/service_address.hpp"
#include "runtime/datagram_queue.hpp"
#include "runtime/datagram_server.hpp"
#include "runtime/log_limits.hpp"
#include "runtime/peer_credentials.hpp"
#include "wire/messaging_envelope.hpp"

namespace vnf::guest {

struct ServiceCounters : runtime::DatagramCounters {
    /// said: taken from it. too_long: not given to it.
    std::uint64_t said = 0, too_long = 0;
};

/// Who may speak as which service.
struct ServiceAllow {
    runtime::AllowList any;
    std::map<std::string, runtime::AllowList> by_name;  ///< in place of `any`
    const runtime::AllowList& of(const std::string& service) const;
};

/// What became of a datagram for a local service.
enum class Delivery : std::uint8_t {
    Taken,      ///< given to it, or waits until it reads
    QueueFull,  ///< as many wait as may
    TooLong,    ///< longer than an old library's buffer
    Failed,     ///< the kernel refused it, or the name of ours is somebody else's
    Absent,     ///< nobody has that name
};

class ServiceSocket final : private runtime::DatagramServer::Handler {
  public:
    class Handler {
      public:
        virtual ~Handler() = default;
        virtual void service_said(const std::string& service, wire::ServiceRequest request) = 0;
        /// After the last of those that were there.
        virtual void services_said() = 0;
    };
    /// Services known by name, for operators; of further ones only the sums are kept.
    static constexpr std::size_t known_limit = 64;

    ServiceSocket(boost::asio::io_context& io, std::string name, ServiceAllow allow, Handler& handler);
    ~ServiceSocket() override;
    ServiceSocket(const ServiceSocket&) = delete;
    ServiceSocket& operator=(const ServiceSocket&) = delete;

    void start() { server_.start(); }
    void set_allow(ServiceAllow allow) { allow_ = std::move(allow); }
    /// One datagram to `service`, now or when it has room.
    Delivery deliver(const std::string& service, std::string datagram);
    /// A message of a service that was taken here and could not be handed on.
    void refuse(ServiceRefusal refusal, const std::string& service);

    bool bound() const { return server_.bound(); }
    /// Somebody is bound to that name now.
    static bool is_there(const std::string& service);
    const std::string& name() const { return server_.name(); }
    const std::string& problem() const { return server_.problem(); }
    const std::map<std::string, ServiceCounters>& services() const { return services_; }
    std::size_t queued(const std::string& service) const;
    const std::array<std::uint64_t, service_refusal_count>& refused() const { return refused_; }
    const std::array<std::uint64_t, wire::parse_reason_count>& malformed() const { return malformed_; }
    const ServiceCounters& others() const { return others_; }

  private:
    struct Sender {
        std::string service;
        runtime::PeerCredentials who;
    };

    void socket_bound(int socket) override;
    void datagram_came(const runtime::LocalDatagram& datagram) override;
    void datagram_turn_ends() override { handler_.services_said(); }
    void refuse(ServiceRefusal refusal, const Sender& sender, std::string_view detail = {});
    ServiceCounters& counters_of(const std::string& service);

    boost::asio::io_context& io_;
    ServiceAllow allow_;
    Handler& handler_;
    std::map<std::string, ServiceCounters> services_;
    ServiceCounters others_;
    std::map<std::string, std::shared_ptr<runtime::DatagramQueue>> queues_;
    std::array<std::uint64_t, service_refusal_count> refused_{};
    std::array<std::uint64_t, wire::parse_reason_count> malformed_{};
    runtime::LogLimits<ServiceRefusal, service_refusal_count> refusal_log_;
    runtime::DatagramServer server_;
};

}  // namespace vnf::guest
