// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Where things lie, what the tables say of it, and that a handle is taken for a buffer only if it is exactly one.
#include <algorithm>
#include <bit>
#include <map>

#include "avp-host/model/buffer_pool.hpp"
#include "avp-host/model/tables.hpp"
#include "tests/avp-host/device_stage.hpp"

using namespace vnf::avp;
using namespace vnf::avp::test;

namespace {

std::vector<DeviceSettings> corner_settings() {
    std::vector<DeviceSettings> all;
    for (const std::uint8_t queues : std::array<std::uint8_t, 3>{1, 3, 8})
        for (const std::uint32_t slots : {64U, 1024U, 32768U})
            for (const std::uint32_t buffers : {64U, 8192U, 1048576U})
                for (const std::uint32_t bytes : {256U, 2000U, 2048U, 9238U, 16384U}) {
                    auto settings = small_settings();
                    settings.rx_queues = settings.tx_queues = {1, 1, queues};
                    settings.ring_slots = slots;
                    settings.buffers = buffers;
                    settings.buffer_bytes = bytes;
                    settings.max_frame_bytes = std::min<std::uint32_t>(AVP_MAX_FRAME_BYTES, 5 * bytes);
                    REQUIRE_FALSE(fault_of(settings));
                    all.push_back(settings);
                }
    return all;
}

void take_area(std::map<std::uint64_t, std::uint64_t>& areas, std::uint64_t begin, std::uint64_t bytes) {
    REQUIRE(begin % kAreaAlignment == 0);
    REQUIRE(areas.emplace(begin, begin + bytes).second);
}

void take_rings(std::map<std::uint64_t, std::uint64_t>& areas, const RingArea& rings, std::uint32_t bytes) {
    REQUIRE(rings.stride % kAreaAlignment == 0);
    REQUIRE(rings.stride >= bytes);
    for (std::uint32_t i = 0; i < rings.count; ++i)
        take_area(areas, rings.at(i), rings.stride);
}

}  // namespace

TEST_CASE(
    "nothing in the memory overlaps, everything is aligned and lies inside, for all corners of the "
    "settings") {
    for (const auto& settings : corner_settings()) {
        const auto layout = layout_of(settings);
        std::map<std::uint64_t, std::uint64_t> areas;
        take_area(areas, layout.sync, sizeof(avp_request));
        take_area(areas, layout.request, AVP_FIFO_BYTES(kControlSlots));
        take_area(areas, layout.response, AVP_FIFO_BYTES(kControlSlots));
        const auto ring = AVP_FIFO_BYTES(settings.ring_slots);
        take_rings(areas, layout.tx, ring);
        take_rings(areas, layout.alloc, ring);
        take_rings(areas, layout.rx, ring + AVP_ARM_BYTES);
        take_rings(areas, layout.free, ring);
        take_area(areas, layout.pool, layout.pool_bytes);
        std::uint64_t end = 0;
        for (const auto& [begin, area_end] : areas) {
            REQUIRE(begin >= end);
            end = area_end;
        }
        REQUIRE(end <= layout.bytes);
        REQUIRE(layout.buffer_stride >= sizeof(avp_descriptor) + settings.buffer_bytes);
        REQUIRE(layout.pool_bytes == std::uint64_t{settings.buffers} * layout.buffer_stride);
        REQUIRE(std::has_single_bit(Device::memory_bytes(settings)));
        REQUIRE(Device::memory_bytes(settings) >= layout.bytes);
    }
}

TEST_CASE("the information satisfies both old drivers: one linear pool, named twice, and guest mode") {
    DeviceStage stage;
    const auto& info = stage.guest.info();
    CHECK(info.version == 0x00010001);
    CHECK(std::string(info.name) == "avp0");
    CHECK(info.pool_address == info.pools[0].address);
    CHECK(info.pool_physical == info.pools[0].physical);
    for (std::size_t i = 1; i < AVP_MAX_POOLS; ++i)
        CHECK(info.pools[i].address + info.pools[i].physical + info.pools[i].length == 0);
    CHECK(info.mode == AVP_MODE_GUEST);
    CHECK(info.device_id == 77);
    CHECK(info.buffer_bytes == 512);
    CHECK(info.max_frame_bytes == 1522);
    CHECK(std::equal(info.mac, info.mac + 6, small_settings().mac.begin()));
    CHECK(info.features == (AVP_FEATURE_VLAN_OFFLOAD | AVP_FEATURE_RX_INTERRUPT | AVP_FEATURE_LINK |
                            AVP_FEATURE_KEPT_DESCRIPTORS));
    CHECK((info.rx_queues.minimum == 1 && info.rx_queues.recommended == 2 && info.rx_queues.maximum == 4));
    for (const auto stride : {info.tx_stride, info.rx_stride, info.alloc_stride, info.free_stride})
        CHECK(stride >= AVP_FIFO_BYTES(64));
    // What a driver does that knows one difference between host and guest addresses.
    const auto last = info.pool_address + info.pools[0].length - 1;
    CHECK(stage.guest.physical(info.pool_physical) + (last - info.pool_address) ==
          stage.guest.physical(info.pool_physical + info.pools[0].length - 1));
    CHECK(stage.guest.physical(info.sync) != nullptr);
}

TEST_CASE("features that are not offered are not in the information") {
    auto settings = small_settings();
    settings.offers_vlan = settings.offers_rx_interrupts = settings.offers_link = false;
    settings.offers_kept_descriptors = false;
    CHECK(DeviceStage(settings).guest.info().features == 0);
}

TEST_CASE("each ring is as long as the settings say, and empty") {
    DeviceStage stage;
    for (std::size_t queue = 0; queue < 4; ++queue)
        for (const auto* fifo : {stage.guest.tx_fifo(queue), stage.guest.rx_fifo(queue),
                                 stage.guest.alloc_fifo(queue), stage.guest.free_fifo(queue)})
            CHECK((fifo->length == 64 && fifo->element_bytes == 8 && fifo->write == 0 && fifo->read == 0));
}

TEST_CASE("addresses are made up: outside what a process or a machine has, and others in each generation") {
    std::vector<AddressPlan> plans;
    for (std::uint32_t generation = 4000; generation < 4000 + 4096; ++generation)
        plans.push_back(AddressPlan::of_generation(generation));
    for (const auto& plan : plans) {
        CHECK((plan.virtual_base >> 47U) != 0);
        CHECK((plan.virtual_base >> 47U) != 0x1FFFF);
        CHECK((plan.physical_base >> 52U) != 0);
    }
    std::sort(plans.begin(), plans.end(),
              [](const auto& a, const auto& b) { return a.virtual_base < b.virtual_base; });
    auto largest = small_settings();
    largest.rx_queues = largest.tx_queues = {1, 1, 8};
    largest.ring_slots = 32768;
    largest.buffers = 1048576;
    largest.buffer_bytes = 16384;
    const auto bytes = layout_of(largest).bytes;
    for (std::size_t i = 1; i < plans.size(); ++i) {
        REQUIRE(plans[i].virtual_base - plans[i - 1].virtual_base >= bytes);
        REQUIRE(plans[i].physical_base != plans[i - 1].physical_base);
    }
}

TEST_CASE("a handle names a buffer only if it is its address to the byte") {
    for (const std::uint32_t bytes : {256U, 512U, 2000U, 2048U, 9238U, 16384U}) {
        auto settings = small_settings();
        settings.buffer_bytes = bytes;
        settings.buffers = 1048576;
        const auto layout = layout_of(settings);
        // Nothing is read there: looking a handle up needs no memory.
        const std::span<std::byte> memory(reinterpret_cast<std::byte*>(4096), layout.pool_bytes);
        const BufferPool pool(memory, 0x4156'0000'1234'5000, settings, layout);
        for (std::uint32_t index = 0; index < settings.buffers; index += 1 + index / 100) {
            REQUIRE(pool.find(pool.handle_of(index)) == index);
            for (const std::uint64_t off : {1U, 8U, 64U, 127U, 128U, layout.buffer_stride - 128U})
                REQUIRE((off == 0 || pool.find(pool.handle_of(index) + off) == BufferPool::kNone));
        }
        const auto last = pool.handle_of(settings.buffers - 1);
        CHECK(pool.find(last) == settings.buffers - 1);
        CHECK(pool.find(last + layout.buffer_stride) == BufferPool::kNone);
        CHECK(pool.find(pool.handle_of(0) - layout.buffer_stride) == BufferPool::kNone);
        CHECK(pool.find(0) == BufferPool::kNone);
        CHECK(pool.find(~std::uint64_t{0}) == BufferPool::kNone);
    }
}

TEST_CASE("settings or regions that do not fit are refused by name") {
    RecordedInterrupts interrupts;
    const auto settings = small_settings();
    auto bad = settings;
    bad.ring_slots = 100;
    CHECK_THROWS_WITH(Device(bad, Device::sealed_regions(settings), interrupts),
                      Catch::Contains("ring_slots"));
    auto larger = settings;
    larger.buffers = 8192;
    CHECK_THROWS_WITH(Device(larger, Device::sealed_regions(settings), interrupts),
                      Catch::Contains("memory"));
    auto regions = Device::sealed_regions(settings);
    regions.memory_map = Region::sealed_memory("short", AVP_MEMORY_MAP_BAR_BYTES - 4096);
    CHECK_THROWS_WITH(Device(settings, std::move(regions), interrupts), Catch::Contains("memory_map"));
    regions = Device::sealed_regions(settings);
    regions.device_info = Region::sealed_memory("short", 2048);
    CHECK_THROWS_WITH(Device(settings, std::move(regions), interrupts), Catch::Contains("device_info"));
}
