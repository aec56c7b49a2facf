// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A migration and the link as an operator asks for them, with a guest that does its part.
#include <sys/eventfd.h>

#include <catch2/catch.hpp>
#include <csignal>

#include "tests/avp-host/daemon/host_under_test.hpp"
#include "tests/harness/unix_socket.hpp"

using namespace vnf::avp::test;
using vnf::harness::Process;

namespace {

/// What a driver does on its interrupt: reads what it is about, lets go, says so.
void answer(SocketGuest& guest, std::uint32_t step, std::uint32_t acknowledgement) {
    const vnf::harness::Deadline deadline(vnf::harness::patience);
    while (guest.client.read_register(AVP_REGISTER_MIGRATION_STATUS) != step)
        REQUIRE_FALSE(deadline.passed());
    guest.client.read_register(AVP_REGISTER_INTERRUPT_STATUS);
    if (step == AVP_MIGRATION_DETACHED) {
        REQUIRE(guest.driver.shut_down() == 0);
    } else {
        guest.driver.open();
        guest.bring_up();
    }
    guest.client.write_register(AVP_REGISTER_MIGRATION_ACK, acknowledgement);
}

Process begin(HostUnderTest& host, std::vector<std::string> command) {
    return Process(
        {.argv = host.avpctl_line(std::move(command)), .output_file = host.scratch / "migrate.log"});
}

int exit_code(Process& process) {
    return process.wait().code;
}

}  // namespace

TEST_CASE("avpctl detaches a device and attaches it again, and the guest's frames go on") {
    HostUnderTest host;
    SocketGuest one(host.socket("vm1"));
    SocketGuest two(host.socket("vm2"));
    one.bring_up();
    two.bring_up();
    const auto frame = SocketGuest::frame(address_of(1), address_of(2), 200);
    two.send(frame);
    REQUIRE(one.receive().bytes == frame);

    Process detach = begin(host, {"migrate", "detach", "vm1"});
    answer(one, AVP_MIGRATION_DETACHED, AVP_MIGRATION_DETACHED);
    CHECK(exit_code(detach) == 0);
    CHECK_THAT(detach.output(), Catch::Contains("vm1: accepted, detached"));
    for (int i = 0; i < 5; ++i)
        two.send(frame);
    host.await_number("vm1", "/dropped/no_room", 5);
    CHECK(host.number("vm1", "/device/dropped/not_up") == 5);

    Process attach = begin(host, {"migrate", "attach", "vm1"});
    answer(one, AVP_MIGRATION_ATTACHED, AVP_MIGRATION_ATTACHED);
    CHECK(exit_code(attach) == 0);
    two.send(frame);
    CHECK(one.receive().bytes == frame);
    // Sent is received and counted.
    CHECK(host.number("vm2", "/frames_from") == 2 + 5);
    CHECK(host.number("vm1", "/frames_to") == 2);
}

TEST_CASE("a guest that refuses, does not answer, or was not asked is told by avpctl's exit status") {
    HostUnderTest host;
    SocketGuest guest(host.socket("vm1"));
    guest.bring_up();
    CHECK(host.avpctl({"migrate", "attach", "vm1"}).status.code == 3);
    CHECK(host.avpctl({"migrate", "detach", "vm1", "--timeout", "1"}).status.code == 4);
    CHECK(host.avpctl({"migrate", "attach", "vm1", "--force", "--timeout", "1"}).status.code == 4);
    guest.driver.open();
    guest.bring_up();
    Process detach = begin(host, {"migrate", "detach", "vm1"});
    const vnf::harness::Deadline deadline(vnf::harness::patience);
    while (guest.client.read_register(AVP_REGISTER_MIGRATION_STATUS) != AVP_MIGRATION_DETACHED)
        REQUIRE_FALSE(deadline.passed());
    guest.client.write_register(AVP_REGISTER_MIGRATION_ACK, AVP_MIGRATION_ERROR);
    CHECK(exit_code(detach) == 3);
    CHECK(host.avpctl({"migrate", "detach", "nobody"}).status.code == 5);
    CHECK(host.avpctl({"migrate", "elsewhere", "vm1"}).status.code == 2);
    // Without a driver there is nobody to ask.
    CHECK(host.avpctl({"migrate", "detach", "vm2"}).status.code == 0);
    CHECK(host.avpctl({"migrate", "attach", "vm2"}).status.code == 0);
}

TEST_CASE("what a device offers is taken from settings that were reloaded when it is attached") {
    const std::string settings =
        "switches: [{name: lan}]\nports: [{name: vm1, mac: \"02:61:76:70:00:01\", buffers: 512";
    HostUnderTest host(settings + "}]\n");
    SocketGuest guest(host.socket("vm1"));
    CHECK(guest.driver.info().max_frame_bytes == 1522);
    host.rewrite_settings(settings + ", max_frame_bytes: 9000, tx_queues: {maximum: 2}}]\n");
    host.process().signal(SIGHUP);
    host.stage.until([&] { return host.process().output().find("settings reloaded") != std::string::npos; },
                     "the reload");
    CHECK(host.number("vm1", "/max_frame_bytes") == 1522);
    CHECK(host.avpctl({"migrate", "detach", "vm1"}).status.code == 0);
    CHECK(host.avpctl({"migrate", "attach", "vm1"}).status.code == 0);
    guest.driver.open();
    CHECK(guest.driver.info().max_frame_bytes == 9000);
    CHECK(guest.driver.info().tx_queues.maximum == 2);
}

TEST_CASE(
    "settings that do not fit into the device's memory are refused at its attachment, and nothing changes") {
    const std::string settings =
        "switches: [{name: lan}]\nports: [{name: vm1, mac: \"02:61:76:70:00:01\", buffers: ";
    HostUnderTest host(settings + "512}]\n");
    host.rewrite_settings(settings + "65536}]\n");
    host.process().signal(SIGHUP);
    host.stage.until([&] { return host.process().output().find("settings reloaded") != std::string::npos; },
                     "the reload");
    CHECK(host.avpctl({"migrate", "detach", "vm1"}).status.code == 0);
    const auto refused = host.avpctl({"migrate", "attach", "vm1"});
    CHECK(refused.status.code == 3);
    CHECK_THAT(refused.output, Catch::Contains("bad_settings"));
    CHECK(host.word("vm1", "/state") == "detached");
}

TEST_CASE("avpctl takes the link down and the guest hears of it") {
    HostUnderTest host;
    SocketGuest guest(host.socket("vm1"));
    guest.bring_up(AVP_FEATURE_LINK);
    CHECK(guest.client.read_register(AVP_REGISTER_LINK) == 1);
    CHECK(host.avpctl({"link", "down", "vm1"}).status.code == 0);
    CHECK(guest.client.read_register(AVP_REGISTER_LINK) == 0);
    CHECK((guest.client.read_register(AVP_REGISTER_INTERRUPT_STATUS) & AVP_INTERRUPT_LINK) != 0);
    CHECK(host.word("vm1", "/link") == "down");
    CHECK(host.avpctl({"link", "up", "vm1"}).status.code == 0);
    CHECK(guest.client.read_register(AVP_REGISTER_LINK) == 1);
    CHECK(host.avpctl({"link", "sideways", "vm1"}).status.code == 2);
}
