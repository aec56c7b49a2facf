// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The agent of a library that speaks packets (SOCK_SEQPACKET), as a test wants it: it says what the test says and keeps what
// it is told. `Wire` names the library's: AgentRecord, ClientRecord, the limit of a record, and parse.
#pragma once

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "tests/harness/unix_socket.hpp"
#include "tests/libhandle/record_inbox.hpp"

namespace vnf::test {

/// One connection, seen from the agent.
template <typename Wire>
class PacketPeer : public RecordInbox<typename Wire::ClientRecord> {
  public:
    explicit PacketPeer(harness::FileDescriptor socket) : socket_(std::move(socket)) {}

    /// Reads what is there.
    void poll();
    int fd() const { return socket_.get(); }
    bool has_ended() const { return has_ended_; }
    void hang_up() { socket_.reset(); }
    /// While this holds, nothing is read: the agent is stuck.
    void stop_reading(bool stop) { is_deaf_ = stop; }
    void send(const typename Wire::AgentRecord& record) { send_bytes(encode(record)); }
    void send_bytes(std::string_view packet);

  private:
    harness::FileDescriptor socket_;
    bool is_deaf_ = false;
    bool has_ended_ = false;
};

template <typename Wire>
void PacketPeer<Wire>::poll() {
    std::string buffer(Wire::limit, '\0');
    while (!is_deaf_ && socket_ && !has_ended_) {
        const ssize_t count = ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (count < 0 && errno == EAGAIN)
            return;
        // Said once, and before what a client that left packets unread had said itself.
        if (count < 0 && errno == ECONNRESET)
            continue;
        has_ended_ = count <= 0;
        if (has_ended_)
            return;
        auto record = Wire::parse({buffer.data(), static_cast<std::size_t>(count)});
        if (!std::holds_alternative<typename Wire::ClientRecord>(record))
            throw std::runtime_error("no record came");
        this->keep(std::get<typename Wire::ClientRecord>(std::move(record)));
    }
}

template <typename Wire>
void PacketPeer<Wire>::send_bytes(std::string_view packet) {
    const ssize_t count = ::send(socket_.get(), packet.data(), packet.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count != static_cast<ssize_t>(packet.size()) && errno != EPIPE)
        throw std::runtime_error("send");
}

/// The agent's socket.
template <typename Wire>
class PacketListener {
  public:
    explicit PacketListener(std::string path) : path_(std::move(path)) { start(); }
    ~PacketListener() { stop(); }
    PacketListener(const PacketListener&) = delete;
    PacketListener& operator=(const PacketListener&) = delete;

    void start() { listener_ = harness::listen_unix(path_, 128, SOCK_SEQPACKET); }
    /// Closes and removes the socket.
    void stop() {
        listener_.reset();
        ::unlink(path_.c_str());
    }
    int fd() const { return listener_.get(); }
    /// The connection that came first and was not taken yet; null if there is none.
    std::unique_ptr<PacketPeer<Wire>> accept() {
        auto socket = harness::accept_one(listener_);
        return socket ? std::make_unique<PacketPeer<Wire>>(std::move(socket)) : nullptr;
    }

  private:
    std::string path_;
    harness::FileDescriptor listener_;
};

}  // namespace vnf::test
