// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "avp-host/dpdk/rx_queue.hpp"

namespace vnf::avp::dpdk {

std::uint16_t RxQueue::burst(rte_mbuf** mbufs, std::uint16_t wanted) {
    std::size_t received = 0;
    if (const auto held = port_.try_receive(number_)) {
        port_.poll(number_);
        received = receive_all(mbufs, wanted);
    }
    port_.attend();
    return static_cast<std::uint16_t>(received);
}

std::size_t RxQueue::receive_all(rte_mbuf** mbufs, std::size_t wanted) {
    std::size_t received = 0;
    while (received < wanted) {
        const std::size_t part = std::min(wanted - received, kBurst);
        const std::size_t count = receive_some(mbufs + received, part);
        received += count;
        if (count < part)
            break;
    }
    return received;
}

std::size_t RxQueue::receive_some(rte_mbuf** mbufs, std::size_t wanted) {
    PortCounters& counters = port_.rx_counters(number_);
    const std::size_t ready = stash_.ready(wanted);
    if (ready < wanted) [[unlikely]]
        ++counters.rx_no_mbuf;
    const std::size_t count = port_.device().receive_on(number_, std::span(frames_).first(ready));
    std::size_t taken = 0;
    for (const Frame& frame : std::span(frames_).first(count)) {
        rte_mbuf* const mbuf = take(frame);
        if (mbuf == nullptr) [[unlikely]]
            continue;
        counters.rx_bytes += mbuf->pkt_len;
        mbufs[taken++] = mbuf;
    }
    counters.rx_frames += taken;
    if (count != 0)
        port_.device().done_with_received_on(number_);
    return taken;
}

/// Null if it is dropped, and counted.
rte_mbuf* RxQueue::take(const Frame& frame) {
    OutgoingFrame shaped;
    shaped.take(frame, strips_vlan_);
    if (shaped.counted_bytes() > port_.frame_limit()) [[unlikely]] {
        ++port_.rx_counters(number_).rx_too_long;
        return nullptr;
    }
    rte_mbuf* const mbuf = chain_of(shaped);
    if (mbuf == nullptr) [[unlikely]] {
        ++port_.rx_counters(number_).rx_no_mbuf;
        return nullptr;
    }
    mbuf->port = port_id_;
    mbuf->pkt_len = shaped.bytes;
    if (shaped.is_tagged) {
        mbuf->vlan_tci = shaped.vlan_tci;
        mbuf->ol_flags |= RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED;
    }
    return mbuf;
}

rte_mbuf* RxQueue::chain_of(const OutgoingFrame& frame) {
    rte_mbuf* const first = stash_.take();
    if (first == nullptr) [[unlikely]]
        return nullptr;
    if (frame.bytes <= rte_pktmbuf_tailroom(first)) [[likely]] {
        frame.copy_all(rte_pktmbuf_mtod(first, std::byte*));
        first->data_len = static_cast<std::uint16_t>(frame.bytes);
        return first;
    }
    OutgoingFrame::Reader reader(frame);
    rte_mbuf* last = first;
    for (std::size_t left = frame.bytes;;) {
        const std::size_t here = std::min<std::size_t>(left, rte_pktmbuf_tailroom(last));
        reader.copy(rte_pktmbuf_mtod(last, std::byte*), here);
        last->data_len = static_cast<std::uint16_t>(here);
        left -= here;
        if (left == 0)
            return first;
        last->next = stash_.take();
        if (last->next == nullptr) [[unlikely]] {
            rte_pktmbuf_free(first);
            return nullptr;
        }
        last = last->next;
        ++first->nb_segs;
    }
}

}  // namespace vnf::avp::dpdk
