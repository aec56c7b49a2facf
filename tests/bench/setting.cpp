// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/bench/setting.hpp"

#include <poll.h>

#include <stdexcept>

#include "bench_binaries.hpp"
#include "shipped_binaries.hpp"
#include "tests/bench/placement.hpp"
#include "tests/harness/http_call.hpp"
#include "tests/harness/unix_socket.hpp"
#include "wire/heartbeat_message.hpp"

namespace vnf::bench {
namespace {

constexpr std::string_view guest_settings = "applications:\n  limit: 2048\n";
/// Limits that no honest guest meets are out of the way of a benchmark that asks as fast as it can.
constexpr std::string_view host_settings =
    "limits: {messages_per_second: 100000, message_burst: 1000000, bytes_per_second: 1000000000, byte_burst: "
    "100000000}\n"
    "actuator: {kind: log, guest_burst: 1000, guest_period_ms: 1, global_burst: 100000, global_period_ms: "
    "1}\n";
constexpr std::string_view line_end = "}\n";

std::string line(const wire::HostMessage& message) {
    return wire::encode(message, 1, wire::PeerRules::OurPeer);
}

/// The number behind `key`, which must be there.
std::int32_t number_after(const std::string& text, std::string_view key) {
    return static_cast<std::int32_t>(std::stol(text.substr(text.find(key) + key.size())));
}

}  // namespace

GuestSide::GuestSide(Kind kind) {
    const OnProcessorOf guest(Half::Guest);
    if (kind == Kind::Floor) {
        floor_ = std::make_unique<Program>(
            std::vector<std::string>{floor_relay_path, host_socket(), application_socket()});
        return;
    }
    const std::string settings = scratch_.write("guest-client.yaml", guest_settings);
    process_ = std::make_unique<harness::Process>(harness::ProcessSpec{
        .argv = {harness::guest_client_path, "--config", settings, "--name", "vm1", "--device",
                 "listen:" + host_socket(), "--application-socket", application_socket(), "--control-socket",
                 scratch_ / "control.sock", "--log-level", "error"}});
    harness::connect_unix(application_socket());
}

std::unique_ptr<Program> GuestSide::applications(std::size_t count, int interval_ms) const {
    const OnProcessorOf guest(Half::Guest);
    return std::make_unique<Program>(std::vector<std::string>{
        applications_path, application_socket(), std::to_string(count), std::to_string(interval_ms)});
}

HostAgent::HostAgent(const std::vector<std::string>& arguments, std::string_view more_settings) {
    std::vector<std::string> argv = {
        harness::host_agent_path,
        "--config",
        scratch_.write("host-agent.yaml", std::string(host_settings).append(more_settings)),
        "--api-socket",
        api_socket(),
        "--log-level",
        "error"};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    process_ = std::make_unique<harness::Process>(harness::ProcessSpec{.argv = std::move(argv)});
    harness::connect_unix(api_socket());
}

harness::Json HostAgent::get(const std::string& path) const {
    harness::Stage stage;
    return harness::http(stage, api_socket(), "GET", path).json();
}

void HostAgent::await_instance(std::string_view state, std::string_view health) const {
    const harness::Deadline deadline(harness::patience);
    while (!deadline.passed()) {
        const harness::Json instance = get("/v1/instances/vm1");
        if (harness::text(instance, "state") == state && harness::text(instance, "health") == health)
            return;
        ::poll(nullptr, 0, 5);  // set-up of a measurement, asked for in turns
    }
    throw std::runtime_error("host-agent's guest is not " + std::string(state) + " and " +
                             std::string(health));
}

HostSide::HostSide(GuestSide::Kind kind, const GuestSide& guest) {
    if (kind == GuestSide::Kind::Ours)
        ours_ =
            std::make_unique<HostAgent>(std::vector<std::string>{"--guest", "vm1=" + guest.host_socket()});
    else
        floor_ = std::make_unique<Program>(
            std::vector<std::string>{floor_host_path, "chain", api_socket(), guest.host_socket()});
}

DriverHost::DriverHost(const std::string& socket, NoHandshake) : channel_(socket) {}

DriverHost::DriverHost(const std::string& socket) : channel_(socket) {
    const std::string init = channel_.await("\"msg_type\":\"init\"", line_end);
    channel_.send(line(wire::InitAck{number_after(init, "\"invocation_id\":"), wire::Capabilities::all()}));
}

void DriverHost::challenge() {
    channel_.send(line(wire::Challenge{++number_}));
    channel_.await("\"msg_type\":\"challenge_response\"", line_end);
}

void DriverHost::vote() {
    channel_.send(line(wire::ActionNotify{++number_, wire::Event::Stop, wire::Notification::Revocable,
                                          std::chrono::milliseconds(8000), "bench"}));
    channel_.await("\"msg_type\":\"action_response\"", line_end);
}

std::unique_ptr<DriverHost> drive(const GuestSide& guest, GuestSide::Kind kind) {
    return kind == GuestSide::Kind::Ours
               ? std::make_unique<DriverHost>(guest.host_socket())
               : std::make_unique<DriverHost>(guest.host_socket(), DriverHost::NoHandshake{});
}

}  // namespace vnf::bench
