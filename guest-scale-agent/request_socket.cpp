// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Bind, receive, judge; answer.
#include "guest-scale-agent/request_socket.hpp"

#include <utility>
#include <variant>

#include "runtime/clock.hpp"

namespace vnf::scale {
namespace {

constexpr int datagrams_a_turn = 16;  // then the loop's other work has its turn
constexpr runtime::Milliseconds bind_again{5000};
std::array<char, wire::messaging_line_limit> shared_buffer;

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
    : io_(io), settings_(settings), handler_(handler), socket_(io), timer_(io) {}

RequestSocket::~RequestSocket() {
    if (queue_) {
        queue_->close();
    }
}

void RequestSocket::bind() {
    std::error_code unbound;
    runtime::FileDescriptor socket = runtime::bind_datagram_socket(settings_.address, unbound);
    boost::system::error_code error;
    if (socket) {
        socket_.assign(socket.get(), error);
        unbound = error;
    }
    if (unbound) {
        const std::string problem = unbound.message();
        if (problem != std::exchange(problem_, problem)) {
            runtime::log_error("the host's requests can't be received, trying again every 5 s",
                               {{"address", "@" + settings_.address}, {"error", problem}});
        }
        return bind_later();
    }
    socket.release();
    problem_.clear();
    queue_ = std::make_shared<runtime::DatagramQueue>(io_, socket_.native_handle(), settings_.client_address,
                                                      answers_);
    announce();
    wait_readable();
}

/// guest-client tells the host that this guest scales; one that comes later finds our socket by itself.
void RequestSocket::announce() {
    const std::string text = wire::encode(wire::ServiceRequest{
        settings_.client_address,
        std::get<wire::JsonText>(wire::JsonText::parse(R"({"version":2,"msg_type":"announcement"})"))});
    const runtime::AbstractAddress to(settings_.client_address);
    ::sendto(socket_.native_handle(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL, to.get(),
             to.size);
}

void RequestSocket::bind_later() {
    timer_.expires_after(bind_again);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) {
            bind();
        }
    });
}

void RequestSocket::wait_readable() {
    socket_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                       [this](const boost::system::error_code& error) {
                           if (error) {
                               return;
                           }
                           for (int i = 0; i < datagrams_a_turn && read_once(); ++i) {
                           }
                           handler_.host_turn_ends();
                           wait_readable();
                       });
}

bool RequestSocket::read_once() {
    std::error_code error;
    const auto datagram = runtime::receive_datagram(socket_.native_handle(), shared_buffer, error);
    if (!datagram) {
        return error == std::errc::interrupted;
    }
    take(*datagram);
    return true;
}

void RequestSocket::take(const runtime::LocalDatagram& datagram) {
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
