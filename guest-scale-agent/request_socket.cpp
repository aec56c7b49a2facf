// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Judge what was received; answer.
#include "guest-scale-agent/request_socket.hpp"

#include <utility>
#include <variant>

#include "runtime/clock.hpp"

namespace vnf::scale {
namespace {

constexpr int datagrams_a_turn = 16;

}  // namespace

std::string_view word(RequestRefusal refusal) {
    switch (refusal) {
        case RequestRefusal::ForeignAddress:
            return "foreign_address";
        case RequestRefusal::NotAllowed:
            return "not_allowed";
        case RequestRefusal::Truncated:
            return "truncated";
        case RequestRefusal::Malformed:
            return "malformed";
        case RequestRefusal::Unanswered:
            return "unanswered";
    }
    return "";
}

RequestSocket::RequestSocket(boost::asio::io_context& io, const RequestSettings& settings, Handler& handler)
    : io_(io),
      settings_(settings),
      handler_(handler),
      server_(io,
              {settings.address, "the host's requests can't be received", wire::messaging_line_limit,
               datagrams_a_turn},
              *this) {}

RequestSocket::~RequestSocket() {
    if (queue_) {
        queue_->close();
    }
}

void RequestSocket::socket_bound(int socket) {
    queue_ = std::make_shared<runtime::DatagramQueue>(io_, socket, settings_.client_address, answers_);
    announce();
}

/// guest-client tells the host that this guest scales; one that comes later finds our socket by itself.
void RequestSocket::announce() {
    const std::string text = wire::encode(wire::ServiceRequest{
        settings_.client_address,
        std::get<wire::JsonText>(wire::JsonText::parse(R"({"version":2,"msg_type":"announcement"})"))});
    const runtime::AbstractAddress to(settings_.client_address);
    ::sendto(server_.native_handle(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL, to.get(),
             to.size);
}

void RequestSocket::datagram_came(const runtime::LocalDatagram& datagram) {
    if (runtime::abstract_name(datagram.from, datagram.from_size) != settings_.client_address) {
        return refuse(RequestRefusal::ForeignAddress, datagram);
    }
    if (!datagram.who || !settings_.allow.allows(*datagram.who)) {
        return refuse(RequestRefusal::NotAllowed, datagram);
    }
    if (datagram.truncated) {
        return refuse(RequestRefusal::Truncated, datagram);
    }
    auto delivery = wire::parse_service_delivery(datagram.bytes);
    if (const auto* error = std::get_if<wire::ParseError>(&delivery)) {
        return refuse(RequestRefusal::Malformed, datagram, to_string(*error));
    }
    auto& [source, data] = std::get<wire::ServiceDelivery>(delivery);
    wire::ScaleInput input = wire::parse_scale_request(data);
    if (const auto* unanswered = std::get_if<wire::ScaleUnanswered>(&input)) {
        return refuse(RequestRefusal::Unanswered, datagram, to_string(unanswered->error));
    }
    handler_.host_said(std::move(source), std::move(input));
}

void RequestSocket::refuse(RequestRefusal refusal, const runtime::LocalDatagram& datagram,
                           const std::string& detail) {
    ++refused_.at(static_cast<std::size_t>(refusal));
    if (refusal_log_.admit(runtime::Clock::now())) {
        const auto who = datagram.who.value_or(runtime::PeerCredentials{});
        runtime::log_warning("request refused", {{"reason", word(refusal)},
                                                 {"uid", who.uid},
                                                 {"pid", who.pid},
                                                 {"detail", detail},
                                                 {"suppressed", refusal_log_.suppressed()}});
    }
}

void RequestSocket::answer(const std::string& dest_addr, wire::JsonText data) {
    queue_->push(wire::encode(wire::ServiceRequest{dest_addr, std::move(data)}));
}

}  // namespace vnf::scale
