// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Each rule for what a guest sends or gives back, broken one at a time: the frame is refused under the rule's name, the
// frames before and behind it arrive, and the buffers that came with it are not lost.
#include <cstring>
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

TEST_CASE("a buffer that is sent twice arrives once") {
    DeviceStage stage;
    stage.bring_up();
    const auto handle = make_chain(stage.guest, 1);
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
