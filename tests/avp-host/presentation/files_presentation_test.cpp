// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A driver that knows nothing but files: maps them, writes its registers as plain memory, waits at the FIFO, and ends.
#include "avp-host/presentation/files_presentation.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstring>

#include "tests/avp-host/presentation/presented_port.hpp"
#include "tests/avp-host/test_guest.hpp"
#include "tests/runtime/loop_fixture.hpp"

using namespace vnf::avp;
using namespace vnf::avp::test;
using vnf::runtime::FileDescriptor;

namespace {

DeviceSettings without_rx_interrupts() {
    auto settings = small_device();
    settings.offers_rx_interrupts = false;
    return settings;
}

struct FilesPort {
    FilesPort()
        : presentation(io, "port1", {folder.path() / "avp", 0},
                       Device::memory_bytes(without_rx_interrupts())),
          device(without_rx_interrupts(), presentation.open_regions(), presentation.interrupts()) {
        presentation.start(device, gate);
    }
    std::filesystem::path file(const std::string& name) const {
        return folder.path() / "avp/devices/0000:00:00.0" / name;
    }
    bool run_until(const std::function<bool()>& happened) { return vnf::test::run_until_seen(io, happened); }
    DeviceState state() {
        const auto held = gate.hold();
        return device.state();
    }

    boost::asio::io_context io;
    vnf::test::ScratchFolder folder;
    PortGate gate;
    FilesPresentation presentation;
    Device device;
};

/// As uio_pci_generic's user would be.
struct FilesDriver {
    explicit FilesDriver(FilesPort& port)
        : events(::open((port.folder.path() / "avp/dev/uio0").c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC)),
          registers(Region::in_file(port.file("resource0"), AVP_REGISTERS_BAR_BYTES)),
          memory(Region::in_file(port.file("resource2"), std::filesystem::file_size(port.file("resource2")))),
          memory_map(Region::in_file(port.file("resource4"), AVP_MEMORY_MAP_BAR_BYTES)),
          device_info(Region::in_file(port.file("resource5"), AVP_DEVICE_INFO_BAR_BYTES)),
          rings({memory.bytes(), memory_map.bytes(), device_info.bytes()}, [&port] {
              const auto held = port.gate.hold();
              port.device.poll();
          }) {
        rings.open();
    }
    std::uint32_t* cell(std::uint64_t offset) {
        return reinterpret_cast<std::uint32_t*>(registers.bytes().data() + offset);
    }
    std::uint32_t read(std::uint64_t offset) { return __atomic_load_n(cell(offset), __ATOMIC_ACQUIRE); }
    void write(std::uint64_t offset, std::uint32_t value) {
        __atomic_store_n(cell(offset), value, __ATOMIC_RELEASE);
    }
    /// 4 bytes, as a UIO device gives them.
    bool take_interrupt() {
        std::uint32_t number = 0;
        return ::read(events.get(), &number, sizeof number) == sizeof number;
    }
    void await_interrupt(FilesPort& port) {
        REQUIRE(port.run_until([this] {
            int waiting = 0;
            return ::ioctl(events.get(), FIONREAD, &waiting) == 0 && waiting != 0;
        }));
        CHECK(take_interrupt());
        CHECK_FALSE(take_interrupt());
    }

    FileDescriptor events;
    Region registers, memory, memory_map, device_info;
    TestGuest rings;
};

}  // namespace

TEST_CASE("a driver on files configures its device and sends") {
    FilesPort port;
    FilesDriver driver(port);
    CHECK(port.run_until([&port] { return port.presentation.has_driver(); }));
    REQUIRE(driver.rings.configure(0, 1, 1, true) == 0);
    const std::vector<std::byte> frame(64, std::byte{7});
    REQUIRE(driver.rings.send(0, frame));
    std::array<Frame, 1> frames;
    const auto held = port.gate.hold();
    REQUIRE(port.device.receive(frames) == 1);
    CHECK(frames[0].bytes == 64);
    port.device.done_with_received();
    REQUIRE(port.device.transmit(frames) == 1);
    CHECK(driver.rings.receive(0)->bytes == frame);
}

TEST_CASE("a migration reaches the driver through memory and the FIFO, and its answer comes back") {
    FilesPort port;
    FilesDriver driver(port);
    driver.write(AVP_REGISTER_INTERRUPT_MASK, AVP_INTERRUPTS_ON);
    REQUIRE(driver.rings.configure(0, 1, 1, true) == 0);
    REQUIRE(port.run_until([&port] { return port.presentation.has_driver(); }));
    for (int round = 0; round < 3; ++round) {
        {
            const auto held = port.gate.hold();
            port.device.detach();
        }
        driver.await_interrupt(port);
        CHECK((driver.read(AVP_REGISTER_INTERRUPT_STATUS) & AVP_INTERRUPT_MIGRATION) != 0);
        CHECK(driver.read(AVP_REGISTER_MIGRATION_STATUS) == AVP_MIGRATION_DETACHED);
        REQUIRE(driver.rings.shut_down() == 0);
        driver.write(AVP_REGISTER_MIGRATION_ACK, AVP_MIGRATION_DETACHED);
        REQUIRE(port.run_until([&port] { return port.state() == DeviceState::Detached; }));
        CHECK(driver.read(AVP_REGISTER_INTERRUPT_STATUS) == 0);
        {
            const auto held = port.gate.hold();
            port.device.attach(port.device.settings());
        }
        driver.await_interrupt(port);
        CHECK(driver.read(AVP_REGISTER_MIGRATION_STATUS) == AVP_MIGRATION_ATTACHED);
        driver.rings.open();
        REQUIRE(driver.rings.configure(0, 1, 1, true) == 0);
        driver.write(AVP_REGISTER_MIGRATION_ACK, AVP_MIGRATION_ATTACHED);
        REQUIRE(port.run_until([&port] {
            const auto held = port.gate.hold();
            return port.device.migration_answer() == MigrationAnswer::Accepted;
        }));
    }
    // Each answer was taken once.
    CHECK(port.device.statistics().of(Fault::AckUnexpected) == 0);
}

TEST_CASE("a driver that ends gives everything back, and the next one finds the device as at the start") {
    FilesPort port;
    for (unsigned round = 1; round <= 20; ++round) {
        FilesDriver driver(port);
        driver.write(AVP_REGISTER_INTERRUPT_MASK, AVP_INTERRUPTS_ON);
        REQUIRE(driver.rings.configure(0, 1, 1, true) == 0);
        while (driver.rings.take_empty(0) != 0) {  // all that it can get is with it
        }
        {
            const auto held = port.gate.hold();
            port.device.detach();
        }
        REQUIRE(port.run_until(
            [&driver] { return driver.read(AVP_REGISTER_MIGRATION_STATUS) == AVP_MIGRATION_DETACHED; }));
        driver.events.reset();
        REQUIRE(port.run_until([&port, round] { return port.device.statistics().resets == round; }));
        CHECK(port.state() == DeviceState::Waiting);
        CHECK_FALSE(port.presentation.has_driver());
        for (const std::uint64_t offset : {0, 4, 8, 12, 16})
            CHECK(driver.read(offset) == 0);
    }
    FilesDriver next(port);
    CHECK_FALSE(next.take_interrupt());
    CHECK(port.presentation.counters().drivers >= 20);
}

TEST_CASE("a guest that never takes its interrupts holds nobody up") {
    FilesPort port;
    FilesDriver driver(port);
    driver.write(AVP_REGISTER_INTERRUPT_MASK, AVP_INTERRUPTS_ON);
    REQUIRE(driver.rings.configure(0, 1, 1, true) == 0);
    const std::string junk(4096, 'x');
    while (::write(driver.events.get(), junk.data(), junk.size()) > 0) {  // the FIFO is full
    }
    {
        const auto held = port.gate.hold();
        port.device.detach();
    }
    CHECK(port.run_until([&port] { return port.presentation.counters().interrupts != 0; }));
    CHECK(driver.read(AVP_REGISTER_MIGRATION_STATUS) == AVP_MIGRATION_DETACHED);
}

TEST_CASE("when the host stops, every register reads as of a device that is gone") {
    FilesPort port;
    FilesDriver driver(port);
    port.presentation.stop();
    for (const std::uint64_t offset : {0, 4, 8, 12, 16})
        CHECK(driver.read(offset) == AVP_REGISTER_GONE);
}
