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

SocketGuest::SocketGuest(const std::string& socket)
    : client([&] {
          VfioUserClient made(idle_, socket);
          made.ask_version();
          return made;
      }()),
      memory(client, AVP_BAR_MEMORY),
      memory_map(client, AVP_BAR_MEMORY_MAP),
      device_info(client, AVP_BAR_DEVICE_INFO),
      driver({memory.bytes, memory_map.bytes, device_info.bytes}, [] { std::this_thread::yield(); }) {
    client.write_register(AVP_REGISTER_INTERRUPT_MASK, AVP_INTERRUPTS_ON);
    driver.open();
}

void SocketGuest::bring_up(std::uint32_t features, std::uint16_t tx_queues, std::uint16_t rx_queues) {
    REQUIRE(driver.configure(features, tx_queues, rx_queues, true) == 0);
}

std::vector<std::byte> SocketGuest::frame(std::uint64_t destination, std::uint64_t source,
                                          std::size_t bytes) {
    std::vector<std::byte> all(bytes);
    for (std::size_t i = 0; i < 6; ++i) {
        all[i] = static_cast<std::byte>(destination >> (40 - 8 * i) & 0xFF);
        all[6 + i] = static_cast<std::byte>(source >> (40 - 8 * i) & 0xFF);
    }
    all[12] = std::byte{0x08};
    for (std::size_t i = 14; i < bytes; ++i)
        all[i] = static_cast<std::byte>((i * 7 + bytes) & 0xFF);
    return all;
}

void SocketGuest::send(std::span<const std::byte> bytes, std::optional<std::uint16_t> tci,
                       std::size_t piece) {
    await([&] { return driver.send(0, bytes, tci, piece); }, "room for a frame");
}

ReceivedFrame SocketGuest::receive() {
    std::optional<ReceivedFrame> frame;
    await([&] { return (frame = driver.receive(0)).has_value(); }, "a frame");
    return *frame;
}

}  // namespace vnf::avp::test
