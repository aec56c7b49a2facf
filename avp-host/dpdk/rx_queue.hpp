// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// An ethdev receive queue: what the guest sent on those of its queues that are this one's (of n receive queues, number i
// has i, i + n, ...), copied once into mbufs that no guest can reach. A burst that finds the control thread at the port
// comes back empty-handed; the lcore's next round is soon.
#pragma once

#include <array>

#include "avp-host/dpdk/host_port.hpp"
#include "avp-host/dpdk/mbuf_stash.hpp"
#include "avp-host/model/outgoing_frame.hpp"

namespace vnf::avp::dpdk {

class RxQueue {
  public:
    /// `port_id` is ethdev's, for the mbufs.
    RxQueue(HostPort& port, std::uint16_t port_id, std::uint16_t number, rte_mempool& pool)
        : port_(port), port_id_(port_id), number_(number), stash_(pool) {}

    std::uint16_t burst(rte_mbuf** mbufs, std::uint16_t wanted);

    /// With the gate held, or before the queue runs.
    void strip_vlan(bool strips) { strips_vlan_ = strips; }
    std::size_t mbuf_room() const { return stash_.room(); }

  private:
    std::size_t receive_all(rte_mbuf** mbufs, std::size_t wanted);
    std::size_t receive_some(rte_mbuf** mbufs, std::size_t wanted);
    rte_mbuf* take(const Frame& frame);
    rte_mbuf* chain_of(const OutgoingFrame& frame);

    HostPort& port_;
    std::uint16_t port_id_;
    std::uint16_t number_;
    bool strips_vlan_ = false;
    MbufStash stash_;
    std::array<Frame, kBurst> frames_;
};

}  // namespace vnf::avp::dpdk
