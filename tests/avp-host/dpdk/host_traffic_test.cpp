// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Frames between an application's mbufs and a guest: every size, however they are cut, with and without tags, and what
// each counter says.
#include <algorithm>
#include <catch2/catch.hpp>
#include <thread>

#include "tests/avp-host/dpdk/host_port_stage.hpp"

using namespace vnf::avp;
using namespace vnf::avp::test;

namespace {

std::vector<std::byte> with_tag(std::vector<std::byte> bytes, std::uint16_t tci) {
    const std::array<std::byte, 4> tag{std::byte{0x81}, std::byte{0}, std::byte(tci >> 8U),
                                       std::byte(tci & 0xFFU)};
    bytes.insert(bytes.begin() + 12, tag.begin(), tag.end());
    return bytes;
}

std::vector<std::byte> only(const std::vector<TestFrame>& frames) {
    REQUIRE(frames.size() == 1);
    CHECK_FALSE(frames[0].tci);
    return frames[0].bytes;
}

}  // namespace

TEST_CASE("a frame of every size goes both ways unchanged, and every byte is counted") {
    HostPortStage stage(jumbo, jumbo_settings());
    SocketGuest guest(stage.path());
    guest.bring_up();
    std::uint64_t frames = 0, bytes = 0;
    for (std::size_t size = 60; size <= 9220; size += size < 200 ? 1 : 67) {
        const TestFrame frame = test_frame(size, static_cast<unsigned>(size));
        guest.send(frame.bytes);
        CHECK(only(stage.port.receive_all(1)) == frame.bytes);
        REQUIRE(stage.port.send(frame, 0, size % 3 == 0 ? 2048 : 9600));
        CHECK(guest.receive().bytes == frame.bytes);
        ++frames;
        bytes += size;
    }
    const rte_eth_stats stats = stage.port.stats();
    CHECK((stats.ipackets == frames && stats.opackets == frames));
    CHECK((stats.ibytes == bytes && stats.obytes == bytes));
    CHECK((stats.ierrors == 0 && stats.oerrors == 0 && stats.rx_nombuf == 0 && stats.imissed == 0));
    REQUIRE(rte_eth_stats_reset(stage.port.id()) == 0);
    CHECK((stage.port.stats().ipackets == 0 && stage.port.stats().obytes == 0));
    CHECK(stage.port.xstat("guest_tx_q0_frames") == 0);
}

TEST_CASE(
    "a frame may be cut anywhere on either side: a header of some bytes, more pieces than a device has") {
    HostPortStage stage(jumbo, jumbo_settings());
    SocketGuest guest(stage.path());
    guest.bring_up();
    for (const std::size_t piece : {1U, 13U, 14U, 63U, 64U, 100U, 700U, 2000U}) {
        const TestFrame frame = test_frame(3001, static_cast<unsigned>(piece));
        REQUIRE(stage.port.send(frame, 0, piece));
        CHECK(guest.receive().bytes == frame.bytes);
        if (piece >= 700) {
            guest.send(frame.bytes, std::nullopt, piece);
            CHECK(only(stage.port.receive_all(1)) == frame.bytes);
        }
    }
    CHECK(stage.port.stats().oerrors == 0);
}

TEST_CASE("frames of one burst keep their order, also around one that is cut into too many pieces") {
    HostPortStage stage;
    SocketGuest guest(stage.path());
    guest.bring_up();
    std::vector<rte_mbuf*> burst;
    for (unsigned i = 0; i < 150; ++i)
        burst.push_back(stage.port.frame(test_frame(500, i), i % 50 == 20 ? 10 : 9600));
    REQUIRE(rte_eth_tx_burst(stage.port.id(), 0, burst.data(), 150) == 150);
    for (unsigned i = 0; i < 150; ++i)
        CHECK(guest.receive().bytes == test_frame(500, i).bytes);
}

TEST_CASE("a tag beside the frame stands where the application and the guest want it") {
    PortSettings settings;
    const bool strips = GENERATE(false, true);
    settings.rx_offloads = strips ? RTE_ETH_RX_OFFLOAD_VLAN_STRIP : 0;
    settings.tx_offloads = RTE_ETH_TX_OFFLOAD_VLAN_INSERT;
    HostPortStage stage("", settings);
    SocketGuest guest(stage.path());
    const bool offloads = GENERATE(false, true);
    guest.bring_up(offloads ? AVP_FEATURE_VLAN_OFFLOAD : 0);
    const TestFrame plain = test_frame(100);
    const auto tagged = with_tag(plain.bytes, 0x6123);

    if (offloads)
        guest.send(plain.bytes, 0x6123);
    else
        guest.send(tagged);
    const auto got = stage.port.receive_all(1);
    REQUIRE(got.size() == 1);
    CHECK(got[0].bytes == (strips ? plain.bytes : tagged));
    CHECK(got[0].tci == (strips ? std::optional<std::uint16_t>(0x6123) : std::nullopt));

    for (const TestFrame& sent : {TestFrame{plain.bytes, 0x6123}, TestFrame{tagged, std::nullopt}}) {
        REQUIRE(stage.port.send(sent));
        const ReceivedFrame received = guest.receive();
        CHECK(received.bytes == (offloads ? plain.bytes : tagged));
        CHECK(received.vlan_tci == (offloads ? std::optional<std::uint16_t>(0x6123) : std::nullopt));
    }
}

TEST_CASE("stripping is switched while frames flow") {
    PortSettings settings;
    settings.rx_offloads = RTE_ETH_RX_OFFLOAD_VLAN_STRIP;
    HostPortStage stage("", settings);
    SocketGuest guest(stage.path());
    guest.bring_up();
    const auto tagged = with_tag(test_frame(100).bytes, 7);
    REQUIRE(rte_eth_dev_set_vlan_offload(stage.port.id(), 0) == 0);
    guest.send(tagged);
    CHECK(only(stage.port.receive_all(1)) == tagged);
    REQUIRE(rte_eth_dev_set_vlan_offload(stage.port.id(), RTE_ETH_VLAN_STRIP_OFFLOAD) == 0);
    guest.send(tagged);
    CHECK(stage.port.receive_all(1).at(0).tci == 7);
}

TEST_CASE("the MTU is the limit of what the application gets, header and tag beside it") {
    PortSettings settings;
    settings.mtu = 1000;
    HostPortStage stage("", settings);
    SocketGuest guest(stage.path());
    guest.bring_up(AVP_FEATURE_VLAN_OFFLOAD);
    guest.send(test_frame(1018).bytes);
    CHECK(only(stage.port.receive_all(1)).size() == 1018);
    guest.send(test_frame(1014).bytes, 5);
    CHECK(only(stage.port.receive_all(1)).size() == 1018);
    guest.send(test_frame(1019).bytes);
    guest.send(test_frame(1015).bytes, 5);
    guest.send(test_frame(60).bytes);
    CHECK(only(stage.port.receive_all(1)).size() == 60);
    CHECK(stage.port.xstat("rx_too_long") == 2);
    CHECK(stage.port.stats().ierrors == 2);
    REQUIRE(rte_eth_dev_set_mtu(stage.port.id(), 1504) == 0);
    CHECK(rte_eth_dev_set_mtu(stage.port.id(), 1505) == -EINVAL);
    guest.send(test_frame(1522).bytes);
    CHECK(only(stage.port.receive_all(1)).size() == 1522);
}

TEST_CASE("a frame that no guest can take is dropped and counted by its reason") {
    HostPortStage stage("ring-slots=64");
    SocketGuest guest(stage.path());
    REQUIRE(stage.port.send(test_frame(60)));
    CHECK(stage.port.xstat("tx_drop_not_up") == 1);
    guest.bring_up();
    REQUIRE(stage.port.send(test_frame(1523)));
    CHECK(stage.port.xstat("tx_drop_too_long") == 1);
    REQUIRE(stage.port.send(test_frame(13)));
    CHECK(stage.port.xstat("tx_drop_too_long") == 2);
    REQUIRE(stage.port.send(test_frame(9239)));
    CHECK(stage.port.xstat("tx_beyond_any_frame") == 1);
    for (unsigned i = 0; i < 70; ++i)
        REQUIRE(stage.port.send(test_frame(60, i)));
    CHECK(stage.port.xstat("tx_drop_ring_full") == 7);
    const rte_eth_stats stats = stage.port.stats();
    CHECK((stats.opackets == 63 && stats.oerrors == 11));
    CHECK(stage.port.xstat("guest_rx_q0_frames") == 63);
}

TEST_CASE("a tag is found, and a flow keeps its queue, wherever the header is cut") {
    HostPortStage stage;
    SocketGuest guest(stage.path());
    guest.bring_up(AVP_FEATURE_VLAN_OFFLOAD, 1, 8);
    const TestFrame plain = test_frame(60);
    const TestFrame tagged{with_tag(plain.bytes, 0x6123), std::nullopt};
    REQUIRE(stage.port.send(tagged));
    std::size_t queue = 0;
    while (queue < 7 && stage.port.xstat("guest_rx_q" + std::to_string(queue) + "_frames") == 0)
        ++queue;
    for (const std::size_t piece : {11U, 13U, 17U, 33U})
        REQUIRE(stage.port.send(tagged, 0, piece));
    for (unsigned i = 0; i < 5; ++i) {
        const auto received = guest.driver.receive(queue);
        REQUIRE(received);
        CHECK(received->bytes == plain.bytes);
        CHECK(received->vlan_tci == 0x6123);
    }
}

TEST_CASE(
    "eight queues of a guest are one queue of the application, and each flow has its own of the guest's") {
    HostPortStage stage;
    SocketGuest guest(stage.path());
    guest.bring_up(0, 8, 8);
    for (std::size_t queue = 0; queue < 8; ++queue)
        guest.send(test_frame(60 + queue).bytes, std::nullopt, 0, queue);
    auto frames = stage.port.receive_all(8);
    REQUIRE(frames.size() == 8);
    std::sort(frames.begin(), frames.end(),
              [](const TestFrame& a, const TestFrame& b) { return a.bytes.size() < b.bytes.size(); });
    for (std::size_t queue = 0; queue < 8; ++queue) {
        CHECK(frames[queue].bytes == test_frame(60 + queue).bytes);
        CHECK(stage.port.xstat("guest_tx_q" + std::to_string(queue) + "_frames") == 1);
    }
}

TEST_CASE("lcores that send at once, one that receives and one that asks: every frame is counted once") {
    PortSettings settings;
    settings.tx_queues = 2;
    HostPortStage stage("ring-slots=4096,buffers=16384", settings);
    SocketGuest guest(stage.path());
    guest.bring_up();
    constexpr unsigned each = 1000;
    std::array<std::vector<rte_mbuf*>, 2> to_send;
    for (unsigned i = 0; i < 2 * each; ++i)
        to_send[i % 2].push_back(stage.port.frame(test_frame(60, i), 2048));
    const auto send_all = [&stage, &to_send](std::uint16_t queue) {
        for (rte_mbuf*& mbuf : to_send[queue])
            (void)rte_eth_tx_burst(stage.port.id(), queue, &mbuf, 1);
    };
    std::atomic<bool> over{false};
    std::thread asks([&] {
        rte_eth_stats stats{};
        while (!over)
            (void)rte_eth_stats_get(stage.port.id(), &stats);
    });
    std::thread first(send_all, 0), second(send_all, 1);
    for (unsigned i = 0; i < each; ++i)
        guest.send(test_frame(60, i).bytes);
    const auto received = stage.port.receive_all(each);
    first.join();
    second.join();
    over = true;
    asks.join();
    CHECK(received.size() == each);
    const rte_eth_stats stats = stage.port.stats();
    CHECK((stats.ipackets == each && stats.opackets + stats.oerrors == 2 * each));
    CHECK(stats.oerrors == 0);
}
