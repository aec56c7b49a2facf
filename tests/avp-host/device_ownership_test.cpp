// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Whose a buffer is, the host alone knows: what a guest sends or gives back that it does not have is refused, and what it
// writes over what the host wrote for it, or over a frame that was taken, has no effect.
#include <algorithm>
#include <cstring>

#include "tests/avp-host/device_stage.hpp"

using namespace vnf::avp;
using namespace vnf::avp::test;

TEST_CASE("a buffer that is sent twice arrives once") {
    DeviceStage stage;
    stage.bring_up();
    const auto handle = stage.guest.take_empty(0);
    stage.guest.descriptor(handle)->length = stage.guest.descriptor(handle)->frame_bytes = 100;
    REQUIRE(stage.guest.put_tx(0, handle));
    REQUIRE(stage.guest.put_tx(0, handle));
    CHECK(stage.receive_all().size() == 1);
    CHECK(stage.faults(Fault::TxNotLent) == 1);
}

TEST_CASE("a buffer that another queue was lent, or that holds a frame for the guest, cannot be sent") {
    DeviceStage stage;
    stage.bring_up(2, 1);
    const auto other = stage.guest.take_empty(1);
    stage.guest.descriptor(other)->length = stage.guest.descriptor(other)->frame_bytes = 100;
    REQUIRE(stage.guest.put_tx(0, other));
    REQUIRE(stage.transmit(frame_bytes(1000)) == 1);
    const auto received = stage.guest.take_received(0);
    REQUIRE(stage.guest.put_tx(0, received));
    REQUIRE(stage.guest.put_tx(0, stage.guest.descriptor(received)->next));
    REQUIRE(stage.guest.put_tx(0, stage.guest.info().pool_address + stage.guest.info().pools[0].length -
                                      stage.guest.info().pools[0].length / 256));
    CHECK(stage.receive_all().empty());
    CHECK(stage.faults(Fault::TxNotLent) == 4);
}

TEST_CASE("what is given back must be a received frame's first buffer, of that queue, and only once") {
    DeviceStage stage;
    stage.bring_up();
    REQUIRE(stage.transmit(frame_bytes(1000)) == 1);
    const auto received = stage.guest.take_received(0);
    REQUIRE(received != 0);
    const auto second = stage.guest.descriptor(received)->next;
    for (const std::uint64_t handle :
         std::vector<std::uint64_t>{second, stage.guest.take_empty(0), received, received})
        REQUIRE(stage.guest.give_back(0, handle));
    for (const auto handle : {std::uint64_t{0}, received + 64, received + 1, ~std::uint64_t{0}})
        REQUIRE(stage.guest.give_back(0, handle));
    REQUIRE(stage.transmit(frame_bytes(100)) == 1);
    CHECK(stage.faults(Fault::FreeNotLent) == 3);
    CHECK(stage.faults(Fault::FreeHandle) == 4);
    CHECK(stage.device.state() == DeviceState::Up);
}

TEST_CASE("a frame of one queue cannot be given back through another") {
    DeviceStage stage;
    stage.bring_up(1, 2);
    unsigned seed = 0;
    std::uint64_t handle = 0;
    while ((handle = stage.guest.take_received(0)) == 0)
        REQUIRE(stage.transmit(frame_bytes(100, ++seed)) == 1);
    REQUIRE(stage.guest.give_back(1, handle));
    stage.transmit(frame_bytes(100));
    CHECK(stage.faults(Fault::FreeNotLent) == 1);
}

TEST_CASE("what the guest writes over what the host wrote for it has no effect") {
    DeviceStage stage;
    stage.bring_up();
    // Chains are given back as the host made them, whatever the guest wrote into their descriptors meanwhile.
    for (unsigned i = 0; i < 1000; ++i) {
        REQUIRE(stage.transmit(frame_bytes(1500, i)) == 1);
        const auto handle = stage.guest.take_received(0);
        REQUIRE(handle != 0);
        std::memset(stage.guest.descriptor(handle), 0xA5, sizeof(avp_descriptor));
        REQUIRE(stage.guest.give_back(0, handle));
    }
    // An empty buffer is emptied again before it is lent.
    for (unsigned i = 0; i < 200; ++i) {
        const auto handle = stage.guest.take_empty(0);
        REQUIRE(handle != 0);
        auto* descriptor = stage.guest.descriptor(handle);
        CHECK((descriptor->next == 0 && descriptor->flags == 0 && descriptor->length == 0));
        CHECK((descriptor->segments == 1 && descriptor->data == handle + sizeof(avp_descriptor)));
        std::memset(descriptor, 0xFF, sizeof *descriptor);
        descriptor->segments = 0;
        REQUIRE(stage.guest.put_tx(0, handle));
        CHECK(stage.receive_all().empty());
    }
    CHECK(stage.faults(Fault::ChainLength) == 200);
    // Lengths of rings and tables are not read back.
    stage.guest.tx_fifo(0)->length = 4;
    stage.guest.rx_fifo(0)->length = 0xFFFFFFFF;
    std::memset(stage.device.regions().device_info.bytes().data(), 0xFF, AVP_DEVICE_INFO_BAR_BYTES);
    std::memset(stage.device.regions().memory_map.bytes().data(), 0xFF, AVP_MEMORY_MAP_BAR_BYTES);
    REQUIRE(stage.guest.send(0, frame_bytes(300)));
    CHECK(stage.receive_all().size() == 1);
    stage.device.reset();
    CHECK_NOTHROW(stage.guest.open());
}

TEST_CASE(
    "what the guest changes after its frame was taken does not change the frame's first bytes or its "
    "lengths") {
    DeviceStage stage;
    stage.bring_up();
    const auto sent = frame_bytes(200);
    REQUIRE(stage.guest.send(0, sent));
    std::array<Frame, kBurst> frames;
    REQUIRE(stage.device.receive(frames) == 1);
    const auto memory = stage.device.regions().memory.bytes();
    const auto& info = stage.guest.info();
    std::memset(stage.guest.bytes_at(info.pool_address), 0xEE, info.pools[0].length);
    CHECK(std::equal(frames[0].header().begin(), frames[0].header().end(), sent.begin()));
    CHECK(bytes_of(frames[0]).size() == 200);
    for (const auto& segment : frames[0].used().subspan(1))
        CHECK((segment.data() >= memory.data() &&
               segment.data() + segment.size() <= memory.data() + memory.size()));
}
