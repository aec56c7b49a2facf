// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A device's tables as the driver reads them: the real host's can stand, and each field that cannot is refused by name.
#include <catch2/catch.hpp>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "avp-host/device.hpp"
#include "tests/avp-pmd/driver_host.hpp"

extern "C" {
#include "avp-pmd/avp_geometry.h"
#include "avp-pmd/avp_queue_map.h"
}

namespace vnf::avp::test {
namespace {

class NoInterrupts final : public InterruptLine {
  public:
    void raise(unsigned) override {}
};

/// The real device's tables, which a test changes before they are read.
struct Tables {
    Tables() : device(driver_settings(), Device::sealed_regions(driver_settings()), interrupts) {
        regions.memory = {device.regions().memory.bytes().data(), device.regions().memory.bytes().size()};
        regions.memory_map = {device.regions().memory_map.bytes().data(),
                              device.regions().memory_map.bytes().size()};
        regions.device_info = {device.regions().device_info.bytes().data(),
                               device.regions().device_info.bytes().size()};
    }
    avp_memory_map& map() { return *static_cast<avp_memory_map*>(regions.memory_map.base); }
    avp_device_info& info() { return *static_cast<avp_device_info*>(regions.device_info.base); }
    avp_fifo& ring(avp_ring_kind kind, unsigned queue) {
        avp_geometry whole;
        avp_refusal ignored;
        REQUIRE(avp_sdk_geometry_read(&whole, &regions, &ignored) == 0);
        return *whole.rings[kind][queue].fifo;
    }
    int read() { return avp_sdk_geometry_read(&geometry, &regions, &refusal); }
    std::uint64_t physical_end() { return map().entries[0].physical + map().entries[0].length; }

    NoInterrupts interrupts;
    Device device;
    avp_regions regions{};
    avp_geometry geometry{};
    avp_refusal refusal{};
};

struct Case {
    const char* what;
    std::function<void(Tables&)> change;
    const char* named;
};

const std::vector<Case> memory_map_cases{
    {"memory map: another magic", [](Tables& t) { t.map().magic = 1; }, "memory map: magic"},
    {"memory map: another version", [](Tables& t) { t.map().version = 2; }, "memory map: version"},
    {"memory map: no entry", [](Tables& t) { t.map().count = 0; }, "memory map: count"},
    {"memory map: more entries than fit", [](Tables& t) { t.map().count = 2049; }, "memory map: count"},
    {"memory map: an entry of no bytes", [](Tables& t) { t.map().entries[0].length = 0; }, "entry 0: length"},
    {"memory map: an entry larger than BAR 2", [](Tables& t) { t.map().entries[0].length *= 4; },
     "entry 0: length"},
    {"memory map: entries together larger than BAR 2",
     [](Tables& t) {
         t.map().count = 2;
         t.map().entries[0].length = t.regions.memory.bytes - 8;
         t.map().entries[1] = t.map().entries[0];
     },
     "entry 1: length"},
    {"memory map: an entry that wraps", [](Tables& t) { t.map().entries[0].physical = UINT64_MAX - 64; },
     "entry 0: physical"},
};

const std::vector<Case> device_info_cases{
    {"device information: another magic", [](Tables& t) { t.info().magic = 1; }, "device information: magic"},
    {"a version of before release 1", [](Tables& t) { t.info().version = 5; }, "version"},
    {"release 2", [](Tables& t) { t.info().version = AVP_VERSION(2, 0, 0); }, "version"},
    {"a newer layout", [](Tables& t) { t.info().version = AVP_VERSION(1, 3, 0); }, "version"},
    {"host mode", [](Tables& t) { t.info().mode = AVP_MODE_HOST; }, "mode"},
    {"no RX queue",
     [](Tables& t) {
         t.info().rx_queues = {0, 0, 0};
     },
     "rx_queues"},
    {"nine RX queues", [](Tables& t) { t.info().rx_queues.maximum = 9; }, "rx_queues"},
    {"RX queues that fall",
     [](Tables& t) {
         t.info().rx_queues = {5, 5, 4};
     },
     "rx_queues"},
    {"nine TX queues", [](Tables& t) { t.info().tx_queues.maximum = 9; }, "tx_queues"},
    {"buffers of no bytes", [](Tables& t) { t.info().buffer_bytes = 0; }, "buffer_bytes"},
    {"buffers longer than a length can say", [](Tables& t) { t.info().buffer_bytes = 65536; },
     "buffer_bytes"},
    {"frames of no bytes", [](Tables& t) { t.info().max_frame_bytes = 0; }, "max_frame_bytes"},
    {"frames longer than 9238", [](Tables& t) { t.info().max_frame_bytes = 9239; }, "max_frame_bytes"},
    {"frames longer than five buffers", [](Tables& t) { t.info().buffer_bytes = 1847; }, "max_frame_bytes"},
    {"no MAC", [](Tables& t) { std::memset(t.info().mac, 0, 6); }, "mac"},
    {"a group's MAC", [](Tables& t) { t.info().mac[0] |= 1; }, "mac"},
};

const std::vector<Case> place_cases{
    {"a TX ring outside", [](Tables& t) { t.info().tx = t.physical_end(); }, "tx ring 0"},
    {"a TX ring on no boundary, however well it looks there",
     [](Tables& t) {
         t.info().tx_queues = {1, 1, 1};
         auto* fifo = reinterpret_cast<std::byte*>(&t.ring(AVP_TX, 0));
         std::memmove(fifo + 4, fifo, sizeof(avp_fifo));
         t.info().tx += 4;
     },
     "tx ring 0"},
    {"a TX ring of 0 slots", [](Tables& t) { t.ring(AVP_TX, 0).length = 0; }, "tx ring 0"},
    {"a TX ring of 3 slots", [](Tables& t) { t.ring(AVP_TX, 7).length = 3; }, "tx ring 7"},
    {"a TX ring of elements of 4 bytes", [](Tables& t) { t.ring(AVP_TX, 1).element_bytes = 4; }, "tx ring 1"},
    {"a ring longer than its stride", [](Tables& t) { t.ring(AVP_ALLOC, 2).length = 512; }, "alloc ring 2"},
    {"an RX ring outside", [](Tables& t) { t.info().rx = 0; }, "rx ring 0"},
    {"a free ring whose last one is outside", [](Tables& t) { t.info().free_stride = 0x7FFFFFF8; },
     "free ring 1"},
    {"a stride on no boundary", [](Tables& t) { t.info().rx_stride += 4; }, "rx_stride"},
    {"a stride of 0", [](Tables& t) { t.info().alloc_stride = 0; }, "alloc_stride"},
    {"rings that wrap", [](Tables& t) { t.info().tx = UINT64_MAX - 8; }, "tx ring"},
    {"no room for the arm words",
     [](Tables& t) { t.info().rx_stride = AVP_FIFO_BYTES(t.ring(AVP_RX, 0).length); }, "rx"},
    {"requests outside", [](Tables& t) { t.info().request = 0; }, "request"},
    {"responses outside", [](Tables& t) { t.info().response = t.physical_end() - 8; }, "response"},
    {"a sync area outside", [](Tables& t) { t.info().sync = t.physical_end(); }, "sync"},
    {"a sync area whose end is outside", [](Tables& t) { t.info().sync = t.physical_end() - 32; }, "sync"},
    {"a sync area on no boundary", [](Tables& t) { t.info().sync += 2; }, "sync"},
    {"a pool outside", [](Tables& t) { t.info().pools[0].physical = 0; }, "pools[0]"},
    {"a pool whose end is outside", [](Tables& t) { t.info().pools[0].length = t.regions.memory.bytes; },
     "pools[0]"},
    {"a pool smaller than a descriptor", [](Tables& t) { t.info().pools[0].length = 32; }, "pools[0]"},
    {"a pool whose addresses wrap", [](Tables& t) { t.info().pools[0].address = UINT64_MAX - 64; },
     "pools[0]"},
    {"no pool at all",
     [](Tables& t) {
         t.info().pools[0].length = 0;
         t.info().pool_physical = 0;
     },
     "pool_physical"},
    {"BAR 2 that is not mapped", [](Tables& t) { t.regions.memory.base = nullptr; }, "BAR 2"},
    {"BAR 4 that is too small", [](Tables& t) { t.regions.memory_map.bytes = 49167; }, "BAR 4"},
    {"BAR 5 that is too small", [](Tables& t) { t.regions.device_info.bytes = 375; }, "BAR 5"},
};

void check_refused(const std::vector<Case>& cases) {
    for (const Case& changed : cases) {
        DYNAMIC_SECTION(changed.what) {
            Tables tables;
            changed.change(tables);
            const int error = tables.read();
            INFO(tables.refusal.text);
            CHECK(error == -EINVAL);
            CHECK_THAT(tables.refusal.text, Catch::Contains(changed.named));
        }
    }
}

}  // namespace

TEST_CASE("the tables of the real host can stand, and everything lies where the host has it") {
    Tables tables;
    const int error = tables.read();
    INFO(tables.refusal.text);
    REQUIRE(error == 0);
    const avp_geometry& geometry = tables.geometry;
    CHECK(geometry.buffer_bytes == 2048);
    CHECK(geometry.max_frame_bytes == 9238);
    CHECK(geometry.device_id == 77);
    CHECK(geometry.rings[AVP_TX][7].slots == 256);
    CHECK(geometry.pools.count == 1);
    CHECK(geometry.arm_words[7] != nullptr);
    const auto* base = static_cast<const std::uint8_t*>(tables.regions.memory.base);
    for (const auto& kind : geometry.rings) {
        for (const auto& ring : kind)
            CHECK(reinterpret_cast<const std::uint8_t*>(ring.fifo) - base <
                  static_cast<std::ptrdiff_t>(tables.regions.memory.bytes));
    }
}

TEST_CASE("a memory map that cannot stand is refused by its field") {
    check_refused(memory_map_cases);
}

TEST_CASE("device information that cannot stand is refused by its field") {
    check_refused(device_info_cases);
}

TEST_CASE("a ring, sync area or pool that does not lie in the memory is refused by its field") {
    check_refused(place_cases);
}

TEST_CASE("an old host that fills the pair of addresses alone has its pool up to the end of its memory") {
    Tables tables;
    const avp_pool pool = tables.info().pools[0];
    tables.info().pools[0] = {};
    REQUIRE(tables.read() == 0);
    CHECK(tables.geometry.pools.windows[0].address == pool.address);
    CHECK(tables.geometry.pools.windows[0].bytes == tables.physical_end() - pool.physical);
}

TEST_CASE("a place in the pool is given to what lies in it whole, and to nothing else") {
    alignas(64) std::array<std::uint8_t, 256> memory{};
    avp_pools pools{};
    pools.count = 2;
    pools.windows[0] = {0x1000, 128, memory.data()};
    pools.windows[1] = {0x9000, 128, memory.data() + 128};
    CHECK(avp_pool_place(&pools, 0x1000, 128) == memory.data());
    CHECK(avp_pool_place(&pools, 0x1000, 129) == nullptr);
    CHECK(avp_pool_place(&pools, 0x107F, 1) == memory.data() + 127);
    CHECK(avp_pool_place(&pools, 0x1080, 0) == nullptr);
    CHECK(avp_pool_place(&pools, 0x0FFF, 1) == nullptr);
    CHECK(avp_pool_place(&pools, 0x9040, 64) == memory.data() + 192);
    CHECK(avp_pool_place(&pools, 0x1001, UINT64_MAX) == nullptr);
    CHECK(avp_pool_place(&pools, UINT64_MAX, 2) == nullptr);
    CHECK(avp_descriptor_place(&pools, 0x9040) == static_cast<void*>(memory.data() + 192));
    CHECK(avp_descriptor_place(&pools, 0x1008) == nullptr);
    CHECK(avp_descriptor_place(&pools, 0x1020) == nullptr);
    CHECK(avp_descriptor_place(&pools, 0x9041) == nullptr);
    CHECK(avp_descriptor_place(&pools, 0x9080 - 32) == nullptr);
    CHECK(avp_descriptor_place(&pools, 0) == nullptr);
}

TEST_CASE("receive rings are shared out among the queues: each to one, the first ones with one more") {
    CHECK(avp_rx_ring_count(2, 1) == 2);
    CHECK(avp_rx_ring_count(1, 4) == 4);
    for (std::uint32_t queues = 1; queues <= 8; ++queues) {
        for (std::uint32_t rings = queues; rings <= 8; ++rings) {
            std::uint32_t next = 0;
            for (std::uint32_t queue = 0; queue < queues; ++queue) {
                const avp_ring_range range = avp_rx_rings_of(queue, queues, rings);
                CHECK(range.first == next);
                CHECK(range.count == rings / queues + (queue < rings % queues ? 1 : 0));
                next += range.count;
            }
            CHECK(next == rings);
        }
    }
}

}  // namespace vnf::avp::test
