// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A handle's socket to guest-client, which comes and goes, and the descriptor to wait on, which stays. Nothing
// here blocks or raises SIGPIPE.
#pragma once

#include <span>
#include <string>

#include "libhandle/wait_set.hpp"
#include "outbox.hpp"
#include "stream_socket.hpp"

namespace vnf::libheartbeat {

class DaemonSocket {
  public:
    DaemonSocket() = default;
    DaemonSocket(const DaemonSocket&) = delete;
    DaemonSocket& operator=(const DaemonSocket&) = delete;
    ~DaemonSocket() { close(); }

    /// False, with errno set, when the system has no descriptor left. Once, before anything else.
    bool create() { return waiting_.create(); }
    int wait_descriptor() const { return waiting_.descriptor(); }

    /// 0 or an errno.
    int connect(const std::string& path);
    bool is_open() const { return socket_.is_open(); }
    void close();
    /// In a forked child: closes the copies without a word to the epoll instance, which the parent still
    /// uses.
    void abandon();

    Input read(std::span<char> buffer) { return read_stream(socket_.get(), buffer); }
    /// Sends what the system takes at once and asks to be woken for the rest. An errno if nothing will ever
    /// be taken.
    int write(Outbox& outbox);

    void wake() { waiting_.wake(); }
    void clear_wake() { waiting_.clear_wake(); }

  private:
    libhandle::WaitSet waiting_;
    Descriptor socket_;
};

}  // namespace vnf::libheartbeat
