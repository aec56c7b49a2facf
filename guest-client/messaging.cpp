// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Who hands what to whom.
#include "guest-client/messaging.hpp"

#include <unistd.h>

#include <boost/asio/post.hpp>
#include <utility>

#include "guest-client/random_id.hpp"
#include "guest-client/scale_absence.hpp"
#include "wire/messaging_envelope.hpp"

namespace vnf::guest {

using runtime::Clock;

namespace {

/// Messages to the host in one turn of the loop.
constexpr int messages_a_turn = 64;
/// Far from the end of the range, where numbers would begin again at 1.
constexpr std::int32_t sequence_mask = 0x3fffffff;

GroupBroker::Settings broker_settings(const Settings& settings) {
    return {settings.groups.limits, !settings.session.offered.empty()};
}

}  // namespace

Messaging::Messaging(boost::asio::io_context& io, const Settings& settings,
                     std::optional<runtime::PortAddress> port, OnAnnounced on_announced)
    : io_(io),
      broker_(broker_settings(settings), kernel_random_ids()() & sequence_mask),
      services_(io, settings.messaging.address, settings.messaging.allow, *this),
      group_server_(io, settings.groups.socket, broker_, *this),
      wakeup_(io, [this] { deadline(); }),
      on_announced_(std::move(on_announced)) {
    if (port) {
        runtime::PortHandler& handler = *this;
        port_.emplace(io, std::move(*port), runtime::PortOptions{}, handler);
    }
    broker_.link_down(port_ ? "no host has connected yet" : "this guest has no messaging port");
}

Messaging::~Messaging() {
    *alive_ = false;
}

void Messaging::start() {
    group_server_.start();
    if (port_) {
        services_.start();
        port_->start();
    }
}

void Messaging::stop() {
    if (port_) {
        port_->stop();
    }
}

void Messaging::apply(const Settings& settings) {
    services_.set_allow(settings.messaging.allow);
    group_server_.set_allow(settings.groups.socket.allow);
    broker_.set(broker_settings(settings));
}

// ---- the port ---------------------------------------------------------------------------------------------

void Messaging::port_up() {
    lines_.reset();
    runtime::log_info("messaging channel up", {{"port", port_->describe()}});
    broker_.link_up();
    settle();
}

void Messaging::port_down(std::string_view why) {
    lines_.reset();
    runtime::log_info("messaging channel down", {{"why", why}});
    if (unwritten_) {
        broker_.not_written(*std::exchange(unwritten_, std::nullopt));
    }
    broker_.link_down("the host is away: " + std::string(why));
    for (const auto& [service, lines] : from_services_.clear()) {
        for (std::size_t i = 0; i < lines.size(); ++i) {
            services_.refuse(ServiceRefusal::NoLink, service);
        }
    }
    from_services_bytes_ = 0;
    settle();
}

void Messaging::port_drained() {
    unwritten_.reset();
    settle();
}

void Messaging::port_bytes(std::string_view bytes) {
    const std::uint64_t overlong = lines_.overlong();
    // Clients are given each message at once: a read of 64 KiB may hold more of them than a client's queue.
    lines_.feed(bytes, [this](std::string_view text) {
        line(text);
        look_after_clients();
    });
    counters_.rejected_lines.at(static_cast<std::size_t>(wire::ParseReason::Overlong)) +=
        lines_.overlong() - overlong;
    settle();
}

void Messaging::line(std::string_view text) {
    if (text.find_first_not_of(" \t\r") == std::string_view::npos) {
        return;  // what resynchronises old guests
    }
    auto parsed = wire::parse_port_envelope(text);
    if (const auto* error = std::get_if<wire::ParseError>(&parsed)) {
        return reject(*error, text.size());
    }
    auto& envelope = std::get<wire::PortEnvelope>(parsed);
    if (envelope.dest_addr != wire::server_group_address) {
        return to_service(envelope);
    }
    if (envelope.source_addr != wire::server_group_address) {
        ++counters_.foreign_source;
        return;
    }
    ++counters_.to_group;
    if (const auto error = broker_.host_said(envelope.data, Clock::now())) {
        if (group_log_.admit(error->reason, Clock::now())) {
            runtime::log_warning(
                "group message of the host rejected",
                {{"reason", to_string(*error)}, {"suppressed", group_log_.suppressed(error->reason)}});
        }
    }
}

/// A service that is not there stays silent, as with the old agent; only for the scale agent is answered, whose host
/// waits ten seconds.
void Messaging::to_service(const wire::PortEnvelope& envelope) {
    ++counters_.to_services;
    const Delivery delivery = services_.deliver(
        envelope.dest_addr, wire::encode(wire::ServiceDelivery{envelope.source_addr, envelope.data}));
    if (delivery == Delivery::Taken || envelope.dest_addr != wire::scale_address) {
        return;
    }
    if (auto answer = answer_for_scale_agent(envelope.data, delivery)) {
        ++counters_.for_scale_agent;
        for_host(envelope.dest_addr, {envelope.source_addr, *std::move(answer)});
    }
}

void Messaging::reject(const wire::ParseError& error, std::size_t bytes) {
    ++counters_.rejected_lines.at(static_cast<std::size_t>(error.reason));
    if (line_log_.admit(error.reason, Clock::now())) {
        runtime::log_warning("message of the host rejected",
                             {{"channel", "messaging"},
                              {"reason", to_string(error)},
                              {"bytes", bytes},
                              {"suppressed", line_log_.suppressed(error.reason)}});
    }
}

// ---- local services ---------------------------------------------------------------------------------------

void Messaging::service_said(const std::string& service, wire::ServiceRequest request) {
    if (service == wire::server_group_address && request.dest_addr == wire::server_group_address) {
        return broker_.old_client_said(request.data, Clock::now());
    }
    if (request.dest_addr == services_.name()) {
        // To us, not to the host: the service has just come (docs/protocol.md, section 5).
        ++counters_.announcements;
        return on_announced_(service);
    }
    for_host(service, std::move(request));
}

void Messaging::for_host(const std::string& service, wire::ServiceRequest request) {
    if (!port_->up()) {
        return services_.refuse(ServiceRefusal::NoLink, service);
    }
    std::string line =
        wire::encode(wire::PortEnvelope{std::move(request.dest_addr), service, std::move(request.data)});
    const std::size_t size = line.size();
    constexpr std::size_t line_ends = 2;
    if (size > wire::messaging_line_limit + line_ends) {
        return services_.refuse(ServiceRefusal::Truncated, service);
    }
    if (from_services_bytes_ + size > services_bytes_limit ||
        !from_services_.push(service, std::move(line))) {
        return services_.refuse(ServiceRefusal::QueueFull, service);
    }
    from_services_bytes_ += size;
}

// ---- to the host ------------------------------------------------------------------------------------------

void Messaging::pump() {
    for (int i = 0; i < messages_a_turn; ++i) {
        if (!port_ || !port_->up() || port_->queued() > 0) {
            return;
        }
        unwritten_.reset();
        if (!pump_one()) {
            return;
        }
    }
    if (!std::exchange(pump_posted_, true)) {
        boost::asio::post(io_, [this, alive = alive_] {
            if (*alive) {
                pump_posted_ = false;
                settle();
            }
        });
    }
}

bool Messaging::pump_one() {
    // The group's clients count as one service among the others.
    if (std::exchange(group_turn_, !group_turn_)) {
        return pump_group() || pump_service();
    }
    return pump_service() || pump_group();
}

bool Messaging::pump_group() {
    auto message = broker_.take_for_host(Clock::now());
    if (!message) {
        return false;
    }
    const std::string group(wire::server_group_address);
    if (!send(wire::encode(wire::PortEnvelope{group, group, wire::encode(message->request)}))) {
        broker_.not_written(*message);
    } else if (++counters_.from_group; port_->queued() > 0) {
        unwritten_ = std::move(message);
    }
    return true;
}

bool Messaging::pump_service() {
    const auto next = from_services_.take();
    if (!next) {
        return false;
    }
    from_services_bytes_ -= next->second.size();
    if (send(next->second)) {
        ++counters_.from_services;
    } else {
        services_.refuse(ServiceRefusal::NoLink, next->first);
    }
    return true;
}

bool Messaging::send(const std::string& line) {
    return port_->send(line) == runtime::SendOutcome::Accepted;
}

// ---- turns ------------------------------------------------------------------------------------------------

void Messaging::settle() {
    pump();
    look_after_clients();
    wakeup_.set(broker_.next_deadline());
    losses_.look(broker_.counters(), services_, counters_.foreign_source, Clock::now());
}

void Messaging::look_after_clients() {
    for (const GroupClientKey key : broker_.take_expelled()) {
        group_server_.disconnect(key);
    }
    for (const GroupBroker::ForOldClient& message : broker_.take_for_old_client()) {
        const std::string group(wire::server_group_address);
        const std::string datagram = wire::encode(wire::ServiceDelivery{group, message.data});
        if (services_.deliver(group, datagram) == Delivery::QueueFull) {
            broker_.old_client_missed(message);
        }
    }
    for (const GroupClientKey key : broker_.take_touched()) {
        hand_over(key);
    }
}

void Messaging::hand_over(GroupClientKey key) {
    const auto insider = insiders_.find(key);
    if (insider == insiders_.end()) {
        return group_server_.progress(key);
    }
    // It may leave while it listens.
    const OnRecord on_record = insider->second;
    while (const std::string* packet = broker_.packet(key)) {
        const auto record = wire::parse_group_daemon_record(*packet);
        broker_.packet_taken(key);
        if (const auto* said = std::get_if<wire::GroupDaemonRecord>(&record)) {
            on_record(*said);
        }
    }
}

void Messaging::deadline() {
    broker_.timer(Clock::now());
    settle();
}

// ---- clients inside this process --------------------------------------------------------------------------

GroupClientKey Messaging::join(const std::string& name, OnRecord on_record) {
    const GroupClientKey key = broker_.opened({::getpid(), ::geteuid()}, Clock::now());
    if (key != 0) {
        insiders_.emplace(key, std::move(on_record));
        say(key, wire::GroupHello{name});
    }
    return key;
}

void Messaging::say(GroupClientKey key, const wire::GroupClientRecord& record) {
    broker_.record(key, record, Clock::now());
    settle();
}

void Messaging::leave(GroupClientKey key) {
    insiders_.erase(key);
    broker_.closed(key);
    settle();
}

}  // namespace vnf::guest
