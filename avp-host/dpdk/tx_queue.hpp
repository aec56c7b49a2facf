// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// An ethdev transmit queue: mbufs are copied into the guest's buffers and freed. What finds no room is dropped and
// counted, as on a wire. Several lcores may send at once, also on one queue: each waits for its turn at the port.
#pragma once

#include <array>

#include "avp-host/dpdk/host_port.hpp"

struct rte_mbuf;

namespace vnf::avp::dpdk {

class TxQueue {
  public:
    explicit TxQueue(HostPort& port) : port_(port) {}

    std::uint16_t burst(rte_mbuf** mbufs, std::uint16_t count);

  private:
    void send_some(std::span<rte_mbuf* const> mbufs);

    HostPort& port_;
    // With the port's gate held.
    std::array<Frame, kBurst> frames_;
    std::array<std::byte, AVP_MAX_FRAME_BYTES> flat_;
};

}  // namespace vnf::avp::dpdk
