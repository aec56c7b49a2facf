// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Input: how the driver is set up, then what an application does with it and what its host writes into the device's
// memory, tables and registers, between the driver's calls and amid them. Whatever it is, no byte beside the regions or
// an mbuf is touched, the tables are never written, every mbuf that comes out is whole, and all come back; and an
// honest host that follows is served at once.
#include <rte_mbuf.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "tests/fuzz/hostile_host.hpp"
#include "tests/fuzz/promise.hpp"

using namespace vnf::fuzz;

namespace {

DriverSetup setup_of(std::uint8_t choice) {
    DriverSetup setup;
    setup.rx_queues = 1 + choice % 2;
    setup.tx_queues = 1 + choice / 2 % 2;
    setup.tx_offloads = RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
    if ((choice & 4U) != 0) {
        setup.mtu = HostileHost::kLargestFrame - AVP_HEADER_BYTES;
        setup.rx_offloads |= RTE_ETH_RX_OFFLOAD_SCATTER;
    }
    if ((choice & 8U) != 0)
        setup.rx_offloads |= RTE_ETH_RX_OFFLOAD_VLAN_STRIP;
    if ((choice & 16U) != 0)
        setup.tx_offloads |= RTE_ETH_TX_OFFLOAD_VLAN_INSERT;
    if ((choice & 32U) != 0)
        setup.tx_offloads = RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE;
    setup.rx_interrupts = (choice & 64U) != 0;
    // Rooms that the largest frames fit into, or many small ones.
    setup.pool = guarded_pool((choice & 4U) != 0 ? AVP_MIN_ROOM_BYTES : 2048);
    return setup;
}

/// An application and its port.
class Application {
  public:
    Application(HostileHost& host, std::uint8_t choice)
        : host_(host), setup_(setup_of(choice)), port_(host) {}

    bool begins() {
        if (port_.probe(host_.regions()) != 0 || port_.configure(setup_) != 0)
            return false;
        static_cast<void>(rte_eth_promiscuous_enable(port_.id()));
        static_cast<void>(rte_eth_dev_start(port_.id()));
        return true;
    }
    void step(std::string_view& input);
    /// With an honest host.
    void finish();

  private:
    bool is_started() const { return rte_eth_devices[port_.id()].data->dev_started != 0; }
    std::size_t receive(std::uint16_t queue, std::uint16_t wanted);
    void send(std::string_view& input);
    rte_mbuf* frame(std::uint32_t bytes, std::uint16_t part);
    void control(std::string_view& input);
    void control_queue(std::string_view& input);
    void ask(std::uint16_t queue, std::uint16_t offset);
    void check(const rte_mbuf* mbuf) const;

    HostileHost& host_;
    DriverSetup setup_;
    DriverPort port_;
};

void Application::step(std::string_view& input) {
    const auto choice = take_byte(input);
    switch (choice % 16) {
        case 0:
        case 1:
        case 2:
            receive(take_byte(input), choice / 2U);
            break;
        case 3:
        case 4:
            send(input);
            break;
        case 5:
            if ((choice & 16U) != 0)
                port_.follow();
            else
                static_cast<void>(port_.reattach(host_.regions()));
            break;
        case 6:
            control(input);
            break;
        case 7:
            control_queue(input);
            break;
        default:
            host_.act();
    }
    promise(is_full(setup_.pool), "all mbufs come back");
}

void Application::check(const rte_mbuf* mbuf) const {
    const char* reason = "";
    promise(rte_mbuf_check(mbuf, 1, &reason) == 0, reason);
    promise(mbuf->port == port_.id(), "an mbuf names its port");
    // A tag that is put back makes a frame longer than what the host sent.
    promise(mbuf->pkt_len >= RTE_ETHER_HDR_LEN - sizeof(rte_vlan_hdr) &&
                mbuf->pkt_len <= HostileHost::kLargestFrame + AVP_MAX_FRAME_BYTES,
            "a frame's length is possible");
    for (const rte_mbuf* part = mbuf; part != nullptr; part = part->next)
        promise(part->data_off + part->data_len <= part->buf_len, "a part lies in its mbuf");
}

std::size_t Application::receive(std::uint16_t queue, std::uint16_t wanted) {
    std::array<rte_mbuf*, 128> mbufs{};
    if (!is_started())
        return 0;
    const auto count = rte_eth_rx_burst(port_.id(), queue % setup_.rx_queues, mbufs.data(),
                                        std::min<std::uint16_t>(wanted, mbufs.size()));
    promise(count <= wanted, "no more frames come than were asked for");
    for (unsigned i = 0; i < count; ++i) {
        check(mbufs[i]);
        rte_pktmbuf_free(mbufs[i]);
    }
    return count;
}

rte_mbuf* Application::frame(std::uint32_t bytes, std::uint16_t part) {
    rte_mbuf* head = nullptr;
    std::uint32_t done = 0;
    do {
        rte_mbuf* mbuf = rte_pktmbuf_alloc(setup_.pool);
        if (mbuf == nullptr || (head != nullptr && head->nb_segs > 40)) {
            rte_pktmbuf_free(mbuf);
            rte_pktmbuf_free(head);
            return nullptr;
        }
        const auto now = std::min<std::uint32_t>({part, bytes - done, rte_pktmbuf_tailroom(mbuf)});
        std::memset(rte_pktmbuf_append(mbuf, static_cast<std::uint16_t>(now)), 0x5A, now);
        if (head == nullptr)
            head = mbuf;
        else
            promise(rte_pktmbuf_chain(head, mbuf) == 0, "a frame of few parts");
        done += now;
    } while (done < bytes);
    return head;
}

void Application::send(std::string_view& input) {
    std::array<rte_mbuf*, 96> mbufs{};
    const auto queue = take_byte(input) % setup_.tx_queues;
    // One of a fast-freeing queue is one mbuf.
    const bool is_one = (setup_.tx_offloads & RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE) != 0;
    const std::uint32_t bytes = take_byte(input) * (is_one ? 1U : 11U);
    const std::uint16_t part = 1U + take_byte(input) * 9U;
    const auto choice = take_byte(input);
    std::uint16_t count = 0;
    for (unsigned i = 0; i < 1U + choice % mbufs.size(); ++i) {
        rte_mbuf* one = frame(bytes, is_one ? 65535 : part);
        if (one == nullptr)
            break;
        if ((choice & 128U) != 0) {
            one->ol_flags |= RTE_MBUF_F_TX_VLAN;
            one->vlan_tci = 5;
        }
        mbufs[count++] = one;
    }
    const auto sent =
        is_started() ? rte_eth_tx_burst(port_.id(), static_cast<std::uint16_t>(queue), mbufs.data(), count)
                     : 0;
    promise(sent <= count, "no more frames go than there were");
    rte_pktmbuf_free_bulk(mbufs.data() + sent, static_cast<unsigned>(count - sent));
}

void Application::control(std::string_view& input) {
    const auto id = port_.id();
    switch (take_byte(input) % 12) {
        case 0:
            static_cast<void>(rte_eth_dev_stop(id));
            break;
        case 1:
        case 2:
            static_cast<void>(rte_eth_dev_start(id));
            break;
        case 3:
            static_cast<void>(
                rte_eth_dev_set_mtu(id, static_cast<std::uint16_t>(60 + take_byte(input) * 10U)));
            break;
        case 4:
            static_cast<void>(rte_eth_dev_set_link_down(id));
            break;
        case 5:
            static_cast<void>(rte_eth_dev_set_link_up(id));
            break;
        case 6:
            static_cast<void>(rte_eth_dev_reset(id));
            break;
        case 7:
            static_cast<void>(rte_eth_promiscuous_disable(id));
            break;
        case 8:
            static_cast<void>(rte_eth_promiscuous_enable(id));
            break;
        case 9:
            static_cast<void>(port_.reattach(host_.regions()));
            break;
        case 10: {
            rte_eth_dev_info info{};
            static_cast<void>(rte_eth_dev_info_get(id, &info));
            break;
        }
        default:
            host_.renew();
            static_cast<void>(port_.reattach(host_.regions()));
    }
}

void Application::control_queue(std::string_view& input) {
    const auto id = port_.id();
    const auto choice = take_byte(input);
    const auto rx = static_cast<std::uint16_t>(choice / 16U % setup_.rx_queues);
    const auto tx = static_cast<std::uint16_t>(choice / 16U % setup_.tx_queues);
    switch (choice % 8) {
        case 0:
            static_cast<void>(rte_eth_dev_rx_queue_stop(id, rx));
            break;
        case 1:
            static_cast<void>(rte_eth_dev_rx_queue_start(id, rx));
            break;
        case 2:
            static_cast<void>(rte_eth_dev_tx_queue_stop(id, tx));
            break;
        case 3:
            static_cast<void>(rte_eth_dev_tx_queue_start(id, tx));
            break;
        case 4:
            static_cast<void>(rte_eth_dev_rx_intr_enable(id, rx));
            break;
        case 5:
            static_cast<void>(rte_eth_dev_rx_intr_disable(id, rx));
            break;
        case 6:
            static_cast<void>(rte_eth_dev_set_vlan_strip_on_queue(id, rx, take_byte(input) & 1));
            break;
        default:
            if (is_started())
                ask(rx, take_byte(input));
    }
}

void Application::ask(std::uint16_t queue, std::uint16_t offset) {
    const auto id = port_.id();
    const auto tx = static_cast<std::uint16_t>(queue % setup_.tx_queues);
    rte_eth_stats stats{};
    rte_eth_rxq_info rxq{};
    rte_eth_txq_info txq{};
    static_cast<void>(rte_eth_stats_get(id, &stats));
    static_cast<void>(rte_eth_rx_queue_info_get(id, queue, &rxq));
    static_cast<void>(rte_eth_tx_queue_info_get(id, tx, &txq));
    static_cast<void>(rte_eth_rx_queue_count(id, queue));
    static_cast<void>(rte_eth_rx_descriptor_status(id, queue, offset));
    static_cast<void>(rte_eth_tx_descriptor_status(id, tx, offset));
}

void Application::finish() {
    std::array<std::byte, 100> sent{};
    sent[0] = std::byte{2};
    sent[99] = std::byte{0x5A};
    static_cast<void>(rte_eth_dev_stop(port_.id()));
    host_.repent();
    promise(port_.reattach(host_.regions()) == 0, "an honest host is taken");
    promise(rte_eth_dev_set_mtu(port_.id(), setup_.mtu) == 0, "an honest host's MTU is set");
    static_cast<void>(rte_eth_promiscuous_enable(port_.id()));
    promise(rte_eth_dev_start(port_.id()) == 0, "a port starts with an honest host");
    for (int i = 0; i < 8; ++i)
        static_cast<void>(host_.receive());
    const auto faults = host_.faults();
    promise(host_.send(sent), "an honest host has room for a frame");
    std::size_t received = 0;
    for (unsigned i = 0; i < setup_.rx_queues * HostileHost::kQueues; ++i)
        received += receive(static_cast<std::uint16_t>(i), 32);
    promise(received == 1, "a frame comes from an honest host");
    rte_mbuf* mbuf = frame(sent.size(), 65535);
    promise(mbuf != nullptr && rte_eth_tx_burst(port_.id(), 0, &mbuf, 1) == 1,
            "a frame goes to an honest host");
    promise(host_.receive().size() == sent.size(), "a frame comes to an honest host");
    const std::string fault = host_.fault_since(faults);
    promise(fault.empty(), fault.c_str());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static HostileHost host;
    auto input = text_of(data, size);
    const auto choice = take_byte(input);
    const auto before = take_byte(input);
    host.start(1U + before % HostileHost::kQueues, input);
    {
        Application application(host, choice);
        for (unsigned i = 0; i < before / 64U; ++i)
            host.act();
        if (application.begins()) {
            while (!input.empty())
                application.step(input);
            application.finish();
        }
    }
    promise(is_full(setup_of(choice).pool), "all mbufs came back");
    return 0;
}

/// Queues are made anew in each run: what the sanitizer keeps back of them stays small.
extern "C" const char* __asan_default_options() {
    return "quarantine_size_mb=32";
}
