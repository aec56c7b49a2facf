// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Rings of the guest's that break their rules stop its port until a reset, each of the six by its own test; and what the
// guest holds is bounded.
#include "tests/avp-host/device_stage.hpp"

using namespace vnf::avp;
using namespace vnf::avp::test;

namespace {

void check_stopped(DeviceStage& stage) {
    CHECK(stage.device.state() == DeviceState::Stopped);
    CHECK(stage.faults(Fault::RingIndex) == 1);
    // Nothing moves any more, whatever the guest does.
    CHECK(stage.receive_all().empty());
    CHECK(stage.transmit(frame_bytes(100)) == 0);
    CHECK(stage.drops(Drop::NotUp) >= 1);
    for (int i = 0; i < 10; ++i)
        stage.device.poll();
    CHECK(stage.faults(Fault::RingIndex) == 1);
    // A reset brings all back.
    stage.device.reset();
    CHECK(stage.device.state() == DeviceState::Waiting);
    stage.guest.open();
    stage.bring_up();
    REQUIRE(stage.guest.send(0, frame_bytes(100)));
    CHECK(stage.receive_all().size() == 1);
    CHECK(stage.transmit(frame_bytes(100)) == 1);
    CHECK(stage.guest.receive(0));
}

std::uint32_t bad_index() {
    return GENERATE(64U, 65U, 0x80000000U, 0xFFFFFFFFU);
}

}  // namespace

TEST_CASE("a write index of the tx ring outside of it stops the port") {
    DeviceStage stage;
    stage.bring_up();
    stage.guest.tx_fifo(0)->write = bad_index();
    std::array<Frame, kBurst> frames;
    CHECK(stage.device.receive(frames) == 0);
    check_stopped(stage);
}

TEST_CASE(
    "a write index of the tx ring of the second queue stops the whole port, and no frame of the first "
    "counts") {
    DeviceStage stage;
    stage.bring_up(2, 1);
    REQUIRE(stage.guest.send(0, frame_bytes(100)));
    stage.guest.tx_fifo(1)->write = bad_index();
    std::array<Frame, kBurst> frames;
    CHECK(stage.device.receive(frames) == 0);
    stage.device.done_with_received();
    check_stopped(stage);
}

TEST_CASE("a read index of the alloc ring outside of it stops the port when buffers go back") {
    DeviceStage stage;
    stage.bring_up();
    REQUIRE(stage.guest.send(0, frame_bytes(100)));
    stage.guest.alloc_fifo(0)->read = bad_index();
    std::array<Frame, kBurst> frames;
    CHECK(stage.device.receive(frames) == 1);
    stage.device.done_with_received();
    check_stopped(stage);
}

TEST_CASE("a read index of the alloc ring outside of it stops the port when buffers are topped up") {
    DeviceStage stage;
    REQUIRE(stage.guest.configure(0, 1, 1, true) == 0);
    // A chain whose second half stays with the guest leaves a gap to fill.
    const auto first = stage.guest.take_empty(0);
    stage.guest.descriptor(first)->segments = 0;
    REQUIRE(stage.guest.put_tx(0, first));
    stage.guest.alloc_fifo(0)->read = 0;
    CHECK(stage.receive_all().empty());
    stage.device.receive({});
    stage.guest.alloc_fifo(0)->read = bad_index();
    stage.device.poll();
    check_stopped(stage);
}

TEST_CASE("a read index of the rx ring outside of it stops the port") {
    DeviceStage stage;
    stage.bring_up();
    for (unsigned i = 0; i < 63; ++i) {
        REQUIRE(stage.transmit(frame_bytes(100, i)) == 1);
        REQUIRE(stage.guest.receive(0));
    }
    stage.guest.rx_fifo(0)->read = bad_index();
    CHECK(stage.transmit(frame_bytes(100)) == 0);
    CHECK(stage.drops(Drop::NotUp) == 1);
    check_stopped(stage);
}

TEST_CASE("a write index of the free ring outside of it stops the port") {
    DeviceStage stage;
    stage.bring_up();
    stage.guest.free_fifo(0)->write = bad_index();
    CHECK(stage.transmit(frame_bytes(100)) == 0);
    check_stopped(stage);
}

TEST_CASE("a write index of the request ring outside of it stops the port") {
    DeviceStage stage;
    stage.bring_up();
    stage.guest.request_fifo()->write = bad_index();
    stage.device.poll();
    check_stopped(stage);
}

TEST_CASE("a read index of the response ring outside of it stops the port") {
    DeviceStage stage;
    stage.bring_up();
    // The room for answers that is known has to be used up first.
    for (int i = 0; i < 62; ++i)
        REQUIRE(stage.guest.set_interface(true) == 0);
    stage.guest.response_fifo()->read = bad_index();
    stage.guest.request_fifo()->write = (stage.guest.request_fifo()->write + 2) & 63U;
    for (int i = 0; i < 4; ++i)
        stage.device.poll();
    check_stopped(stage);
}

TEST_CASE("a tx ring that moves back into what was just taken stops the port") {
    DeviceStage stage;
    stage.bring_up();
    for (unsigned i = 0; i < 5; ++i)
        REQUIRE(stage.guest.send(0, frame_bytes(100, i)));
    REQUIRE(stage.receive_all().size() == 5);
    stage.guest.tx_fifo(0)->write = 4;
    std::array<Frame, kBurst> frames;
    CHECK(stage.device.receive(frames) == 0);
    check_stopped(stage);
}

TEST_CASE(
    "a tx ring that moves back or around shows buffers that were sent already: refused, and no more than a "
    "ring") {
    DeviceStage stage;
    stage.bring_up();
    for (unsigned i = 0; i < 5; ++i)
        REQUIRE(stage.guest.send(0, frame_bytes(100, i)));
    REQUIRE(stage.receive_all().size() == 5);
    std::array<Frame, kBurst> frames;
    for (unsigned i = 0; i < AVP_RING_IDLE_POLLS; ++i)
        CHECK(stage.device.receive(frames) == 0);  // and what was taken is given back
    stage.guest.tx_fifo(0)->write = 4;
    CHECK(stage.device.receive(frames) == 0);
    CHECK(stage.device.receive(frames) == 0);
    const auto& statistics = stage.device.statistics();
    CHECK(statistics.from_guest[0].dropped == 63);
    CHECK(stage.faults(Fault::TxHandle) + stage.faults(Fault::TxNotLent) <= 63);
    CHECK(stage.device.state() == DeviceState::Up);
}

TEST_CASE("a guest that takes no frames costs its own: the ring fills, the rest is counted") {
    DeviceStage stage;
    stage.bring_up();
    std::vector<Frame> frames;
    const auto bytes = frame_bytes(100);
    frames.assign(200, frame_of(bytes));
    CHECK(stage.device.transmit(frames) == 63);
    CHECK(stage.drops(Drop::RingFull) == 137);
    CHECK(stage.device.statistics().to_guest[0].dropped == 137);
    for (int i = 0; i < 63; ++i)
        REQUIRE(stage.guest.receive(0));
    CHECK_FALSE(stage.guest.receive(0));
    CHECK(stage.device.transmit(frames) == 63);
}

TEST_CASE("frames that the guest has are never more than the free ring can bring back") {
    DeviceStage stage;
    stage.bring_up();
    std::vector<std::uint64_t> taken;
    for (unsigned i = 0; i < 63; ++i) {
        REQUIRE(stage.transmit(frame_bytes(100, i)) == 1);
        taken.push_back(stage.guest.take_received(0));
    }
    // The rx ring is empty, but everything in it once is still with the guest.
    CHECK(stage.transmit(frame_bytes(100)) == 0);
    CHECK(stage.drops(Drop::RingFull) == 1);
    for (const auto handle : taken)
        REQUIRE(stage.guest.give_back(0, handle));
    CHECK(stage.transmit(frame_bytes(100)) == 1);
}

TEST_CASE(
    "a guest that gives frames back without taking them off the ring finds it full, and nothing is "
    "overwritten") {
    DeviceStage stage;
    stage.bring_up();
    auto* slots = reinterpret_cast<std::uint64_t*>(stage.guest.rx_fifo(0) + 1);
    for (unsigned i = 0; i < 63; ++i) {
        REQUIRE(stage.transmit(frame_bytes(100, i)) == 1);
        REQUIRE(stage.guest.give_back(0, slots[i]));
    }
    const auto first = slots[0];
    CHECK(stage.transmit(frame_bytes(100)) == 0);
    CHECK(stage.drops(Drop::RingFull) == 1);
    CHECK(slots[0] == first);
}

TEST_CASE("a guest that gives back without end takes no more of a round than a few bursts") {
    auto settings = small_settings();
    settings.ring_slots = 1024;
    DeviceStage stage(settings);
    stage.bring_up(1, 2);
    for (std::size_t queue = 0; queue < 2; ++queue)
        stage.guest.free_fifo(queue)->write = 1023;
    stage.transmit(frame_bytes(100));
    CHECK(stage.faults(Fault::FreeHandle) == 512);
    for (int round = 0; round < 4; ++round)
        stage.transmit(frame_bytes(100));
    CHECK(stage.faults(Fault::FreeHandle) == 2046);
}

TEST_CASE("a guest that gives nothing back runs out of buffers; what it sends with is never more than half") {
    auto settings = small_settings();
    settings.buffers = 64;
    settings.tx_queues = settings.rx_queues = {1, 1, 4};
    DeviceStage stage(settings);
    stage.bring_up(4, 4);
    std::size_t empty = 0;
    for (std::size_t queue = 0; queue < 4; ++queue)
        for (std::size_t i = 0; stage.guest.take_empty(queue) != 0; ++i)
            ++empty;
    CHECK(empty == 32);
    for (int i = 0; i < 10; ++i)
        stage.device.poll();
    for (std::size_t queue = 0; queue < 4; ++queue)
        CHECK(stage.guest.take_empty(queue) == 0);
    std::size_t sent = 0;
    for (unsigned i = 0; i < 100; ++i)
        sent += stage.transmit(frame_bytes(100, i));
    CHECK(sent == 32);
    CHECK(stage.drops(Drop::NoBuffer) == 68);
}

TEST_CASE("a queue's share of the buffers shrinks to what it is with more queues, as frames are sent") {
    auto settings = small_settings();
    settings.buffers = 64;
    DeviceStage stage(settings);
    stage.bring_up(1, 1);
    stage.bring_up(4, 1);
    for (unsigned i = 0; i < 32; ++i)
        REQUIRE(stage.guest.send(0, frame_bytes(100, i)));
    CHECK(stage.receive_all().size() == 32);
    std::size_t empty = 0;
    while (stage.guest.take_empty(0) != 0)
        ++empty;
    CHECK(empty == 8);
}

TEST_CASE("with the smallest pool and all queues each queue can send a frame of five buffers") {
    auto settings = small_settings();
    settings.buffers = 64;
    settings.tx_queues = {1, 1, 8};
    settings.max_frame_bytes = 5 * 512;
    DeviceStage stage(settings);
    stage.bring_up(8, 1);
    for (std::size_t queue = 0; queue < 8; ++queue)
        REQUIRE(stage.guest.send(queue, frame_bytes(5 * 512)));
    CHECK(stage.receive_all().size() == 8);
}
