// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A port's life: started and stopped, its MTU and link, a host that goes and comes back, a migration under load.
#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "tests/avp-pmd/one_mapping.hpp"
#include "tests/avp-pmd/port.hpp"
#include "tests/harness/deadline.hpp"
#include "tests/harness/scratch_directory.hpp"

namespace vnf::avp::test {
namespace {

template <typename Condition>
bool eventually(const Condition& condition) {
    const harness::Deadline deadline{harness::patience};
    while (!deadline.passed()) {
        if (condition())
            return true;
        std::this_thread::yield();
    }
    return false;
}

DeviceState state_of(DriverHost& host) {
    return host.ask<DeviceState>([](Device& device) { return device.state(); });
}

/// There and back, which needs an echoing host. What else is under way is passed over, and may have left no room.
bool passes(const TestPort& port, unsigned seed = 1) {
    const TestFrame sent = test_frame(100, seed);
    return eventually([&] {
        port.send(sent);
        const auto back = port.receive_now();
        return std::any_of(back.begin(), back.end(),
                           [&](const TestFrame& frame) { return frame.bytes == sent.bytes; });
    });
}

struct LinkEvents {
    explicit LinkEvents(std::uint16_t port) : id(port) {
        rte_eth_dev_callback_register(id, RTE_ETH_EVENT_INTR_LSC, count, this);
    }
    ~LinkEvents() { rte_eth_dev_callback_unregister(id, RTE_ETH_EVENT_INTR_LSC, count, this); }
    static int count(std::uint16_t, rte_eth_event_type, void* self, void*) {
        ++static_cast<LinkEvents*>(self)->events;
        return 0;
    }
    std::uint16_t id;
    std::atomic<unsigned> events{0};
};

}  // namespace

TEST_CASE("a port is stopped and started 1,000 times, and every frame is counted") {
    harness::ScratchDirectory directory;
    DriverHost host(directory / "avp", driver_settings());
    host.echo(true);
    TestPort port(host.path());
    REQUIRE(port.configure({}) == 0);
    for (unsigned round = 0; round < 1000; ++round) {
        REQUIRE(port.start() == 0);
        port.deliver(test_frame(100, round));
        REQUIRE(port.receive_all(1).size() == 1);
        REQUIRE(port.stop() == 0);
    }
    CHECK(port.stats().ipackets == 1000);
    CHECK(port.stats().opackets == 1000);
    CHECK(host.ask<std::uint64_t>([](Device& device) { return device.statistics().from_guest[0].frames; }) ==
          1000);
}

TEST_CASE("a port that is stopped gets nothing of what came meanwhile") {
    harness::ScratchDirectory directory;
    DriverHost host(directory / "avp", driver_settings());
    TestPort port(host.path());
    port.bring_up();
    REQUIRE(host.send(test_frame(100)));
    REQUIRE(port.stop() == 0);
    CHECK(state_of(host) == DeviceState::Down);
    CHECK_FALSE(port.link_is_up());
    CHECK_FALSE(host.send(test_frame(101)));
    REQUIRE(port.start() == 0);
    REQUIRE(host.send(test_frame(102)));
    const auto got = port.receive_all(1);
    REQUIRE(got.size() == 1);
    CHECK(got[0].bytes.size() == 102);
}

TEST_CASE("other queues at the next start are the host's too") {
    harness::ScratchDirectory directory;
    DriverHost host(directory / "avp", driver_settings());
    host.echo(true);
    TestPort port(host.path());
    for (const auto queues : std::initializer_list<std::uint16_t>{1, 8, 3, 2}) {
        port.bring_up({.rx_queues = queues, .tx_queues = queues});
        CHECK(passes(port));
        const auto driver =
            host.ask<std::optional<GuestDriver>>([](Device& device) { return device.guest_driver(); });
        REQUIRE(driver.has_value());
        CHECK(driver->kind == AVP_DRIVER_DPDK);
        CHECK(driver->rx_queues == queues);
        CHECK(driver->tx_queues == queues);
        REQUIRE(port.stop() == 0);
    }
}

TEST_CASE("the MTU is told to the host; what it cannot be is refused") {
    harness::ScratchDirectory directory;
    DriverHost host(directory / "avp", driver_settings());
    TestPort port(host.path());
    const auto told = [&] {
        const auto driver =
            host.ask<std::optional<GuestDriver>>([](Device& device) { return device.guest_driver(); });
        return driver ? driver->mtu.value_or(0) : 0;
    };
    port.bring_up({.rx_offloads = RTE_ETH_RX_OFFLOAD_SCATTER});
    REQUIRE(rte_eth_dev_set_mtu(port.id(), 4000) == 0);
    CHECK(told() == 4000);
    CHECK(rte_eth_dev_set_mtu(port.id(), 9221) == -EINVAL);
    CHECK(told() == 4000);
    REQUIRE(host.send(test_frame(4018)));
    CHECK(port.receive_all(1).size() == 1);
    REQUIRE(port.stop() == 0);

    port.bring_up();
    CHECK(rte_eth_dev_set_mtu(port.id(), 4000) == -EINVAL);
    CHECK_THAT(logged(), Catch::Contains("RTE_ETH_RX_OFFLOAD_SCATTER"));
    REQUIRE(port.stop() == 0);
    REQUIRE(port.configure({.mtu = 4000}) == 0);
    CHECK(port.start() == -EINVAL);
}

TEST_CASE("an MTU that the host does not take holds here, and is logged") {
    harness::ScratchDirectory directory;
    DriverHost host(directory / "avp", driver_settings());
    TestPort port(host.path(), "timeout_ms=500");
    port.bring_up();
    host.set_misconduct({.keeps_requests = true});
    logged();
    CHECK(rte_eth_dev_set_mtu(port.id(), 1400) == 0);
    CHECK_THAT(logged(), Catch::Contains("MTU of 1400"));
    CHECK(port.xstat("failed_requests") == 1);
}

TEST_CASE("a host that answers no request is waited for until the deadline, and the start fails") {
    harness::ScratchDirectory directory;
    DriverHost host(directory / "avp", driver_settings());
    TestPort port(host.path(), "timeout_ms=500");
    REQUIRE(port.configure({}) == 0);
    host.set_misconduct({.keeps_requests = true});
    CHECK(port.start() == -ETIMEDOUT);
    CHECK(port.start() == -ETIMEDOUT);
    host.set_misconduct({});
    host.echo(true);
    CHECK(eventually([&] { return port.start() == 0; }));
    CHECK(passes(port));
}

TEST_CASE("the link follows the host's and the application is told") {
    harness::ScratchDirectory directory;
    DriverHost host(directory / "avp", driver_settings());
    TestPort port(host.path());
    port.bring_up({.lsc = true});
    CHECK(port.link_is_up());
    const LinkEvents events(port.id());
    host.with_device([](Device& device) { device.set_link(false); });
    CHECK(eventually([&] { return events.events == 1; }));
    CHECK_FALSE(port.link_is_up());
    host.with_device([](Device& device) { device.set_link(true); });
    CHECK(eventually([&] { return events.events == 2; }));
    CHECK(port.link_is_up());
}

TEST_CASE("an interface that the application takes down is down at the host") {
    harness::ScratchDirectory directory;
    DriverHost host(directory / "avp", driver_settings());
    TestPort port(host.path());
    port.bring_up();
    REQUIRE(rte_eth_dev_set_link_down(port.id()) == 0);
    CHECK(state_of(host) == DeviceState::Down);
    CHECK_FALSE(port.link_is_up());
    REQUIRE(rte_eth_dev_set_link_up(port.id()) == 0);
    CHECK(state_of(host) == DeviceState::Up);
    CHECK(port.link_is_up());
    REQUIRE(rte_eth_dev_set_link_down(port.id()) == 0);
    REQUIRE(port.stop() == 0);
    REQUIRE(port.start() == 0);
    CHECK(state_of(host) == DeviceState::Up);
    CHECK(port.link_is_up());
}

TEST_CASE("a host that ends and starts again gets its port back by itself") {
    harness::ScratchDirectory directory;
    const std::string path = directory / "avp";
    auto host = std::make_unique<DriverHost>(path, driver_settings());
    host->echo(true);
    TestPort port(path, "retry_ms=10");
    port.bring_up({.rx_queues = 2, .tx_queues = 2, .mtu = 1400, .lsc = true});
    const LinkEvents events(port.id());
    for (unsigned round = 1; round <= 5; ++round) {
        REQUIRE(passes(port, round));
        host.reset();
        REQUIRE(eventually([&] { return !port.link_is_up(); }));
        CHECK_FALSE(port.send(test_frame(100)));
        CHECK(port.receive().empty());
        host = std::make_unique<DriverHost>(path, driver_settings());
        host->echo(true);
        REQUIRE(eventually([&] { return port.link_is_up(); }));
        const auto driver =
            host->ask<std::optional<GuestDriver>>([](Device& device) { return device.guest_driver(); });
        REQUIRE(driver.has_value());
        CHECK(driver->rx_queues == 2);
        CHECK(driver->mtu == 1400);
        CHECK(eventually([&] { return events.events == 2 * round; }));
    }
    CHECK(passes(port));
    CHECK(port.xstat("attaches") == 6);
    CHECK(port.xstat("detaches") == 5);
}

TEST_CASE("a port is started while its host is away, and comes up with it") {
    harness::ScratchDirectory directory;
    const std::string path = directory / "avp";
    auto host = std::make_unique<DriverHost>(path, driver_settings());
    TestPort port(path, "retry_ms=10");
    REQUIRE(port.configure({}) == 0);
    host.reset();
    REQUIRE(eventually([&] { return port.xstat("detaches") == 1; }));
    REQUIRE(port.start() == 0);
    CHECK_FALSE(port.link_is_up());
    host = std::make_unique<DriverHost>(path, driver_settings());
    host->echo(true);
    CHECK(eventually([&] { return port.link_is_up(); }));
    CHECK(passes(port));
}

TEST_CASE("a host that lets its client go is connected to again while bursts run") {
    set_one_mapping(false);
    harness::ScratchDirectory directory;
    DriverHost host(directory / "avp", driver_settings());
    host.echo(true);
    TestPort port(host.path(), "retry_ms=10");
    port.bring_up();
    std::atomic<bool> ends{false};
    std::thread lcore([&] {
        while (!ends) {
            port.send(test_frame(300));
            port.receive();
        }
    });
    for (unsigned round = 1; round <= 50; ++round) {
        host.disconnect();
        CHECK(eventually([&] { return host.clients() > round; }));
        CHECK(eventually([&] { return port.link_is_up(); }));
    }
    ends = true;
    lcore.join();
    CHECK(passes(port));
    set_one_mapping(true);
}

TEST_CASE("a host that comes back too small for what is configured is not used") {
    harness::ScratchDirectory directory;
    const std::string path = directory / "avp";
    auto host = std::make_unique<DriverHost>(path, driver_settings());
    TestPort port(path, "retry_ms=10");
    port.bring_up({.rx_queues = 4, .tx_queues = 4});
    DeviceSettings smaller = driver_settings();
    smaller.rx_queues.maximum = 2;
    host.reset();
    logged();
    host = std::make_unique<DriverHost>(path, smaller);
    REQUIRE(eventually([&] { return host->clients() >= 2; }));
    CHECK_FALSE(port.link_is_up());
    CHECK_THAT(logged(), Catch::Contains("2 RX") && Catch::Contains("4 and 4 are configured"));
    host.reset();
    host = std::make_unique<DriverHost>(path, driver_settings());
    host->echo(true);
    CHECK(eventually([&] { return port.link_is_up(); }));
    CHECK(passes(port));
}

TEST_CASE("migrations while traffic runs: what was sent arrived, or lay in a ring") {
    harness::ScratchDirectory directory;
    DriverHost host(directory / "avp", driver_settings());
    TestPort port(host.path());
    port.bring_up();
    std::atomic<bool> ends{false};
    std::thread lcore([&] {
        while (!ends) {
            port.send(test_frame(300));
            port.receive();
        }
    });
    std::uint64_t migrations = 0;
    DeviceSettings settings = driver_settings();
    for (; migrations < 30; ++migrations) {
        host.with_device([](Device& device) { device.detach(); });
        REQUIRE(eventually([&] { return state_of(host) == DeviceState::Detached; }));
        CHECK(eventually([&] { return !port.link_is_up(); }));
        settings.device_id += 1;
        settings.buffer_bytes = migrations % 2 == 0 ? 1900 : 2048;
        host.with_device([&](Device& device) { device.attach(settings); });
        REQUIRE(eventually([&] { return state_of(host) == DeviceState::Up; }));
        CHECK(eventually([&] {
            return host.ask<MigrationAnswer>([](Device& device) { return device.migration_answer(); }) ==
                   MigrationAnswer::Accepted;
        }));
        CHECK(eventually([&] { return port.link_is_up(); }));
    }
    ends = true;
    lcore.join();
    const std::uint64_t sent = port.stats().opackets;
    const auto arrived = [&] {
        return host.ask<std::uint64_t>(
            [](Device& device) { return device.statistics().from_guest[0].frames; });
    };
    CHECK(eventually([&] { return arrived() + migrations * 255 >= sent; }));
    CHECK(arrived() <= sent);
    CHECK(port.stats().oerrors == 0);
    CHECK(host.ask<std::uint64_t>([](Device& device) {
        std::uint64_t sum = 0;
        for (const std::uint64_t fault : device.statistics().faults)
            sum += fault;
        return sum;
    }) == 0);
    CHECK(port.xstat("attaches") == 31);
    host.echo(true);
    CHECK(passes(port));
}

TEST_CASE("a migration of a port that is stopped is acknowledged, and the port starts at its new place") {
    harness::ScratchDirectory directory;
    DriverHost host(directory / "avp", driver_settings());
    host.echo(true);
    TestPort port(host.path());
    port.bring_up();
    REQUIRE(port.stop() == 0);
    host.with_device([](Device& device) { device.detach(); });
    REQUIRE(eventually([&] { return state_of(host) == DeviceState::Detached; }));
    REQUIRE(port.start() == 0);
    CHECK_FALSE(port.link_is_up());
    host.with_device([](Device& device) { device.attach(driver_settings()); });
    CHECK(eventually([&] { return port.link_is_up(); }));
    CHECK(passes(port));
}

TEST_CASE("a queue that is stopped moves nothing until it is started; a deferred one begins stopped") {
    harness::ScratchDirectory directory;
    DriverHost host(directory / "avp", driver_settings());
    TestPort port(host.path());
    REQUIRE(port.configure({}) == 0);
    rte_eth_rxconf rx{};
    rx.rx_deferred_start = 1;
    REQUIRE(rte_eth_rx_queue_setup(port.id(), 0, 256, SOCKET_ID_ANY, &rx, frame_pool()) == 0);
    REQUIRE(port.start() == 0);
    REQUIRE(host.send(test_frame(100)));
    CHECK(port.receive().empty());
    REQUIRE(rte_eth_dev_rx_queue_start(port.id(), 0) == 0);
    CHECK(port.receive_all(1).size() == 1);
    REQUIRE(rte_eth_dev_rx_queue_stop(port.id(), 0) == 0);
    REQUIRE(rte_eth_dev_tx_queue_stop(port.id(), 0) == 0);
    CHECK_FALSE(port.send(test_frame(100)));
    REQUIRE(rte_eth_dev_tx_queue_start(port.id(), 0) == 0);
    CHECK(port.send(test_frame(100)));
}

TEST_CASE("descriptors tell what waits in a ring and what has room") {
    harness::ScratchDirectory directory;
    DriverHost host(directory / "avp", driver_settings());
    TestPort port(host.path());
    port.bring_up();
    for (unsigned i = 0; i < 3; ++i)
        REQUIRE(host.send(test_frame(100, i)));
    CHECK(rte_eth_rx_queue_count(port.id(), 0) == 3);
    CHECK(rte_eth_rx_descriptor_status(port.id(), 0, 2) == RTE_ETH_RX_DESC_DONE);
    CHECK(rte_eth_rx_descriptor_status(port.id(), 0, 3) == RTE_ETH_RX_DESC_AVAIL);
    CHECK(rte_eth_rx_descriptor_status(port.id(), 0, 256) == -EINVAL);
    CHECK(rte_eth_tx_descriptor_status(port.id(), 0, 254) == RTE_ETH_TX_DESC_DONE);
    CHECK(rte_eth_tx_descriptor_status(port.id(), 0, 256) == -EINVAL);
    host.with_device([&](Device&) {
        REQUIRE(port.send(test_frame(100)));
        CHECK(rte_eth_tx_descriptor_status(port.id(), 0, 254) == RTE_ETH_TX_DESC_FULL);
    });
}

TEST_CASE("a reset gives the device back as it was at first") {
    harness::ScratchDirectory directory;
    DriverHost host(directory / "avp", driver_settings());
    host.echo(true);
    TestPort port(host.path());
    port.bring_up();
    REQUIRE(passes(port));
    REQUIRE(rte_eth_dev_reset(port.id()) == 0);
    CHECK(state_of(host) == DeviceState::Waiting);
    port.bring_up();
    CHECK(passes(port));
}

TEST_CASE("a port that is closed shuts its device down, and another one takes it") {
    harness::ScratchDirectory directory;
    DriverHost host(directory / "avp", driver_settings());
    host.echo(true);
    for (unsigned round = 0; round < 20; ++round) {
        TestPort port(host.path());
        port.bring_up();
        CHECK(passes(port));
    }
    CHECK(rte_eth_dev_count_avail() == 0);
    CHECK(host.clients() == 20);
}

}  // namespace vnf::avp::test
