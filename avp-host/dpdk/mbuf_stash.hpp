// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Empty mbufs of one pool, taken from it in bulk before a burst needs them: what a guest has sent is taken out of its
// ring only when there is an mbuf for it. One lcore at a time.
#pragma once

#include <rte_mbuf.h>

#include <algorithm>
#include <array>
#include <cstddef>

#include "avp-host/port.hpp"

namespace vnf::avp::dpdk {

class MbufStash {
  public:
    explicit MbufStash(rte_mempool& pool) : pool_(pool) {}
    MbufStash(const MbufStash&) = delete;
    MbufStash& operator=(const MbufStash&) = delete;
    ~MbufStash() { rte_pktmbuf_free_bulk(mbufs_.data(), static_cast<unsigned>(count_)); }

    /// How many of `wanted`, at most kBurst, take() has now.
    std::size_t ready(std::size_t wanted) {
        if (count_ < wanted) [[unlikely]]
            refill(wanted);
        return std::min(count_, wanted);
    }
    /// Null if the pool is empty.
    rte_mbuf* take() { return ready(1) != 0 ? mbufs_[--count_] : nullptr; }
    /// Bytes that an mbuf of this pool holds.
    std::size_t room() const {
        return rte_pktmbuf_data_room_size(&pool_) - std::size_t{RTE_PKTMBUF_HEADROOM};
    }

  private:
    /// Full if the pool has so many, as many as are wanted if it has those.
    void refill(std::size_t wanted) {
        const std::size_t missing = mbufs_.size() - count_;
        if (rte_pktmbuf_alloc_bulk(&pool_, mbufs_.data() + count_, static_cast<unsigned>(missing)) == 0) {
            count_ = mbufs_.size();
            return;
        }
        for (; count_ < wanted; ++count_) {
            mbufs_[count_] = rte_pktmbuf_alloc(&pool_);
            if (mbufs_[count_] == nullptr)
                return;
        }
    }

    rte_mempool& pool_;
    std::array<rte_mbuf*, kBurst> mbufs_{};
    std::size_t count_ = 0;
};

}  // namespace vnf::avp::dpdk
