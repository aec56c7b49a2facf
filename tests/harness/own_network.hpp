// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A network namespace for this test process and the daemons that it starts. Abstract socket names such as
// `@cgcs.messaging` live in one, so that without it two tests at a time, or a test and a daemon of the
// machine, would meet. In it `max_dgram_qlen` is the kernel's own (10), and loopback is up.
#pragma once

#include <string>

namespace vnf::harness {

/// Moves the process there; once it is there, does nothing. Empty, or why the kernel forbids it. Before any thread
/// and any daemon.
std::string try_enter_own_network();

/// The same for a test case: false after having warned "SKIPPED: reason", and the case should return.
bool enter_own_network();

}  // namespace vnf::harness
