// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A host that lies in the rings and descriptors. Each lie costs a counted frame or the queue, never a byte outside the
// device's memory or the application's mbufs. The real device has laid the memory out; then only the test writes it.
#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <initializer_list>
#include <random>
#include <thread>

#include "avp-abi/avp_ring.h"
#include "tests/avp-pmd/one_mapping.hpp"
#include "tests/avp-pmd/port.hpp"
#include "tests/harness/deadline.hpp"
#include "tests/harness/scratch_directory.hpp"

extern "C" {
#include "avp-pmd/avp_geometry.h"
}

namespace vnf::avp::test {
namespace {

/// A frame's descriptor and data, at places of their own in the pool.
struct Crafted {
    std::uint64_t handle = 0;
    avp_descriptor* descriptor = nullptr;
    std::byte* data = nullptr;
};

struct HostileStage {
    explicit HostileStage(const std::string& devargs = "retry_ms=10")
        : host((set_one_mapping(false), directory / "avp"), driver_settings()), port(host.path(), devargs) {
        PortSettings settings;
        settings.mtu = 9220;
        settings.rx_offloads = RTE_ETH_RX_OFFLOAD_SCATTER | RTE_ETH_RX_OFFLOAD_VLAN_STRIP;
        settings.tx_offloads = RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
        port.bring_up(settings);
        seize();
    }

    /// The device is an honest one again, so that the port's end is not waited for.
    ~HostileStage() {
        host.set_misconduct({});
        host.disconnect();
        set_one_mapping(true);
    }
    HostileStage(const HostileStage&) = delete;
    HostileStage& operator=(const HostileStage&) = delete;

    /// From here on the device is not polled.
    void seize() {
        host.set_misconduct({.keeps_requests = true});
        avp_refusal refusal;
        host.with_device([&](Device& device) {
            const DeviceRegions& all = device.regions();
            regions.memory = {all.memory.bytes().data(), all.memory.bytes().size()};
            regions.memory_map = {all.memory_map.bytes().data(), all.memory_map.bytes().size()};
            regions.device_info = {all.device_info.bytes().data(), all.device_info.bytes().size()};
        });
        REQUIRE(avp_sdk_geometry_read(&geometry, &regions, &refusal) == 0);
        pool = geometry.pools.windows[0];
    }

    avp_fifo& fifo(avp_ring_kind kind) { return *geometry.rings[kind][0].fifo; }
    std::uint64_t* slots(avp_ring_kind kind) { return reinterpret_cast<std::uint64_t*>(&fifo(kind) + 1); }

    /// Place number `index` of the pool, with a good frame of one part in it.
    Crafted craft(unsigned index, std::uint16_t bytes = 100) {
        const std::uint64_t offset = 4096ULL * index;
        auto* here = reinterpret_cast<std::byte*>(pool.here) + offset;
        Crafted crafted{pool.address + offset, reinterpret_cast<avp_descriptor*>(here), here + 128};
        *crafted.descriptor = avp_descriptor{};
        crafted.descriptor->data = crafted.handle + 128;
        crafted.descriptor->length = bytes;
        crafted.descriptor->segments = 1;
        crafted.descriptor->frame_bytes = bytes;
        const TestFrame frame = test_frame(bytes, index);
        std::copy(frame.bytes.begin(), frame.bytes.end(), crafted.data);
        return crafted;
    }
    void publish(std::uint64_t handle) {
        avp_fifo& ring = fifo(AVP_RX);
        slots(AVP_RX)[ring.write] = handle;
        __atomic_store_n(&ring.write, (ring.write + 1) & (ring.length - 1), __ATOMIC_RELEASE);
    }
    /// The driver gives back what it keeps from burst to burst once it found nothing that often.
    void settle() {
        for (unsigned i = 0; i < AVP_RING_IDLE_POLLS; ++i)
            CHECK(port.receive().empty());
    }
    /// The lie is dropped as malformed, its buffer comes back, and the good frame after it arrives.
    void check_dropped(std::uint64_t lie) {
        const std::uint64_t before = port.xstat("rx_malformed_packets");
        const std::uint32_t freed = fifo(AVP_FREE).write;
        const Crafted good = craft(40);
        publish(lie);
        publish(good.handle);
        const auto got = port.receive();
        REQUIRE(got.size() == 1);
        CHECK(got[0].bytes == test_frame(100, 40).bytes);
        CHECK(port.xstat("rx_malformed_packets") == before + 1);
        settle();
        CHECK(((fifo(AVP_FREE).write - freed) & 255) == 2);
        CHECK(slots(AVP_FREE)[freed] == lie);
    }
    void check_dropped(const Crafted& lie) { check_dropped(lie.handle); }

    harness::ScratchDirectory directory;
    DriverHost host;
    TestPort port;
    avp_regions regions{};
    avp_geometry geometry{};
    avp_window pool{};
};

}  // namespace

TEST_CASE("RX: a slot that names no descriptor of the pool is dropped") {
    HostileStage stage;
    stage.check_dropped(0);
    stage.check_dropped(UINT64_MAX);
    stage.check_dropped(stage.pool.address - 64);
    stage.check_dropped(stage.pool.address + stage.pool.bytes);
    stage.check_dropped(stage.pool.address + stage.pool.bytes - 32);
    stage.check_dropped(stage.pool.address + 8);
}

TEST_CASE("RX: data that does not lie in the pool is dropped") {
    HostileStage stage;
    for (const std::uint64_t data :
         {std::uint64_t{0}, UINT64_MAX, stage.pool.address - 1, stage.pool.address + stage.pool.bytes,
          stage.pool.address + stage.pool.bytes - 99}) {
        const Crafted lie = stage.craft(1);
        lie.descriptor->data = data;
        stage.check_dropped(lie);
    }
}

TEST_CASE("RX: a length that is not the frame's is dropped: 0, shorter than a header, 60,000") {
    HostileStage stage;
    for (const std::uint16_t length : {std::uint16_t{0}, std::uint16_t{13}, std::uint16_t{60000}}) {
        const Crafted lie = stage.craft(1);
        lie.descriptor->length = length;
        stage.check_dropped(lie);
        const Crafted other = stage.craft(2);
        other.descriptor->frame_bytes = length;
        stage.check_dropped(other);
        const Crafted both = stage.craft(3);
        both.descriptor->length = length;
        both.descriptor->frame_bytes = length;
        if (length < 60000)
            stage.check_dropped(both);
    }
    const Crafted large = stage.craft(1);
    large.descriptor->length = 60000;
    large.descriptor->frame_bytes = 60000;
    stage.publish(large.handle);
    CHECK(stage.port.receive().empty());
    CHECK(stage.port.xstat("rx_oversize_packets") == 1);
}

TEST_CASE("RX: a count of segments that is not the chain's is dropped") {
    HostileStage stage;
    for (const auto segments : std::initializer_list<std::uint8_t>{0, 2, 5, 6, 255}) {
        const Crafted lie = stage.craft(1);
        lie.descriptor->segments = segments;
        stage.check_dropped(lie);
    }
}

TEST_CASE("RX: a chain in a circle, of six parts, or with a part outside ends where it must") {
    HostileStage stage;
    const Crafted circle = stage.craft(1);
    circle.descriptor->next = circle.handle;
    for (const auto segments : std::initializer_list<std::uint8_t>{1, 2, 5}) {
        circle.descriptor->segments = segments;
        circle.descriptor->frame_bytes = static_cast<std::uint16_t>(100 * segments);
        stage.check_dropped(circle);
    }

    const Crafted first = stage.craft(2);
    std::uint64_t next = 0;
    for (unsigned i = 7; i > 2; --i) {
        const Crafted part = stage.craft(i);
        part.descriptor->next = next;
        next = part.handle;
    }
    first.descriptor->next = next;
    first.descriptor->segments = 6;
    first.descriptor->frame_bytes = 600;
    stage.check_dropped(first);

    for (const std::uint64_t outside :
         {std::uint64_t{1}, UINT64_MAX - 63, stage.pool.address + stage.pool.bytes}) {
        const Crafted lie = stage.craft(8);
        lie.descriptor->next = outside;
        lie.descriptor->segments = 2;
        stage.check_dropped(lie);
    }
    const Crafted head = stage.craft(9);
    const Crafted tail = stage.craft(10);
    head.descriptor->next = tail.handle;
    head.descriptor->segments = 2;
    head.descriptor->frame_bytes = 200;
    tail.descriptor->data = stage.pool.address + stage.pool.bytes - 10;
    stage.check_dropped(head);
}

TEST_CASE("RX: the largest chain there may be is delivered, one byte more is not") {
    HostileStage stage;
    const auto chain = [&](std::uint16_t last) {
        std::uint64_t next = 0;
        Crafted head;
        for (unsigned i = 5; i-- > 0;) {
            head = stage.craft(i, i == 4 ? last : 2048);
            head.descriptor->next = next;
            next = head.handle;
        }
        head.descriptor->segments = 5;
        head.descriptor->frame_bytes = static_cast<std::uint16_t>(4 * 2048 + last);
        return head;
    };
    stage.publish(chain(9238 - 4 * 2048).handle);
    const auto got = stage.port.receive();
    REQUIRE(got.size() == 1);
    CHECK(got[0].bytes.size() == 9238);
    stage.publish(chain(9239 - 4 * 2048).handle);
    CHECK(stage.port.receive().empty());
    CHECK(stage.port.xstat("rx_oversize_packets") == 1);
}

TEST_CASE("RX: an index outside its ring stops the queue until the device is attached anew") {
    for (const bool of_free : {false, true}) {
        HostileStage stage;
        avp_fifo& ring = stage.fifo(of_free ? AVP_FREE : AVP_RX);
        if (of_free)
            ring.read = 256;
        else
            ring.write = 256;
        if (of_free) {
            // The last known room has to be used up before the index is looked at.
            for (unsigned i = 0; i < 400 && stage.port.xstat("rx_ring_faults") == 0; ++i) {
                stage.publish(stage.craft(1).handle);
                stage.port.receive();
            }
        } else {
            CHECK(stage.port.receive().empty());
        }
        CHECK(stage.port.xstat("rx_ring_faults") == 1);
        ring.write = 1;
        CHECK(stage.port.receive().empty());
        CHECK(stage.port.xstat("rx_ring_faults") == 1);

        stage.host.set_misconduct({});
        stage.host.disconnect();
        const harness::Deadline deadline{harness::patience};
        while (!stage.port.link_is_up() || stage.port.xstat("attaches") < 2)
            REQUIRE_FALSE(deadline.passed());
        while (!stage.host.send(test_frame(70)))
            REQUIRE_FALSE(deadline.passed());
        CHECK(stage.port.receive_all(1).size() == 1);
    }
}

TEST_CASE("RX: an index that moves back does not hand out slots twice") {
    HostileStage stage;
    for (unsigned i = 0; i < 10; ++i)
        stage.publish(stage.craft(i).handle);
    CHECK(stage.port.receive().size() == 10);
    stage.fifo(AVP_RX).write = 5;
    // What lies between is the ring's rest, whatever it holds: bounded, checked, dropped.
    for (unsigned i = 0; i < 10; ++i)
        stage.port.receive();
    CHECK(stage.port.stats().ipackets <= 10 + 256);
}

TEST_CASE("TX: a buffer that cannot stand is not written, and the frame goes with a good one") {
    HostileStage stage;
    avp_fifo& alloc = stage.fifo(AVP_ALLOC);
    // The driver tells only now and then how far it is: it takes one for the lie and one for the good frame.
    std::uint32_t at = __atomic_load_n(&alloc.read, __ATOMIC_ACQUIRE);
    const auto check_refused = [&](std::uint64_t handle) {
        const std::uint64_t before = stage.port.xstat("tx_refused_buffers");
        // The next buffer that the driver takes is the lie.
        stage.slots(AVP_ALLOC)[at] = handle;
        at += 2;
        const TestFrame frame = test_frame(90);
        CHECK_FALSE(stage.port.send(frame));
        CHECK(stage.port.send(frame));
        CHECK(stage.port.xstat("tx_refused_buffers") == before + 1);
        const std::uint32_t last = (stage.fifo(AVP_TX).write - 1) & 255;
        CHECK(stage.slots(AVP_TX)[last] != handle);
    };
    check_refused(0);
    check_refused(UINT64_MAX);
    check_refused(stage.pool.address - 64);
    check_refused(stage.pool.address + stage.pool.bytes);
    check_refused(stage.pool.address + 4);
    for (const std::uint64_t data : {std::uint64_t{0}, UINT64_MAX, stage.pool.address - 1,
                                     stage.pool.address + stage.pool.bytes - 2047}) {
        const Crafted lie = stage.craft(20);
        lie.descriptor->data = data;
        check_refused(lie.handle);
    }
}

TEST_CASE("TX: what stood in a buffer's descriptor before is not sent with the frame") {
    HostileStage stage;
    const Crafted stale = stage.craft(20);
    stale.descriptor->next = stage.craft(21).handle;
    stale.descriptor->flags = AVP_DESCRIPTOR_TX_VLAN;
    stale.descriptor->length = 60000;
    stale.descriptor->segments = 9;
    stale.descriptor->frame_bytes_high = 7;
    stage.slots(AVP_ALLOC)[stage.fifo(AVP_ALLOC).read] = stale.handle;
    REQUIRE(stage.port.send(test_frame(90)));
    CHECK(stale.descriptor->next == 0);
    CHECK(stale.descriptor->flags == 0);
    CHECK(stale.descriptor->length == 90);
    CHECK(stale.descriptor->segments == 1);
    CHECK(stale.descriptor->frame_bytes == 90);
    CHECK(stale.descriptor->frame_bytes_high == 0);
}

TEST_CASE("TX: an index outside its ring stops the queue, and the frames stay the caller's") {
    for (const bool of_alloc : {false, true}) {
        HostileStage stage;
        // All the empty buffers that the guest may have are there: as many as the ring has places.
        stage.host.with_device([](Device& device) {
            for (int i = 0; i < 8; ++i)
                device.poll();
        });
        if (of_alloc)
            stage.fifo(AVP_ALLOC).write = 300;
        else
            stage.fifo(AVP_TX).read = 300;
        unsigned sent = 0;
        while (stage.port.send(test_frame(90)) && sent < 300)
            ++sent;
        CHECK(sent < 256);
        CHECK(stage.port.xstat("tx_ring_faults") == 1);
        CHECK_FALSE(stage.port.send(test_frame(90)));
        CHECK(stage.port.xstat("tx_ring_faults") == 1);
    }
}

TEST_CASE("control: answers that nobody asked for and indices outside end no wait wrongly") {
    HostileStage stage("timeout_ms=500");
    avp_fifo& request = *stage.geometry.request.fifo;
    avp_fifo& response = *stage.geometry.response.fifo;
    const std::uint32_t idle = request.write;
    int result = 0;
    std::thread asker([&] { result = rte_eth_dev_set_link_down(stage.port.id()); });
    const harness::Deadline deadline{harness::patience};
    while (__atomic_load_n(&request.write, __ATOMIC_ACQUIRE) == idle && !deadline.passed())
        std::this_thread::yield();
    // An answer that is none to this request, although the sync area says that all is well.
    stage.geometry.sync->result = 0;
    reinterpret_cast<std::uint64_t*>(&response + 1)[response.write] = 0x1234;
    __atomic_store_n(&response.write, (response.write + 1) & (response.length - 1), __ATOMIC_RELEASE);
    asker.join();
    CHECK(result == -ETIMEDOUT);
    CHECK(stage.port.xstat("failed_requests") == 1);
    // The last request still stands in the sync area: a host that has not taken it gets no other one.
    const std::uint32_t asked = request.write;
    CHECK(rte_eth_dev_set_link_down(stage.port.id()) == -ETIMEDOUT);
    CHECK(request.write == asked);
    response.write = response.length;
    CHECK(rte_eth_dev_set_link_down(stage.port.id()) == -EPROTO);
    CHECK(stage.port.xstat("failed_requests") == 3);
}

namespace {

/// Writes what it likes into rings, descriptors and anything else, as long as it is let.
class RandomWriter {
  public:
    RandomWriter(HostileStage& stage, unsigned seed) : stage_(stage), random_(seed) {}
    ~RandomWriter() { stop(); }

    void start() {
        ends_ = false;
        thread_ = std::thread([this] {
            while (!ends_)
                write();
        });
    }
    void stop() {
        ends_ = true;
        if (thread_.joinable())
            thread_.join();
    }

  private:
    std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
    /// Mostly one that names a place of the pool.
    std::uint64_t address() {
        return below(4) == 0 ? random_()
                             : stage_.pool.address + (below(2) == 0 ? below(64) * 64 : below(8192));
    }
    void write() {
        auto* memory = static_cast<std::uint8_t*>(stage_.regions.memory.base);
        const auto index = static_cast<std::uint32_t>(below(256));
        switch (below(8)) {
            case 0:
                return store(stage_.fifo(AVP_RX).write, index);
            case 1:
                return store(stage_.fifo(AVP_ALLOC).write, index);
            case 2:
                return store(stage_.fifo(AVP_FREE).read, index);
            case 3:
                return store(stage_.fifo(AVP_TX).read, index);
            case 4:
                return store(memory[below(65536)], static_cast<std::uint8_t>(random_()));
            case 5:
                return store(reinterpret_cast<std::uint64_t*>(stage_.pool.here)[below(512)], address());
            default:
                return store(stage_.slots(static_cast<avp_ring_kind>(below(AVP_RING_KINDS)))[index],
                             address());
        }
    }
    template <typename Value>
    static void store(Value& where, Value value) {
        __atomic_store_n(&where, value, __ATOMIC_RELEASE);
    }

    HostileStage& stage_;
    std::mt19937_64 random_;
    std::atomic<bool> ends_{false};
    std::thread thread_;
};

/// VNF_HOSTILE_SECONDS, for a longer run by hand.
harness::Milliseconds hostile_time() {
    const char* seconds = std::getenv("VNF_HOSTILE_SECONDS");
    return std::chrono::seconds(seconds != nullptr ? std::strtol(seconds, nullptr, 10) : 3);
}

/// Receives, looks at every mbuf, sends. The number of frames received.
std::uint64_t exercise(const TestPort& port, unsigned rounds) {
    std::array<rte_mbuf*, 32> mbufs{};
    std::uint64_t frames = 0;
    for (unsigned round = 0; round < rounds; ++round) {
        const std::uint16_t count = rte_eth_rx_burst(port.id(), 0, mbufs.data(), mbufs.size());
        for (std::uint16_t i = 0; i < count; ++i) {
            const char* reason = "";
            if (rte_mbuf_check(mbufs[i], 1, &reason) != 0 || mbufs[i]->pkt_len > 9238)
                FAIL("mbuf: " << reason << ", " << mbufs[i]->pkt_len << " bytes");
            rte_pktmbuf_free(mbufs[i]);
        }
        frames += count;
        port.send(test_frame(60 + round % 4000), 0, 700);
    }
    return frames;
}

}  // namespace

TEST_CASE("whatever a host writes at any time, the driver stays within its bounds") {
    const auto seed = static_cast<unsigned>(std::random_device{}());
    INFO("seed " << seed);
    HostileStage stage;
    RandomWriter writer(stage, seed);
    std::uint64_t frames = 0;
    const harness::Deadline deadline{hostile_time()};
    for (unsigned attaches = 2; !deadline.passed(); ++attaches) {
        stage.seize();
        writer.start();
        frames += exercise(stage.port, 2000);
        writer.stop();
        // Whatever stopped the queues: the device is attached anew.
        stage.host.set_misconduct({});
        stage.host.disconnect();
        const harness::Deadline patience{harness::patience};
        while (!stage.port.link_is_up() || stage.port.xstat("attaches") < attaches)
            REQUIRE_FALSE(patience.passed());
    }
    CHECK(frames > 0);
    CHECK(stage.port.xstat("rx_malformed_packets") > 0);
    REQUIRE(stage.port.stop() == 0);
    CHECK(rte_mempool_full(frame_pool()) == 1);
}

}  // namespace vnf::avp::test
