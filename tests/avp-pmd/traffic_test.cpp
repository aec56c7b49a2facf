// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Frames between the driver and the real device model, over a real socket: intact, and counted exactly on both sides.
#include <array>
#include <catch2/catch.hpp>
#include <cstring>
#include <random>

#include "tests/avp-pmd/port.hpp"
#include "tests/harness/deadline.hpp"
#include "tests/harness/scratch_directory.hpp"

namespace vnf::avp::test {
namespace {

constexpr std::uint16_t kLargestMtu = AVP_MAX_FRAME_BYTES - 18;

struct Stage {
    explicit Stage(const DeviceSettings& settings = driver_settings())
        : host(directory / "avp", settings), port(host.path()) {}

    void check(const TestFrame& sent, std::size_t part = 65535) {
        port.deliver(sent, 0, part);
        const auto back = port.receive_all(1);
        REQUIRE(back.size() == 1);
        CHECK(back[0].bytes == sent.bytes);
        CHECK(back[0].tci == sent.tci);
    }
    void migrate(const DeviceSettings& there) {
        const auto wait_until = [this](bool (*holds)(Device&)) {
            const harness::Deadline deadline{harness::patience};
            while (!host.ask<bool>(holds))
                REQUIRE_FALSE(deadline.passed());
        };
        host.with_device([](Device& device) { device.detach(); });
        wait_until([](Device& device) { return device.state() == DeviceState::Detached; });
        host.with_device([&](Device& device) { device.attach(there); });
        // It is up before it has said that it is attached, and asked again in between it would answer too late.
        wait_until([](Device& device) {
            return device.state() == DeviceState::Up &&
                   device.migration_answer() == MigrationAnswer::Accepted;
        });
    }
    std::uint64_t host_faults() {
        return host.ask<std::uint64_t>([](Device& device) {
            std::uint64_t sum = 0;
            for (const std::uint64_t fault : device.statistics().faults)
                sum += fault;
            return sum;
        });
    }

    harness::ScratchDirectory directory;
    DriverHost host;
    TestPort port;
};

PortSettings jumbo() {
    PortSettings settings;
    settings.mtu = kLargestMtu;
    settings.rx_offloads = RTE_ETH_RX_OFFLOAD_SCATTER;
    settings.tx_offloads = RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
    return settings;
}

PortSettings jumbo_with_tags() {
    PortSettings settings = jumbo();
    settings.rx_offloads |= RTE_ETH_RX_OFFLOAD_VLAN_STRIP;
    settings.tx_offloads |= RTE_ETH_TX_OFFLOAD_VLAN_INSERT;
    return settings;
}

}  // namespace

TEST_CASE("every size from 60 to 9238 goes to the host and comes back intact") {
    Stage stage;
    stage.host.echo(true);
    stage.port.bring_up(jumbo());
    std::uint64_t bytes = 0;
    constexpr std::size_t first = 60;
    for (std::size_t size = first; size <= AVP_MAX_FRAME_BYTES; ++size) {
        const TestFrame sent = test_frame(size, static_cast<unsigned>(size));
        stage.port.deliver(sent);
        const auto back = stage.port.receive_all(1);
        REQUIRE(back.size() == 1);
        REQUIRE(back[0].bytes == sent.bytes);
        bytes += size;
    }
    const rte_eth_stats stats = stage.port.stats();
    constexpr std::uint64_t frames = AVP_MAX_FRAME_BYTES - first + 1;
    CHECK(stats.ipackets == frames);
    CHECK(stats.opackets == frames);
    CHECK(stats.ibytes == bytes);
    CHECK(stats.obytes == bytes);
    CHECK(stats.ierrors + stats.oerrors + stats.rx_nombuf == 0);
    const auto counted = stage.host.ask<DeviceStatistics>([](Device& device) { return device.statistics(); });
    CHECK(counted.from_guest[0].frames == frames);
    CHECK(counted.to_guest[0].bytes == bytes);
    CHECK(stage.host_faults() == 0);
}

TEST_CASE("a frame of many mbufs is one frame, wherever it is cut") {
    Stage stage;
    stage.host.echo(true);
    stage.port.bring_up(jumbo());
    for (const std::size_t size : {60U, 61U, 1500U, 2048U, 2049U, 4096U, 9238U}) {
        for (const std::size_t part : {1U, 13U, 64U, 1000U, 2047U, 2048U}) {
            if (size / part > 200)
                continue;
            INFO(size << " bytes in parts of " << part);
            stage.check(test_frame(size, static_cast<unsigned>(part)), part);
        }
    }
    CHECK(stage.host_faults() == 0);
}

TEST_CASE("a received frame spreads over small mbufs of the application") {
    Stage stage;
    stage.host.echo(true);
    PortSettings settings = jumbo();
    settings.pool = frame_pool(300);
    stage.port.bring_up(settings);
    for (const std::size_t size : {60U, 300U, 301U, 1500U, 9238U})
        stage.check(test_frame(size, 3));
}

TEST_CASE("a frame shorter than 60 bytes is not padded") {
    Stage stage;
    stage.host.echo(true);
    stage.port.bring_up();
    stage.check(test_frame(14));
    stage.check(test_frame(15));
    stage.check(test_frame(16));
}

TEST_CASE("a tag travels beside the frame where both sides agreed on it") {
    Stage stage;
    stage.host.echo(true);
    stage.port.bring_up(jumbo_with_tags());
    for (const std::size_t size : {60U, 1500U, 5000U, 9234U}) {
        TestFrame tagged = test_frame(size);
        tagged.tci = 0x2123;
        stage.check(tagged);
        stage.check(tagged, 700);
        stage.check(test_frame(size));
    }
    CHECK(stage.host_faults() == 0);
}

TEST_CASE("a frame is described as it is, whatever its buffer carried before") {
    DeviceSettings host = driver_settings();
    host.ring_slots = 64;
    host.buffers = 128;
    Stage stage(host);
    stage.host.echo(true);
    stage.port.bring_up(jumbo_with_tags());
    TestFrame tagged = test_frame(64, 1);
    tagged.tci = 0x2123;
    // Kinds between which one field of a descriptor makes the difference, somewhere in a frame's buffers.
    const std::vector<std::vector<TestFrame>> meetings{{test_frame(64, 2), tagged, test_frame(65, 3)},
                                                       {test_frame(64, 4), test_frame(2 * 2048 + 65, 5)},
                                                       {test_frame(64, 6), test_frame(2048 + 64, 7)},
                                                       {test_frame(2048, 8), test_frame(5000, 9)}};
    std::minstd_rand random(7);
    for (const auto& kinds : meetings) {
        for (int i = 0; i < 1000; ++i)
            stage.check(kinds[random() % kinds.size()]);
    }
    CHECK(stage.host_faults() == 0);
}

TEST_CASE("a tag is stripped and inserted by the driver where the host does not offer it") {
    DeviceSettings host = driver_settings();
    host.offers_vlan = false;
    Stage stage(host);
    stage.host.echo(true);
    stage.port.bring_up(jumbo_with_tags());
    for (const std::size_t size : {60U, 1500U, 2044U, 2046U, 9234U}) {
        TestFrame tagged = test_frame(size);
        tagged.tci = 0x2123;
        stage.check(tagged);
        stage.check(tagged, 11);
        stage.check(test_frame(size));
    }
}

TEST_CASE("tags are stripped and inserted over migrations, by the host that can and else by the driver") {
    Stage stage;
    stage.host.echo(true);
    PortSettings settings;
    settings.rx_offloads = RTE_ETH_RX_OFFLOAD_VLAN_STRIP;
    settings.tx_offloads = RTE_ETH_TX_OFFLOAD_VLAN_INSERT;
    stage.port.bring_up(settings);
    DeviceSettings there = driver_settings();
    for (const bool offers_vlan : {true, false, true, false}) {
        there.offers_vlan = offers_vlan;
        stage.migrate(there);
        for (unsigned seed = 1; seed <= 3; ++seed) {
            TestFrame tagged = test_frame(200, seed);
            tagged.tci = 0x2123;
            stage.check(tagged);
            stage.check(test_frame(200, seed));
        }
    }
    CHECK(stage.host_faults() == 0);
}

TEST_CASE("a queue without stripping gets the tag in the frame, although the host strips for another") {
    Stage stage;
    PortSettings settings;
    settings.tx_offloads = RTE_ETH_TX_OFFLOAD_VLAN_INSERT;
    stage.port.bring_up(settings);
    TestFrame sent = test_frame(100);
    sent.tci = 0x0064;
    REQUIRE(stage.host.send(sent));
    const auto got = stage.port.receive_all(1);
    REQUIRE(got.size() == 1);
    CHECK_FALSE(got[0].tci);
    std::vector<std::byte> expected = sent.bytes;
    const std::array<std::byte, 4> tag{std::byte{0x81}, std::byte{0}, std::byte{0}, std::byte{0x64}};
    expected.insert(expected.begin() + 12, tag.begin(), tag.end());
    CHECK(got[0].bytes == expected);

    REQUIRE(rte_eth_dev_set_vlan_strip_on_queue(stage.port.id(), 0, 1) == 0);
    REQUIRE(stage.host.send(sent));
    const auto stripped = stage.port.receive_all(1);
    REQUIRE(stripped.size() == 1);
    CHECK(stripped[0].tci == 0x0064);
    CHECK(stripped[0].bytes == sent.bytes);
}

TEST_CASE("with 1 to 8 queues each TX queue is a ring of its own, and every RX ring is served") {
    for (std::uint16_t queues = 1; queues <= 8; ++queues) {
        DYNAMIC_SECTION(queues << " queues") {
            Stage stage;
            stage.host.echo(true);
            PortSettings settings;
            settings.rx_queues = queues;
            settings.tx_queues = queues;
            stage.port.bring_up(settings);
            for (std::uint16_t queue = 0; queue < queues; ++queue) {
                for (unsigned i = 0; i < 16; ++i)
                    stage.port.deliver(test_frame(200, queue * 100U + i), queue);
            }
            CHECK(stage.port.receive_all(16U * queues).size() == 16U * queues);
            const rte_eth_stats stats = stage.port.stats();
            const auto counted =
                stage.host.ask<DeviceStatistics>([](Device& device) { return device.statistics(); });
            for (std::uint16_t queue = 0; queue < queues; ++queue) {
                CHECK(stats.q_opackets[queue] == 16);
                CHECK(counted.from_guest[queue].frames == 16);
                CHECK(stats.q_ipackets[queue] == counted.to_guest[queue].frames);
            }
        }
    }
}

TEST_CASE("a host that wants more RX rings than there are queues has them all served") {
    DeviceSettings host = driver_settings();
    host.rx_queues = {5, 5, 8};
    Stage stage(host);
    stage.host.echo(true);
    PortSettings settings;
    settings.rx_queues = 2;
    stage.port.bring_up(settings);
    for (unsigned i = 0; i < 200; ++i)
        stage.port.deliver(test_frame(100, i));
    CHECK(stage.port.receive_all(200).size() == 200);
    const auto counted = stage.host.ask<DeviceStatistics>([](Device& device) { return device.statistics(); });
    unsigned used = 0;
    for (const auto& queue : counted.to_guest)
        used += queue.frames != 0 ? 1U : 0U;
    CHECK(used == 5);
}

TEST_CASE("frames for others are not delivered unless they are asked for") {
    Stage stage;
    PortSettings settings;
    settings.promiscuous = false;
    stage.port.bring_up(settings);
    TestFrame other = test_frame(100);
    other.bytes[5] = std::byte{9};
    TestFrame broadcast = test_frame(101);
    std::fill_n(broadcast.bytes.begin(), 6, std::byte{0xFF});
    TestFrame group = test_frame(102);
    group.bytes[0] = std::byte{0x33};
    const auto arrives = [&](const TestFrame& frame) {
        const TestFrame last = test_frame(200);
        REQUIRE(stage.host.send(frame));
        REQUIRE(stage.host.send(last));
        const auto got = stage.port.receive_all(1);
        const bool is_first = !got.empty() && got[0].bytes == frame.bytes;
        if (is_first && got.size() == 1)
            REQUIRE(stage.port.receive_all(1).size() == 1);
        return is_first;
    };
    const std::uint16_t id = stage.port.id();
    CHECK(arrives(test_frame(100)));
    CHECK(arrives(broadcast));
    CHECK_FALSE(arrives(other));
    CHECK_FALSE(arrives(group));
    CHECK(stage.port.xstat("rx_filtered_packets") == 2);

    rte_ether_addr extra{{2, 0, 0, 0, 0, 9}};
    REQUIRE(rte_eth_dev_mac_addr_add(id, &extra, 0) == 0);
    CHECK(arrives(other));
    REQUIRE(rte_eth_dev_mac_addr_remove(id, &extra) == 0);
    CHECK_FALSE(arrives(other));

    rte_ether_addr listed{};
    std::memcpy(listed.addr_bytes, group.bytes.data(), 6);
    REQUIRE(rte_eth_dev_set_mc_addr_list(id, &listed, 1) == 0);
    CHECK(arrives(group));
    REQUIRE(rte_eth_dev_set_mc_addr_list(id, nullptr, 0) == 0);
    CHECK_FALSE(arrives(group));
    REQUIRE(rte_eth_allmulticast_enable(id) == 0);
    CHECK(arrives(group));
    REQUIRE(rte_eth_promiscuous_enable(id) == 0);
    CHECK(arrives(other));
}

TEST_CASE("a frame that can never be sent is dropped and counted, and holds up nobody") {
    Stage stage;
    stage.port.bring_up(jumbo());
    TestFrame tagged = test_frame(9235);
    tagged.tci = 5;
    stage.port.deliver(test_frame(9239));
    stage.port.deliver(tagged);
    stage.port.deliver(test_frame(13));
    rte_mbuf* lying = stage.port.frame(test_frame(100));
    lying->pkt_len = 5000;
    CHECK(rte_eth_tx_burst(stage.port.id(), 0, &lying, 1) == 1);
    stage.port.deliver(test_frame(100));
    const rte_eth_stats stats = stage.port.stats();
    CHECK(stats.oerrors == 4);
    CHECK(stats.opackets == 1);
    CHECK(stage.port.xstat("tx_undeliverable_packets") == 4);
}

TEST_CASE("frames for which there is no room are left to the caller, and nothing is lost") {
    Stage stage;
    stage.port.bring_up();
    std::uint64_t sent = 0;
    stage.host.with_device([&](Device&) {
        while (stage.port.send(test_frame(100, static_cast<unsigned>(sent))))
            ++sent;
    });
    CHECK(sent > 0);
    CHECK(sent < 256);
    CHECK(stage.port.stats().opackets == sent);
    CHECK(stage.port.stats().oerrors == 0);
    std::size_t got = 0;
    const harness::Deadline deadline{harness::patience};
    while (got < sent && !deadline.passed())
        got += stage.host.taken().size();
    CHECK(got == sent);
}

TEST_CASE("a burst of frames of five buffers each goes out whole where there are so many") {
    Stage stage;
    stage.port.bring_up(jumbo());
    std::array<rte_mbuf*, 32> burst{};
    std::uint16_t sent = 0;
    // The host fills the ring of empty buffers little by little.
    const harness::Deadline deadline{harness::patience};
    while (sent < burst.size() && !deadline.passed()) {
        for (rte_mbuf*& mbuf : burst)
            mbuf = stage.port.frame(test_frame(9238));
        sent = rte_eth_tx_burst(stage.port.id(), 0, burst.data(), burst.size());
        rte_pktmbuf_free_bulk(burst.data() + sent, static_cast<unsigned>(burst.size() - sent));
    }
    CHECK(sent == burst.size());
    CHECK(stage.port.stats().oerrors == 0);
}

TEST_CASE("frames wait in the ring while the mempool is empty") {
    Stage stage;
    stage.port.bring_up();
    std::vector<rte_mbuf*> all(5000);
    std::size_t held = 0;
    while (rte_mbuf* mbuf = rte_pktmbuf_alloc(frame_pool()))
        all[held++] = mbuf;
    REQUIRE(stage.host.send(test_frame(100)));
    CHECK(stage.port.receive().empty());
    CHECK(stage.port.stats().rx_nombuf > 0);
    for (std::size_t i = 0; i < held; ++i)
        rte_pktmbuf_free(all[i]);
    CHECK(stage.port.receive_all(1).size() == 1);
    CHECK(stage.port.stats().ierrors == 0);
}

TEST_CASE("a frame larger than the MTU allows is dropped and counted") {
    Stage stage;
    stage.port.bring_up();
    REQUIRE(stage.host.send(test_frame(1519)));
    REQUIRE(stage.host.send(test_frame(1518)));
    const auto got = stage.port.receive_all(1);
    REQUIRE(got.size() == 1);
    CHECK(got[0].bytes.size() == 1518);
    CHECK(stage.port.stats().ierrors == 1);
    CHECK(stage.port.xstat("rx_oversize_packets") == 1);
}

TEST_CASE("statistics start again at 0 when they are reset") {
    Stage stage;
    stage.host.echo(true);
    stage.port.bring_up();
    stage.check(test_frame(100));
    REQUIRE(rte_eth_stats_reset(stage.port.id()) == 0);
    CHECK(stage.port.stats().ipackets == 0);
    CHECK(stage.port.stats().obytes == 0);
    stage.check(test_frame(77));
    CHECK(stage.port.stats().ibytes == 77);
    CHECK(stage.port.stats().q_opackets[0] == 1);
}

}  // namespace vnf::avp::test
