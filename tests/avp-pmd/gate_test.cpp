// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Control and bursts: what control changes waits for the bursts under way, however long an lcore takes, up to a bound.
#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "tests/avp-pmd/port.hpp"
#include "tests/harness/deadline.hpp"
#include "tests/harness/scratch_directory.hpp"

extern "C" {
#include <ethdev_driver.h>

#include "avp-pmd/avp_gate.h"
}

namespace vnf::avp::test {
namespace {

/// The gate of a queue, its first member: a test takes an lcore's place that stands still within a burst.
avp_gate& rx_gate(const TestPort& port) {
    return *static_cast<avp_gate*>(rte_eth_devices[port.id()].data->rx_queues[0]);
}

bool is_open(const avp_gate& gate) {
    return __atomic_load_n(&gate.is_open, __ATOMIC_ACQUIRE) != 0;
}

}  // namespace

TEST_CASE("a closed gate lets no burst begin, and is quiet when the one under way has left") {
    avp_gate gate;
    avp_sdk_gate_init(&gate);
    CHECK_FALSE(avp_gate_enter(&gate));
    avp_gate_leave(&gate);
    avp_sdk_gate_open(&gate);
    CHECK(avp_gate_enter(&gate));
    avp_sdk_gate_close(&gate);
    avp_sdk_gates_settle();
    CHECK_FALSE(avp_sdk_gate_is_quiet(&gate));
    avp_gate_leave(&gate);
    CHECK(avp_sdk_gate_is_quiet(&gate));
    CHECK_FALSE(avp_gate_enter(&gate));
    avp_gate_leave(&gate);
}

TEST_CASE("whichever fence it makes, no burst runs in a gate that control holds") {
    for (const std::uint32_t own_fence : {0U, 1U}) {
        avp_gate gate;
        avp_sdk_gate_init(&gate);
        gate.has_fence |= own_fence;
        std::atomic<bool> ends{false};
        std::uint64_t shared = 0;  // not atomic: written by whoever has the gate
        std::atomic<std::uint64_t> bursts{0};
        std::thread lcore([&] {
            while (!ends) {
                if (avp_gate_enter(&gate)) {
                    shared += 1;
                    bursts += 1;
                }
                avp_gate_leave(&gate);
            }
        });
        for (unsigned round = 0; round < 2000; ++round) {
            avp_sdk_gate_open(&gate);
            avp_sdk_gate_close(&gate);
            avp_sdk_gates_settle();
            while (!avp_sdk_gate_is_quiet(&gate))
                std::this_thread::yield();
            const std::uint64_t before = shared;
            shared = before;
            REQUIRE(shared == bursts);
        }
        ends = true;
        lcore.join();
    }
}

TEST_CASE("a stop waits for the burst under way; the host still has the device up meanwhile") {
    harness::ScratchDirectory directory;
    DriverHost host(directory / "avp", driver_settings());
    TestPort port(host.path());
    port.bring_up();
    avp_gate& gate = rx_gate(port);
    REQUIRE(avp_gate_enter(&gate));
    std::atomic<bool> is_stopped{false};
    std::thread control([&] {
        port.stop();
        is_stopped = true;
    });
    const harness::Deadline deadline{harness::patience};
    while (is_open(gate))
        REQUIRE_FALSE(deadline.passed());
    for (unsigned round = 0; round < 2000; ++round)
        REQUIRE(host.ask<DeviceState>([](Device& device) { return device.state(); }) == DeviceState::Up);
    CHECK_FALSE(is_stopped);
    avp_gate_leave(&gate);
    control.join();
    CHECK(host.ask<DeviceState>([](Device& device) { return device.state(); }) == DeviceState::Down);
}

TEST_CASE("a burst that does not end within 5 s makes control give up, and bursts go on as before") {
    harness::ScratchDirectory directory;
    DriverHost host(directory / "avp", driver_settings());
    host.echo(true);
    TestPort port(host.path());
    port.bring_up();
    avp_gate& gate = rx_gate(port);
    REQUIRE(avp_gate_enter(&gate));
    CHECK(rte_eth_allmulticast_enable(port.id()) == -EBUSY);
    CHECK_THAT(logged(), Catch::Contains("a burst has not ended"));
    avp_gate_leave(&gate);
    port.deliver(test_frame(100));
    CHECK(port.receive_all(1).size() == 1);
}

}  // namespace vnf::avp::test
