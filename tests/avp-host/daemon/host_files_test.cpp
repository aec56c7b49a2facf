// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A port that is shown by files: what a driver without a VM finds there, and that nothing is left.
#include <catch2/catch.hpp>
#include <csignal>
#include <thread>

#include "avp-host/device_memory.hpp"
#include "tests/avp-host/daemon/host_under_test.hpp"

using namespace vnf::avp::test;
using vnf::avp::Region;

namespace {

const char* const settings =
    "ports:\n"
    "- name: vm1\n"
    "  mac: \"02:61:76:70:00:01\"\n"
    "  buffers: 256\n"
    "  presentation: files\n"
    "  directory: @/tree\n"
    "  slot: 3\n"
    "  behind: {end: echo}\n";

Region mapped(const HostUnderTest& host, const std::string& name) {
    const std::string path = host.scratch / ("tree/devices/0000:00:03.0/" + name);
    return Region::in_file(path, std::filesystem::file_size(path));
}

}  // namespace

TEST_CASE("a driver finds a device's files, sends a frame to the echo behind it and gets it back") {
    HostUnderTest host(settings);
    CHECK(host.word("vm1", "/presentation/kind") == "files");
    CHECK(host.word("vm1", "/presentation/pci_address") == "0000:00:03.0");
    const Region memory = mapped(host, "resource2");
    const Region map = mapped(host, "resource4");
    const Region info = mapped(host, "resource5");
    TestGuest driver({memory.bytes(), map.bytes(), info.bytes()}, [] { std::this_thread::yield(); });
    driver.open();
    REQUIRE(driver.configure(0, 1, 1, true) == 0);
    // Its empty buffers come with the worker's next round.
    host.stage.until([&] { return driver.send(0, SocketGuest::frame(address_of(9), address_of(1), 600)); },
                     "room for a frame");
    std::optional<ReceivedFrame> back;
    host.stage.until([&] { return (back = driver.receive(0)).has_value(); }, "the frame");
    CHECK(back->bytes == SocketGuest::frame(address_of(1), address_of(9), 600));
}

TEST_CASE("the files are gone when avp-host has ended, and replaced when it was killed") {
    HostUnderTest host(settings);
    const std::string device = host.scratch / "tree/devices/0000:00:03.0";
    CHECK(std::filesystem::exists(device + "/vendor"));
    host.process().signal(SIGKILL);
    host.process().wait();
    CHECK(std::filesystem::exists(device));
    host.restart();
    CHECK(host.word("vm1", "/state") == "waiting");
    host.process().signal(SIGTERM);
    CHECK(host.process().wait() == vnf::harness::ExitStatus{false, 0});
    CHECK_FALSE(std::filesystem::exists(device));
}
