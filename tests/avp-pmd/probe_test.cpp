// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What the probe of the virtual device refuses: devargs by their key, a host by what is wrong with it.
#include <rte_bus_vdev.h>

#include <catch2/catch.hpp>

#include "tests/avp-pmd/port.hpp"
#include "tests/harness/scratch_directory.hpp"

namespace vnf::avp::test {
namespace {

/// The log of a probe with these devargs, which must be refused.
std::string refusal_of(const std::string& devargs) {
    start_eal();
    logged();
    const int error = rte_vdev_init("net_avp_user_refused", devargs.c_str());
    CHECK(error < 0);
    if (error == 0)
        rte_vdev_uninit("net_avp_user_refused");
    CHECK(rte_eth_dev_count_avail() == 0);
    return logged();
}

std::string refusal_by(const Misconduct& misconduct) {
    harness::ScratchDirectory directory;
    DriverHost host(directory / "avp", driver_settings(), misconduct);
    const std::string wait = misconduct.unanswered ? "300" : "10000";
    return refusal_of("socket=" + host.path() + ",timeout_ms=" + wait);
}

}  // namespace

TEST_CASE("wrong devargs are refused with the key and what is allowed") {
    using Catch::Contains;
    CHECK_THAT(refusal_of(""), Contains("socket=PATH is missing"));
    CHECK_THAT(refusal_of("socket="), Contains("socket"));
    CHECK_THAT(refusal_of("socket=/" + std::string(120, 'x')), Contains("1 to 107 bytes"));
    CHECK_THAT(refusal_of("socket=/x,queues=2"),
               Contains("no key 'queues'") && Contains("socket, timeout_ms, retry_ms"));
    CHECK_THAT(refusal_of("socket=/x,timeout_ms=9"), Contains("timeout_ms=9 is not 10 to 60000"));
    CHECK_THAT(refusal_of("socket=/x,timeout_ms=60001"), Contains("timeout_ms=60001"));
    CHECK_THAT(refusal_of("socket=/x,retry_ms=1s"), Contains("retry_ms=1s is not 10 to 60000"));
    CHECK_THAT(refusal_of("socket=/x,retry_ms=-5"), Contains("retry_ms=-5"));
    CHECK_THAT(refusal_of("socket=/x,retry_ms"), Contains("retry_ms"));
}

TEST_CASE("a probe without a host says which socket nobody serves") {
    harness::ScratchDirectory directory;
    const std::string path = directory / "nobody";
    CHECK_THAT(refusal_of("socket=" + path), Catch::Contains(path) && Catch::Contains("No such file"));
}

TEST_CASE("a server that breaks the protocol is refused, and none is waited for longer than timeout_ms") {
    using Catch::Contains;
    CHECK_THAT(refusal_by({.wrong_id = true}), Contains("Protocol error"));
    CHECK_THAT(refusal_by({.added_bytes = 20000}), Contains("Protocol error"));
    CHECK_THAT(refusal_by({.added_bytes = 1}), Contains("Protocol error"));
    CHECK_THAT(refusal_by({.major_version = 1}), Contains("Protocol not supported"));
    CHECK_THAT(refusal_by({.unanswered = AVP_VFIO_USER_VERSION}), Contains("timed out"));
    CHECK_THAT(refusal_by({.unanswered = AVP_VFIO_USER_GET_REGION_INFO}), Contains("timed out"));
    CHECK_THAT(refusal_by({.unanswered = AVP_VFIO_USER_REGION_READ}), Contains("refused"));
    CHECK_THAT(refusal_by({.refused = {{AVP_VFIO_USER_VERSION, EBUSY}}}), Contains("busy"));
    CHECK_THAT(refusal_by({.refused = {{AVP_VFIO_USER_GET_REGION_INFO, EINVAL}}}),
               Contains("region 2: Invalid argument"));
}

TEST_CASE("memory that could shrink below the mapping, or is too small for it, is not mapped") {
    using Catch::Contains;
    CHECK_THAT(refusal_by({.unsealed = true}), Contains("region 2") && Contains("not sealed"));
    CHECK_THAT(refusal_by({.oversized = 4096}), Contains("region 2") && Contains("larger than its memory"));
    CHECK_THAT(refusal_by({.oversized = std::uint64_t{1} << 40}), Contains("2^34"));
    CHECK_THAT(refusal_by({.unmappable = true}), Contains("region 2") && Contains("cannot be mapped"));
}

TEST_CASE("a device whose tables cannot stand is refused with the field") {
    harness::ScratchDirectory directory;
    DriverHost host(directory / "avp", driver_settings());
    host.with_device([](Device& device) { device.regions().device_info.bytes()[0] = std::byte{0}; });
    CHECK_THAT(refusal_of("socket=" + host.path()), Catch::Contains("device information: magic"));
}

TEST_CASE("a device that is being migrated is refused, and its host is told so") {
    harness::ScratchDirectory directory;
    DriverHost host(directory / "avp", driver_settings(), {.register_value = AVP_MIGRATION_DETACHED});
    CHECK_THAT(refusal_of("socket=" + host.path()), Catch::Contains("being migrated"));
}

TEST_CASE("what the port tells of itself is what the host offers") {
    harness::ScratchDirectory directory;
    DeviceSettings settings = driver_settings();
    settings.rx_queues = {2, 3, 6};
    settings.tx_queues = {1, 2, 5};
    DriverHost host(directory / "avp", settings);
    TestPort port(host.path());
    rte_eth_dev_info info{};
    REQUIRE(rte_eth_dev_info_get(port.id(), &info) == 0);
    CHECK(std::string(info.driver_name) == "net_avp_user");
    CHECK(info.max_rx_queues == 6);
    CHECK(info.max_tx_queues == 5);
    CHECK(info.default_rxportconf.nb_queues == 3);
    CHECK(info.default_txportconf.ring_size == 256);
    CHECK(info.max_rx_pktlen == 9238);
    CHECK(info.max_mtu == 9220);
    CHECK((info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_SCATTER) != 0);
    CHECK((info.tx_offload_capa & RTE_ETH_TX_OFFLOAD_MULTI_SEGS) != 0);
    rte_ether_addr mac{};
    REQUIRE(rte_eth_macaddr_get(port.id(), &mac) == 0);
    CHECK(std::equal(settings.mac.begin(), settings.mac.end(), mac.addr_bytes));

    port.bring_up({.rx_queues = 2});
    rte_eth_rxq_info rxq{};
    rte_eth_txq_info txq{};
    rte_eth_burst_mode mode{};
    REQUIRE(rte_eth_rx_queue_info_get(port.id(), 1, &rxq) == 0);
    REQUIRE(rte_eth_tx_queue_info_get(port.id(), 0, &txq) == 0);
    REQUIRE(rte_eth_rx_burst_mode_get(port.id(), 0, &mode) == 0);
    CHECK(rxq.nb_desc == 256);
    CHECK(txq.nb_desc == 256);
    CHECK(rxq.mp == frame_pool());
    CHECK_THAT(mode.info, Catch::Contains("Vector"));
}

}  // namespace vnf::avp::test
