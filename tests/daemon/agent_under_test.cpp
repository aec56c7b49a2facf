// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/daemon/agent_under_test.hpp"

#include <cstdio>
#include <exception>

#include "shipped_binaries.hpp"
#include "tests/daemon/guest_under_test.hpp"
#include "tests/harness/unix_socket.hpp"

namespace vnf::test {

AgentUnderTest::AgentUnderTest(std::string settings, std::vector<std::string> arguments,
                               std::vector<std::string> environment)
    : environment_(std::move(environment)) {
    std::filesystem::create_directory(guest_directory());
    std::filesystem::permissions(guest_directory(), std::filesystem::perms::owner_all);
    scratch.write_script("act", exec_script);
    rewrite_settings(std::move(settings));
    argv_ = {host_agent_path, "--config",        scratch / "host-agent.yaml",
             "--directory",   guest_directory(), "--api-socket",
             api_socket(),    "--log-level",     "debug"};
    argv_.insert(argv_.end(), arguments.begin(), arguments.end());
    start();
}

AgentUnderTest::~AgentUnderTest() {
    if (std::uncaught_exceptions() > 0)
        std::fprintf(stderr, "---- host-agent said:\n%s----\n", process_->output().c_str());
}

void AgentUnderTest::start() {
    process_ = std::make_unique<Process>(
        ProcessSpec{.argv = argv_, .environment = environment_, .output_file = scratch / "host-agent.log"});
    connect_unix(api_socket());
}

void AgentUnderTest::restart() {
    process_.reset();
    start();
}

void AgentUnderTest::rewrite_settings(std::string settings) {
    for (std::size_t at = settings.find('@'); at != std::string::npos; at = settings.find('@', at))
        settings.replace(at, 1, scratch.path().string());
    scratch.write("host-agent.yaml", settings);
}

std::string AgentUnderTest::guest_socket(const std::string& uuid) const {
    return guest_directory() + "/cgcs.heartbeat." + uuid + ".sock";
}

void AgentUnderTest::await_state(const std::string& id, const std::string& state) {
    stage.until([&] { return text(instance(id), "state") == state; }, id + " to be " + state);
}

double AgentUnderTest::metric(const std::string& name, const std::string& label) {
    return sum_of_metric(api("GET", "/metrics").body, name, label);
}

}  // namespace vnf::test
