// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The old application as a process on the shims, and a daemon of bytes at the other end.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "libhandle/descriptor.hpp"
#include "tests/harness/scratch_directory.hpp"

namespace vnf::test {

class OldApplication {
  public:
    /// `libraries` goes first in the loader's search path. Without a `program` the heartbeat's.
    OldApplication(const std::string& libraries, const std::string& socket, const char* program = nullptr);
    ~OldApplication();
    OldApplication(const OldApplication&) = delete;
    OldApplication& operator=(const OldApplication&) = delete;

    void say(const std::string& command);
    /// The next line of output; throws when none comes in a generous time.
    std::string line();
    /// say(), then line().
    std::string ask(const std::string& command);
    /// Ends its input; its exit status, and what it wrote to standard error.
    int finish();
    const std::string& complaints() const { return complaints_; }

  private:
    pid_t process_ = -1;
    libhandle::Descriptor input_, output_, error_;
    std::string unread_;
    std::string complaints_;
};

/// Listens on a path and deals with one connection at a time; every wait is bounded and throws when it ends.
class ByteDaemon {
  public:
    explicit ByteDaemon(std::string path);
    ~ByteDaemon();
    ByteDaemon(const ByteDaemon&) = delete;
    ByteDaemon& operator=(const ByteDaemon&) = delete;

    void start();
    void stop();
    void accept();
    void hang_up() { connection_.reset(); }
    void send(std::string_view bytes) const;
    /// The next 228 bytes.
    std::string record();
    /// True if nothing but the end of the connection is left.
    bool has_ended();
    /// Bytes that have come but were not taken by record().
    std::size_t unread() const;

  private:
    std::string path_;
    libhandle::Descriptor listener_, connection_;
};

/// Both ends, the application on the shims.
struct OldStage {
    OldStage();

    void connect();
    void register_it();
    /// A challenge is asked and answered; throws if it is not.
    void expect_heartbeat();

    harness::ScratchDirectory directory;
    std::string socket = directory / "api";
    ByteDaemon daemon{socket};
    OldApplication application;
};

}  // namespace vnf::test
