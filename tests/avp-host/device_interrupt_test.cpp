// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Registers, the link, and interrupts: of the status, and of a receiver that sleeps.
#include <set>

#include "tests/avp-host/device_stage.hpp"

using namespace vnf::avp;
using namespace vnf::avp::test;

namespace {

const std::vector<unsigned> kNone;
const std::vector<unsigned> kStatus{AVP_VECTOR_STATUS};

std::uint32_t status_of(DeviceStage& stage) {
    return stage.device.read_register(AVP_REGISTER_INTERRUPT_STATUS);
}

/// With a driver in it that has its interrupts on.
struct RunningStage : DeviceStage {
    RunningStage() {
        device.write_register(AVP_REGISTER_INTERRUPT_MASK, AVP_INTERRUPTS_ON);
        bring_up();
    }
};

}  // namespace

TEST_CASE("a status that came while interrupts were off is told when they are switched on") {
    DeviceStage stage;
    stage.bring_up();
    stage.device.detach();
    CHECK(stage.interrupts.raised == kNone);
    stage.device.write_register(AVP_REGISTER_INTERRUPT_MASK, AVP_INTERRUPTS_ON);
    CHECK(stage.interrupts.raised == kStatus);
    CHECK(status_of(stage) == AVP_INTERRUPT_MIGRATION);
    stage.device.write_register(AVP_REGISTER_INTERRUPT_MASK, AVP_INTERRUPTS_ON);
    CHECK(stage.interrupts.raised == kStatus);
}

TEST_CASE("registers that are none read 0, and writes to them and to read-only ones are counted") {
    RunningStage stage;
    CHECK(stage.device.read_register(AVP_REGISTER_INTERRUPT_MASK) == AVP_INTERRUPTS_ON);
    for (const std::uint64_t offset : {0x1ULL, 0x2ULL, 0xCULL, 0x14ULL, 0xFFCULL, ~0ULL})
        CHECK(stage.device.read_register(offset) == 0);
    for (const std::uint64_t offset : {0x4ULL, 0x8ULL, 0x10ULL, 0x14ULL, 0x2ULL, ~0ULL})
        stage.device.write_register(offset, 0xFFFFFFFF);
    CHECK(stage.faults(Fault::RegisterWrite) == 6);
    CHECK(status_of(stage) == 0);
    CHECK(stage.device.state() == DeviceState::Up);
}

TEST_CASE(
    "a link that goes down is told to a guest that knows of it; frames are lost both ways until it is up") {
    RunningStage stage;
    CHECK(stage.device.read_register(AVP_REGISTER_LINK) == 1);
    stage.device.set_link(false);
    CHECK(stage.interrupts.raised == kStatus);
    CHECK(status_of(stage) == AVP_INTERRUPT_LINK);
    CHECK(stage.device.read_register(AVP_REGISTER_LINK) == 0);
    stage.device.set_link(false);
    CHECK(stage.interrupts.raised == kStatus);
    CHECK(stage.transmit(frame_bytes(100)) == 0);
    CHECK(stage.drops(Drop::NotUp) == 1);
    for (unsigned i = 0; i < 500; ++i) {
        REQUIRE(stage.guest.send(0, frame_bytes(100, i)));
        std::array<Frame, kBurst> frames;
        REQUIRE(stage.device.receive(frames) == 0);
        stage.device.done_with_received();
    }
    const auto& counted = stage.device.statistics().from_guest[0];
    CHECK((counted.frames == 0 && counted.bytes == 0 && counted.dropped == 500));
    stage.device.set_link(true);
    CHECK(stage.device.read_register(AVP_REGISTER_LINK) == 1);
    CHECK(stage.transmit(frame_bytes(100)) == 1);
    REQUIRE(stage.guest.send(0, frame_bytes(100)));
    CHECK(stage.receive_all().size() == 1);
}

TEST_CASE("a guest that does not know of links hears nothing of them") {
    DeviceStage stage;
    stage.device.write_register(AVP_REGISTER_INTERRUPT_MASK, AVP_INTERRUPTS_ON);
    stage.bring_up_with(0);
    CHECK(stage.device.read_register(AVP_REGISTER_LINK) == 0);
    stage.device.set_link(false);
    CHECK_FALSE(stage.device.link_is_up());
    CHECK(stage.interrupts.raised.empty());
    CHECK(status_of(stage) == 0);
    CHECK(stage.device.read_register(AVP_REGISTER_LINK) == 0);
}

TEST_CASE("a receiver that armed its queue is woken once, by the queue's own vector") {
    DeviceStage stage;
    stage.bring_up(1, 2);
    CHECK(stage.transmit(frame_bytes(100)) == 1);
    CHECK(stage.interrupts.raised.empty());
    for (std::size_t queue = 0; queue < 2; ++queue)
        *stage.guest.arm_word(queue) = 1;
    for (unsigned seed = 0; seed < 40; ++seed)
        REQUIRE(stage.transmit(frame_bytes(100, seed)) == 1);
    CHECK(stage.interrupts.raised.size() == 2);
    CHECK(std::set<unsigned>(stage.interrupts.raised.begin(), stage.interrupts.raised.end()) ==
          std::set<unsigned>{1, 2});
    CHECK(*stage.guest.arm_word(0) == 0);
    CHECK(*stage.guest.arm_word(1) == 0);
    CHECK(stage.device.statistics().rx_interrupts == 2);
}

TEST_CASE("an arm word that is not 1, or was not agreed on, wakes nobody") {
    DeviceStage stage;
    stage.bring_up();
    *stage.guest.arm_word(0) = 2;
    CHECK(stage.transmit(frame_bytes(100)) == 1);
    CHECK(stage.interrupts.raised.empty());
    *stage.guest.arm_word(0) = 1;
    REQUIRE(stage.guest.shut_down() == 0);
    CHECK(*stage.guest.arm_word(0) == 0);
    stage.bring_up_with(0);
    *stage.guest.arm_word(0) = 1;
    CHECK(stage.transmit(frame_bytes(100)) == 1);
    CHECK(stage.interrupts.raised.empty());
    CHECK(*stage.guest.arm_word(0) == 1);
}
