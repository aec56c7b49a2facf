// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/daemon/guest_under_test.hpp"

#include <cstdio>
#include <exception>
#include <sstream>

#include "shipped_binaries.hpp"
#include "tests/harness/unix_socket.hpp"

namespace vnf::test {

GuestUnderTest::GuestUnderTest(GuestOptions options) : environment_(std::move(options.environment)) {
    argv_ = {guest_client_path,
             "--name",
             options.name,
             "--device",
             options.device.empty() ? "listen:" + host_socket() : options.device,
             "--application-socket",
             application_socket(),
             "--control-socket",
             control_socket(),
             "--log-level",
             "debug"};
    if (!options.settings.empty())
        argv_.insert(argv_.end(), {"--config", scratch.write("guest-client.yaml", options.settings)});
    if (!options.legacy_settings.empty())
        argv_.insert(argv_.end(),
                     {"--legacy-config", scratch.write("guest_heartbeat.conf", options.legacy_settings)});
    if (options.messaging)
        argv_.insert(argv_.end(), {"--messaging-device", "listen:" + messaging_socket(), "--group-socket",
                                   group_socket()});
    argv_.insert(argv_.end(), options.arguments.begin(), options.arguments.end());
    start();
}

GuestUnderTest::~GuestUnderTest() {
    if (std::uncaught_exceptions() > 0)
        std::fprintf(stderr, "---- guest-client said:\n%s----\n", process_->output().c_str());
}

void GuestUnderTest::start() {
    process_ = std::make_unique<Process>(
        ProcessSpec{.argv = argv_, .environment = environment_, .output_file = scratch / "guest-client.log"});
    connect_unix(control_socket());
    // Not a connection alone: GCC 12's ThreadSanitizer loses a signal that comes while a thread first waits.
    status();
}

void GuestUnderTest::restart() {
    process_.reset();
    start();
}

HttpAnswer GuestUnderTest::control(std::string_view method, std::string_view path) {
    return http(stage, control_socket(), method, path);
}

double GuestUnderTest::metric(const std::string& name, const std::string& label) {
    return sum_of_metric(control("GET", "/metrics").body, name, label);
}

double sum_of_metric(const std::string& text, const std::string& name, const std::string& label) {
    double sum = 0;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const bool this_one = line.compare(0, name.size(), name) == 0 && line.size() > name.size() &&
                              (line[name.size()] == ' ' || line[name.size()] == '{');
        if (this_one && line.find(label) != std::string::npos)
            sum += std::stod(line.substr(line.rfind(' ') + 1));
    }
    return sum;
}

}  // namespace vnf::test
