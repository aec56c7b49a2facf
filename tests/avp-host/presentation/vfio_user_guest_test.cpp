// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A whole driver behind the socket: it maps the regions that it was handed, configures the device and moves frames; its
// death gives everything back.
#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

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

/// The same memory, in another owner's hands.
DeviceRegions adopted_regions(const PresentedPort& port) {
    const auto adopted = [](const Region& region) {
        return Region::adopted(FileDescriptor(::dup(region.descriptor())), region.bytes().size());
    };
    const DeviceRegions& regions = port.device.regions();
    return {adopted(regions.memory), adopted(regions.memory_map), adopted(regions.device_info)};
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

TEST_CASE("a client goes on with its server's successor: configuration, interrupts, memory and frames") {
    PresentedPort first;
    SocketGuest guest(first);
    REQUIRE(guest.driver.configure(0, 1, 1, true) == 0);
    guest.client.write_region(AVP_VFIO_USER_CONFIG_REGION, 4, "\x06");
    const FileDescriptor event(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    const auto assign = AVP_VFIO_USER_IRQ_SET_EVENTFD | AVP_VFIO_USER_IRQ_SET_TRIGGER;
    guest.client.set_irqs(assign, AVP_VFIO_USER_IRQ_MSIX, 0, 1, std::array{event.get()});
    auto handed = first.server.hand_over();
    REQUIRE(handed);
    // As exec() leaves them: descriptors without an owner.
    handed->socket = ::dup(handed->socket);
    for (int& eventfd : handed->eventfds)
        eventfd = eventfd < 0 ? -1 : ::dup(eventfd);
    DeviceRegions regions = adopted_regions(first);
    first.server.stop();

    PresentedPort second(std::move(regions));
    REQUIRE(second.server.adopt(*handed));
    guest.client.go_to(second.io);
    guest.driver =
        TestGuest({guest.memory.bytes, guest.memory_map.bytes, guest.device_info.bytes}, [&second] {
            const auto held = second.gate.hold();
            second.device.poll();
        });
    CHECK(second.server.client()->pid == ::getpid());
    CHECK(guest.client.read_region(AVP_VFIO_USER_CONFIG_REGION, 4, 1)[0] == std::byte{6});
    guest.client.write_register(AVP_REGISTER_INTERRUPT_MASK, AVP_INTERRUPTS_ON);
    {
        const auto held = second.gate.hold();
        second.device.attach(second.device.settings());
    }
    std::uint64_t count = 0;
    CHECK(::read(event.get(), &count, sizeof count) == sizeof count);
    CHECK(guest.client.read_register(AVP_REGISTER_MIGRATION_STATUS) == AVP_MIGRATION_ATTACHED);
    guest.driver.open();
    REQUIRE(guest.driver.configure(0, 1, 1, true) == 0);
    check_echo(second, guest, 1000);
    VfioUserClient other(second.io, second.path());
    CHECK(other.ask_version().header.error == EBUSY);
}

TEST_CASE("what is no client is not adopted, and closed") {
    PresentedPort port;
    CHECK_FALSE(port.server.hand_over());
    const std::size_t before = vnf::test::open_descriptors();
    HandedClient handed;
    handed.eventfds.fill(-1);
    CHECK_FALSE(port.server.adopt(handed));
    handed.socket = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    CHECK_FALSE(port.server.adopt(handed));
    handed.socket = -1;
    handed.eventfds[3] = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    CHECK_FALSE(port.server.adopt(handed));
    CHECK(vnf::test::open_descriptors() == before);
}

TEST_CASE("amid a message a client is not handed over") {
    PresentedPort port;
    VfioUserClient client(port.io, port.path());
    client.ask_version();
    REQUIRE(port.server.hand_over());
    const avp_vfio_user_header header{1, AVP_VFIO_USER_RESET, sizeof header, 0, 0};
    const auto bytes = as_payload(header);
    client.send_bytes(std::span(bytes).first(7));
    CHECK(port.run_until([&port] { return !port.server.hand_over(); }));
    client.send_bytes(std::span(bytes).subspan(7));
    CHECK(client.receive());
    CHECK(port.server.hand_over());
}
