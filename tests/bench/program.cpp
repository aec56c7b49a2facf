// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/bench/program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace vnf::bench {

Program::Pipes::Pipes() {
    std::array<int, 2> down{};
    std::array<int, 2> up{};
    if (::pipe2(down.data(), O_CLOEXEC) != 0 || ::pipe2(up.data(), O_CLOEXEC) != 0)
        throw std::runtime_error("pipe2");
    child_input = harness::FileDescriptor(down[0]);
    to_child = harness::FileDescriptor(down[1]);
    from_child = harness::FileDescriptor(up[0]);
    child_output = harness::FileDescriptor(up[1]);
}

Program::Program(std::vector<std::string> argv)
    : process_({.argv = std::move(argv),
                .standard_input = pipes_.child_input.get(),
                .standard_output = pipes_.child_output.get()}) {
    pipes_.child_output.reset();
    if (read_line() != "ready")
        throw std::runtime_error("a program of the benchmark did not start");
}

std::string Program::ask() {
    if (::write(pipes_.to_child.get(), "\n", 1) != 1)
        throw std::runtime_error("a program of the benchmark has ended");
    return read_line();
}

std::string Program::read_line() {
    std::string result;
    pollfd waiting{pipes_.from_child.get(), POLLIN, 0};
    for (char byte = 0; ::poll(&waiting, 1, 60000) == 1 && ::read(waiting.fd, &byte, 1) == 1;) {
        if (byte == '\n')
            return result;
        result.push_back(byte);
    }
    throw std::runtime_error("a program of the benchmark is silent");
}

}  // namespace vnf::bench
