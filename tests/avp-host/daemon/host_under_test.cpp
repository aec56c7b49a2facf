// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See host_under_test.hpp.
#include "tests/avp-host/daemon/host_under_test.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <cstdio>
#include <exception>
#include <thread>

#include "shipped_binaries.hpp"
#include "tests/harness/unix_socket.hpp"

namespace vnf::avp::test {
namespace {

using namespace vnf::harness;  // NOLINT(google-build-using-namespace): the language of these tests

std::string in_place(std::string settings, const ScratchDirectory& scratch) {
    for (std::size_t at = settings.find('@'); at != std::string::npos; at = settings.find('@', at))
        settings.replace(at, 1, scratch.path().string());
    return settings;
}

template <typename Condition>
void await(Condition condition, const char* what) {
    const Deadline deadline(patience);
    while (!condition()) {
        if (deadline.passed())
            throw std::runtime_error(std::string("waited in vain for ") + what);
        std::this_thread::yield();
    }
}

}  // namespace

HostUnderTest::HostUnderTest(std::string settings, std::vector<std::string> arguments) {
    argv_ = {harness::avp_host_path};
    if (!settings.empty()) {
        rewrite_settings(std::move(settings));
        argv_.insert(argv_.end(), {"--config", scratch / "avp-host.yaml"});
    }
    argv_.insert(argv_.end(), arguments.begin(), arguments.end());
    start();
}

HostUnderTest::~HostUnderTest() {
    if (std::uncaught_exceptions() > 0)
        std::fprintf(stderr, "---- avp-host said:\n%s----\n", process_->output().c_str());
}

void HostUnderTest::start() {
    process_ =
        std::make_unique<Process>(ProcessSpec{.argv = argv_,
                                              .environment = {"VNF_RUN_DIR=" + scratch.path().string()},
                                              .output_file = scratch / "avp-host.log"});
    connect_unix(control());
    // Not a connection alone: GCC 12's ThreadSanitizer loses a signal that comes while a thread first waits.
    call("GET", "/v1/status");
}

void HostUnderTest::restart() {
    process_.reset();
    start();
}

void HostUnderTest::rewrite_settings(std::string settings) {
    scratch.write("avp-host.yaml", in_place(std::move(settings), scratch));
}

std::uint64_t HostUnderTest::number(const std::string& port, const std::string& pointer) {
    const boost::json::value document = call("GET", "/v1/ports/" + port).json();
    return document.at_pointer(pointer).to_number<std::uint64_t>();
}

std::string HostUnderTest::word(const std::string& port, const std::string& pointer) {
    const boost::json::value document = call("GET", "/v1/ports/" + port).json();
    return boost::json::value_to<std::string>(document.at_pointer(pointer));
}

void HostUnderTest::await_number(const std::string& port, const std::string& pointer, std::uint64_t wanted) {
    await([&] { return number(port, pointer) == wanted; }, pointer.c_str());
}

void HostUnderTest::await_word(const std::string& port, const std::string& pointer,
                               const std::string& wanted) {
    await([&] { return word(port, pointer) == wanted; }, wanted.c_str());
}

std::vector<std::string> HostUnderTest::avpctl_line(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {harness::avpctl_path, "--socket", control()});
    return arguments;
}

Completed HostUnderTest::avpctl(std::vector<std::string> arguments) {
    return harness::run(avpctl_line(std::move(arguments)), scratch / "avpctl.log");
}

Completed run_avp_host(const ScratchDirectory& scratch, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), harness::avp_host_path);
    return harness::run(std::move(arguments), scratch / "avp-host.log");
}

}  // namespace vnf::avp::test
