// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Control requests: both old drivers' sequences, any order, and each refusal by its name and errno.
#include <cerrno>
#include <set>

#include "tests/avp-host/device_stage.hpp"

using namespace vnf::avp;
using namespace vnf::avp::test;

namespace {

DeviceState state_of(const DeviceStage& stage) {
    return stage.device.state();
}

}  // namespace

TEST_CASE("the poll-mode driver's sequence: configured down, up, down, up again, closed") {
    DeviceStage stage;
    CHECK(state_of(stage) == DeviceState::Waiting);
    for (int start = 0; start < 3; ++start) {
        CHECK(stage.guest.configure(0, 2, 2, false) == 0);
        CHECK(state_of(stage) == DeviceState::Down);
        CHECK(stage.guest.set_interface(true) == 0);
        CHECK(state_of(stage) == DeviceState::Up);
        REQUIRE(stage.guest.send(1, frame_bytes(100)));
        CHECK(stage.receive_all().size() == 1);
        CHECK(stage.guest.set_interface(false) == 0);
        CHECK(state_of(stage) == DeviceState::Down);
    }
    stage.device.write_register(AVP_REGISTER_INTERRUPT_MASK, AVP_INTERRUPTS_OFF);
    CHECK(stage.guest.shut_down() == 0);
    CHECK(state_of(stage) == DeviceState::ShutDown);
}

TEST_CASE(
    "the kernel driver's sequence: probed, up, removed with the interface taken down after the shutdown") {
    DeviceStage stage;
    for (int probe = 0; probe < 3; ++probe) {
        stage.device.write_register(AVP_REGISTER_INTERRUPT_MASK, AVP_INTERRUPTS_ON);
        CHECK(stage.guest.configure(AVP_FEATURE_VLAN_OFFLOAD, 2, 2, false) == 0);
        CHECK(stage.guest.set_interface(true) == 0);
        REQUIRE(stage.guest.send(0, frame_bytes(100)));
        CHECK(stage.receive_all().size() == 1);
        stage.device.write_register(AVP_REGISTER_INTERRUPT_MASK, AVP_INTERRUPTS_OFF);
        CHECK(stage.guest.shut_down() == 0);
        CHECK(stage.guest.set_interface(false) == 0);
        CHECK(state_of(stage) == DeviceState::ShutDown);
    }
    CHECK(stage.device.statistics().requests == 12);
}

TEST_CASE(
    "a shutdown takes every buffer and empties the rings, also twice, and a configuration starts anew") {
    DeviceStage stage;
    stage.bring_up();
    for (unsigned i = 0; i < 10; ++i)
        REQUIRE(stage.guest.send(0, frame_bytes(100, i)));
    REQUIRE(stage.transmit(frame_bytes(1000)) == 1);
    const auto stale = stage.guest.take_empty(0);
    CHECK(stage.guest.shut_down() == 0);
    CHECK(stage.guest.shut_down() == 0);
    CHECK(stage.receive_all().empty());
    for (const auto* fifo : {stage.guest.tx_fifo(0), stage.guest.rx_fifo(0), stage.guest.alloc_fifo(0),
                             stage.guest.free_fifo(0)})
        CHECK((fifo->write == 0 && fifo->read == 0));
    // A driver that puts its cached buffers back into the ring from which it took them changes nothing.
    stage.guest.alloc_fifo(0)->write = 40;
    stage.bring_up();
    std::set<std::uint64_t> empty;
    while (const auto handle = stage.guest.take_empty(0))
        CHECK(empty.insert(handle).second);
    CHECK(empty.size() == 63);
    CHECK(empty.contains(stale));
}

TEST_CASE("frames wait while the interface is down, and are dropped for a guest that is not there") {
    DeviceStage stage;
    CHECK(stage.transmit(frame_bytes(100)) == 0);
    REQUIRE(stage.guest.configure(0, 1, 1, false) == 0);
    REQUIRE(stage.guest.send(0, frame_bytes(100)));
    CHECK(stage.receive_all().empty());
    CHECK(stage.transmit(frame_bytes(100)) == 0);
    CHECK(stage.drops(Drop::NotUp) == 2);
    REQUIRE(stage.guest.set_interface(true) == 0);
    CHECK(stage.receive_all().size() == 1);
    REQUIRE(stage.guest.set_interface(false) == 0);
    std::vector<Frame> frames;
    const auto bytes = frame_bytes(100);
    frames.assign(100, frame_of(bytes));
    CHECK(stage.device.transmit(frames) == 0);
    CHECK(stage.drops(Drop::NotUp) == 102);
}

TEST_CASE("queue counts outside what was offered are refused, at each bound") {
    auto settings = small_settings();
    settings.rx_queues = {2, 2, 4};
    settings.tx_queues = {2, 2, 3};
    DeviceStage stage(settings);
    struct Counts {
        std::uint16_t tx, rx;
        bool good;
    };
    std::uint64_t refused = 0;
    for (const auto& [tx, rx, good] : std::vector<Counts>{{1, 2, true},
                                                          {3, 4, true},
                                                          {0, 2, false},
                                                          {4, 2, false},
                                                          {1, 1, false},
                                                          {1, 0, false},
                                                          {1, 5, false},
                                                          {9, 9, false},
                                                          {65535, 2, false},
                                                          {1, 65535, false}}) {
        CHECK(stage.guest.configure(0, tx, rx, true) == (good ? 0 : -EINVAL));
        refused += good ? 0 : 1;
        CHECK(stage.faults(Fault::RequestQueues) == refused);
        CHECK(stage.device.guest_driver()->tx_queues <= 3);
    }
}

TEST_CASE("features that were not offered are refused") {
    auto settings = small_settings();
    settings.offers_link = false;
    DeviceStage stage(settings);
    CHECK(stage.guest.configure(AVP_FEATURE_LINK, 1, 1, true) == -EINVAL);
    CHECK(stage.guest.configure(0x80000000U, 1, 1, true) == -EINVAL);
    CHECK(stage.faults(Fault::RequestFeatures) == 2);
    CHECK(state_of(stage) == DeviceState::Waiting);
    CHECK(stage.guest.configure(AVP_FEATURE_VLAN_OFFLOAD, 1, 1, true) == 0);
}

TEST_CASE("what a driver tells of itself can be seen") {
    DeviceStage stage;
    CHECK_FALSE(stage.device.guest_driver());
    REQUIRE(stage.guest.configure(AVP_FEATURE_VLAN_OFFLOAD, 2, 3, true) == 0);
    const auto driver = stage.device.guest_driver();
    REQUIRE(driver);
    CHECK(driver->kind == AVP_DRIVER_DPDK);
    CHECK(driver->version == AVP_GUEST_VERSION);
    CHECK(driver->features == AVP_FEATURE_VLAN_OFFLOAD);
    CHECK((driver->tx_queues == 2 && driver->rx_queues == 3));
    CHECK_FALSE(driver->mtu);
}

TEST_CASE("an MTU is taken if its frames fit with header and tag, at each bound") {
    DeviceStage stage;
    for (const std::uint32_t good : {68U, 1500U, 1504U})
        CHECK(stage.guest.change_mtu(good) == 0);
    for (const std::uint32_t bad : {0U, 67U, 1505U, 0xFFFFFFFFU, 0xFFFFFFF0U})
        CHECK(stage.guest.change_mtu(bad) == -EINVAL);
    CHECK(stage.faults(Fault::RequestMtu) == 5);
    REQUIRE(stage.guest.configure(0, 1, 1, true) == 0);
    CHECK(stage.device.guest_driver()->mtu == 1504);
}

TEST_CASE("unknown requests are answered so, in any state") {
    DeviceStage stage;
    avp_request request{};
    for (const std::uint32_t id : {0U, 5U, 0xFFFFFFFFU}) {
        request.id = id;
        CHECK(stage.guest.ask(request) == -95);
    }
    stage.bring_up();
    CHECK(stage.guest.ask(request) == -95);
    CHECK(stage.faults(Fault::RequestUnknown) == 4);
    CHECK(state_of(stage) == DeviceState::Up);
}

TEST_CASE("an interface cannot go up before the device is configured, but down") {
    DeviceStage stage;
    CHECK(stage.guest.set_interface(true) == -ENODEV);
    CHECK(stage.guest.set_interface(false) == 0);
    CHECK(stage.faults(Fault::RequestOrder) == 1);
    CHECK(state_of(stage) == DeviceState::Waiting);
}

TEST_CASE("a request that does not lie in the sync area is not answered") {
    DeviceStage stage;
    auto* fifo = stage.guest.request_fifo();
    auto* slots = reinterpret_cast<std::uint64_t*>(fifo + 1);
    const std::uint64_t sync = stage.guest.info().sync_address;
    stage.guest.sync()->id = AVP_REQUEST_SHUTDOWN_DEVICE;
    std::uint32_t at = 0;
    for (const auto address :
         {sync + 64, sync + 1, std::uint64_t{stage.guest.info().sync}, std::uint64_t{0}}) {
        slots[at] = address;
        fifo->write = ++at;
        stage.device.poll();
        CHECK(stage.faults(Fault::RequestAddress) == at);
    }
    CHECK(stage.guest.response_fifo()->write == 0);
    CHECK(stage.device.statistics().requests == 0);
    CHECK(state_of(stage) == DeviceState::Waiting);
}

TEST_CASE("a guest that asks without taking answers is answered no more than the ring holds") {
    DeviceStage stage;
    auto* fifo = stage.guest.request_fifo();
    auto* slots = reinterpret_cast<std::uint64_t*>(fifo + 1);
    for (std::uint32_t i = 0; i < 64; ++i)
        slots[i] = stage.guest.info().sync_address;
    for (std::uint32_t i = 0; i < 500; ++i) {
        fifo->write = (fifo->read + 63) & 63U;
        stage.device.poll();
    }
    CHECK(stage.device.statistics().requests == 63);
    CHECK(state_of(stage) == DeviceState::Waiting);
}

TEST_CASE("the answer is written over the result alone") {
    DeviceStage stage;
    REQUIRE(stage.guest.configure(AVP_FEATURE_VLAN_OFFLOAD, 1, 1, true) == 0);
    const auto* request = stage.guest.sync();
    CHECK(request->id == AVP_REQUEST_CONFIGURE_DEVICE);
    CHECK(request->payload.device.features == AVP_FEATURE_VLAN_OFFLOAD);
    CHECK(request->result == 0);
}

TEST_CASE("more queues may be used later, and fewer") {
    DeviceStage stage;
    for (const std::uint16_t queues : std::vector<std::uint16_t>{1, 4, 2, 3}) {
        stage.bring_up(queues, queues);
        for (std::size_t queue = 0; queue < queues; ++queue)
            REQUIRE(stage.guest.send(queue, frame_bytes(100)));
        CHECK(stage.receive_all().size() == queues);
    }
}

TEST_CASE("a reset leaves a device as new, but for its counters") {
    DeviceStage stage;
    stage.bring_up();
    REQUIRE(stage.guest.change_mtu(1000) == 0);
    stage.device.write_register(AVP_REGISTER_INTERRUPT_MASK, AVP_INTERRUPTS_ON);
    REQUIRE(stage.guest.send(0, frame_bytes(100)));
    const auto before = stage.guest.info();
    std::array<Frame, kBurst> frames;
    REQUIRE(stage.device.receive(frames) == 1);
    stage.device.reset();
    stage.device.done_with_received();
    CHECK(state_of(stage) == DeviceState::Waiting);
    CHECK_FALSE(stage.device.guest_driver());
    CHECK(stage.device.read_register(AVP_REGISTER_INTERRUPT_MASK) == 0);
    CHECK(stage.device.statistics().from_guest[0].frames == 1);
    CHECK(stage.device.statistics().resets == 1);
    stage.guest.open();
    CHECK(stage.guest.info().pool_address == before.pool_address);
    stage.bring_up();
    std::size_t empty = 0;
    while (stage.guest.take_empty(0) != 0)
        ++empty;
    CHECK(empty == 63);
}
