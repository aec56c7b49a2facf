// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One stream between a scripted peer and a daemon: writes are queued and go out as the daemon takes them, so
// that neither side can hang the other. Reading can be held back, to play a peer that never reads.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "tests/harness/file_descriptor.hpp"
#include "tests/harness/stage.hpp"

namespace vnf::harness {

class Connection : public Actor {
  public:
    using OnBytes = std::function<void(std::string_view)>;
    using OnEnd = std::function<void()>;

    /// Neither function may destroy the connection; OnEnd is called once per peer that goes away.
    Connection(Stage& stage, OnBytes on_bytes, OnEnd on_end = {});

    void adopt(FileDescriptor fd);
    void close();
    bool open() const { return static_cast<bool>(fd_); }
    void send(std::string_view bytes);
    bool flushed() const { return out_.empty(); }
    /// While held, nothing is read; what is queued still goes out.
    void hold_reading(bool held) { held_ = held; }
    int fd() const { return fd_.get(); }

    int wait_fd() const override { return fd_.get(); }
    bool wants_read() const override { return !held_; }
    bool wants_write() const override { return !out_.empty(); }
    void readable() override;
    void writable() override;

  private:
    void peer_left();

    FileDescriptor fd_;
    OnBytes on_bytes_;
    OnEnd on_end_;
    std::string out_;
    bool held_ = false;
};

/// A listening Unix socket; every arrival is handed over. Its file is removed with it.
class Listener : public Actor {
  public:
    using OnArrival = std::function<void(FileDescriptor)>;
    Listener(Stage& stage, std::string path, OnArrival on_arrival);
    ~Listener() override;
    int wait_fd() const override { return fd_.get(); }
    void readable() override;

  private:
    std::string path_;
    FileDescriptor fd_;
    OnArrival on_arrival_;
};

}  // namespace vnf::harness
