// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// An ethdev transmit queue: mbufs are copied into the guest's buffers and freed. What finds no room is dropped and
// counted, as on a wire. Of n transmit queues number i has the guest's queues i, i + n, ... in use, between which a frame's
// flow decides; where the guest has fewer than n, several share one. Several lcores may send at once, also on one queue:
// those that share a queue of the guest wait for their turn.
#pragma once

#include "avp-host/dpdk/host_port.hpp"

struct rte_mbuf;

namespace vnf::avp::dpdk {

class TxQueue {
  public:
    TxQueue(HostPort& port, std::uint16_t number) : port_(port), number_(number) {}

    std::uint16_t burst(rte_mbuf** mbufs, std::uint16_t count);

  private:
    void send_some(std::size_t lane, std::span<rte_mbuf* const> mbufs);

    HostPort& port_;
    std::uint16_t number_;
};

}  // namespace vnf::avp::dpdk
