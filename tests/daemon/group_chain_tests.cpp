// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The whole way of a server group: the example applications on libservergroup, a guest-client for each guest, one
// host-agent.

#include <csignal>
#include <memory>
#include <optional>

#include "shipped_binaries.hpp"
#include "tests/daemon/agent_under_test.hpp"
#include "tests/daemon/guest_under_test.hpp"
#include "tests/harness/own_network.hpp"

namespace vnf::test {
namespace {

/// vm1 and vm2 of one group. Their abstract names would meet in one namespace; handles need none of them.
class GroupChain {
  public:
    GroupChain() {
        for (const std::string number : {"1", "2"})
            guests.push_back(std::make_unique<GuestUnderTest>(GuestOptions{
                .name = "vm" + number,
                .device = "listen:" + (agent.scratch / ("heartbeat" + number)),
                .arguments = {"--messaging-device", "listen:" + (agent.scratch / ("messaging" + number)),
                              "--group-socket", group_socket(number)}}));
        for (const std::string id : {"vm1", "vm2"})
            agent.await_state(id, "heartbeating");
    }

    std::string group_socket(const std::string& number) const { return agent.scratch / ("group" + number); }
    std::unique_ptr<Process> start(const char* program, const std::string& number, const std::string& log,
                                   const std::vector<std::string>& arguments) const {
        std::vector<std::string> argv{program, "--socket", group_socket(number)};
        argv.insert(argv.end(), arguments.begin(), arguments.end());
        return std::make_unique<Process>(
            ProcessSpec{.argv = std::move(argv), .output_file = agent.scratch / log});
    }
    std::unique_ptr<Process> start_pair(const std::string& id, const std::string& number) const {
        return start(standby_pair_path, number, "pair-" + id,
                     {"--id", id, "--guest", "vm" + number, "--interval", "50", "--silence", "3000"});
    }
    void await(const Process& process, const std::string& text) {
        // An output file wakes nobody: the stage looks again with its every turn.
        agent.stage.until([&] { return process.output().find(text) != std::string::npos; }, text);
    }

    AgentUnderTest agent{
        "guests:\n  - {id: vm1, socket: @/heartbeat1, messaging: @/messaging1, group: g}\n"
        "  - {id: vm2, socket: @/heartbeat2, messaging: @/messaging2, group: g}\n"};
    std::vector<std::unique_ptr<GuestUnderTest>> guests;
};

}  // namespace

TEST_CASE(
    "A member's broadcast reaches the other guest's processes, its siblings not, and a status has both "
    "guests") {
    if (!enter_own_network())
        return;
    GroupChain chain;
    const auto sibling = chain.start(servergroup_c_path, "1", "sibling", {});
    const auto first = chain.start(servergroup_cpp_path, "2", "first", {});
    const auto second = chain.start(servergroup_c_path, "2", "second", {});
    for (const auto* one : {&sibling, &first, &second}) {
        chain.await(**one, "got server group status response msg: [{");
        chain.await(**one, R"("display_name":"vm1")");
        chain.await(**one, R"("display_name":"vm2")");
    }
    const auto speaker = chain.start(servergroup_c_path, "1", "speaker", {"hello, /others/"});
    for (const auto* one : {&first, &second})
        chain.await(**one,
                    "got server group broadcast msg: len: 15, sinstance: vm1, msg: hello, /others/\n\n");
    chain.await(*speaker, "got server group status response msg: [{");
    CHECK(sibling->output().find("broadcast msg") == std::string::npos);
    CHECK(speaker->output().find("broadcast msg") == std::string::npos);
}

TEST_CASE(
    "A pair fails over when the host says that the active one's guest is gone, and that one stands by when "
    "back") {
    if (!enter_own_network())
        return;
    GroupChain chain;
    const auto a = chain.start_pair("a", "1");
    chain.await(*a, "role: active (won the election, term 1)\n");
    const auto b = chain.start_pair("b", "2");
    chain.await(*b, "role: standby (a is active, term 1)\n");
    chain.guests.front()->process().signal(SIGKILL);
    chain.guests.front()->process().wait();
    chain.await(*b, "role: active (guest vm1 failed: gone, term 2)\n");
    chain.await(*a, "role: standby (no link: disconnected)\n");
    chain.guests.front()->restart();
    chain.await(*a, "role: standby (b is active, term 2)\n");
}

TEST_CASE("What an operator tells of a guest is a membership change with its reason") {
    if (!enter_own_network())
        return;
    GroupChain chain;
    const auto member = chain.start(servergroup_c_path, "2", "member", {});
    chain.await(*member, "got server group status response msg: [{");
    for (const auto& [event, told] :
         {std::pair("paused", "changed: paused"), std::pair("unpaused", "changed: resumed"),
          std::pair("failed", "failed: error"), std::pair("deleted", "left: deleted")}) {
        chain.agent.api("POST", "/v1/instances/vm1/event", R"({"event":")" + std::string(event) + R"("})");
        chain.await(*member, "member vm1 (vm1) " + std::string(told) + "\n");
    }
}

TEST_CASE("host-agent restarted is a gap to members, whose messages arrive again") {
    if (!enter_own_network())
        return;
    GroupChain chain;
    const auto member = chain.start(servergroup_c_path, "2", "member", {});
    chain.await(*member, "got server group status response msg: [{");
    chain.agent.restart();
    chain.await(*member, "no_link");
    chain.await(*member, "missed messages: 0");
    for (const std::string id : {"vm1", "vm2"})
        chain.agent.await_state(id, "heartbeating");
    const auto speaker = chain.start(servergroup_c_path, "1", "speaker", {"after"});
    chain.await(*member, "got server group broadcast msg: len: 5, sinstance: vm1, msg: after\n\n");
}

}  // namespace vnf::test
