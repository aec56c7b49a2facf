// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Server groups through the whole chain: a shipped host-agent that discovers the sockets of several guests, each a
// shipped guest-client in a network namespace of its own, paired by settings. Applications are on the agent's stage.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "shipped_binaries.hpp"
#include "tests/daemon/agent_under_test.hpp"
#include "tests/daemon/group_application.hpp"
#include "tests/daemon/guest_under_test.hpp"
#include "tests/daemon/old_group_client.hpp"
#include "tests/harness/guest_network.hpp"

namespace vnf::test {

class GroupMachine {
  public:
    /// Number 1 is `instance-00000001`, and so on.
    GroupMachine(AgentUnderTest& agent, std::size_t number, int heartbeat_ms,
                 std::vector<std::string> environment);

    const std::string& uuid() const { return uuid_; }
    const std::string& name() const { return name_; }
    std::string group_socket() const { return directory_ / "group.sock"; }
    const GuestNetwork& network() const { return network_; }
    GuestUnderTest& guest() { return *guest_; }
    std::unique_ptr<GroupApplication> application(const std::string& name = "app");
    /// Kills guest-client if it still runs, and starts it again.
    void restart();
    /// guest-client killed, and QEMU with it: both sockets' files are gone.
    void vanish();
    /// One run of guestctl.
    Completed guestctl(const std::vector<std::string>& arguments);

  private:
    AgentUnderTest& agent_;
    std::string uuid_, name_;
    const ScratchDirectory directory_;
    GuestNetwork network_;
    std::unique_ptr<GuestUnderTest> guest_;
};

struct GroupChainSpec {
    std::vector<std::string> groups{"g", "g"};  ///< of each machine; "" is none
    /// Lines of the agent's `groups`.
    std::string settings = "  broadcasts_per_s: 100000\n";
    int heartbeat_ms = 1000;
    std::size_t first = 1;  ///< number of the first machine
    std::vector<std::string> agent_environment{};
    std::vector<std::vector<std::string>> guest_environments{};  ///< of the first machines
    std::size_t absent = 0;  ///< further members of group "g", whose machines are not there
};

class GroupChain {
  public:
    explicit GroupChain(const GroupChainSpec& spec = {});

    AgentUnderTest agent;
    Stage& stage = agent.stage;
    std::vector<std::unique_ptr<GroupMachine>> machines;

    GroupMachine& operator[](std::size_t index) { return *machines[index]; }
    /// Every machine's heartbeat and messaging port are there.
    void await_connected();
    /// What the clients of all guests said has reached the host, or is counted as lost with the one that died.
    void await_all_sent();
    Completed vnfctl(const std::vector<std::string>& arguments);
};

/// Runs to its end while everybody on the stage plays on.
Completed run_on(Stage& stage, std::vector<std::string> argv, const std::string& output_file);

}  // namespace vnf::test
