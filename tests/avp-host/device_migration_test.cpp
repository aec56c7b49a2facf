// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Migration: both directions, with acknowledgement and refusal, and what a guest makes of it that does not keep to it.
#include "tests/avp-host/device_stage.hpp"

using namespace vnf::avp;
using namespace vnf::avp::test;

namespace {

const std::vector<unsigned> kStatus{AVP_VECTOR_STATUS};

std::uint32_t status_of(DeviceStage& stage) {
    return stage.device.read_register(AVP_REGISTER_INTERRUPT_STATUS);
}

std::uint32_t migration_of(DeviceStage& stage) {
    return stage.device.read_register(AVP_REGISTER_MIGRATION_STATUS);
}

void acknowledge(DeviceStage& stage, std::uint32_t value) {
    stage.device.write_register(AVP_REGISTER_MIGRATION_ACK, value);
}

/// With a driver in it that has its interrupts on.
struct RunningStage : DeviceStage {
    RunningStage() {
        device.write_register(AVP_REGISTER_INTERRUPT_MASK, AVP_INTERRUPTS_ON);
        bring_up();
    }
};

}  // namespace

TEST_CASE(
    "a detach is told by status and interrupt, done when the guest has acknowledged, and frames flow till "
    "then") {
    RunningStage stage;
    stage.device.detach();
    CHECK(stage.interrupts.raised == kStatus);
    CHECK(status_of(stage) == AVP_INTERRUPT_MIGRATION);
    CHECK(status_of(stage) == 0);
    CHECK(migration_of(stage) == AVP_MIGRATION_DETACHED);
    CHECK(stage.device.migration_answer() == MigrationAnswer::Awaited);
    REQUIRE(stage.guest.send(0, frame_bytes(100)));
    CHECK(stage.receive_all().size() == 1);
    CHECK(stage.transmit(frame_bytes(100)) == 1);
    REQUIRE(stage.guest.shut_down() == 0);
    CHECK(stage.device.state() == DeviceState::ShutDown);
    acknowledge(stage, AVP_MIGRATION_DETACHED);
    CHECK(stage.device.migration_answer() == MigrationAnswer::Accepted);
    CHECK(stage.device.state() == DeviceState::Detached);
    CHECK(stage.transmit(frame_bytes(100)) == 0);
    CHECK(stage.faults(Fault::AckUnexpected) == 0);
}

TEST_CASE("an attach lays all out at other addresses, and frames flow again once the guest has configured") {
    RunningStage stage;
    const auto before = stage.guest.info();
    stage.device.detach();
    REQUIRE(stage.guest.shut_down() == 0);
    acknowledge(stage, AVP_MIGRATION_DETACHED);
    auto settings = small_settings();
    settings.device_id = 78;
    settings.ring_slots = 128;
    settings.buffers = 128;
    settings.rx_queues = {1, 1, 2};
    settings.offers_vlan = false;
    stage.interrupts.raised.clear();
    status_of(stage);
    stage.device.attach(settings);
    CHECK(stage.interrupts.raised == kStatus);
    CHECK(status_of(stage) == AVP_INTERRUPT_MIGRATION);
    CHECK(migration_of(stage) == AVP_MIGRATION_ATTACHED);
    CHECK(stage.device.migration_answer() == MigrationAnswer::Awaited);
    stage.guest.open();
    const auto& after = stage.guest.info();
    CHECK((after.device_id == 78 && after.rx_queues.maximum == 2));
    CHECK(after.pool_address - before.pool_address >= before.pools[0].length);
    CHECK(before.pool_address - after.pool_address >= after.pools[0].length);
    CHECK(after.sync_address != before.sync_address);
    CHECK(after.tx != before.tx);
    CHECK(stage.guest.configure(AVP_FEATURE_VLAN_OFFLOAD, 1, 1, true) != 0);
    REQUIRE(stage.guest.configure(0, 1, 1, true) == 0);
    acknowledge(stage, AVP_MIGRATION_ATTACHED);
    CHECK(stage.device.migration_answer() == MigrationAnswer::Accepted);
    CHECK(stage.device.state() == DeviceState::Up);
    REQUIRE(stage.guest.send(0, frame_bytes(100)));
    CHECK(stage.receive_all().size() == 1);
    CHECK(stage.transmit(frame_bytes(100)) == 1);
    CHECK(stage.guest.receive(0));
    CHECK(stage.faults(Fault::AckUnexpected) == 0);
}

TEST_CASE("a handle from before a migration is refused after it") {
    RunningStage stage;
    const auto stale = stage.guest.take_empty(0);
    stage.device.detach();
    acknowledge(stage, AVP_MIGRATION_DETACHED);
    stage.device.attach(small_settings());
    stage.guest.open();
    stage.bring_up();
    REQUIRE(stage.guest.put_tx(0, stale));
    CHECK(stage.receive_all().empty());
    CHECK(stage.faults(Fault::TxHandle) == 1);
}

TEST_CASE("a guest that acknowledges a detach without a shutdown is detached all the same") {
    RunningStage stage;
    stage.device.detach();
    REQUIRE(stage.guest.send(0, frame_bytes(100)));
    acknowledge(stage, AVP_MIGRATION_DETACHED);
    CHECK(stage.device.state() == DeviceState::Detached);
    CHECK(stage.receive_all().empty());
    // Nothing is asked and answered while it is detached.
    stage.guest.request_fifo()->write = 2;
    stage.device.poll();
    CHECK(stage.guest.request_fifo()->read == 1);
    CHECK(stage.faults(Fault::RequestAddress) + stage.device.statistics().requests == 1);
}

TEST_CASE("a guest that cannot detach goes on, and later drivers are not kept out") {
    RunningStage stage;
    stage.device.detach();
    acknowledge(stage, AVP_MIGRATION_ERROR);
    CHECK(stage.device.migration_answer() == MigrationAnswer::Refused);
    CHECK(stage.faults(Fault::AckRefused) == 1);
    CHECK(migration_of(stage) == AVP_MIGRATION_NONE);
    CHECK(stage.device.state() == DeviceState::Up);
    REQUIRE(stage.guest.send(0, frame_bytes(100)));
    CHECK(stage.receive_all().size() == 1);
    stage.device.detach();
    CHECK(stage.device.migration_answer() == MigrationAnswer::Awaited);
}

TEST_CASE("a guest that cannot attach is left waiting, and can be attached again") {
    RunningStage stage;
    stage.device.detach();
    acknowledge(stage, AVP_MIGRATION_DETACHED);
    stage.device.attach(small_settings());
    acknowledge(stage, AVP_MIGRATION_ERROR);
    CHECK(stage.device.migration_answer() == MigrationAnswer::Refused);
    CHECK(stage.device.state() == DeviceState::Waiting);
    CHECK(migration_of(stage) == AVP_MIGRATION_ATTACHED);
    stage.device.attach(small_settings());
    CHECK(stage.device.migration_answer() == MigrationAnswer::Awaited);
    acknowledge(stage, AVP_MIGRATION_ATTACHED);
    CHECK(stage.device.migration_answer() == MigrationAnswer::Accepted);
}

TEST_CASE(
    "without a driver a detach is done at once; one that is probed meanwhile acknowledges and stays out") {
    DeviceStage stage;
    stage.device.detach();
    CHECK(stage.interrupts.raised.empty());
    CHECK(stage.device.state() == DeviceState::Detached);
    CHECK(stage.device.migration_answer() == MigrationAnswer::Accepted);
    CHECK(migration_of(stage) == AVP_MIGRATION_DETACHED);
    acknowledge(stage, AVP_MIGRATION_DETACHED);
    CHECK(stage.faults(Fault::AckUnexpected) == 0);
    stage.device.attach(small_settings());
    CHECK(stage.device.migration_answer() == MigrationAnswer::Accepted);
    stage.guest.open();
    stage.bring_up();
    CHECK(stage.device.state() == DeviceState::Up);
}

TEST_CASE("an acknowledgement of what was not asked is counted and changes nothing") {
    RunningStage stage;
    for (const std::uint32_t value : {0U, 1U, 2U, 3U, 4U, 0xFFFFFFFFU})
        acknowledge(stage, value);
    CHECK(stage.faults(Fault::AckUnexpected) == 6);
    CHECK(stage.device.state() == DeviceState::Up);
    stage.device.detach();
    acknowledge(stage, AVP_MIGRATION_ATTACHED);
    acknowledge(stage, AVP_MIGRATION_NONE);
    CHECK(stage.faults(Fault::AckUnexpected) == 8);
    CHECK(stage.device.migration_answer() == MigrationAnswer::Awaited);
    CHECK(stage.device.state() == DeviceState::Up);
    stage.device.attach(small_settings());
    acknowledge(stage, AVP_MIGRATION_DETACHED);
    CHECK(stage.faults(Fault::AckUnexpected) == 9);
    CHECK(stage.device.state() == DeviceState::Waiting);
}

TEST_CASE("an attach that cannot be is refused by name, and nothing has changed") {
    RunningStage stage;
    auto larger = small_settings();
    larger.buffers = 8192;
    CHECK_THROWS_WITH(stage.device.attach(larger), Catch::Contains("memory"));
    auto bad = small_settings();
    bad.ring_slots = 65;
    CHECK_THROWS_WITH(stage.device.attach(bad), Catch::Contains("ring_slots"));
    CHECK(stage.device.state() == DeviceState::Up);
    CHECK(migration_of(stage) == AVP_MIGRATION_NONE);
    REQUIRE(stage.guest.send(0, frame_bytes(100)));
    CHECK(stage.receive_all().size() == 1);
}

TEST_CASE("an attach without a detach takes frames and trust away, and the guest can come back") {
    RunningStage stage;
    REQUIRE(stage.guest.send(0, frame_bytes(100)));
    stage.device.attach(small_settings());
    CHECK(stage.device.state() == DeviceState::Waiting);
    CHECK(stage.device.migration_answer() == MigrationAnswer::Awaited);
    CHECK(stage.receive_all().empty());
    stage.guest.open();
    stage.bring_up();
    CHECK(stage.device.state() == DeviceState::Up);
}

TEST_CASE("a port that was stopped runs again after an attach, and a detached one after a reset") {
    RunningStage stage;
    stage.guest.request_fifo()->write = 64;
    stage.device.poll();
    REQUIRE(stage.device.state() == DeviceState::Stopped);
    stage.device.attach(small_settings());
    stage.guest.open();
    stage.bring_up();
    CHECK(stage.device.state() == DeviceState::Up);
    stage.device.detach();
    acknowledge(stage, AVP_MIGRATION_DETACHED);
    stage.device.reset();
    CHECK(migration_of(stage) == AVP_MIGRATION_NONE);
    CHECK(stage.device.migration_answer() == MigrationAnswer::None);
    stage.guest.open();
    stage.bring_up();
    CHECK(stage.device.state() == DeviceState::Up);
}
