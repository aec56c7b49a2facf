// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Several receive and transmit queues of a net_avp_host port: which queues of the guest are whose, more of one side than of
// the other, lcores at all of them at once.
#include <catch2/catch.hpp>
#include <thread>

#include "tests/avp-host/dpdk/host_port_stage.hpp"

using namespace vnf::avp;
using namespace vnf::avp::test;

namespace {

PortSettings queues(std::uint16_t rx, std::uint16_t tx) {
    PortSettings settings;
    settings.rx_queues = rx;
    settings.tx_queues = tx;
    return settings;
}

TestFrame numbered(unsigned number) {
    return test_frame(64, number);
}

unsigned number_of(const TestFrame& frame) {
    return static_cast<unsigned>(frame.bytes[10]) << 8U | static_cast<unsigned>(frame.bytes[11]);
}

/// What lies in one queue of the guest, given back.
std::size_t drain(SocketGuest& guest, std::size_t queue) {
    std::size_t count = 0;
    while (guest.driver.receive(queue))
        ++count;
    return count;
}

std::uint64_t from_queue(const HostPortStage& stage, std::size_t queue) {
    return stage.port.xstat("host_rx_q" + std::to_string(queue) + "_frames");
}

/// Another thread's part of a port: it sends the frames and receives until it has `expected`.
std::vector<unsigned> exchange(TestPort& port, std::uint16_t queue, std::vector<rte_mbuf*> to_send,
                               std::size_t expected) {
    std::vector<unsigned> numbers;
    const vnf::harness::Deadline deadline(vnf::harness::patience);
    std::size_t sent = 0;
    while ((sent < to_send.size() || numbers.size() < expected) && !deadline.passed()) {
        if (sent < to_send.size())
            sent += rte_eth_tx_burst(port.id(), queue, &to_send[sent], 1);
        const auto received = port.receive(queue);
        for (const TestFrame& frame : received)
            numbers.push_back(number_of(frame));
        if (received.empty())
            std::this_thread::yield();
    }
    return numbers;
}

}  // namespace

TEST_CASE("a port has as many receive queues as its guest may have to send with, and no more") {
    HostPortStage stage("queues=3", queues(3, 3));
    REQUIRE(stage.port.stop() == 0);
    CHECK(stage.port.configure(queues(4, 1)) != 0);
    CHECK(stage.port.configure(queues(1, 65)) != 0);
    CHECK(stage.port.configure(queues(3, 64)) == 0);
    CHECK(stage.port.start() == 0);
}

TEST_CASE("each receive queue has its own of the guest's queues, each transmit queue too") {
    HostPortStage stage("", queues(4, 4));
    SocketGuest guest(stage.path());
    guest.bring_up(0, 4, 4);
    for (std::uint16_t queue = 0; queue < 4; ++queue) {
        guest.send(numbered(queue).bytes, {}, 0, queue);
        REQUIRE(comes_true([&] {
            const auto received = stage.port.receive(queue);
            return received.size() == 1 && number_of(received[0]) == queue;
        }));
        CHECK(from_queue(stage, queue) == 1);
        for (unsigned flow = 0; flow < 8; ++flow)
            REQUIRE(stage.port.send(numbered(flow), queue));
        CHECK(drain(guest, queue) == 8);
    }
    CHECK((stage.port.stats().ipackets == 4 && stage.port.stats().opackets == 32));
}

TEST_CASE("with fewer receive queues than the guest has, each has several; with more, some have nothing") {
    HostPortStage stage("", queues(3, 1));
    SocketGuest guest(stage.path());
    guest.bring_up(0, 8, 1);
    for (unsigned queue = 0; queue < 8; ++queue)
        guest.send(numbered(queue).bytes, {}, 0, queue);
    REQUIRE(stage.port.receive_all(8).size() == 8);
    CHECK((from_queue(stage, 0) == 3 && from_queue(stage, 1) == 3 && from_queue(stage, 2) == 2));
    REQUIRE(guest.driver.shut_down() == 0);
    guest.bring_up(0, 1, 1);
    guest.send(numbered(9).bytes);
    REQUIRE(stage.port.receive_all(1).size() == 1);
    CHECK(from_queue(stage, 0) == 4);
}

TEST_CASE("with more transmit queues than the guest has, several share one, and all frames arrive") {
    HostPortStage stage("", queues(1, 20));
    SocketGuest guest(stage.path());
    guest.bring_up(0, 1, 3);
    for (std::uint16_t queue = 0; queue < 20; ++queue)
        REQUIRE(stage.port.send(numbered(queue), queue));
    CHECK((drain(guest, 0) == 7 && drain(guest, 1) == 7 && drain(guest, 2) == 6));
}

TEST_CASE("one transmit queue spreads flows over all queues of the guest, each flow on one") {
    HostPortStage stage("", queues(1, 1));
    SocketGuest guest(stage.path());
    guest.bring_up(0, 1, 4);
    for (unsigned round = 0; round < 2; ++round) {
        for (unsigned flow = 0; flow < 32; ++flow)
            REQUIRE(stage.port.send(numbered(flow)));
    }
    std::size_t all = 0;
    for (std::size_t queue = 0; queue < 4; ++queue) {
        const std::size_t here = drain(guest, queue);
        CHECK((here > 0 && here % 2 == 0));
        all += here;
    }
    CHECK(all == 64);
}

TEST_CASE("queues are configured anew under a guest, which keeps its connection and its frames") {
    HostPortStage stage("", queues(1, 1));
    SocketGuest guest(stage.path());
    guest.bring_up(0, 4, 4);
    for (std::uint16_t count = 1; count <= 8; ++count) {
        REQUIRE(stage.port.stop() == 0);
        REQUIRE(stage.port.configure(queues(count, count)) == 0);
        REQUIRE(stage.port.start() == 0);
        for (unsigned queue = 0; queue < 4; ++queue)
            guest.send(numbered(queue).bytes, {}, 0, queue);
        CHECK(stage.port.receive_all(4).size() == 4);
        for (std::uint16_t queue = 0; queue < count; ++queue)
            REQUIRE(stage.port.send(numbered(queue), queue));
        std::size_t drained = 0;
        for (std::size_t queue = 0; queue < 4; ++queue)
            drained += drain(guest, queue);
        CHECK(drained == count);
    }
    CHECK(stage.port.stats().ipackets == 32);
}

TEST_CASE("a broken ring found at any queue stops the port, though no lcore is at the first one") {
    HostPortStage stage("", queues(4, 4));
    SocketGuest guest(stage.path());
    guest.bring_up(0, 4, 4);
    REQUIRE(comes_true([&] { return stage.port.link_is_up(); }));
    __atomic_store_n(&guest.driver.tx_fifo(2)->write, 0xFFFFFFFF, __ATOMIC_RELEASE);
    CHECK(comes_true([&] { return stage.port.receive(2).empty() && !stage.port.link_is_up(); }));
    CHECK(stage.port.xstat("fault_ring_index") == 1);
}

TEST_CASE(
    "our driver at both ends, four queues, a thread at each of the host: every frame comes once and is "
    "counted") {
    constexpr std::uint16_t count = 4;
    constexpr unsigned each = 500;
    HostPortStage stage("ring-slots=2048,buffers=16384", queues(count, count));
    TestPort guest(stage.path());
    guest.bring_up(queues(count, count));
    REQUIRE(comes_true([&] { return stage.port.link_is_up() && guest.link_is_up(); }));
    std::vector<std::vector<rte_mbuf*>> down(count);
    for (unsigned i = 0; i < count * each; ++i)
        down[i % count].push_back(stage.port.frame(numbered(i), 2048));
    std::atomic<bool> over{false};
    std::thread asks([&] {
        rte_eth_stats stats{};
        while (!over)
            (void)rte_eth_stats_get(stage.port.id(), &stats);
    });
    std::vector<std::vector<unsigned>> received(count);
    std::vector<std::thread> hosts;
    for (std::uint16_t queue = 0; queue < count; ++queue)
        hosts.emplace_back([&, queue] { received[queue] = exchange(stage.port, queue, down[queue], each); });
    // What the host sends on a queue comes on the guest's queue of that number, and is sent back there.
    std::size_t echoed = 0;
    const vnf::harness::Deadline deadline(vnf::harness::patience);
    while (echoed < count * each && !deadline.passed()) {
        for (std::uint16_t queue = 0; queue < count; ++queue) {
            std::array<rte_mbuf*, 32> mbufs{};
            const std::uint16_t got = rte_eth_rx_burst(guest.id(), queue, mbufs.data(), mbufs.size());
            std::uint16_t sent = 0;
            while (sent < got && !deadline.passed())
                sent = static_cast<std::uint16_t>(sent +
                                                  rte_eth_tx_burst(guest.id(), queue, &mbufs[sent],
                                                                   static_cast<std::uint16_t>(got - sent)));
            echoed += sent;
        }
    }
    for (std::thread& host : hosts)
        host.join();
    over = true;
    asks.join();
    for (std::uint16_t queue = 0; queue < count; ++queue) {
        REQUIRE(received[queue].size() == each);
        for (unsigned i = 0; i < each; ++i)
            REQUIRE(received[queue][i] == i * count + queue);
        CHECK(from_queue(stage, queue) == each);
    }
    const rte_eth_stats stats = stage.port.stats();
    CHECK((stats.ipackets == count * each && stats.opackets == count * each));
    CHECK((stats.ierrors == 0 && stats.oerrors == 0));
}
