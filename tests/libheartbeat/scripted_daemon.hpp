// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// guest-client as a test wants it: listens, takes connections one by one, says what the test says and keeps
// what the applications said. It never blocks; the test's loop (see loop.hpp) calls poll().
#pragma once

#include <memory>
#include <string>

#include "tests/harness/unix_socket.hpp"
#include "tests/libhandle/record_inbox.hpp"
#include "wire/application_record.hpp"

namespace vnf::test {

/// One connection, seen from the daemon.
class Peer : public RecordInbox<wire::ApplicationRecord> {
  public:
    explicit Peer(int fd) : socket_(fd) {}

    /// Reads what is there.
    void poll();
    int fd() const { return socket_.get(); }
    bool has_ended() const { return has_ended_; }
    void hang_up() { socket_.reset(); }
    /// While this holds, nothing is read: the daemon is stuck.
    void stop_reading(bool stop) { is_deaf_ = stop; }

    void send(const wire::DaemonRecord& record);
    void send_bytes(std::string_view bytes);
    /// As bytes, for tests that cut them.
    std::string encode(const wire::DaemonRecord& record);
    void speak_version_3();

    /// Everything that came, and how many bytes were no record.
    std::size_t bytes_read() const { return bytes_read_; }
    std::size_t errors() const { return errors_; }

  private:
    harness::FileDescriptor socket_;
    wire::ApplicationRecordDecoder decoder_;
    std::uint32_t sequence_ = 0;
    std::size_t bytes_read_ = 0;
    std::size_t errors_ = 0;
    bool is_deaf_ = false;
    bool has_ended_ = false;
};

class ScriptedDaemon {
  public:
    explicit ScriptedDaemon(std::string path, int backlog = 128);
    ~ScriptedDaemon() { stop(); }
    ScriptedDaemon(const ScriptedDaemon&) = delete;
    ScriptedDaemon& operator=(const ScriptedDaemon&) = delete;

    void start();
    void stop();           ///< closes everything and removes the socket
    void forget_socket();  ///< removes the socket file only, as a second daemon would
    /// The connection that came first and was not taken yet; null if there is none.
    std::unique_ptr<Peer> accept();

  private:
    std::string path_;
    int backlog_;
    harness::FileDescriptor listener_;
};

}  // namespace vnf::test
