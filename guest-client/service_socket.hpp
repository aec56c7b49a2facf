// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The abstract datagram socket `@cgcs.messaging`, by which local services and the host reach each other: who sent what,
// checked, and what is for them, queued.
//
// Policy. A datagram counts only from a socket that is bound to an abstract name, whose user the kernel vouches for
// (SCM_CREDENTIALS) and the allow-list of that name admits: names can be squatted. What is refused is counted by its
// reason and logged at a limited rate, each reason at its own; its sender can't be told. No service gets more than 4096 bytes at once, the buffer
// of the old libraries. If the name is taken, binding is tried again every 5 s.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "guest-client/service_address.hpp"
#include "runtime/datagram_queue.hpp"
#include "runtime/local_datagram.hpp"
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

class ServiceSocket {
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
    ~ServiceSocket();
    ServiceSocket(const ServiceSocket&) = delete;
    ServiceSocket& operator=(const ServiceSocket&) = delete;

    void start();
    void set_allow(ServiceAllow allow) { allow_ = std::move(allow); }
    /// One datagram to `service`, now or when it has room.
    Delivery deliver(const std::string& service, std::string datagram);
    /// A message of a service that was taken here and could not be handed on.
    void refuse(ServiceRefusal refusal, const std::string& service);

    bool bound() const { return socket_.is_open(); }
    /// Somebody is bound to that name now.
    static bool is_there(const std::string& service);
    const std::string& name() const { return name_; }
    const std::string& problem() const { return problem_; }
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

    void bind();
    void bind_later();
    void wait_readable();
    bool read_once();
    void take(const runtime::LocalDatagram& datagram);
    void refuse(ServiceRefusal refusal, const Sender& sender, std::string_view detail = {});
    ServiceCounters& counters_of(const std::string& service);

    boost::asio::io_context& io_;
    std::string name_;
    ServiceAllow allow_;
    Handler& handler_;
    boost::asio::posix::stream_descriptor socket_;
    boost::asio::steady_timer timer_;
    std::string problem_;
    std::map<std::string, ServiceCounters> services_;
    ServiceCounters others_;
    std::map<std::string, std::shared_ptr<runtime::DatagramQueue>> queues_;
    std::array<std::uint64_t, service_refusal_count> refused_{};
    std::array<std::uint64_t, wire::parse_reason_count> malformed_{};
    runtime::LogLimits<ServiceRefusal, service_refusal_count> refusal_log_;
};

}  // namespace vnf::guest
