// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A whole driver behind the socket: it maps the regions that it was handed, configures the device and moves frames; its
// death gives everything back.
#include <catch2/catch.hpp>
#include <cstring>

#include "tests/avp-host/presentation/mapped_region.hpp"
#include "tests/avp-host/presentation/presented_port.hpp"
#include "tests/avp-host/presentation/vfio_user_client.hpp"
#include "tests/avp-host/test_guest.hpp"

using namespace vnf::avp;
using namespace vnf::avp::test;

namespace {

struct SocketGuest {
    explicit SocketGuest(PresentedPort& port)
        : client(connected(port)),
          memory(client, AVP_BAR_MEMORY),
          memory_map(client, AVP_BAR_MEMORY_MAP),
          device_info(client, AVP_BAR_DEVICE_INFO),
          driver({memory.bytes, memory_map.bytes, device_info.bytes}, [&port] {
              const auto held = port.gate.hold();
              port.device.poll();
          }) {
        client.write_register(AVP_REGISTER_INTERRUPT_MASK, AVP_INTERRUPTS_ON);
        driver.open();
    }
    static VfioUserClient connected(PresentedPort& port) {
        VfioUserClient client(port.io, port.path());
        client.ask_version();
        return client;
    }

    VfioUserClient client;
    MappedRegion memory, memory_map, device_info;
    TestGuest driver;
};

/// What one worker's round would do: everything that came in goes back.
std::size_t echo(PresentedPort& port) {
    const auto held = port.gate.hold();
    port.device.poll();
    std::array<Frame, kBurst> frames;
    const std::size_t count = port.device.receive(frames);
    port.device.transmit(std::span(frames).first(count));
    port.device.done_with_received();
    return count;
}

void check_echo(PresentedPort& port, SocketGuest& guest, std::size_t bytes) {
    std::vector<std::byte> frame(bytes);
    for (std::size_t i = 0; i < bytes; ++i)
        frame[i] = static_cast<std::byte>(i * 7 + bytes);
    REQUIRE(guest.driver.send(0, frame));
    REQUIRE(echo(port) == 1);
    const auto back = guest.driver.receive(0);
    REQUIRE(back);
    CHECK(back->bytes == frame);
}

}  // namespace

TEST_CASE("a driver on the socket configures its device and gets its frames back") {
    PresentedPort port;
    SocketGuest guest(port);
    REQUIRE(guest.driver.configure(0, 1, 1, true) == 0);
    CHECK(port.device.state() == DeviceState::Up);
    for (const std::size_t bytes : {60U, 61U, 1000U, 1518U})
        check_echo(port, guest, bytes);
    const auto& statistics = port.device.statistics();
    CHECK((statistics.from_guest[0].frames == 4 && statistics.to_guest[0].frames == 4));
}

TEST_CASE("a driver that dies amid its frames leaves nothing, and the next one works, many times") {
    PresentedPort port;
    for (std::uint64_t round = 0; round < 200; ++round) {
        SocketGuest guest(port);
        REQUIRE(guest.driver.configure(0, 1, 1, true) == 0);
        check_echo(port, guest, 64);
        while (guest.driver.take_empty(0) != 0) {  // all that it can get is with it
        }
        const std::vector<std::byte> frame(100);
        guest.client.close();
        REQUIRE(port.run_until([&port] { return !port.server.client(); }));
        REQUIRE(port.device.state() == DeviceState::Waiting);
    }
    for (const auto faults : port.device.statistics().faults)
        CHECK(faults == 0);
}

TEST_CASE("a migration reaches the driver by an interrupt, and by the registers") {
    PresentedPort port;
    SocketGuest guest(port);
    REQUIRE(guest.driver.configure(0, 1, 1, true) == 0);
    {
        const auto held = port.gate.hold();
        port.device.detach();
    }
    CHECK(port.interrupts.latched() == 1);
    CHECK(guest.client.read_register(AVP_REGISTER_INTERRUPT_STATUS) == AVP_INTERRUPT_MIGRATION);
    CHECK(guest.client.read_register(AVP_REGISTER_MIGRATION_STATUS) == AVP_MIGRATION_DETACHED);
    REQUIRE(guest.driver.shut_down() == 0);
    guest.client.write_register(AVP_REGISTER_MIGRATION_ACK, AVP_MIGRATION_DETACHED);
    CHECK(port.device.state() == DeviceState::Detached);
    {
        const auto held = port.gate.hold();
        port.device.attach(port.device.settings());
    }
    CHECK(guest.client.read_register(AVP_REGISTER_MIGRATION_STATUS) == AVP_MIGRATION_ATTACHED);
    guest.driver.open();
    REQUIRE(guest.driver.configure(0, 1, 1, true) == 0);
    guest.client.write_register(AVP_REGISTER_MIGRATION_ACK, AVP_MIGRATION_ATTACHED);
    CHECK(port.device.migration_answer() == MigrationAnswer::Accepted);
    check_echo(port, guest, 64);
}
