// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/avp-pmd/port.hpp"

#include <rte_bus_vdev.h>
#include <rte_eal.h>
#include <rte_log.h>
#include <sched.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include "tests/harness/deadline.hpp"

namespace vnf::avp::test {
namespace {

char* log_text = nullptr;
std::size_t log_bytes = 0;
std::size_t log_seen = 0;
FILE* log_stream = nullptr;

std::string first_processor(const cpu_set_t& allowed) {
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (CPU_ISSET(cpu, &allowed))
            return std::to_string(cpu);
    }
    return "0";
}

}  // namespace

void start_eal() {
    static const bool started = [] {
        cpu_set_t allowed;
        sched_getaffinity(0, sizeof(allowed), &allowed);
        log_stream = ::open_memstream(&log_text, &log_bytes);
        rte_openlog_stream(log_stream);
        std::vector<std::string> words{"avp-pmd-test",
                                       "--no-huge",
                                       "--no-shconf",
                                       "--no-pci",
                                       "-m",
                                       "192",
                                       "--no-telemetry",
                                       "--log-level",
                                       "lib.eal:warning",
                                       "-l",
                                       first_processor(allowed)};
        std::vector<char*> argv;
        for (std::string& word : words)
            argv.push_back(word.data());
        const bool ok = rte_eal_init(static_cast<int>(argv.size()), argv.data()) >= 0;
        // EAL binds its caller to one processor; the host's threads shall have the others too.
        sched_setaffinity(0, sizeof(allowed), &allowed);
        return ok;
    }();
    if (!started)
        FAIL("EAL did not start: " << logged());
}

std::string logged() {
    if (log_stream == nullptr)
        return "";
    std::fflush(log_stream);
    std::string text(log_text + log_seen, log_bytes - log_seen);
    log_seen = log_bytes;
    return text;
}

rte_mempool* frame_pool(unsigned room) {
    const std::string name = "frames" + std::to_string(room);
    if (rte_mempool* pool = rte_mempool_lookup(name.c_str()); pool != nullptr)
        return pool;
    return rte_pktmbuf_pool_create(name.c_str(), room > 4096 ? 511 : 4095, 0, 0,
                                   static_cast<std::uint16_t>(room + RTE_PKTMBUF_HEADROOM), SOCKET_ID_ANY);
}

TestPort::TestPort(const std::string& path, const std::string& devargs, const std::string& driver) {
    static int number = 0;
    start_eal();
    logged();
    name_ = driver + std::to_string(number++);
    // A busy machine may keep the host's thread waiting.
    const bool is_patient = driver != "net_avp_user" || devargs.find("timeout_ms") != std::string::npos;
    const std::string patient = is_patient ? "" : ",timeout_ms=10000";
    const std::string arguments = "socket=" + path + patient + (devargs.empty() ? "" : "," + devargs);
    const int error = rte_vdev_init(name_.c_str(), arguments.c_str());
    if (error != 0 || rte_eth_dev_get_port_by_name(name_.c_str(), &id_) != 0)
        throw std::runtime_error("probe: " + std::to_string(error) + ": " + logged());
}

TestPort::~TestPort() {
    rte_eth_dev_stop(id_);
    rte_vdev_uninit(name_.c_str());
}

int TestPort::configure(const PortSettings& settings) {
    settings_ = settings;
    rte_eth_conf conf{};
    conf.rxmode.mtu = settings.mtu;
    conf.rxmode.offloads = settings.rx_offloads;
    conf.txmode.offloads = settings.tx_offloads;
    conf.intr_conf.lsc = settings.lsc ? 1 : 0;
    conf.intr_conf.rxq = settings.rx_interrupts ? 1 : 0;
    int error = rte_eth_dev_configure(id_, settings.rx_queues, settings.tx_queues, &conf);
    rte_mempool* pool = settings.pool != nullptr ? settings.pool : frame_pool();
    for (std::uint16_t i = 0; error == 0 && i < settings.rx_queues; ++i)
        error = rte_eth_rx_queue_setup(id_, i, 256, SOCKET_ID_ANY, nullptr, pool);
    for (std::uint16_t i = 0; error == 0 && i < settings.tx_queues; ++i)
        error = rte_eth_tx_queue_setup(id_, i, 256, SOCKET_ID_ANY, nullptr);
    if (error == 0 && settings.promiscuous)
        error = rte_eth_promiscuous_enable(id_);
    return error;
}

void TestPort::bring_up(const PortSettings& settings) {
    REQUIRE(configure(settings) == 0);
    REQUIRE(start() == 0);
}

rte_eth_stats TestPort::stats() const {
    rte_eth_stats stats{};
    REQUIRE(rte_eth_stats_get(id_, &stats) == 0);
    return stats;
}

std::uint64_t TestPort::xstat(const std::string& name) const {
    std::uint64_t id = 0;
    std::uint64_t value = 0;
    REQUIRE(rte_eth_xstats_get_id_by_name(id_, name.c_str(), &id) == 0);
    REQUIRE(rte_eth_xstats_get_by_id(id_, &id, &value, 1) == 1);
    return value;
}

bool TestPort::link_is_up() const {
    rte_eth_link link{};
    return rte_eth_link_get_nowait(id_, &link) == 0 && link.link_status == RTE_ETH_LINK_UP;
}

rte_mbuf* TestPort::frame(const TestFrame& frame, std::size_t part) const {
    rte_mbuf* head = nullptr;
    std::size_t done = 0;
    while (done < frame.bytes.size() || head == nullptr) {
        rte_mbuf* mbuf = rte_pktmbuf_alloc(frame_pool(part > 2048 ? 9600 : 2048));
        if (mbuf == nullptr)
            FAIL("the mempool is empty");
        const std::size_t now = std::min(part, frame.bytes.size() - done);
        std::memcpy(rte_pktmbuf_mtod(mbuf, void*), frame.bytes.data() + done, now);
        mbuf->data_len = static_cast<std::uint16_t>(now);
        mbuf->pkt_len = static_cast<std::uint32_t>(now);
        done += now;
        if (head == nullptr)
            head = mbuf;
        else if (rte_pktmbuf_chain(head, mbuf) != 0)
            FAIL("a frame of too many parts");
    }
    if (frame.tci) {
        head->ol_flags |= RTE_MBUF_F_TX_VLAN;
        head->vlan_tci = *frame.tci;
    }
    return head;
}

bool TestPort::send(const TestFrame& sent, std::uint16_t queue, std::size_t part) const {
    rte_mbuf* mbuf = frame(sent, part);
    if (rte_eth_tx_burst(id_, queue, &mbuf, 1) == 1)
        return true;
    rte_pktmbuf_free(mbuf);
    return false;
}

void TestPort::deliver(const TestFrame& sent, std::uint16_t queue, std::size_t part) const {
    const harness::Deadline deadline{harness::patience};
    while (!send(sent, queue, part))
        REQUIRE_FALSE(deadline.passed());
}

std::vector<std::byte> bytes_of_chain(const rte_mbuf* mbuf) {
    std::vector<std::byte> bytes;
    for (; mbuf != nullptr; mbuf = mbuf->next) {
        const auto* data = rte_pktmbuf_mtod(mbuf, const std::byte*);
        bytes.insert(bytes.end(), data, data + mbuf->data_len);
    }
    return bytes;
}

std::vector<TestFrame> TestPort::receive(std::uint16_t queue) const {
    std::array<rte_mbuf*, 64> mbufs{};
    std::vector<TestFrame> frames;
    const std::uint16_t count = rte_eth_rx_burst(id_, queue, mbufs.data(), mbufs.size());
    for (std::uint16_t i = 0; i < count; ++i) {
        rte_mbuf* mbuf = mbufs[i];
        TestFrame& frame = frames.emplace_back();
        frame.bytes = bytes_of_chain(mbuf);
        if (frame.bytes.size() != mbuf->pkt_len)
            FAIL_CHECK("a frame of " << mbuf->pkt_len << " bytes has " << frame.bytes.size());
        if ((mbuf->ol_flags & RTE_MBUF_F_RX_VLAN_STRIPPED) != 0)
            frame.tci = mbuf->vlan_tci;
        rte_pktmbuf_free(mbuf);
    }
    return frames;
}

std::vector<TestFrame> TestPort::receive_now() const {
    std::vector<TestFrame> all;
    for (std::uint16_t i = 0; i < settings_.rx_queues; ++i) {
        for (TestFrame& frame : receive(i))
            all.push_back(std::move(frame));
    }
    return all;
}

std::vector<TestFrame> TestPort::receive_all(std::size_t count) const {
    std::vector<TestFrame> all;
    const harness::Deadline deadline{harness::patience};
    while (all.size() < count && !deadline.passed()) {
        for (TestFrame& frame : receive_now())
            all.push_back(std::move(frame));
    }
    return all;
}

TestFrame test_frame(std::size_t bytes, unsigned seed) {
    TestFrame frame;
    frame.bytes.resize(bytes);
    for (std::size_t i = 0; i < bytes; ++i)
        frame.bytes[i] = static_cast<std::byte>((i * 7 + i / 251 + seed * 13) & 0xFFU);
    const std::array<unsigned, 14> head{2,    0,   0, 0, 0, 1, 2, 0, 0, 0, seed >> 8 & 0xFFU, seed & 0xFFU,
                                        0x88, 0xB5};
    for (std::size_t i = 0; i < head.size() && i < bytes; ++i)
        frame.bytes[i] = static_cast<std::byte>(head[i]);
    return frame;
}

}  // namespace vnf::avp::test
