// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "avp-host/dpdk/tx_queue.hpp"

#include <rte_mbuf.h>

#include <algorithm>
#include <cstring>

namespace vnf::avp::dpdk {
namespace {

using Bytes = Frame::Segment;

Bytes bytes_of(const rte_mbuf& mbuf) {
    return {rte_pktmbuf_mtod(&mbuf, const std::byte*), mbuf.data_len};
}

/// False if the mbuf's pieces are not as a frame's must be: few, with the header in the first.
bool view(const rte_mbuf& mbuf, Frame& frame) {
    frame.segment_count = 0;
    for (const rte_mbuf* piece = &mbuf; piece != nullptr; piece = piece->next) {
        if (frame.segment_count == frame.segments.size())
            return false;
        frame.segments[frame.segment_count++] = bytes_of(*piece);
    }
    return frame.segment_count == 1 || frame.segments[0].size() >= kHeaderBytes;
}

std::size_t flatten(const rte_mbuf& mbuf, std::span<std::byte> into) {
    std::size_t filled = 0;
    for (const rte_mbuf* piece = &mbuf; piece != nullptr; piece = piece->next) {
        const Bytes bytes =
            bytes_of(*piece).first(std::min<std::size_t>(piece->data_len, into.size() - filled));
        if (!bytes.empty())
            std::memcpy(into.data() + filled, bytes.data(), bytes.size());
        filled += bytes.size();
    }
    return filled;
}

void describe(const rte_mbuf& mbuf, Frame& frame) {
    frame.bytes = static_cast<std::uint16_t>(mbuf.pkt_len);
    frame.vlan_tci.reset();
    if ((mbuf.ol_flags & RTE_MBUF_F_TX_VLAN) != 0)
        frame.vlan_tci = mbuf.vlan_tci;
}

}  // namespace

std::uint16_t TxQueue::burst(rte_mbuf** mbufs, std::uint16_t count) {
    const std::span<rte_mbuf* const> all(mbufs, count);
    const std::size_t lane = number_ % port_.device().transmit_lanes();
    {
        const auto held = port_.hold_transmit(lane);
        for (std::size_t done = 0; done < all.size(); done += kBurst)
            send_some(lane, all.subspan(done, std::min(kBurst, all.size() - done)));
    }
    rte_pktmbuf_free_bulk(mbufs, count);
    port_.attend();
    return count;
}

/// In their order: what is ready goes before what must be made flat.
void TxQueue::send_some(std::size_t lane, std::span<rte_mbuf* const> mbufs) {
    auto& [frames, flat, counters] = port_.transmit_lane(lane);
    std::size_t ready = 0;
    const auto flush = [this, lane, &frames = frames, &ready] {
        port_.device().transmit_on(lane, std::span(frames).first(ready));
        ready = 0;
    };
    for (const rte_mbuf* mbuf : mbufs) {
        if (mbuf->pkt_len > AVP_MAX_FRAME_BYTES) [[unlikely]] {
            ++counters.tx_too_long;
            continue;
        }
        if (view(*mbuf, frames[ready])) [[likely]] {
            describe(*mbuf, frames[ready++]);
            continue;
        }
        flush();
        frames[0].segments[0] = Bytes(flat).first(flatten(*mbuf, flat));
        frames[0].segment_count = 1;
        describe(*mbuf, frames[0]);
        ready = 1;
        flush();
    }
    flush();
}

}  // namespace vnf::avp::dpdk
