// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// guest-client, and the old agent, as a test wants them: both say what the test says and keep what they are told.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "libhandle/descriptor.hpp"
#include "wire/group_record.hpp"

namespace vnf::test {

/// One connection, seen from guest-client.
class Peer {
  public:
    explicit Peer(int fd) : socket_(fd) {}

    /// Reads what is there.
    void poll();
    int fd() const { return socket_.get(); }
    bool has_ended() const { return has_ended_; }
    void hang_up() { socket_.reset(); }
    /// While this holds, nothing is read: the daemon is stuck.
    void stop_reading(bool stop) { is_deaf_ = stop; }
    void send(const wire::GroupDaemonRecord& record);
    void send_bytes(std::string_view packet);

    /// The next record of this type; others before it stay. Nothing if there is none yet.
    template <typename Record>
    std::optional<Record> take() {
        for (auto one = records_.begin(); one != records_.end(); ++one) {
            if (const auto* found = std::get_if<Record>(&*one)) {
                Record record = *found;
                records_.erase(one);
                return record;
            }
        }
        return std::nullopt;
    }
    std::size_t waiting_records() const { return records_.size(); }

  private:
    libhandle::Descriptor socket_;
    std::deque<wire::GroupClientRecord> records_;
    bool is_deaf_ = false;
    bool has_ended_ = false;
};

/// guest-client's SEQPACKET socket.
class ScriptedAgent {
  public:
    explicit ScriptedAgent(std::string path) : path_(std::move(path)) { start(); }
    ~ScriptedAgent() { stop(); }
    ScriptedAgent(const ScriptedAgent&) = delete;
    ScriptedAgent& operator=(const ScriptedAgent&) = delete;

    void start();
    void stop();  ///< closes and removes the socket
    int listener() const { return listener_.get(); }
    /// The connection that came first and was not taken yet; null if there is none.
    std::unique_ptr<Peer> accept();

  private:
    std::string path_;
    libhandle::Descriptor listener_;
};

/// Any abstract datagram socket: the old agent's, an application's, an impostor's.
class AbstractSocket {
  public:
    explicit AbstractSocket(std::string_view name);  ///< empty: not bound
    bool is_bound() const { return is_bound_; }
    int fd() const { return socket_.get(); }
    /// True if it was taken; false if nobody has the address or its queue is full.
    bool send_to(std::string_view name, std::string_view datagram) const;
    /// Nothing if none is there.
    std::optional<std::string> receive() const;

  private:
    libhandle::Descriptor socket_;
    bool is_bound_ = false;
};

/// `data` for a service, as the old agent delivers it.
std::string delivery(std::string_view data);

}  // namespace vnf::test
