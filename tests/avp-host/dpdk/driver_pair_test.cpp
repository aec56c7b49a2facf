// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Both of our DPDK ports in one process, with the socket and the device's memory between them: net_avp_host as the host,
// net_avp_user as the guest.
#include <catch2/catch.hpp>

#include "tests/avp-host/dpdk/host_port_stage.hpp"

using namespace vnf::avp;
using namespace vnf::avp::test;

namespace {

struct Pair {
    Pair(const std::string& devargs, const PortSettings& host, const PortSettings& guest)
        : stage(devargs, host), driver(stage.path()) {
        driver.bring_up(guest);
        REQUIRE(comes_true([this] { return stage.port.link_is_up() && driver.link_is_up(); }));
    }

    void exchange(std::size_t bytes, std::uint16_t queue = 0) {
        const TestFrame frame = test_frame(bytes, static_cast<unsigned>(bytes));
        REQUIRE(comes_true([&] { return driver.send(frame, queue); }));
        const auto up = stage.port.receive_all(1);
        REQUIRE(up.size() == 1);
        CHECK(up[0].bytes == frame.bytes);
        REQUIRE(stage.port.send(frame));
        const auto down = driver.receive_all(1);
        REQUIRE(down.size() == 1);
        CHECK(down[0].bytes == frame.bytes);
    }

    HostPortStage stage;
    TestPort driver;
};

}  // namespace

TEST_CASE("our driver and our host agree on every size, and on how many there were") {
    PortSettings settings;
    settings.mtu = 9000;
    settings.rx_offloads = RTE_ETH_RX_OFFLOAD_SCATTER;
    settings.tx_offloads = RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
    Pair pair("max-frame=9238", settings, settings);
    std::uint64_t frames = 0;
    for (std::size_t bytes = 60; bytes <= 9014; bytes += bytes < 130 ? 1 : 123, ++frames)
        pair.exchange(bytes);
    CHECK((pair.stage.port.stats().ipackets == frames && pair.stage.port.stats().opackets == frames));
    CHECK((pair.driver.stats().ipackets == frames && pair.driver.stats().opackets == frames));
}

TEST_CASE("our driver has as many queues as the host's devargs allow") {
    PortSettings four;
    four.rx_queues = 4;
    four.tx_queues = 4;
    Pair pair("queues=4", {}, four);
    for (std::uint16_t queue = 0; queue < 4; ++queue)
        pair.exchange(100U + queue, queue);
    CHECK(pair.stage.port.xstat("guest_tx_q3_frames") == 1);
    PortSettings five;
    five.tx_queues = 5;
    CHECK(pair.driver.stop() == 0);
    CHECK(pair.driver.configure(five) != 0);
}
