// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The channel `cgcs.messaging` and everybody on it: its port, the local services, the clients of the server group, and
// the one timer of theirs. Apart from the heartbeat: neither waits for the other.
//
// Policy. The port's own queue is kept empty: a message is handed to it when everything before has been written, so that
// what waits, waits with its sender, and a sender can be told what was not sent. Who has something for the host takes
// turns: the group's clients together, and each other service; 64 messages in one turn of the loop. A service other than
// the group has 256 messages and all together 1 MiB; none can be told, so that more is refused and counted.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "guest-client/group_broker.hpp"
#include "guest-client/group_server.hpp"
#include "guest-client/loss_log.hpp"
#include "guest-client/service_socket.hpp"
#include "guest-client/settings.hpp"
#include "runtime/log_limits.hpp"
#include "runtime/port.hpp"
#include "runtime/wakeup.hpp"
#include "wire/line_framing.hpp"

namespace vnf::guest {

class Messaging final : private runtime::PortHandler,
                        private ServiceSocket::Handler,
                        private GroupServer::Handler {
  public:
    static constexpr std::size_t services_bytes_limit = 1024 * 1024;

    struct Counters {
        std::uint64_t to_services = 0, to_group = 0, foreign_source = 0, announcements = 0, from_group = 0,
                      from_services = 0, for_scale_agent = 0;
        std::array<std::uint64_t, wire::parse_reason_count> rejected_lines{};
    };
    /// Each record for a client inside this process.
    using OnRecord = std::function<void(const wire::GroupDaemonRecord&)>;

    /// A service has said that it is here.
    using OnAnnounced = std::function<void(const std::string& service)>;

    /// Without a port the group's clients are told that there is none.
    Messaging(boost::asio::io_context& io, const Settings& settings, std::optional<runtime::PortAddress> port,
              OnAnnounced on_announced);
    ~Messaging() override;
    Messaging(const Messaging&) = delete;
    Messaging& operator=(const Messaging&) = delete;

    void start();
    void stop();
    void apply(const Settings& settings);

    /// A client of the group inside this process, as a process of its own would be; 0 if there are too many.
    GroupClientKey join(const std::string& name, OnRecord on_record);
    void say(GroupClientKey key, const wire::GroupClientRecord& record);
    void leave(GroupClientKey key);

    const GroupBroker& broker() const { return broker_; }
    const GroupServer& group_server() const { return group_server_; }
    const ServiceSocket& services() const { return services_; }
    const runtime::Port* port() const { return port_ ? &*port_ : nullptr; }
    const wire::LineAssembler& lines() const { return lines_; }
    const Counters& counters() const { return counters_; }

  private:
    void port_up() override;
    void port_down(std::string_view why) override;
    void port_bytes(std::string_view bytes) override;
    void port_drained() override;
    void service_said(const std::string& service, wire::ServiceRequest request) override;
    void services_said() override { settle(); }
    void group_clients_said() override { settle(); }

    void line(std::string_view text);
    void to_service(const wire::PortEnvelope& envelope);
    void for_host(const std::string& service, wire::ServiceRequest request);
    void reject(const wire::ParseError& error, std::size_t bytes);
    void settle();
    void look_after_clients();
    void hand_over(GroupClientKey key);
    void pump();
    bool pump_one();
    bool pump_group();
    bool pump_service();
    bool send(const std::string& line);
    void deadline();

    boost::asio::io_context& io_;
    GroupBroker broker_;
    ServiceSocket services_;
    GroupServer group_server_;
    wire::LineAssembler lines_{wire::messaging_line_limit};
    std::optional<runtime::Port> port_;
    runtime::Wakeup wakeup_;
    std::map<GroupClientKey, OnRecord> insiders_;
    OnAnnounced on_announced_;

    FairQueue<std::string, std::string> from_services_{256};  ///< whole lines by service
    std::size_t from_services_bytes_ = 0;
    std::optional<GroupBroker::ForHost> unwritten_;  ///< in the port's queue
    bool group_turn_ = true, pump_posted_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);

    Counters counters_;
    runtime::LogLimits<wire::ParseReason, wire::parse_reason_count> line_log_, group_log_;
    LossLog losses_;
};

}  // namespace vnf::guest
