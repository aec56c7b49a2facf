// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
#include "tests/daemon/group_chain.hpp"

#include <algorithm>

namespace vnf::test {
namespace {

std::string two_digits(std::size_t number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
}
std::string uuid_of(std::size_t number) {
    return "11111111-2222-4333-8444-5555555555" + two_digits(number);
}
std::string name_of(std::size_t number) {
    return "instance-000000" + two_digits(number);
}

std::string settings_of(const GroupChainSpec& spec) {
    std::string text = exec_settings + "groups:\n" + spec.settings + "  pairs:\n";
    for (std::size_t i = 0; i < spec.groups.size(); ++i) {
        text += "    - {heartbeat: " + uuid_of(spec.first + i) + ", messaging: " + name_of(spec.first + i);
        text += spec.groups[i].empty() ? "}\n" : ", group: " + spec.groups[i] + "}\n";
    }
    text += spec.absent == 0 ? "" : "guests:\n";
    for (std::size_t i = 0; i < spec.absent; ++i) {
        const std::string id = "absent" + std::to_string(i);
        text += "  - {id: " + id + ", messaging: \"@/" + id + ".sock\", group: g}\n";
    }
    return text;
}

std::string messaging_socket_of(const AgentUnderTest& agent, const std::string& name) {
    return agent.guest_directory() + "/cgcs.messaging." + name + ".sock";
}

}  // namespace

GroupMachine::GroupMachine(AgentUnderTest& agent, std::size_t number, int heartbeat_ms,
                           std::vector<std::string> environment)
    : agent_(agent), uuid_(uuid_of(number)), name_(name_of(number)) {
    const GuestNetwork::Visit visit(network_);
    guest_ = std::make_unique<GuestUnderTest>(
        GuestOptions{.settings = "heartbeat:\n  interval_ms: " + std::to_string(heartbeat_ms) + "\n",
                     .name = name_,
                     .device = "listen:" + agent.guest_socket(uuid_),
                     .arguments = {"--messaging-device", "listen:" + messaging_socket_of(agent, name_),
                                   "--group-socket", group_socket()},
                     .environment = std::move(environment)});
}

std::unique_ptr<GroupApplication> GroupMachine::application(const std::string& name) {
    auto application = std::make_unique<GroupApplication>(agent_.stage, group_socket(), name);
    application->await();
    // What the guest is told of the past comes before this answer.
    application->status();
    application->forget();
    return application;
}

void GroupMachine::restart() {
    const GuestNetwork::Visit visit(network_);
    guest_->restart();
}

void GroupMachine::vanish() {
    guest_->process().signal(SIGKILL);
    guest_->process().wait();
    std::filesystem::remove(agent_.guest_socket(uuid_));
    std::filesystem::remove(messaging_socket_of(agent_, name_));
}

Completed GroupMachine::guestctl(const std::vector<std::string>& arguments) {
    std::vector<std::string> argv{guestctl_path, "--socket", guest_->control_socket()};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    return run_on(agent_.stage, std::move(argv), directory_ / "guestctl.out");
}

GroupChain::GroupChain(const GroupChainSpec& spec) : agent(settings_of(spec), {}, spec.agent_environment) {
    for (std::size_t i = 0; i < spec.groups.size(); ++i)
        machines.push_back(std::make_unique<GroupMachine>(
            agent, spec.first + i, spec.heartbeat_ms,
            i < spec.guest_environments.size() ? spec.guest_environments[i] : std::vector<std::string>{}));
    await_connected();
}

void GroupChain::await_connected() {
    for (const auto& machine : machines)
        agent.await_state(machine->uuid(), "heartbeating");
    const auto connected = [this] {
        const Json document = agent.api("GET", "/v1/groups").json();
        const auto& guests = document.at("guests").as_array();
        return static_cast<std::size_t>(std::count_if(guests.begin(), guests.end(), [](const auto& one) {
                   const auto& port = one.at("messaging");
                   return port.is_object() && port.at("connected").as_bool();
               })) == machines.size();
    };
    stage.until(connected, "all messaging ports");
}

void GroupChain::await_all_sent() {
    const auto all_sent = [this] {
        double said = 0;
        for (const auto& machine : machines)
            said += machine->guest().metric("vnf_guest_group_said_total", "what=\"broadcast\"") -
                    machine->guest().metric("vnf_guest_group_lost_total", "what=\"departed_dropped\"");
        return said == agent.metric("vnf_host_group_broadcasts_total");
    };
    stage.until(all_sent, "the host to have taken every broadcast");
}

Completed GroupChain::vnfctl(const std::vector<std::string>& arguments) {
    std::vector<std::string> argv{vnfctl_path, "--socket", agent.api_socket()};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    return run_on(stage, std::move(argv), agent.scratch / "vnfctl.out");
}

Completed run_on(Stage& stage, std::vector<std::string> argv, const std::string& output_file) {
    std::filesystem::remove(output_file);
    Process process({.argv = std::move(argv), .output_file = output_file});
    stage.until([&process] { return !process.running(); }, "the end of a program");
    return {process.wait(), process.output()};
}

}  // namespace vnf::test
