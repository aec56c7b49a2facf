// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The datagram socket `@cgcs.scale`: requests of the host as guest-client delivers them, and the answers to it.
//
// Policy. A datagram counts only from guest-client's own address and from a user whom the kernel vouches for: root, the
// agent's user, or who is allowed (B-08: the name is open to every local process). What is refused is counted by its
// reason and logged at a limited rate; its sender learns nothing. 256 answers wait for guest-client to read.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "guest-scale-agent/settings.hpp"
#include "runtime/datagram_queue.hpp"
#include "runtime/datagram_server.hpp"
#include "runtime/log.hpp"
#include "wire/messaging_envelope.hpp"
#include "wire/scale_message.hpp"

namespace vnf::scale {

enum class RequestRefusal : std::uint8_t {
    ForeignAddress,  ///< not from guest-client's address, or from none
    NotAllowed,      ///< from that address, but not of a user who may
    Truncated,       ///< longer than 64 KiB
    Malformed,       ///< no envelope of version 2
    Unanswered,      ///< no request that has an answer (specification 4.2)
};
inline constexpr std::size_t request_refusal_count = 5;
std::string_view word(RequestRefusal refusal);

class RequestSocket final : private runtime::DatagramServer::Handler {
  public:
    class Handler {
      public:
        virtual ~Handler() = default;
        virtual void host_said(std::string source, wire::ScaleInput input) = 0;
        /// After the last of those that were there.
        virtual void host_turn_ends() = 0;
    };

    RequestSocket(boost::asio::io_context& io, const RequestSettings& settings, Handler& handler);
    ~RequestSocket() override;
    RequestSocket(const RequestSocket&) = delete;
    RequestSocket& operator=(const RequestSocket&) = delete;

    void start() { server_.start(); }
    void set_allow(const runtime::AllowList& allow) { settings_.allow = allow; }
    /// One answer, by way of guest-client to `dest_addr` on the host.
    void answer(const std::string& dest_addr, wire::JsonText data);

    bool bound() const { return server_.bound(); }
    const std::string& problem() const { return server_.problem(); }
    const runtime::DatagramCounters& answers() const { return answers_; }
    const std::array<std::uint64_t, request_refusal_count>& refused() const { return refused_; }

  private:
    void socket_bound(int socket) override;
    void datagram_came(const runtime::LocalDatagram& datagram) override;
    void datagram_turn_ends() override { handler_.host_turn_ends(); }
    void announce();
    void refuse(RequestRefusal refusal, const runtime::LocalDatagram& datagram,
                const std::string& detail = {});

    boost::asio::io_context& io_;
    RequestSettings settings_;
    Handler& handler_;
    std::shared_ptr<runtime::DatagramQueue> queue_;
    runtime::DatagramCounters answers_;
    std::array<std::uint64_t, request_refusal_count> refused_{};
    runtime::LogLimit refusal_log_;
    runtime::DatagramServer server_;
};

}  // namespace vnf::scale
