// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Both shipped daemons on one channel: guest-client listens where QEMU would, in host-agent's directory. Everybody is
// on host-agent's stage.
#pragma once

#include <string>
#include <vector>

#include "shipped_binaries.hpp"
#include "tests/daemon/agent_under_test.hpp"
#include "tests/daemon/guest_under_test.hpp"

namespace vnf::test {

struct Chain {
    explicit Chain(int interval_ms = 50)
        : guest({.settings = "heartbeat:\n  interval_ms: " + std::to_string(interval_ms) + "\n",
                 .device = "listen:" + agent.guest_socket(uuid_1)}) {
        agent.await_state(uuid_1, "heartbeating");
    }
    AgentUnderTest agent{exec_settings};
    GuestUnderTest guest;
    Stage& stage = agent.stage;

    std::string path(std::string_view what) const {
        return "/v1/instances/" + uuid_1 + "/" + std::string(what);
    }
    Json vote(const std::string& body) { return agent.api("POST", path("vote"), body).json(); }
    std::string acted() const { return read_file(agent.scratch.path() / "acted"); }

    /// Runs to its end while everybody on the stage plays on.
    Completed vnfctl(const std::vector<std::string>& arguments) {
        std::vector<std::string> argv{vnfctl_path, "--socket", agent.api_socket()};
        argv.insert(argv.end(), arguments.begin(), arguments.end());
        const std::string output = agent.scratch / "vnfctl.out";
        std::filesystem::remove(output);
        Process process({.argv = std::move(argv), .output_file = output});
        stage.until([&process] { return !process.running(); }, "the end of vnfctl");
        return {process.wait(), process.output()};
    }
};

}  // namespace vnf::test
