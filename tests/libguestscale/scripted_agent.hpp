// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// guest-scale-agent as a test wants it: it says what the test says and keeps what it is told.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tests/harness/unix_socket.hpp"
#include "wire/scale_record.hpp"

namespace vnf::test {

/// One connection, seen from the agent.
class ScalePeer {
  public:
    explicit ScalePeer(harness::FileDescriptor socket) : socket_(std::move(socket)) {}

    /// Reads what is there.
    void poll();
    int fd() const { return socket_.get(); }
    bool has_ended() const { return has_ended_; }
    void hang_up() { socket_ = {}; }
    void send(const wire::ScaleAgentRecord& record);
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
    harness::FileDescriptor socket_;
    std::deque<wire::ScaleClientRecord> records_;
    bool has_ended_ = false;
};

/// Its SEQPACKET socket.
class ScriptedScaleAgent {
  public:
    explicit ScriptedScaleAgent(std::string path) : path_(std::move(path)) { start(); }
    ~ScriptedScaleAgent() { stop(); }
    ScriptedScaleAgent(const ScriptedScaleAgent&) = delete;
    ScriptedScaleAgent& operator=(const ScriptedScaleAgent&) = delete;

    void start();
    void stop();  ///< closes and removes the socket
    int fd() const { return listener_.get(); }
    /// The connection that came first and was not taken yet; null if there is none.
    std::unique_ptr<ScalePeer> accept();

  private:
    std::string path_;
    harness::FileDescriptor listener_;
};

}  // namespace vnf::test
