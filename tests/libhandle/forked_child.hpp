// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A fork of the test, with copies of its handles.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <functional>

namespace vnf::test {

/// Runs `check` in a child; what it returns is the child's exit status.
inline int in_child(const std::function<bool()>& check) {
    const pid_t child = ::fork();
    if (child == 0)
        ::_exit(check() ? 0 : 1);
    int status = -1;
    ::waitpid(child, &status, 0);
    return status;
}

}  // namespace vnf::test
