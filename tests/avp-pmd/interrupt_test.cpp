// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Interrupts of RX queues: who has armed a queue and sleeps is woken by the next frame, and never sleeps past one.
#include <rte_interrupts.h>

#include <array>
#include <catch2/catch.hpp>

#include "tests/avp-pmd/port.hpp"
#include "tests/harness/deadline.hpp"
#include "tests/harness/scratch_directory.hpp"

namespace vnf::avp::test {
namespace {

constexpr int kPatienceMs = 20000;

/// An application that sleeps until queue 0 has something. What was signalled before is forgotten.
struct Sleeper {
    explicit Sleeper(const TestPort& watched) : port(watched) {
        REQUIRE(rte_eth_dev_rx_intr_ctl_q(port.id(), 0, RTE_EPOLL_PER_THREAD, RTE_INTR_EVENT_ADD, nullptr) ==
                0);
        while (wake_ups(0) > 0) {
        }
    }
    ~Sleeper() { rte_eth_dev_rx_intr_ctl_q(port.id(), 0, RTE_EPOLL_PER_THREAD, RTE_INTR_EVENT_DEL, nullptr); }
    static int wake_ups(int patience_ms) {
        std::array<rte_epoll_event, 8> events{};
        return rte_epoll_wait(RTE_EPOLL_PER_THREAD, events.data(), events.size(), patience_ms);
    }
    int arm() const { return rte_eth_dev_rx_intr_enable(port.id(), 0); }
    int disarm() const { return rte_eth_dev_rx_intr_disable(port.id(), 0); }

    const TestPort& port;
};

std::uint64_t interrupts_of(DriverHost& host) {
    return host.ask<std::uint64_t>([](Device& device) { return device.statistics().rx_interrupts; });
}

}  // namespace

TEST_CASE("an armed queue is woken by the next frame, once, and at once by one that is there already") {
    harness::ScratchDirectory directory;
    DriverHost host(directory / "avp", driver_settings());
    TestPort port(host.path());
    port.bring_up({.rx_interrupts = true});
    const Sleeper sleeper(port);
    for (unsigned round = 1; round <= 100; ++round) {
        REQUIRE(sleeper.arm() == 0);
        CHECK(Sleeper::wake_ups(0) == 0);
        REQUIRE(host.send(test_frame(100)));
        REQUIRE(host.send(test_frame(100)));
        REQUIRE(Sleeper::wake_ups(kPatienceMs) == 1);
        CHECK(interrupts_of(host) == round);
        CHECK(port.receive_all(2).size() == 2);
    }
    REQUIRE(host.send(test_frame(100)));
    REQUIRE(sleeper.arm() == 0);
    CHECK(Sleeper::wake_ups(kPatienceMs) == 1);
    CHECK(port.receive_all(1).size() == 1);
    REQUIRE(sleeper.disarm() == 0);
    const std::uint64_t before = interrupts_of(host);
    REQUIRE(host.send(test_frame(100)));
    CHECK(interrupts_of(host) == before);
}

TEST_CASE("a queue that serves several rings is woken by each of them") {
    DeviceSettings settings = driver_settings();
    settings.rx_queues = {4, 4, 8};
    harness::ScratchDirectory directory;
    DriverHost host(directory / "avp", settings);
    TestPort port(host.path());
    port.bring_up({.rx_interrupts = true});
    const Sleeper sleeper(port);
    for (unsigned flow = 0; flow < 32; ++flow) {
        REQUIRE(sleeper.arm() == 0);
        REQUIRE(host.send(test_frame(100, flow)));
        REQUIRE(Sleeper::wake_ups(kPatienceMs) == 1);
        CHECK(port.receive_all(1).size() == 1);
    }
    const auto counted = host.ask<DeviceStatistics>([](Device& device) { return device.statistics(); });
    CHECK(counted.to_guest[3].frames > 0);
}

TEST_CASE("who sleeps while the host goes and comes back is woken to arm its queue anew") {
    harness::ScratchDirectory directory;
    const std::string path = directory / "avp";
    auto host = std::make_unique<DriverHost>(path, driver_settings());
    TestPort port(path, "retry_ms=10");
    port.bring_up({.rx_interrupts = true});
    const Sleeper sleeper(port);
    REQUIRE(sleeper.arm() == 0);
    host.reset();
    host = std::make_unique<DriverHost>(path, driver_settings());
    REQUIRE(Sleeper::wake_ups(kPatienceMs) == 1);
    REQUIRE(sleeper.arm() == 0);
    const harness::Deadline deadline{harness::patience};
    while (!host->send(test_frame(100)))
        REQUIRE_FALSE(deadline.passed());
    CHECK(Sleeper::wake_ups(kPatienceMs) == 1);
    CHECK(port.receive_all(1).size() == 1);
}

TEST_CASE("who sleeps while a host without interrupts takes over is woken, and told that there are none") {
    DeviceSettings settings = driver_settings();
    harness::ScratchDirectory directory;
    const std::string path = directory / "avp";
    auto host = std::make_unique<DriverHost>(path, settings);
    TestPort port(path, "retry_ms=10");
    port.bring_up({.rx_interrupts = true});
    const Sleeper sleeper(port);
    REQUIRE(sleeper.arm() == 0);
    host.reset();
    settings.offers_rx_interrupts = false;
    host = std::make_unique<DriverHost>(path, settings);
    REQUIRE(Sleeper::wake_ups(kPatienceMs) == 1);
    CHECK(sleeper.arm() == -ENOTSUP);
    CHECK_THAT(logged(), Catch::Contains("this host signals no RX queues"));
    const harness::Deadline deadline{harness::patience};
    while (!host->send(test_frame(100)))
        REQUIRE_FALSE(deadline.passed());
    CHECK(port.receive_all(1).size() == 1);
}

TEST_CASE("without the host's feature a configuration with interrupts of RX queues is refused") {
    DeviceSettings settings = driver_settings();
    settings.offers_rx_interrupts = false;
    harness::ScratchDirectory directory;
    DriverHost host(directory / "avp", settings);
    TestPort port(host.path());
    CHECK(port.configure({.rx_interrupts = true}) == -ENOTSUP);
    CHECK_THAT(logged(), Catch::Contains("intr_conf.rxq"));
    CHECK(port.configure({}) == 0);
}

}  // namespace vnf::avp::test
