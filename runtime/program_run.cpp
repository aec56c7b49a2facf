// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See program_run.hpp.
#include "runtime/program_run.hpp"

#include <csignal>
#include <exception>

#include "runtime/log.hpp"

namespace vnf::runtime {

int run_program(const std::string& name, const std::function<int()>& work) {
    constexpr int failed = 1;
    set_log_name(name);
    // A reader of our log or of a socket that goes away is an error of a write, not our end.
    std::signal(SIGPIPE, SIG_IGN);
    try {
        return work();
    } catch (const std::exception& error) {
        log_error(name + " can't run", {{"error", error.what()}});
        return failed;
    }
}

}  // namespace vnf::runtime
