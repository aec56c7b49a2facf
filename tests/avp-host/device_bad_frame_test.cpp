// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Each rule for what a guest sends or gives back, broken one at a time: the frame is refused under the rule's name, the
// frames before and behind it arrive, and the buffers that came with it are not lost.
#include <functional>

#include "tests/avp-host/device_stage.hpp"

using namespace vnf::avp;
using namespace vnf::avp::test;

namespace {

/// A frame of `segments` filled buffers that is not in the ring yet; the first is returned.
std::uint64_t make_chain(TestGuest& guest, std::size_t segments, std::uint16_t each = 100) {
    std::vector<std::uint64_t> handles;
    for (std::size_t i = 0; i < segments; ++i) {
        handles.push_back(guest.take_empty(0));
        REQUIRE(handles.back() != 0);
        guest.descriptor(handles[i])->length = each;
        if (i > 0)
            guest.descriptor(handles[i - 1])->next = handles[i];
    }
    guest.descriptor(handles[0])->segments = static_cast<std::uint8_t>(segments);
    guest.descriptor(handles[0])->frame_bytes = static_cast<std::uint16_t>(each * segments);
    return handles[0];
}

avp_descriptor* last_of(TestGuest& guest, std::uint64_t handle) {
    auto* descriptor = guest.descriptor(handle);
    while (descriptor->next != 0)
        descriptor = guest.descriptor(descriptor->next);
    return descriptor;
}

using Break = std::function<void(TestGuest&, std::uint64_t first)>;

/// One broken frame between two good ones: it alone is missing, and counted under `fault` alone.
void check_refused(Fault fault, std::size_t segments, const Break& break_rule, std::size_t least_back = 1) {
    auto settings = small_settings();
    settings.max_frame_bytes = 2000;
    DeviceStage stage(settings);
    stage.bring_up();
    const auto good = frame_bytes(200);
    REQUIRE(stage.guest.send(0, good));
    const auto first = make_chain(stage.guest, segments);
    break_rule(stage.guest, first);
    REQUIRE(stage.guest.put_tx(0, first));
    REQUIRE(stage.guest.send(0, good));
    const auto received = stage.receive_all();
    REQUIRE(received.size() == 2);
    CHECK((received[0] == good && received[1] == good));
    CHECK(stage.faults(fault) == 1);
    std::uint64_t all = 0;
    for (const auto count : stage.device.statistics().faults)
        all += count;
    CHECK(all == 1);
    CHECK(stage.device.statistics().from_guest[0].dropped == 1);
    CHECK(stage.device.state() == DeviceState::Up);
    // The good frames' buffers and at least those of the bad one that were seen are with the guest again.
    stage.device.poll();
    std::size_t empty = 0;
    while (stage.guest.take_empty(0) != 0)
        ++empty;
    CHECK(empty >= 63 - segments + least_back);
}

}  // namespace

TEST_CASE("a chain that keeps all rules arrives: up to 5 segments") {
    const std::size_t segments = GENERATE(1, 2, 3, 4, 5);
    DeviceStage stage;
    stage.bring_up();
    REQUIRE(stage.guest.put_tx(0, make_chain(stage.guest, segments)));
    const auto received = stage.receive_all();
    REQUIRE(received.size() == 1);
    CHECK(received[0].size() == 100 * segments);
}

TEST_CASE("a frame of 6 segments, of none, or of 255 is refused") {
    check_refused(Fault::ChainLength, 6, [](TestGuest&, std::uint64_t) {});
    const unsigned segments = GENERATE(0U, 6U, 255U);
    check_refused(Fault::ChainLength, 1, [&](TestGuest& guest, std::uint64_t first) {
        guest.descriptor(first)->segments = static_cast<std::uint8_t>(segments);
    });
}

TEST_CASE("a chain that ends before the number of its segments is refused") {
    check_refused(Fault::ChainLength, 2,
                  [](TestGuest& guest, std::uint64_t first) { guest.descriptor(first)->segments = 3; });
}

TEST_CASE("a chain that goes on behind the number of its segments is refused") {
    check_refused(Fault::ChainLength, 3, [](TestGuest& guest, std::uint64_t first) {
        guest.descriptor(first)->segments = 2;
        guest.descriptor(first)->frame_bytes = 200;
    });
    check_refused(Fault::ChainLength, 2, [](TestGuest& guest, std::uint64_t first) {
        guest.descriptor(first)->segments = 1;
        guest.descriptor(first)->frame_bytes = 100;
    });
}

TEST_CASE("a next segment that is no buffer is refused") {
    const auto off = static_cast<std::uint64_t>(GENERATE(1, 64, 128, 0x10000000, -64));
    check_refused(Fault::TxHandle, 2,
                  [&](TestGuest& guest, std::uint64_t first) { guest.descriptor(first)->next += off; });
    check_refused(Fault::TxHandle, 2,
                  [&](TestGuest& guest, std::uint64_t first) { guest.descriptor(first)->next = off; });
}

TEST_CASE("a chain that comes back to its own buffer is refused") {
    check_refused(Fault::TxNotLent, 2,
                  [](TestGuest& guest, std::uint64_t first) { guest.descriptor(first)->next = first; });
    check_refused(Fault::TxNotLent, 4, [](TestGuest& guest, std::uint64_t first) {
        last_of(guest, first)->next = guest.descriptor(first)->next;
        guest.descriptor(first)->segments = 5;
    });
}

TEST_CASE("a handle that is no buffer's address is refused") {
    DeviceStage stage;
    stage.bring_up();
    const auto handle = make_chain(stage.guest, 1);
    const auto& pool = stage.guest.info().pools[0];
    const auto stride = pool.length / small_settings().buffers;
    std::uint64_t refused = 0;
    for (const std::uint64_t bad : std::vector<std::uint64_t>{
             handle + 1, handle + 8, handle + 64, handle + 128, handle - 64, handle + stride - 1,
             std::uint64_t{0}, ~std::uint64_t{0}, pool.address - stride, pool.address + pool.length,
             pool.physical, stage.guest.info().sync_address}) {
        REQUIRE(stage.guest.put_tx(0, bad));
        CHECK(stage.receive_all().empty());
        CHECK(stage.faults(Fault::TxHandle) == ++refused);
    }
    REQUIRE(stage.guest.put_tx(0, handle));
    CHECK(stage.receive_all().size() == 1);
}

TEST_CASE("data that begins before the buffer's data, or ends behind it, is refused") {
    const std::int64_t off =
        GENERATE(values<std::int64_t>({-1, -64, 413, 512, 1 << 20, std::int64_t{1} << 60}));
    for (const std::size_t segments : {1U, 2U}) {
        check_refused(Fault::DataOutside, segments, [&](TestGuest& guest, std::uint64_t first) {
            last_of(guest, first)->data += static_cast<std::uint64_t>(off);
        });
    }
}

TEST_CASE("data up to the last byte of its buffer is taken, one byte more is not") {
    const auto length = GENERATE(std::uint16_t{512}, std::uint16_t{513});
    DeviceStage stage;
    stage.bring_up();
    REQUIRE(stage.guest.put_tx(0, make_chain(stage.guest, 1, length)));
    CHECK(stage.receive_all().size() == (length == 512 ? 1 : 0));
    CHECK(stage.faults(Fault::DataOutside) == (length == 512 ? 0 : 1));
    const auto shifted = make_chain(stage.guest, 1, 20);
    stage.guest.descriptor(shifted)->data += 512 - 20;
    REQUIRE(stage.guest.put_tx(0, shifted));
    CHECK(stage.receive_all().size() == 1);
}

TEST_CASE("data in another buffer of the pool, even one of the same guest, is refused") {
    check_refused(Fault::DataOutside, 1, [](TestGuest& guest, std::uint64_t first) {
        guest.descriptor(first)->data = guest.info().pool_address + 64;
    });
}

TEST_CASE("a segment of no bytes is refused") {
    check_refused(Fault::SegmentEmpty, 1, [](TestGuest& guest, std::uint64_t first) {
        guest.descriptor(first)->length = 0;
        guest.descriptor(first)->frame_bytes = 0;
    });
    check_refused(Fault::SegmentEmpty, 3, [](TestGuest& guest, std::uint64_t first) {
        last_of(guest, first)->length = 0;
        guest.descriptor(first)->frame_bytes = 200;
    });
}

TEST_CASE("a frame that is not as long as its segments together is refused") {
    const auto bytes = static_cast<std::uint16_t>(GENERATE(0U, 99U, 199U, 201U, 65535U));
    for (const std::size_t segments : {1U, 2U}) {
        check_refused(Fault::FrameLength, segments, [&](TestGuest& guest, std::uint64_t first) {
            guest.descriptor(first)->frame_bytes = bytes;
        });
    }
}

TEST_CASE("a frame shorter than an Ethernet header is refused") {
    check_refused(Fault::FrameTooShort, 1, [](TestGuest& guest, std::uint64_t first) {
        guest.descriptor(first)->length = 13;
        guest.descriptor(first)->frame_bytes = 13;
    });
}

TEST_CASE("a frame longer than the maximum is refused, and its tag counts") {
    DeviceStage stage;
    stage.bring_up();
    for (const std::size_t size : {1522U, 1523U})
        REQUIRE(stage.guest.send(0, frame_bytes(size)));
    CHECK(stage.receive_all().size() == 1);
    CHECK(stage.faults(Fault::FrameTooLong) == 1);
    for (const std::size_t size : {1518U, 1519U})
        REQUIRE(stage.guest.send(0, frame_bytes(size), std::uint16_t{5}));
    CHECK(stage.receive_all().size() == 1);
    CHECK(stage.faults(Fault::FrameTooLong) == 2);
}

TEST_CASE("a tag beside the frame is refused unless the feature was accepted") {
    DeviceStage stage;
    stage.bring_up_with(0);
    REQUIRE(stage.guest.send(0, frame_bytes(100), std::uint16_t{5}));
    CHECK(stage.receive_all().empty());
    CHECK(stage.faults(Fault::VlanNotNegotiated) == 1);
}
