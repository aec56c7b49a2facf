// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/host-agent/etcd_wire.hpp"

#include <array>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

namespace vnf::host {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// Two sockets and what passes between them. Lives as long as it waits.
struct EtcdWire::Pair : std::enable_shared_from_this<Pair> {
    Pair(asio::io_context& io, tcp::socket accepted, const EtcdWire& its_wire)
        : near(std::move(accepted)), far(io), wire(its_wire) {}

    void start(const tcp::endpoint& etcd) {
        far.async_connect(etcd, [self = shared_from_this()](const error_code& error) {
            if (error)
                return self->close();
            self->pump(self->near, self->far, self->up);
            self->pump(self->far, self->near, self->down);
        });
    }

    void pump(tcp::socket& from, tcp::socket& to, std::array<char, 16384>& buffer) {
        from.async_read_some(asio::buffer(buffer), [self = shared_from_this(), &from, &to, &buffer](
                                                       const error_code& error, std::size_t size) {
            if (error)
                return self->close();
            const bool is_answer = &from == &self->far;
            if (self->silent || (self->swallows && is_answer))
                return;
            self->watches = self->watches ||
                            std::string_view(buffer.data(), size).find("/v3/watch") != std::string_view::npos;
            if (!is_answer || self->wire.delay_.count() == 0)
                return self->pass(from, to, buffer, size);
            self->pass_later(std::string(buffer.data(), size));
            self->pump(from, to, buffer);
        });
    }

    /// Each at its own time: what comes in two pieces is not twice as late.
    void pass_later(std::string piece) {
        const auto late = std::make_shared<asio::steady_timer>(near.get_executor(), wire.delay_);
        late->async_wait([self = shared_from_this(), late, piece = std::move(piece)](const error_code&) {
            error_code ignored;
            asio::write(self->near, asio::buffer(piece), ignored);
        });
    }

    void pass(tcp::socket& from, tcp::socket& to, std::array<char, 16384>& buffer, std::size_t size) {
        asio::async_write(
            to, asio::buffer(buffer, size),
            [self = shared_from_this(), &from, &to, &buffer](const error_code& failed, std::size_t) {
                const bool ends = self->watches && &from == &self->far && self->wire.ends_watches_;
                failed || ends ? self->close() : self->pump(from, to, buffer);
            });
    }

    void close() {
        error_code ignored;
        near.close(ignored);
        far.close(ignored);
    }

    tcp::socket near, far;
    const EtcdWire& wire;  ///< closes its pairs before it goes
    std::array<char, 16384> up{}, down{};
    bool silent = false, swallows = false, watches = false;
};

EtcdWire::EtcdWire(asio::io_context& io, unsigned short etcd_port)
    : io_(io),
      etcd_(asio::ip::address_v4::loopback(), etcd_port),
      own_(asio::ip::address_v4::loopback(), 0),
      acceptor_(io) {
    mend();
    own_ = acceptor_.local_endpoint();
}

EtcdWire::~EtcdWire() {
    cut();
}

std::string EtcdWire::endpoint(const std::string& scheme) const {
    return scheme + "://127.0.0.1:" + std::to_string(own_.port());
}

void EtcdWire::cut() {
    error_code ignored;
    acceptor_.close(ignored);
    for (const auto& weak : pairs_)
        if (const auto pair = weak.lock())
            pair->close();
    pairs_.clear();
    held_.clear();
}

void EtcdWire::silence() {
    silent_ = true;
    for (const auto& weak : pairs_)
        if (const auto pair = weak.lock())
            pair->silent = true;
}

void EtcdWire::silence_watches() {
    for (const auto& weak : pairs_)
        if (const auto pair = weak.lock(); pair && pair->watches)
            pair->silent = true;
}

void EtcdWire::swallow_answers() {
    for (const auto& weak : pairs_)
        if (const auto pair = weak.lock())
            pair->swallows = true;
}

void EtcdWire::mend() {
    silent_ = ends_watches_ = false;
    if (!acceptor_.is_open()) {
        acceptor_.open(tcp::v4());
        acceptor_.set_option(tcp::acceptor::reuse_address(true));
        acceptor_.bind(own_);
        acceptor_.listen();
        accept();
    }
}

void EtcdWire::accept() {
    acceptor_.async_accept([this](const error_code& error, tcp::socket socket) {
        if (error)
            return;
        const auto pair = std::make_shared<Pair>(io_, std::move(socket), *this);
        pair->silent = silent_;
        pairs_.push_back(pair);
        if (!silent_)
            pair->start(etcd_);
        else
            held_.push_back(pair);
        accept();
    });
}

}  // namespace vnf::host
