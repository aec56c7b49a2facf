// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A net_avp_host port and its application's mbufs: too few of them, small ones, long bursts. None is ever lost.
#include <catch2/catch.hpp>

#include "tests/avp-host/dpdk/host_port_stage.hpp"

using namespace vnf::avp;
using namespace vnf::avp::test;

TEST_CASE("an application without mbufs leaves the frames with the guest, and gets them all later") {
    start_eal();
    PortSettings settings;
    settings.pool = rte_pktmbuf_pool_create("scarce", 63, 0, 0, 2048 + RTE_PKTMBUF_HEADROOM, SOCKET_ID_ANY);
    REQUIRE(settings.pool != nullptr);
    {
        HostPortStage stage("", settings);
        SocketGuest guest(stage.path());
        guest.bring_up();
        for (unsigned i = 0; i < 100; ++i)
            guest.send(test_frame(60, i).bytes);
        std::array<rte_mbuf*, 100> mbufs{};
        std::uint16_t count = 0;
        REQUIRE(comes_true([&] {
            count = static_cast<std::uint16_t>(
                count + rte_eth_rx_burst(stage.port.id(), 0, mbufs.data() + count, 32));
            return stage.port.stats().rx_nombuf != 0;
        }));
        CHECK(count == 63);
        rte_pktmbuf_free_bulk(mbufs.data(), count);
        const auto rest = stage.port.receive_all(100 - count);
        REQUIRE(rest.size() == 100U - count);
        for (unsigned i = 0; i < rest.size(); ++i)
            CHECK(rest[i].bytes == test_frame(60, count + i).bytes);
        CHECK(stage.port.stats().ipackets == 100);
    }
    CHECK(rte_mempool_avail_count(settings.pool) == 63);
    rte_mempool_free(settings.pool);
}

TEST_CASE("a frame that runs out of mbufs halfway is dropped and counted, and gives back those that it had") {
    start_eal();
    PortSettings settings = jumbo_settings();
    settings.pool = rte_pktmbuf_pool_create("small", 31, 0, 0, 300 + RTE_PKTMBUF_HEADROOM, SOCKET_ID_ANY);
    REQUIRE(settings.pool != nullptr);
    {
        HostPortStage stage(jumbo, settings);
        SocketGuest guest(stage.path());
        guest.bring_up();
        guest.send(test_frame(600, 1).bytes);
        std::array<rte_mbuf*, 32> mbufs{};
        std::uint16_t held = 0;
        const auto receive = [&] {
            return held = static_cast<std::uint16_t>(
                       held + rte_eth_rx_burst(stage.port.id(), 0, &mbufs.at(held), 8));
        };
        REQUIRE(comes_true([&] { return receive() == 1; }));
        guest.send(test_frame(9200, 2).bytes);  // 31 mbufs, two of which the application has
        REQUIRE(comes_true([&] { return receive() == 1 && stage.port.xstat("guest_tx_q0_frames") == 2; }));
        CHECK(held == 1);
        rte_pktmbuf_free_bulk(mbufs.data(), held);
        guest.send(test_frame(600, 3).bytes);
        const auto received = stage.port.receive_all(1);
        REQUIRE(received.size() == 1);
        CHECK(received[0].bytes == test_frame(600, 3).bytes);
        CHECK(stage.port.stats().rx_nombuf != 0);
    }
    CHECK(rte_mempool_avail_count(settings.pool) == 31);
    rte_mempool_free(settings.pool);
}

TEST_CASE("what a burst has taken is free for frames either way, without another burst") {
    HostPortStage stage("ring-slots=64,buffers=64");
    SocketGuest guest(stage.path());
    guest.bring_up();
    for (unsigned i = 0; i < 32; ++i)  // half of the device's buffers are for what a guest sends
        guest.send(test_frame(60, i).bytes);
    std::array<rte_mbuf*, 64> mbufs{};
    std::uint16_t count = 0;
    REQUIRE(
        comes_true([&] { return (count = rte_eth_rx_burst(stage.port.id(), 0, mbufs.data(), 64)) != 0; }));
    CHECK(count == 32);
    rte_pktmbuf_free_bulk(mbufs.data(), count);
    for (unsigned i = 0; i < 32; ++i)
        guest.send(test_frame(60, i).bytes);
    // 32 buffers lie with the guest again; the others are there for what it gets.
    REQUIRE(stage.port.send(test_frame(60)));
    CHECK(stage.port.stats().opackets == 1);
    CHECK(stage.port.receive_all(32).size() == 32);
}

TEST_CASE("a burst is as long as the application wants it, also beyond what the device hands out at once") {
    HostPortStage stage("ring-slots=256");
    SocketGuest guest(stage.path());
    guest.bring_up();
    REQUIRE(stage.port.receive().empty());
    for (unsigned i = 0; i < 200; ++i)
        guest.send(test_frame(60, i).bytes);
    std::array<rte_mbuf*, 300> mbufs{};
    std::uint16_t count = 0;
    REQUIRE(
        comes_true([&] { return (count = rte_eth_rx_burst(stage.port.id(), 0, mbufs.data(), 300)) != 0; }));
    CHECK(count == 200);
    rte_pktmbuf_free_bulk(mbufs.data(), count);
}
