// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A started program: its pidfd, its end, and what it printed. Killed with its owner, so no test leaves one
// behind.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "tests/harness/deadline.hpp"
#include "tests/harness/file_descriptor.hpp"

namespace vnf::harness {

struct ExitStatus {
    bool signalled = false;
    int code = 0;  ///< exit status, or the signal's number
    friend bool operator==(const ExitStatus&, const ExitStatus&) = default;
    friend std::ostream& operator<<(std::ostream& out, const ExitStatus& status) {
        return out << (status.signalled ? "signal " : "exit status ") << status.code;
    }
};

struct ProcessSpec {
    std::vector<std::string> argv;           ///< argv[0] is the program's path
    std::vector<std::string> environment{};  ///< added to the test's own, or in place of one
    std::filesystem::path output_file{};     ///< takes both outputs; empty: they are the test's own
    int standard_input = -1;                 ///< unless -1, duplicated into the child
    int standard_output = -1;
};

class Process {
  public:
    explicit Process(ProcessSpec spec);
    ~Process();
    Process(Process&& other) noexcept;
    Process& operator=(Process&& other) noexcept;

    pid_t pid() const { return pid_; }
    /// Readable when the process has ended.
    int pidfd() const { return pidfd_.get(); }
    void signal(int number) const;
    bool running();
    /// Throws if it does not end.
    ExitStatus wait(Milliseconds bound = patience);
    std::string output() const;

  private:
    void end();
    void reap();

    pid_t pid_ = -1;
    FileDescriptor pidfd_;
    std::optional<ExitStatus> status_;
    std::filesystem::path output_file_;
};

/// Runs to its end: status and output together.
struct Completed {
    ExitStatus status;
    std::string output;
};
Completed run(std::vector<std::string> argv, const std::filesystem::path& output_file);

}  // namespace vnf::harness
