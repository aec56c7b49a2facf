// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Runs a program with a deadline, in its own process group, without a shell. The first line of its output is kept,
// the rest drained; at the deadline, on cancellation and when the leader has exited the whole group is killed. Death
// is seen through a pidfd: a stopped child is not a dead one, and no pid is ever signalled after it was reaped.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "runtime/clock.hpp"

namespace vnf::runtime {

struct ChildSpec {
    std::vector<std::string> argv;         ///< argv[0] is the path; never searched in PATH, never a shell
    std::vector<std::string> environment;  ///< "KEY=value", added to the daemon's own
    Milliseconds deadline{10000};
    std::size_t first_line_limit = 255;  ///< bytes kept; control characters become spaces
    std::string standard_input;          ///< written, then closed; at most 64 KiB
};

struct ChildOutcome {
    enum class End : std::uint8_t { Exited, Signalled, DeadlinePassed, NotStarted, Cancelled };
    End end = End::NotStarted;
    int code = 0;           ///< exit status or signal
    std::error_code error;  ///< why it was not started
    std::string first_line;
    Milliseconds took{0};
};
std::string to_string(const ChildOutcome& outcome);

class ChildProcess {
  public:
    using OnEnd = std::function<void(const ChildOutcome&)>;
    /// Starts at once. `on_end` is called exactly once on the loop's thread, never from inside the constructor,
    /// and not at all after destruction (which kills the group and reaps the leader).
    ChildProcess(boost::asio::io_context& io, ChildSpec spec, OnEnd on_end);
    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;
    /// Kills the group; on_end follows with Cancelled.
    void cancel();
    pid_t pid() const;

  private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace vnf::runtime
