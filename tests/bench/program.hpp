// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A program of the benchmark's own: part of a floor, or one that plays applications or guests.
#pragma once

#include <string>
#include <vector>

#include "tests/harness/file_descriptor.hpp"
#include "tests/harness/process.hpp"

namespace vnf::bench {

/// Started, and ready: it has said so on its output.
class Program {
  public:
    explicit Program(std::vector<std::string> argv);
    pid_t pid() const { return process_.pid(); }
    harness::Process& process() { return process_; }
    /// Writes an empty line to its input and returns its next line.
    std::string ask();

  private:
    std::string read_line();

    struct Pipes {
        Pipes();
        harness::FileDescriptor child_input, to_child, child_output, from_child;
    };
    Pipes pipes_;
    harness::Process process_;
};

}  // namespace vnf::bench
