// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A net_avp_host port over its life: probed and removed, started and stopped, guests that come, die and lie.
#include <rte_bus_vdev.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "tests/avp-host/dpdk/host_port_stage.hpp"

using namespace vnf::avp;
using namespace vnf::avp::test;
using Catch::Contains;

namespace {

/// Its log.
std::string refused(const std::string& devargs) {
    start_eal();
    logged();
    CHECK(rte_vdev_init("net_avp_host_refused", devargs.c_str()) < 0);
    std::uint16_t port = 0;
    CHECK(rte_eth_dev_get_port_by_name("net_avp_host_refused", &port) != 0);
    return logged();
}

void exchange(HostPortStage& stage, SocketGuest& guest) {
    const TestFrame frame = test_frame(100, 3);
    guest.send(frame.bytes);
    const auto received = stage.port.receive_all(1);
    REQUIRE(received.size() == 1);
    CHECK(received[0].bytes == frame.bytes);
    REQUIRE(stage.port.send(frame));
    CHECK(guest.receive().bytes == frame.bytes);
}

int count_link_change(std::uint16_t /*port*/, rte_eth_event_type /*event*/, void* count, void* /*unused*/) {
    ++*static_cast<std::atomic<int>*>(count);
    return 0;
}

}  // namespace

TEST_CASE("devargs that are wrong leave no port, and the log names the key") {
    CHECK_THAT(refused(""), Contains("net_avp_host_refused: devargs: socket: must be given"));
    CHECK_THAT(refused("socket=s,colour=red"), Contains("devargs: no key \"colour\", allowed are socket"));
    CHECK_THAT(refused("socket=s,queues=9"), Contains("devargs: queues: 9 is not between 1 and 8"));
    CHECK_THAT(refused("socket=/nowhere/at/all"), Contains("/nowhere/at/all"));
    HostPortStage stage;
    CHECK_THAT(refused("socket=" + stage.path()), Contains(stage.path()));
}

TEST_CASE("what the port says of itself is what its device can do") {
    HostPortStage stage("max-frame=9238,mac=02:11:22:33:44:55");
    rte_eth_dev_info info{};
    REQUIRE(rte_eth_dev_info_get(stage.port.id(), &info) == 0);
    CHECK(std::string(info.driver_name) == "net_avp_host");
    CHECK((info.max_mtu == 9220 && info.min_mtu == 68 && info.max_rx_pktlen == 9238));
    CHECK((info.max_rx_queues == 8 && info.max_tx_queues == 64));
    rte_ether_addr mac{};
    REQUIRE(rte_eth_macaddr_get(stage.port.id(), &mac) == 0);
    const rte_ether_addr expected{{0xFE, 0x11, 0x22, 0x33, 0x44, 0x55}};
    CHECK(rte_is_same_ether_addr(&mac, &expected) == 1);
    SocketGuest guest(stage.path());
    CHECK(guest.driver.info().mac[0] == 2);
    CHECK(rte_eth_promiscuous_disable(stage.port.id()) == 0);
    CHECK(rte_eth_allmulticast_enable(stage.port.id()) == 0);
}

TEST_CASE("a guest is answered though no lcore polls the port, and also before it is started") {
    start_eal();
    vnf::runtime::test::ScratchFolder folder;
    TestPort port(folder / "port.sock", "", "net_avp_host");
    SocketGuest guest(folder / "port.sock");
    guest.bring_up(AVP_FEATURE_LINK);
    CHECK_FALSE(port.link_is_up());
    CHECK(guest.client.read_register(AVP_REGISTER_LINK) == 0);
    port.bring_up();
    CHECK(guest.client.read_register(AVP_REGISTER_LINK) == 1);
    CHECK(port.link_is_up());
    CHECK(guest.driver.set_interface(false) == 0);
    CHECK(comes_true([&] { return !port.link_is_up(); }));
}

TEST_CASE("the link is up while the guest's driver is, and the application is told of each change") {
    PortSettings settings;
    settings.lsc = true;
    std::atomic<int> changes{0};
    HostPortStage stage("", settings);
    REQUIRE(rte_eth_dev_callback_register(stage.port.id(), RTE_ETH_EVENT_INTR_LSC, count_link_change,
                                          &changes) == 0);
    CHECK_FALSE(stage.port.link_is_up());
    {
        SocketGuest guest(stage.path());
        guest.bring_up(AVP_FEATURE_LINK);
        CHECK(comes_true([&] { return changes == 1; }));
        CHECK(stage.port.link_is_up());
        REQUIRE(rte_eth_dev_set_link_down(stage.port.id()) == 0);
        CHECK(guest.client.read_register(AVP_REGISTER_LINK) == 0);
        CHECK(comes_true([&] { return changes == 2; }));
        CHECK_FALSE(stage.port.link_is_up());
        REQUIRE(rte_eth_dev_set_link_up(stage.port.id()) == 0);
        CHECK(comes_true([&] { return changes == 3; }));
        guest.client.close();
    }
    CHECK(comes_true([&] { return changes == 4; }));
    CHECK_FALSE(stage.port.link_is_up());
    REQUIRE(rte_eth_dev_callback_unregister(stage.port.id(), RTE_ETH_EVENT_INTR_LSC, count_link_change,
                                            &changes) == 0);
}

TEST_CASE("a guest that dies amid its frames leaves room for the next one, many times") {
    HostPortStage stage("ring-slots=64,buffers=256");
    for (unsigned round = 0; round < 50; ++round) {
        SocketGuest guest(stage.path());
        guest.bring_up();
        exchange(stage, guest);
        while (guest.driver.take_empty(0) != 0) {
        }
        for (unsigned i = 0; i < 80; ++i)
            REQUIRE(stage.port.send(test_frame(60, i)));
        guest.client.close();
        REQUIRE(comes_true([&] { return stage.port.xstat("guest_resets") == round + 1; }));
    }
    CHECK(stage.port.stats().ipackets == 50);
}

TEST_CASE("a port is stopped and started under a guest, which keeps its connection") {
    HostPortStage stage;
    SocketGuest guest(stage.path());
    guest.bring_up(AVP_FEATURE_LINK);
    for (unsigned round = 0; round < 100; ++round) {
        exchange(stage, guest);
        REQUIRE(stage.port.stop() == 0);
        CHECK_FALSE(stage.port.link_is_up());
        CHECK(guest.client.read_register(AVP_REGISTER_LINK) == 0);
        REQUIRE(stage.port.start() == 0);
    }
    exchange(stage, guest);
    CHECK(stage.port.stats().ipackets == 101);
}

TEST_CASE(
    "a hostile guest costs its own port, by the name of what it broke, and the next guest has the port "
    "again") {
    HostPortStage stage;
    HostPortStage other;
    SocketGuest neighbour(other.path());
    neighbour.bring_up();
    {
        SocketGuest guest(stage.path());
        guest.bring_up();
        exchange(stage, guest);
        REQUIRE(guest.driver.put_tx(0, 0xDEAD));
        CHECK(comes_true(
            [&] { return stage.port.receive().empty() && stage.port.xstat("fault_tx_handle") == 1; }));
        exchange(stage, guest);
        __atomic_store_n(&guest.driver.tx_fifo(0)->write, 0xFFFFFFFF, __ATOMIC_RELEASE);
        CHECK(comes_true(
            [&] { return stage.port.receive().empty() && stage.port.xstat("fault_ring_index") == 1; }));
        CHECK(comes_true([&] { return !stage.port.link_is_up(); }));
        CHECK(stage.port.stats().ierrors == 1);
        exchange(other, neighbour);
        guest.client.close();
    }
    REQUIRE(comes_true([&] { return stage.port.xstat("guest_resets") == 1; }));
    SocketGuest guest(stage.path());
    guest.bring_up();
    exchange(stage, guest);
    CHECK(other.port.xstat("fault_ring_index") == 0);
}

TEST_CASE("an application that wants no chains is refused an MTU that its mbufs do not hold") {
    start_eal();
    vnf::runtime::test::ScratchFolder folder;
    TestPort port(folder / "port.sock", "max-frame=9238", "net_avp_host");
    PortSettings settings;
    settings.mtu = 2031;
    REQUIRE(port.configure(settings) == 0);
    logged();
    CHECK(port.start() == -EINVAL);
    CHECK_THAT(logged(),
               Contains("mtu: 2031 does not fit into mbufs of 2048 bytes without the scatter offload, "
                        "at most 2030"));
    REQUIRE(rte_eth_dev_set_mtu(port.id(), 2030) == 0);
    CHECK(port.start() == 0);
    CHECK(rte_eth_dev_set_mtu(port.id(), 2031) == -EINVAL);
    CHECK(port.stop() == 0);
    settings.rx_offloads = RTE_ETH_RX_OFFLOAD_SCATTER;
    REQUIRE(port.configure(settings) == 0);
    CHECK(port.start() == 0);
}

TEST_CASE(
    "a port is unplugged while a guest is there and comes back at the same socket, without a descriptor "
    "lost") {
    start_eal();
    vnf::runtime::test::ScratchFolder folder;
    std::size_t descriptors = 0;
    for (unsigned round = 0; round < 20; ++round) {
        if (round == 1)
            descriptors = vnf::test::open_descriptors();
        if (round > 1)
            CHECK(vnf::test::open_descriptors() == descriptors);
        std::optional<TestPort> port;
        port.emplace(folder / "port.sock", "", "net_avp_host");
        port->bring_up();
        SocketGuest guest(folder / "port.sock");
        guest.bring_up();
        guest.send(test_frame(60).bytes);
        REQUIRE(port->receive_all(1).size() == 1);
        std::array<char, RTE_ETH_NAME_MAX_LEN> name{};
        REQUIRE(rte_eth_dev_get_name_by_port(port->id(), name.data()) == 0);
        REQUIRE(rte_vdev_uninit(name.data()) == 0);
        struct stat file {};
        CHECK(::stat((folder / "port.sock").c_str(), &file) != 0);
        CHECK(guest.client.server_has_ended());
    }
}

TEST_CASE("a group's members may use the socket, if it is said") {
    HostPortStage stage("group=0");
    struct stat file {};
    REQUIRE(::stat(stage.path().c_str(), &file) == 0);
    CHECK((file.st_gid == 0 && (file.st_mode & 07777U) == 0660));
}
