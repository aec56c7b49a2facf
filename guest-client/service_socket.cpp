// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Judge what was received; deliver.
#include "guest-client/service_socket.hpp"

#include <utility>
#include <variant>

#include "runtime/clock.hpp"
#include "runtime/file_descriptor.hpp"

namespace vnf::guest {
namespace {

constexpr int datagrams_a_turn = 64;
/// What may lie unread at all services together; the kernel cuts a wish beyond its own limit.
constexpr int send_buffer = 1024 * 1024;

}  // namespace

const runtime::AllowList& ServiceAllow::of(const std::string& service) const {
    const auto place = by_name.find(service);
    return place == by_name.end() ? any : place->second;
}

ServiceSocket::ServiceSocket(boost::asio::io_context& io, std::string name, ServiceAllow allow,
                             Handler& handler)
    : io_(io),
      allow_(std::move(allow)),
      handler_(handler),
      server_(
          io,
          {std::move(name), "local services can't be served", wire::messaging_line_limit, datagrams_a_turn},
          *this) {}

ServiceSocket::~ServiceSocket() {
    for (const auto& [service, queue] : queues_) {
        queue->close();
    }
}

void ServiceSocket::socket_bound(int socket) {
    ::setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof send_buffer);
}

void ServiceSocket::datagram_came(const runtime::LocalDatagram& datagram) {
    Sender sender;
    sender.who = datagram.who.value_or(runtime::PeerCredentials{});
    auto name = service_name(datagram.from, datagram.from_size);
    if (const auto* refusal = std::get_if<ServiceRefusal>(&name)) {
        return refuse(*refusal, sender);
    }
    sender.service = std::move(std::get<std::string>(name));
    if (!datagram.who || !allow_.of(sender.service).allows(sender.who)) {
        return refuse(ServiceRefusal::NotAllowed, sender);
    }
    if (datagram.truncated) {
        return refuse(ServiceRefusal::Truncated, sender);
    }
    if (datagram.bytes.empty()) {
        return refuse(ServiceRefusal::Empty, sender);
    }
    auto parsed = wire::parse_service_request(datagram.bytes);
    if (const auto* error = std::get_if<wire::ParseError>(&parsed)) {
        ++malformed_.at(static_cast<std::size_t>(error->reason));
        return refuse(ServiceRefusal::Malformed, sender, to_string(*error));
    }
    ++counters_of(sender.service).said;
    handler_.service_said(sender.service, std::get<wire::ServiceRequest>(std::move(parsed)));
}

void ServiceSocket::refuse(ServiceRefusal refusal, const std::string& service) {
    Sender sender;
    sender.service = service;
    refuse(refusal, sender);
}

void ServiceSocket::refuse(ServiceRefusal refusal, const Sender& sender, std::string_view detail) {
    ++refused_.at(static_cast<std::size_t>(refusal));
    if (refusal_log_.admit(refusal, runtime::Clock::now())) {
        runtime::log_warning("message of a local service refused",
                             {{"reason", word(refusal)},
                              {"service", sender.service},
                              {"uid", sender.who.uid},
                              {"pid", sender.who.pid},
                              {"detail", detail},
                              {"suppressed", refusal_log_.suppressed(refusal)}});
    }
}

ServiceCounters& ServiceSocket::counters_of(const std::string& service) {
    const auto place = services_.find(service);
    if (place != services_.end()) {
        return place->second;
    }
    return services_.size() < known_limit ? services_[service] : others_;
}

Delivery ServiceSocket::deliver(const std::string& service, std::string datagram) {
    ServiceCounters& counters = counters_of(service);
    if (datagram.size() > wire::old_datagram_limit) {
        ++counters.too_long;
        return Delivery::TooLong;
    }
    if (!bound() || service == name()) {
        ++counters.failed;
        return Delivery::Failed;
    }
    auto place = queues_.find(service);
    if (place == queues_.end()) {
        // Whose last datagram went at once needs no queue; there are as many as services that don't read.
        std::erase_if(queues_, [](const auto& one) { return one.second->size() == 0; });
        if (queues_.size() >= known_limit) {
            ++counters.overflow;
            return Delivery::QueueFull;
        }
        const auto queue =
            std::make_shared<runtime::DatagramQueue>(io_, server_.native_handle(), service, counters);
        place = queues_.emplace(service, queue).first;
    }
    const runtime::DatagramCounters before = counters;
    place->second->push(std::move(datagram));
    if (counters.overflow != before.overflow) {
        return Delivery::QueueFull;
    }
    if (counters.absent != before.absent) {
        return Delivery::Absent;
    }
    return counters.failed != before.failed ? Delivery::Failed : Delivery::Taken;
}

bool ServiceSocket::is_there(const std::string& service) {
    const runtime::FileDescriptor probe(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const runtime::AbstractAddress address(service);
    return probe && ::connect(probe.get(), address.get(), address.size) == 0;
}

std::size_t ServiceSocket::queued(const std::string& service) const {
    const auto place = queues_.find(service);
    return place == queues_.end() ? 0 : place->second->size();
}

}  // namespace vnf::guest
