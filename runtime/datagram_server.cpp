// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See datagram_server.hpp.
#include "runtime/datagram_server.hpp"

#include <utility>

#include "runtime/clock.hpp"
#include "runtime/log.hpp"

namespace vnf::runtime {
namespace {

constexpr Milliseconds bind_again{5000};

}  // namespace

DatagramServer::DatagramServer(boost::asio::io_context& io, Options options, Handler& handler)
    : options_(std::move(options)), handler_(handler), socket_(io), timer_(io), buffer_(options_.longest) {}

void DatagramServer::bind() {
    std::error_code unbound;
    FileDescriptor socket = bind_datagram_socket(options_.name, unbound);
    boost::system::error_code error;
    if (socket) {
        socket_.assign(socket.get(), error);
        unbound = error;
    }
    if (unbound) {
        const std::string problem = unbound.message();
        if (problem != std::exchange(problem_, problem)) {
            log_error(options_.trouble + ", trying again every 5 s",
                      {{"address", "@" + options_.name}, {"error", problem}});
        }
        return bind_later();
    }
    socket.release();
    problem_.clear();
    handler_.socket_bound(socket_.native_handle());
    wait_readable();
}

void DatagramServer::bind_later() {
    timer_.expires_after(bind_again);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) {
            bind();
        }
    });
}

void DatagramServer::wait_readable() {
    socket_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                       [this](const boost::system::error_code& error) {
                           if (error) {
                               return;
                           }
                           for (int i = 0; i < options_.datagrams_a_turn && read_once(); ++i) {
                           }
                           handler_.datagram_turn_ends();
                           wait_readable();
                       });
}

bool DatagramServer::read_once() {
    std::error_code error;
    const auto datagram = receive_datagram(socket_.native_handle(), buffer_, error);
    if (!datagram) {
        return error == std::errc::interrupted;
    }
    handler_.datagram_came(*datagram);
    return true;
}

}  // namespace vnf::runtime
